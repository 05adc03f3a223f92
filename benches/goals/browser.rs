//! The time in which a page shows in Chromium.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

/// How often a page is opened; the median counts.
const TIMES: usize = 5;

/// Chromium, driven by ChromeDriver.
pub(crate) struct Browser {
    driver: WebDriver,
    // The program runs as long as its standard input is open, and nobody closes the other end of its output.
    _supervisor: Child,
    _output: BufReader<ChildStdout>,
}

impl Browser {
    /// Returns a browser, if ChromeDriver is installed.
    pub(crate) async fn start() -> Option<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("../../tests/support/chromedriver.sh")]);
        let mut supervisor = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(supervisor.stdout.take().unwrap());
        let mut said = String::new();
        let port = loop {
            if output.read_line(&mut said).unwrap() == 0 {
                drop(supervisor.stdin.take());
                supervisor.wait().unwrap();
                return None;
            }
            let line = said.lines().last().and_then(|line| line.strip_suffix('.'));
            if let Some((_, port)) = line.and_then(|line| line.split_once("started successfully on port ")) {
                break port.to_owned();
            }
        };
        let mut capabilities = DesiredCapabilities::chrome();
        let switches = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
        let quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"];
        for switch in switches.into_iter().chain(quiet).chain(["--remote-debugging-pipe"]) {
            capabilities.add_arg(switch).unwrap();
        }
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities).client(http).await.unwrap();
        Some(Self { driver, _supervisor: supervisor, _output: output })
    }

    /// Returns the time from the request for a page until it has been drawn and all of its files have arrived: with an empty cache, and
    /// with a full one.
    pub(crate) async fn shows_in(self, address: &str, cookie: &str, path: &str) -> [Duration; 2] {
        let page = format!("http://{address}{path}");
        let (name, value) = cookie.split_once('=').unwrap();
        let send = async |command: &str, parameters| self.driver.cdp().send_raw(command, parameters).await.unwrap();
        let mut shown = [Vec::new(), Vec::new()];
        for (times, is_empty) in shown.iter_mut().zip([true, false]) {
            for _ in 0..TIMES {
                if is_empty {
                    send("Network.clearBrowserCache", json!({})).await;
                }
                send("Network.setCookie", json!({ "url": page, "name": name, "value": value })).await;
                self.driver.goto("about:blank").await.unwrap();
                self.driver.goto(&page).await.unwrap();
                let script = "const done = arguments[0]; requestAnimationFrame(() => setTimeout(() => { \
                              const [page] = performance.getEntriesByType('navigation'); \
                              const [paint] = performance.getEntriesByName('first-contentful-paint'); \
                              done(Math.max(page.loadEventEnd, paint ? paint.startTime : performance.now())); }))";
                let milliseconds = self.driver.execute_async(script, Vec::new()).await.unwrap().json().as_f64().unwrap();
                assert!(self.driver.find(By::Css(".timeline")).await.is_ok(), "the page of a manager has a timeline");
                times.push(Duration::from_secs_f64(milliseconds / 1000.0));
            }
            times.sort_unstable();
        }
        self.driver.quit().await.unwrap();
        shown.map(|times| times[TIMES / 2])
    }
}
