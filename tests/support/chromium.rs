//! A real browser: Debian's Chromium, driven through ChromeDriver.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use thirtyfour::Key;
use thirtyfour::prelude::*;

use super::people::PASSWORD;
use super::server::Server;

/// A window of a browser, with cookies of its own.
pub(crate) struct Chromium {
    driver: WebDriver,
    base: String,
}

/// ChromeDriver, which the tests of this process share, and the browsers that it runs.
struct Program {
    address: String,
    /// The browsers that no test uses now. A browser starts in a second, so it is used again.
    idle: Mutex<Vec<WebDriver>>,
    // The program runs as long as its standard input is open, and nobody closes the other end of its output.
    _supervisor: Child,
    _output: BufReader<ChildStdout>,
}

impl Program {
    fn start() -> Self {
        // It listens at a port of IPv6 that the system chooses, which a connection of another test can have in IPv4.
        let is_port_taken = |said: &String| said.contains("Address already in use");
        let mut attempts = (0..10).map(|_| Self::attempt()).skip_while(|attempt| attempt.as_ref().is_err_and(is_port_taken));
        attempts.next().unwrap_or_else(|| Err("All ports were taken.".to_owned())).unwrap_or_else(|said| {
            panic!(
                "the tests need a browser. Run: apt-get install --no-install-recommends chromium chromium-driver. \
                 To leave them out: cargo test -- --skip web::chromium. {said}"
            )
        })
    }

    /// Starts it, or returns its words.
    fn attempt() -> Result<Self, String> {
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("chromedriver.sh")]).stdin(Stdio::piped()).stdout(Stdio::piped());
        // In a process group of its own, an interrupt from the terminal does not keep it from cleaning up.
        let mut supervisor = command.process_group(0).spawn().expect("sh starts");
        let mut output = BufReader::new(supervisor.stdout.take().expect("its output is piped"));
        let mut said = String::new();
        while output.read_line(&mut said).expect("it writes UTF-8") > 0 {
            let port = said.lines().last().and_then(|line| line.strip_suffix('.')?.split_once("started successfully on port "));
            if let Some((_, port)) = port {
                let address = format!("http://127.0.0.1:{port}");
                return Ok(Self { address, idle: Mutex::default(), _supervisor: supervisor, _output: output });
            }
        }
        drop(supervisor.stdin.take());
        let _ = supervisor.wait();
        Err(said)
    }

    async fn open_browser(&self) -> WebDriver {
        let mut capabilities = DesiredCapabilities::chrome();
        let switches = [
            "--headless=new",
            // Root and many containers cannot have it. The tests show only pages of their own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            // As on a phone, they take no place.
            "--hide-scrollbars",
            "--no-proxy-server",
            "--lang=en",
            // A browser ends with the program that holds its pipe.
            "--remote-debugging-pipe",
        ];
        for switch in switches {
            capabilities.add_arg(switch).expect("it is a switch");
        }
        // The runtime that would keep a connection ends with its test.
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).pool_max_idle_per_host(0);
        let http = http.timeout(PATIENCE * 2).build().expect("a client needs nothing");
        WebDriver::builder(&self.address, capabilities).client(http).await.expect("the browser starts")
    }
}

/// The window of a browser: its width and height in pixels.
pub(crate) const WIDE: (u32, u32) = (1200, 900);

/// How long a page may take on a machine with much other work.
const PATIENCE: Duration = Duration::from_secs(60);

static PROGRAM: LazyLock<Program> = LazyLock::new(Program::start);

impl Server {
    /// A window in which nobody has signed in.
    pub(crate) async fn chromium(&self) -> Chromium {
        // As for all clients of the tests.
        drop(rustls::crypto::ring::default_provider().install_default());
        let idle = PROGRAM.idle.lock().expect("nobody panics with it").pop();
        let driver = match idle {
            Some(driver) => driver,
            None => PROGRAM.open_browser().await,
        };
        let browser = Chromium { driver, base: self.url.clone() };
        browser.send("Network.clearBrowserCookies", json!({})).await;
        browser.send("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
        browser.send("Emulation.setTimezoneOverride", json!({ "timezoneId": "" })).await;
        browser.resize(WIDE).await;
        browser.darken(false).await;
        browser
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Nobody knows in what state a test that fails leaves its browser: it stays until the process ends.
        let driver = self.driver.clone();
        if std::thread::panicking() {
            drop(driver.leak());
        } else {
            PROGRAM.idle.lock().expect("nobody panics with it").push(driver);
        }
    }
}

/// An XPath of the elements among these whose text is this.
fn with_text(elements: &str, text: &str) -> By {
    assert!(!text.contains('"'));
    By::XPath(format!("//*[{elements}][normalize-space(.)=\"{text}\"]"))
}

impl Chromium {
    /// Opens a page of the service.
    pub(crate) async fn open(&self, address: &str) -> &Self {
        self.driver.goto(format!("{}{address}", self.base)).await.expect("it opens");
        self
    }

    /// The path and the query of the page that is shown.
    pub(crate) async fn address(&self) -> String {
        let url = self.driver.current_url().await.expect("a page is open").to_string();
        url.strip_prefix(&self.base).expect("it is of the service").to_owned()
    }

    async fn find(&self, by: By) -> WebElement {
        match self.driver.find(by.clone()).await {
            Ok(element) => element,
            Err(_) => panic!("{} has no {by:?}: {}", self.address().await, self.text().await),
        }
    }

    /// The text of the page, with one blank between words.
    pub(crate) async fn text(&self) -> String {
        let text = self.driver.find(By::Tag("body")).await.expect("a page has a body").text().await.expect("it has a text");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The same page, if it says this.
    pub(crate) async fn says(&self, text: &str) -> &Self {
        let shown = self.text().await;
        assert!(shown.contains(text), "{} does not say {text:?}: {shown}", self.address().await);
        self
    }

    /// Does something that leads to another page, and waits until that page is whole.
    async fn leads_on(&self, action: impl Future<Output = WebDriverResult<()>>) -> &Self {
        let page = "return [performance.timeOrigin, document.readyState]";
        let before = self.run(page, Vec::new()).await;
        if let Err(error) = action.await {
            panic!("{}: {error}: {}", self.address().await, self.text().await);
        }
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            // Between two pages there is none, and the script fails.
            let now = self.driver.execute(page, Vec::new()).await.map(|now| now.json().clone()).unwrap_or_default();
            if !now[0].is_null() && now[0] != before[0] && now[1] == "complete" {
                return self;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} leads nowhere: {}", self.address().await, self.text().await);
    }

    async fn click(&self, by: By) -> &Self {
        let element = self.find(by).await;
        self.leads_on(element.click()).await
    }

    /// Follows the first link or presses the first button with this text.
    pub(crate) async fn press(&self, text: &str) -> &Self {
        self.click(with_text("self::a or self::button", text)).await
    }

    /// Follows the first link of the page, not of its header, to an address that begins so.
    pub(crate) async fn follow(&self, begin: &str) -> &Self {
        self.click(By::Css(format!("main a[href^=\"{begin}\"]"))).await
    }

    /// Follows the first link to a slot that starts at a local time of the site, such as `2026-12-01T09:00`.
    pub(crate) async fn choose_slot(&self, starts_at: &str) -> &Self {
        self.click(By::Css(format!(".week a[href*=\"starts_at={}\"]", starts_at.replace(':', "%3A")))).await
    }

    /// The field whose label is this text, or else begins with it.
    async fn field(&self, label: &str) -> WebElement {
        assert!(!label.contains('"'));
        let field = "//*[self::input or self::textarea or self::select]";
        let exact = By::XPath(format!("//main//label[normalize-space(text())=\"{label}\"]{field}"));
        match self.driver.find(exact).await {
            Ok(field) => field,
            Err(_) => self.find(By::XPath(format!("//main//label[starts-with(normalize-space(.), \"{label}\")]{field}"))).await,
        }
    }

    /// Waits until the page says this, which a script shows.
    pub(crate) async fn comes(&self, text: &str) -> &Self {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE && !self.text().await.contains(text) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.says(text).await
    }

    /// Presses the mouse on the middle of the first of these elements, moves it by some pixels, and lets go.
    pub(crate) async fn drag(&self, element: &str, (right, down): (i64, i64)) -> &Self {
        // In one script, because another one can replace the element at any time.
        let middle = "const element = document.querySelector(arguments[0]); \
                      element.scrollIntoView({ block: 'center', inline: 'center' }); \
                      const { left, top, width, height } = element.getBoundingClientRect(); \
                      return [Math.round(left + width / 2), Math.round(top + height / 2)]";
        let middle = self.run(middle, vec![json!(element)]).await;
        let [x, y] = [0, 1].map(|at| middle[at].as_i64().expect("it is a number"));
        // In several steps, as a hand does.
        let chain = self.driver.action_chain().move_to(x, y).click_and_hold().move_to(x + right / 2, y + down / 2);
        chain.move_to(x + right, y + down).release().perform().await.expect("the mouse moves");
        self
    }

    /// Clicks on the first of these elements, which leads to another page. Another script can replace the element at any time.
    pub(crate) async fn click_on(&self, element: &str) -> &Self {
        let click = self.driver.execute("document.querySelector(arguments[0]).click()", vec![json!(element)]);
        self.leads_on(async { click.await.map(drop) }).await
    }

    /// Notes from now on whatever the policy of a page refuses: in `window.refused`.
    pub(crate) async fn watch_policy(&self) {
        let source = "document.addEventListener('securitypolicyviolation', \
                      event => (window.refused ??= []).push(`${event.violatedDirective} ${event.sourceFile} ${event.sample}`))";
        self.send("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// Gives the field with this label a text instead of what it has.
    pub(crate) async fn fill(&self, label: &str, text: &str) -> &Self {
        let field = self.field(label).await;
        let kind = field.prop("type").await.expect("it is a field").unwrap_or_default();
        if kind.starts_with("date") {
            // The keys for a day are other ones in each country.
            let set = vec![field.to_json().expect("it is an element"), json!(text)];
            self.run("arguments[0].value = arguments[1]", set).await;
            return self;
        }
        field.clear().await.expect("it is a field");
        field.send_keys(text).await.expect("it takes a text");
        self
    }

    /// Ticks the box with this label, or takes the tick away.
    pub(crate) async fn tick(&self, label: &str) -> &Self {
        self.field(label).await.click().await.expect("it is a box");
        self
    }

    /// Chooses an option of the list with this label.
    pub(crate) async fn choose(&self, label: &str, option: &str) -> &Self {
        let option = By::XPath(format!("./option[normalize-space(.)=\"{option}\"]"));
        self.field(label).await.find(option).await.expect("it is in the list").click().await.expect("it can be chosen");
        self
    }

    /// The value of the field with this label.
    pub(crate) async fn value(&self, label: &str) -> String {
        self.field(label).await.prop("value").await.expect("it is a field").unwrap_or_default()
    }

    /// Signs in on the page for that.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> &Self {
        self.fill("E-mail address", email).await.fill("Password", password).await;
        self.click(By::Css("main form button")).await
    }

    /// Signs in as a user of the tests, from the front page.
    pub(crate) async fn as_user(&self, email: &str) -> &Self {
        self.open("/").await.press("Sign in").await.sign_in(email, PASSWORD).await.says("Sign out").await
    }

    /// The button "back" of the browser.
    pub(crate) async fn back(&self) -> &Self {
        self.leads_on(self.driver.back()).await
    }

    /// The button "reload" of the browser.
    pub(crate) async fn reload(&self) -> &Self {
        self.leads_on(self.driver.refresh()).await
    }

    /// Runs no script of a page from now on.
    pub(crate) async fn without_scripts(self) -> Self {
        self.send("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        let page = "data:text/html,<title>None</title><script>document.title = 'One ran'</script>";
        self.driver.goto(page).await.expect("it opens");
        assert_eq!(self.driver.title().await.expect("a page has a title"), "None");
        self
    }

    /// Runs in a time zone from now on, as on a computer there.
    pub(crate) async fn in_zone(self, timezone: &str) -> Self {
        self.send("Emulation.setTimezoneOverride", json!({ "timezoneId": timezone })).await;
        self
    }

    /// Presses the key Tab until the link, button or field with this text or label has the focus.
    pub(crate) async fn tab_to(&self, text: &str) -> &Self {
        let name = "const e = document.activeElement; const l = e.labels && e.labels[0]; \
                    return ((l ? l.textContent : e.textContent) || '').replace(/\\s+/g, ' ').trim()";
        for _ in 0..200 {
            self.driver.action_chain().send_keys(Key::Tab).perform().await.expect("the key is pressed");
            let focus = self.run(name, Vec::new()).await;
            if focus.as_str().is_some_and(|focus| focus.starts_with(text)) {
                return self;
            }
        }
        panic!("{} has no {text:?} that the key Tab reaches: {}", self.address().await, self.text().await);
    }

    /// Types keys where the focus is.
    pub(crate) async fn keys(&self, keys: impl AsRef<str>) -> &Self {
        self.driver.action_chain().send_keys(keys.as_ref()).perform().await.expect("the keys are pressed");
        self
    }

    /// Presses the key Enter, which leads to another page.
    pub(crate) async fn enter(&self) -> &Self {
        self.leads_on(self.driver.action_chain().send_keys(Key::Enter).perform()).await
    }

    /// Runs a script of the test, and returns its value.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.driver.execute(script, arguments).await.expect("the script runs").json().clone()
    }

    /// As [`Self::run`], for a script that calls its last argument with the value.
    pub(crate) async fn run_until_done(&self, script: &str) -> Value {
        self.driver.execute_async(script, Vec::new()).await.expect("the script runs").json().clone()
    }

    /// Gives the window a size in pixels.
    pub(crate) async fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.send("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Puts the reader at a position, which pages may know.
    pub(crate) async fn place_at(&self, latitude: f64, longitude: f64) {
        let permitted = json!({ "permissions": ["geolocation"], "origin": self.base });
        self.send("Browser.grantPermissions", permitted).await;
        let position = json!({ "latitude": latitude, "longitude": longitude, "accuracy": 10 });
        self.send("Emulation.setGeolocationOverride", position).await;
    }

    /// The files that the page has tried to load against its Content-Security-Policy.
    pub(crate) async fn policy_violations(&self) -> Value {
        let script = "const done = arguments[0]; const types = ['csp-violation']; \
                      const observer = new ReportingObserver(() => {}, { types, buffered: true }); observer.observe(); \
                      setTimeout(() => done(observer.takeRecords().map(one => `${one.body.effectiveDirective} ${one.body.blockedURL}`)), 0)";
        self.run_until_done(script).await
    }

    /// Waits until the page has an element, and returns how many there are.
    pub(crate) async fn count(&self, selector: &str) -> u64 {
        let script = "const [selector] = arguments; return document.querySelectorAll(selector).length";
        let begin = Instant::now();
        loop {
            let found = self.run(script, vec![json!(selector)]).await.as_u64().expect("it is a number");
            if found > 0 || begin.elapsed() > PATIENCE {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks pages for light or dark colours.
    pub(crate) async fn darken(&self, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.send("Emulation.setEmulatedMedia", features).await;
    }

    /// A picture of the whole page, as a PNG file.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let picture = self.send("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        BASE64_STANDARD.decode(picture["data"].as_str().expect("it is a picture")).expect("it is base64")
    }

    /// Sends a command of the Chrome DevTools Protocol.
    async fn send(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.expect("the browser knows it")
    }
}
