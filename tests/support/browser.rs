//! A browser without scripts: it follows links, fills in the forms that it sees, keeps cookies, and says where a form comes from.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

use super::people::PASSWORD;
use super::server::Server;

/// The media type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// Somebody at a browser.
pub(crate) struct Browser {
    http: reqwest::Client,
    base: String,
    language: &'static str,
    /// The cookies by name.
    cookies: BTreeMap<String, String>,
}

/// A page as the browser shows it.
pub(crate) struct Page {
    /// The path and the query of the page.
    pub(crate) address: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

/// A form of a page with its values.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) is_post: bool,
    pub(crate) fields: Vec<(String, String)>,
}

impl Server {
    /// Somebody at a browser who has not signed in.
    pub(crate) fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).tls_certs_only([]).redirect(Policy::none());
        // As for all clients of the tests.
        drop(rustls::crypto::ring::default_provider().install_default());
        Browser {
            http: http.build().expect("a client needs nothing"),
            base: self.url.clone(),
            language: "en",
            cookies: BTreeMap::new(),
        }
    }

    /// A user at a browser who has signed in.
    pub(crate) async fn browser_of(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.open("/sign-in").await.expect(200);
        let page = browser.submit(&page.form("/sign-in").with("email", email).with("password", PASSWORD)).await;
        page.expect(200);
        assert!(browser.is_signed_in());
        browser
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl Browser {
    /// The same browser in another language.
    pub(crate) fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    /// Sends a request and returns the response, which can lead to another page.
    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let request = request.header("accept-language", self.language);
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) };
        let response = request.send().await.expect("the service responds");
        let (url, status, headers) = (response.url().clone(), response.status().as_u16(), response.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a cookie is text");
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            self.cookies.insert(name.to_owned(), value.to_owned());
            self.cookies.retain(|kept, _| kept != name || !cookie.contains("Max-Age=0"));
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        Page {
            address: format!("{}{query}", url.path()),
            status,
            headers,
            html: String::from_utf8_lossy(&response.bytes().await.expect("it arrives")).into_owned(),
        }
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            let Some(to) = page.headers.get("location").map(|to| to.to_str().expect("an address").to_owned()) else {
                return page;
            };
            assert!(to.starts_with('/') && !to.starts_with("//"), "leads to {to}");
            let request = self.http.get(format!("{}{to}", self.base));
            page = self.send(request).await;
        }
        panic!("{} leads to pages without an end", page.address);
    }

    /// Opens a page, also one that leads to another.
    pub(crate) async fn open(&mut self, address: &str) -> Page {
        let address = address.split('#').next().unwrap_or_default();
        let page = self.step(address).await;
        self.follow(page).await
    }

    /// Presses the button of a form.
    pub(crate) async fn submit(&mut self, form: &Form) -> Page {
        let body: Vec<_> = form.fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let (body, action) = (body.join("&"), form.action.split('#').next().unwrap_or_default());
        if !form.is_post {
            return self.open(&format!("{action}?{body}")).await;
        }
        let page = self.post(action, body, &[("origin", &self.base.clone())]).await;
        self.follow(page).await
    }

    /// Sends a form with these headers, and does not follow where the response leads.
    pub(crate) async fn post(&mut self, action: &str, body: String, headers: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{action}", self.base)).body(body);
        let is_typed = headers.iter().any(|(name, _)| *name == "content-type");
        let request = if is_typed { request } else { request.header("content-type", FORM) };
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request).await
    }

    /// Sends a form with a file, and goes where the response leads.
    pub(crate) async fn send_file(&mut self, action: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Page {
        let request = self.http.post(format!("{}{action}", self.base)).body(body);
        let page = self.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await;
        self.follow(page).await
    }

    /// A request of the same browser, with the session of another client.
    pub(crate) async fn open_with_cookie(&mut self, path: &str, cookie: &str) -> Page {
        let (name, value) = cookie.split_once('=').expect("a cookie has a name");
        self.cookies.insert(name.to_owned(), value.to_owned());
        self.step(path).await
    }

    /// Opens an address, and does not follow where the response leads.
    pub(crate) async fn step(&mut self, address: &str) -> Page {
        let request = self.http.get(format!("{}{address}", self.base));
        self.send(request).await
    }

    /// Opens a stream as a script of a page does.
    pub(crate) async fn open_stream(&self, address: &str, last: Option<&str>) -> reqwest::Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.get(format!("{}{address}", self.base)).header("accept", "text/event-stream");
        let request = request.header("cookie", cookies.join("; "));
        let request = last.into_iter().fold(request, |request, last| request.header("last-event-id", last));
        request.send().await.expect("the service responds")
    }

    /// Whether the browser keeps a session.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.cookies.keys().any(|name| name.ends_with("sharefloor"))
    }
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    rest.split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    let named = [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (name, character)| text.replace(name, character))
}

impl Page {
    /// The same page, if it has this status and the headers of every page.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.address, self.html);
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{}: {}", self.address, self.html);
        assert_eq!(header("cache-control"), "no-store");
        assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'self'; "));
        assert!(header("content-security-policy").ends_with("frame-ancestors 'none'"));
        assert_eq!(header("x-frame-options"), "DENY");
        // A script is a file of this service, where the policy allows it.
        let has_scripts = header("content-security-policy").contains("; script-src 'self'; connect-src 'self';");
        let scripts = self.html.matches("<script").count();
        assert_eq!(scripts > 0, has_scripts, "{}", self.html);
        assert_eq!(self.html.matches("<script src=\"/assets/").count(), scripts, "{}", self.html);
        assert!(!self.html.contains(" style="), "{}", self.html);
        self
    }

    /// The same page, if it says this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.text().contains(text), "{} does not say {text:?}: {}", self.address, self.text());
        self
    }

    /// The text of the page without markup, with one blank between words.
    pub(crate) fn text(&self) -> String {
        let main = self.html.split("<main").nth(1).unwrap_or(&self.html);
        let texts = main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| unescaped(text));
        texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The addresses of the links whose address begins so.
    pub(crate) fn links(&self, begin: &str) -> Vec<String> {
        let links = self.html.split("<a ").skip(1).filter_map(|tag| attribute(&format!(" {}", tag.split('>').next()?), "href"));
        links.filter(|link| link.starts_with(begin)).collect()
    }

    /// The form that is sent to this address, with the values that the page gives its fields.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form {
        let forms = self.html.split("<form").skip(1).filter_map(|form| form.split("</form>").next());
        let mut forms = forms.filter(|form| {
            let tag = form.split('>').next().unwrap_or_default();
            attribute(tag, "action").unwrap_or_else(|| self.address.clone()).split('#').next() == Some(action)
        });
        let form = forms.next().unwrap_or_else(|| panic!("{} has no form to {action}: {}", self.address, self.html));
        let head = form.split('>').next().unwrap_or_default();
        let mut fields = Vec::new();
        for tag in form.split('<').skip(1) {
            let (head, text) = tag.split_once('>').unwrap_or((tag, ""));
            let Some(name) = attribute(head, "name") else { continue };
            let is_checkbox = head.contains("type=\"checkbox\"");
            if head.starts_with("input") && (!is_checkbox || head.contains(" checked")) {
                fields.push((name, attribute(head, "value").unwrap_or_default()));
            } else if head.starts_with("textarea") {
                fields.push((name, unescaped(text)));
            } else if head.starts_with("select") {
                let select = form.split(&format!("<{head}>")).nth(1).and_then(|rest| rest.split("</select>").next());
                let options: Vec<&str> = select.unwrap_or_default().split("<option").skip(1).collect();
                let chosen = options.iter().find(|option| option.split('>').next().is_some_and(|tag| tag.contains(" selected")));
                let chosen = chosen.or(options.first()).and_then(|option| attribute(option.split('>').next()?, "value"));
                fields.push((name, chosen.unwrap_or_default()));
            }
        }
        Form { action: action.to_owned(), is_post: head.contains("method=\"post\""), fields }
    }
}

impl Form {
    /// The same form with a value in a field.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The values by name.
    pub(crate) fn values(&self) -> BTreeMap<&str, &str> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}
