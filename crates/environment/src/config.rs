//! The configuration: `config/default.toml`, then a file, then the environment.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::openid_provider::OpenIdProvider;
use domain::network::Network;
use domain::password::Hasher;
use storage::connection::{DatabaseUrl, Synchronous, UnknownScheme};
use storage::db;

/// Every key with its default; see there for what each one means.
pub const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// The whole configuration. Its keys are documented in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Config {
    pub data_dir: PathBuf,
    pub public_url: String,
    pub server: Server,
    pub database: Database,
    pub auth: Auth,
    pub openid: BTreeMap<String, OpenIdProvider>,
    pub mail: Mail,
    pub stripe: Stripe,
    pub webhooks: Webhooks,
    pub calendar_imports: CalendarImports,
    pub map: Map,
    pub retention: Retention,
    pub limits: Limits,
    pub log: Log,
}

/// How requests are served.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Server {
    pub listen: SocketAddr,
    pub workers: usize,
    pub receive_timeout_seconds: u64,
    pub send_timeout_seconds: u64,
    pub connections_per_address: usize,
    pub request_timeout_seconds: u64,
    pub shutdown_seconds: u64,
    pub body_limit_bytes: usize,
    pub cors_origins: Vec<String>,
    pub trust_proxy: bool,
}

/// Where the data is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Database {
    pub url: SecretString,
    pub synchronous: Synchronous,
    pub connections: u32,
    pub wait_seconds: u64,
}

/// How people sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Auth {
    pub signing_key: SecretString,
    pub access_token_minutes: u32,
    pub session_days: u32,
    pub require_verified_email: bool,
    pub verification_hours: u32,
    pub reset_minutes: u32,
    pub argon2_memory_kib: u32,
    pub argon2_passes: u32,
}

/// The smallest number of characters of a signing key, and of different characters in it.
const SIGNING_KEY: (usize, usize) = (32, 10);

/// Checks that a key that signs access tokens is hard to guess: neither short nor, for example, a line of blanks.
///
/// # Errors
/// When the key is too short, or has too few different characters. The message is the end of a sentence about the key.
pub fn check_signing_key(key: &str) -> Result<(), String> {
    let (length, different) = (key.chars().count(), key.chars().collect::<HashSet<_>>().len());
    match SIGNING_KEY {
        (least, _) if length < least => Err(format!("must have at least {least} characters; it has {length}")),
        (_, least) if different < least => {
            Err(format!("must have at least {least} different characters, such as random digits; it has {different}"))
        }
        _ => Ok(()),
    }
}

/// How mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Mail {
    pub transport: Transport,
    pub from: String,
    pub poll_seconds: u64,
    pub max_attempts: i32,
    pub digest_above_per_hour: u32,
    pub digest_minutes: u32,
    pub smtp: Smtp,
}

/// Where mail goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Into files.
    File,
    /// To a mail server.
    Smtp,
}

/// The mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub ca_file: PathBuf,
    pub username: String,
    pub password: SecretString,
    pub timeout_seconds: u32,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Begins in the clear and must be upgraded before anything is said.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// The account at Stripe that takes payments by card.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Stripe {
    pub secret_key: SecretString,
    pub webhook_secret: SecretString,
    pub connect: bool,
    pub connect_webhook_secret: SecretString,
    pub commission_rate: i64,
    pub api_url: String,
    pub timeout_seconds: u64,
}

/// How events are sent to the webhooks of organizations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Webhooks {
    pub allowed_networks: Vec<Network>,
    pub timeout_seconds: u64,
}

/// How the calendars of hosts are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct CalendarImports {
    pub every_minutes: u32,
    pub timeout_seconds: u64,
}

/// The map of the catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Map {
    pub tiles: String,
    pub attribution: String,
}

impl Map {
    /// Returns the origin of the tiles, if there are any: `https://tiles.example.org`.
    pub fn tiles_origin(&self) -> Option<&str> {
        let (scheme, rest) = self.tiles.split_once("://")?;
        let host = rest.split('/').next()?;
        self.tiles.get(..scheme.len() + "://".len() + host.len())
    }

    /// Checks the address of the tiles. The message is the end of a sentence about it.
    fn check(&self) -> Result<(), String> {
        let has_place = ["{z}", "{x}", "{y}"].iter().all(|part| self.tiles.contains(part));
        if self.tiles.is_empty() || has_place && self.tiles_origin().is_some_and(is_origin) {
            return Ok(());
        }
        Err(format!("must be empty or an address such as https://tiles.example.org/{{z}}/{{x}}/{{y}}.png, not {}", self.tiles))
    }
}

/// The longest time for a request for a calendar, in seconds. A server that reads it has claimed it for longer.
const LONGEST_CALENDAR: u64 = 60;

/// The longest time for a request to a webhook, in seconds. A server that sends events has claimed them for longer.
const LONGEST_WEBHOOK: u64 = 30;

/// How long data is kept that nobody needs for ever.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Retention {
    pub events_days: u32,
    pub webhook_deliveries_days: u32,
    pub payment_messages_days: u32,
    pub sessions_days: u32,
    pub tokens_days: u32,
    pub repetitions_hours: u32,
}

impl Retention {
    fn check(&self) -> Result<(), InvalidConfig> {
        for (key, value, least, most) in [
            // An event is tried for days, and one that was deleted meanwhile is never sent.
            ("retention.events_days", self.events_days, 7, 3650),
            ("retention.webhook_deliveries_days", self.webhook_deliveries_days, 1, 3650),
            ("retention.payment_messages_days", self.payment_messages_days, 7, 3650),
            ("retention.sessions_days", self.sessions_days, 1, 3650),
            ("retention.tokens_days", self.tokens_days, 1, 3650),
            // The API promises a day.
            ("retention.repetitions_hours", self.repetitions_hours, 24, 720),
        ] {
            if !(least..=most).contains(&value) {
                return Err(InvalidConfig::Value { key, problem: format!("must be from {least} to {most}") });
            }
        }
        Ok(())
    }
}

/// How much one client may ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Limits {
    pub enabled: bool,
    pub requests_per_minute: u32,
    pub request_burst: u32,
    pub sign_ins_per_minute: u32,
    pub sign_in_burst: u32,
    pub wrong_passwords_per_hour: u32,
}

/// Settings of the log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "documented in config/default.toml")]
pub struct Log {
    pub filter: String,
    pub format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A configuration that the service does not start with.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    /// A key is unknown, or its value is of the wrong form.
    #[error("the configuration is not valid: {0}")]
    Figment(#[from] Box<figment::Error>),
    /// A value is of the right form but makes no sense.
    #[error("the configuration is not valid: {key} {problem}")]
    Value {
        /// Which key.
        key: &'static str,
        /// The problem with its value.
        problem: String,
    },
    /// The file is not there.
    #[error("the configuration file {0} does not exist")]
    NoFile(PathBuf),
}

impl Config {
    /// Reads the defaults, then `file`, then the environment.
    ///
    /// # Errors
    /// Names the key that is unknown or wrong, and where it was set.
    pub fn load(file: Option<&Path>) -> Result<Self, InvalidConfig> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(InvalidConfig::NoFile(file.to_owned()));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        figment = figment.merge(Env::prefixed("SHAREFLOOR_").split("__").ignore(&["config"]));
        if let Some(url) = Env::var("DATABASE_URL").filter(|url| !url.is_empty()) {
            figment = figment.merge(Serialized::default("database.url", url));
        }
        let config: Self = figment.extract().map_err(Box::new)?;
        config.check()?;
        Ok(config)
    }

    /// Returns the host that the public URL names. With an identifier it names an object everywhere, such as in calendars.
    pub fn public_host(&self) -> &str {
        let (_, rest) = self.public_url.split_once("://").unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.strip_prefix('[').and_then(|address| address.split_once(']')) {
            Some((address, _)) => address,
            None => host.split_once(':').map_or(host, |(host, _)| host),
        }
    }

    /// Returns the origin of the pages of the service itself, as browsers write it in `Origin`.
    pub fn public_origin(&self) -> String {
        let (scheme, rest) = self.public_url.split_once("://").unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
        format!("{scheme}://{}", host.strip_suffix(if scheme == "https" { ":443" } else { ":80" }).unwrap_or(&host))
    }

    /// Returns the path of the public URL without a slash at its end; empty if the service has a host of its own.
    pub fn public_path(&self) -> &str {
        let (_, rest) = self.public_url.split_once("://").unwrap_or_default();
        let path = rest.find('/').map_or("", |at| &rest[at..]);
        path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
    }

    fn check(&self) -> Result<(), InvalidConfig> {
        let value = |key, problem: String| Err(InvalidConfig::Value { key, problem });
        let key = self.auth.signing_key.expose_secret();
        if !key.is_empty()
            && let Err(problem) = check_signing_key(key)
        {
            return value("auth.signing_key", problem);
        }
        if !self.public_url.starts_with("http://") && !self.public_url.starts_with("https://") {
            return value("public_url", "must start with http:// or https://".to_owned());
        }
        if let Some(wrong) = self.server.cors_origins.iter().find(|origin| !is_origin(origin)) {
            let problem = format!("must be origins as browsers write them, such as https://app.example.org, not {wrong}");
            return value("server.cors_origins", problem);
        }
        if let Some(problem) = self.openid.iter().find_map(|(name, provider)| provider.check(name).err()) {
            return value("openid", problem);
        }
        if !self.stripe.api_url.starts_with("http://") && !self.stripe.api_url.starts_with("https://") {
            return value("stripe.api_url", "must start with http:// or https://".to_owned());
        }
        if !(0..=10_000).contains(&self.stripe.commission_rate) {
            return value("stripe.commission_rate", "must be from 0 to 10000".to_owned());
        }
        if self.webhooks.timeout_seconds > LONGEST_WEBHOOK {
            return value("webhooks.timeout_seconds", format!("must be at most {LONGEST_WEBHOOK}"));
        }
        if self.calendar_imports.timeout_seconds > LONGEST_CALENDAR {
            return value("calendar_imports.timeout_seconds", format!("must be at most {LONGEST_CALENDAR}"));
        }
        if let Err(problem) = self.map.check() {
            return value("map.tiles", problem);
        }
        if let Err(error) = self.database_url() {
            return value("database.url", error.to_string());
        }
        self.retention.check()?;
        self.hasher()?;
        for (key, number) in [
            ("database.connections", u64::from(self.database.connections)),
            ("server.receive_timeout_seconds", self.server.receive_timeout_seconds),
            ("server.send_timeout_seconds", self.server.send_timeout_seconds),
            ("server.connections_per_address", self.server.connections_per_address as u64),
            ("server.request_timeout_seconds", self.server.request_timeout_seconds),
            ("mail.poll_seconds", self.mail.poll_seconds),
            ("mail.max_attempts", u64::try_from(self.mail.max_attempts).unwrap_or_default()),
            ("mail.digest_above_per_hour", u64::from(self.mail.digest_above_per_hour)),
            ("mail.digest_minutes", u64::from(self.mail.digest_minutes)),
            ("mail.smtp.timeout_seconds", u64::from(self.mail.smtp.timeout_seconds)),
            ("stripe.timeout_seconds", self.stripe.timeout_seconds),
            ("webhooks.timeout_seconds", self.webhooks.timeout_seconds),
            ("calendar_imports.every_minutes", u64::from(self.calendar_imports.every_minutes)),
            ("calendar_imports.timeout_seconds", self.calendar_imports.timeout_seconds),
            ("auth.access_token_minutes", u64::from(self.auth.access_token_minutes)),
            ("auth.session_days", u64::from(self.auth.session_days)),
            ("limits.requests_per_minute", u64::from(self.limits.requests_per_minute)),
            ("limits.request_burst", u64::from(self.limits.request_burst)),
            ("limits.sign_ins_per_minute", u64::from(self.limits.sign_ins_per_minute)),
            ("limits.sign_in_burst", u64::from(self.limits.sign_in_burst)),
            ("limits.wrong_passwords_per_hour", u64::from(self.limits.wrong_passwords_per_hour)),
        ] {
            if number == 0 {
                return value(key, "must be at least 1".to_owned());
            }
        }
        Ok(())
    }

    /// Where the database is: as configured, or a file in `data_dir`.
    ///
    /// # Errors
    /// When the URL has a scheme that is not known.
    pub fn database_url(&self) -> Result<DatabaseUrl, UnknownScheme> {
        match self.database.url.expose_secret() {
            "" => Ok(DatabaseUrl::Sqlite(self.data_dir.join("sharefloor.db"))),
            url => url.parse(),
        }
    }

    /// How to open the database.
    ///
    /// # Errors
    /// When the URL has a scheme that is not known.
    pub fn database_options(&self) -> Result<db::Options, UnknownScheme> {
        Ok(db::Options {
            url: self.database_url()?,
            synchronous: self.database.synchronous,
            connections: self.database.connections,
            wait: Duration::from_secs(self.database.wait_seconds),
        })
    }

    /// How passwords are hashed.
    ///
    /// # Errors
    /// When argon2 knows no such parameters.
    pub fn hasher(&self) -> Result<Hasher, InvalidConfig> {
        Hasher::new(self.auth.argon2_memory_kib, self.auth.argon2_passes).map_err(|error| InvalidConfig::Value {
            key: "auth.argon2_memory_kib and auth.argon2_passes",
            problem: error.to_string(),
        })
    }

    /// Where messages are written with the file transport.
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }
}

/// Returns whether a text is an origin as browsers write it: the scheme, the host in lower case, and the port unless it is that of
/// the scheme; no path, and neither `*` nor `null`.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme)) else {
        return false;
    };
    let (name, port) = match host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let default = if scheme == "https" { "443" } else { "80" };
    let is_port = |port: &str| port != default && !port.starts_with('0') && port.parse::<u16>().is_ok();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let is_host = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok_and(|parsed| parsed.to_string() == address),
        None => name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte)),
    };
    !name.is_empty() && is_host && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_come_from_one_origin() {
        let map = |tiles: &str| Map { tiles: tiles.to_owned(), attribution: String::new() };
        let tiles = map("https://tiles.example.org:8443/{z}/{x}/{y}.png?key=a/b");
        assert_eq!((tiles.tiles_origin(), tiles.check()), (Some("https://tiles.example.org:8443"), Ok(())));
        assert_eq!((map("").tiles_origin(), map("").check()), (None, Ok(())));
        for wrong in
            ["/{z}/{x}/{y}", "https://{s}.example.org/{z}/{x}/{y}", "https://a.example.org/{z}/{x}", "ftp://a/{z}/{x}/{y}"]
        {
            assert!(map(wrong).check().is_err(), "{wrong}");
        }
        assert!(map("https://a.example.org; script-src */{z}/{x}/{y}").check().is_err());
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for right in
            ["https://app.example.org", "http://localhost:3000", "https://10.0.0.7:8443", "http://[::1]:5173", "http://[::1]"]
        {
            assert!(is_origin(right), "{right}");
        }
        for wrong in [
            "*",
            "null",
            "",
            "app.example.org",
            "https://",
            "https://app.example.org/",
            "https://App.example.org",
            "https://app.example.org:443",
            "http://app.example.org:80",
            "https://app.example.org:",
            "https://*.example.org",
            "ftp://app.example.org",
            "https://user@app.example.org",
            "http://[0:0::1]",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }

    #[test]
    fn data_is_kept_for_a_time_within_bounds() {
        let kept = Config::load(None).unwrap().retention;
        assert!(kept.check().is_ok());
        for (wrong, key) in [
            (Retention { events_days: 6, ..kept }, "retention.events_days must be from 7 to 3650"),
            (Retention { webhook_deliveries_days: 0, ..kept }, "retention.webhook_deliveries_days must be from 1 to 3650"),
            (Retention { payment_messages_days: 6, ..kept }, "retention.payment_messages_days must be from 7 to 3650"),
            (Retention { sessions_days: 3651, ..kept }, "retention.sessions_days must be from 1 to 3650"),
            (Retention { tokens_days: 0, ..kept }, "retention.tokens_days must be from 1 to 3650"),
            (Retention { repetitions_hours: 23, ..kept }, "retention.repetitions_hours must be from 24 to 720"),
        ] {
            let refused = wrong.check().unwrap_err().to_string();
            assert_eq!(refused, format!("the configuration is not valid: {key}"));
        }
    }

    #[test]
    fn the_public_origin_is_that_of_the_public_url() {
        let mut config = Config::load(None).unwrap();
        for (url, origin, path) in [
            ("https://Share.example.org", "https://share.example.org", ""),
            ("https://share.example.org:443/", "https://share.example.org", ""),
            ("http://share.example.org:8080/floor/", "http://share.example.org:8080", "/floor"),
            ("http://[::1]:80/a/b?c=/d", "http://[::1]", "/a/b"),
        ] {
            url.clone_into(&mut config.public_url);
            assert_eq!((config.public_origin().as_str(), config.public_path()), (origin, path), "{url}");
        }
    }
}
