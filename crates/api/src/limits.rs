//! Rate limits for each client: one for all requests, by API key or else by address, and a stricter one by address for operations that
//! check passwords or send mail. Each server counts separately.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError as _, web};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::known_keys::KnownKeys;
use super::page_paths;
use super::problem::Problem;
use super::routes::BASE;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::TokenHash;
use environment::config;

/// The client for whom a request is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Client {
    /// An address, or the network of one.
    Address(IpAddr),
    /// An API key that was good lately.
    Key(TokenHash),
}

/// The rate limits, with the recent requests of all clients.
pub(super) struct Limits<C: Clock = DefaultClock> {
    requests: Policy<C>,
    sign_ins: Policy<C>,
    trust_proxy: bool,
}

/// The paths below `/api/v1/` with the stricter limit. [`DELETE_ME`] has it, too, because it checks a password.
const SIGN_INS: [&str; 12] = [
    "auth/login",
    "auth/second-factor",
    "auth/register",
    "auth/forgot-password",
    "auth/reset-password",
    "auth/resend-verification",
    "auth/accept-invitation",
    "me/password",
    "me/email",
    "me/second-factor",
    "me/second-factor/confirm",
    "me/second-factor/recovery-codes",
];

/// The beginning of the paths by which people sign in with a provider, which have it, too.
const OPENID: &str = "auth/openid/";

/// The deletion of an account.
const DELETE_ME: (&Method, &str) = (&Method::DELETE, "me");

impl<C: Clock + Clone> Limits<C> {
    pub(super) fn new(limits: &config::Limits, trust_proxy: bool, clock: &C) -> Self {
        Self {
            requests: Policy::new("requests", limits.requests_per_minute, limits.request_burst, clock.clone()),
            sign_ins: Policy::new("sign-ins", limits.sign_ins_per_minute, limits.sign_in_burst, clock.clone()),
            trust_proxy,
        }
    }

    /// Counts a request and returns the client's standing under each policy that applies to the operation. Without an API key the address
    /// counts; the stricter limit counts the address in any case.
    fn ask(&self, key: Option<TokenHash>, address: IpAddr, method: &Method, path: &str) -> Vec<Standing> {
        let is_strict = match path.strip_prefix(BASE) {
            Some(operation) => SIGN_INS.contains(&operation) || operation.starts_with(OPENID) || (method, operation) == DELETE_ME,
            None if page_paths::is_page(path) => page_paths::is_strict(method, path),
            None => return Vec::new(),
        };
        let requests = self.requests.ask(key.map_or(Client::Address(address), Client::Key));
        let sign_ins = is_strict.then(|| self.sign_ins.ask(Client::Address(address)));
        std::iter::once(requests).chain(sign_ins).collect()
    }
}

/// A rate limit: a burst, refilled at a number of requests per minute.
struct Policy<C: Clock> {
    name: &'static str,
    quota: Quota,
    clients: RateLimiter<Client, DashMapStateStore<Client>, C, StateInformationMiddleware>,
    asked: AtomicU64,
}

/// The standing of a client under a policy after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    policy: &'static str,
    quota: Quota,
    remaining: u32,
    /// How long the client must wait. None: the request is allowed.
    wait: Option<Duration>,
}

impl<C: Clock> Policy<C> {
    /// After this many requests, clients without recent requests are removed.
    const FORGET_EVERY: u64 = 1024;

    fn new(name: &'static str, per_minute: u32, burst: u32, clock: C) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst));
        let clients = RateLimiter::dashmap_with_clock(quota, clock).with_middleware();
        Self { name, quota, clients, asked: AtomicU64::new(0) }
    }

    fn ask(&self, client: Client) -> Standing {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(Self::FORGET_EVERY) {
            self.clients.retain_recent();
            self.clients.shrink_to_fit();
        }
        let (remaining, wait) = match self.clients.check_key(&client) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(refused) => (0, Some(refused.wait_time_from(self.clients.clock().now()))),
        };
        Standing { policy: self.name, quota: self.quota, remaining, wait }
    }
}

impl Standing {
    /// Writes the headers of the draft "RateLimit header fields for HTTP" of the IETF working group HTTPAPI.
    fn write(standings: &[Self], headers: &mut HeaderMap) {
        let policy = |standing: &Self| {
            let (name, quota) = (standing.policy, standing.quota);
            format!("\"{name}\";q={};w={}", quota.burst_size(), whole_seconds(quota.burst_size_replenished_in()))
        };
        let limit = |standing: &Self| {
            let next = standing.wait.unwrap_or(standing.quota.replenish_interval());
            format!("\"{}\";r={};t={}", standing.policy, standing.remaining, whole_seconds(next))
        };
        let fields = [
            ("ratelimit-policy", standings.iter().map(policy).collect::<Vec<_>>()),
            ("ratelimit", standings.iter().map(limit).collect()),
        ];
        for (name, items) in fields {
            if let Ok(value) = HeaderValue::try_from(items.join(", ")) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Returns seconds, rounded up.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_nanos().div_ceil(1_000_000_000).try_into().unwrap_or(u64::MAX)
}

/// Responds with 429 to a client that has used up its limit.
///
/// # Errors
/// The error of the handler.
pub(super) async fn limit(
    limits: web::Data<Limits>,
    keys: web::Data<KnownKeys>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // The path as the router sees it, so that another spelling of the path does not avoid the limit.
    let path = req.match_info().as_str();
    let key = keys.find(req.headers());
    let address = client(req.headers(), req.peer_addr(), limits.trust_proxy);
    let standings = limits.ask(key, address, req.method(), path);
    let mut response = match standings.iter().filter_map(|standing| standing.wait).max() {
        None => next.call(req).await?.map_into_boxed_body(),
        Some(wait) => {
            let seconds = whole_seconds(wait);
            let problem = Problem::new(Code::TooManyRequests, said!("Try again in {seconds} seconds.", seconds));
            req.into_response(problem.with_header(header::RETRY_AFTER, seconds).error_response())
        }
    };
    if !standings.is_empty() {
        Standing::write(&standings, response.headers_mut());
    }
    Ok(response)
}

/// Returns the address for which a request is counted.
pub(super) fn client(headers: &HeaderMap, peer: Option<SocketAddr>, trust_proxy: bool) -> IpAddr {
    network(address(headers, peer, trust_proxy))
}

/// Returns the address of the connection, or the one that a trusted proxy reports.
pub(super) fn address(headers: &HeaderMap, peer: Option<SocketAddr>, trust_proxy: bool) -> IpAddr {
    // The trusted proxy adds the last entry; a client can forge the entries before it.
    let forwarded = headers.get_all("x-forwarded-for").last().filter(|_| trust_proxy).and_then(|value| value.to_str().ok());
    let forwarded = forwarded.and_then(|value| value.rsplit(',').next()).map(str::trim);
    let forwarded = forwarded.and_then(|entry| entry.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip())));
    forwarded.or(peer.map(|peer| peer.ip())).unwrap_or(Ipv6Addr::UNSPECIFIED.into()).to_canonical()
}

/// Returns the address that stands for a client: one household or server usually has a whole /64 network, so these 2^64 addresses
/// count as one client.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const LOGIN: &str = "/api/v1/auth/login";

    fn limits(clock: &FakeRelativeClock) -> Limits<FakeRelativeClock> {
        let limits = config::Limits {
            enabled: true,
            requests_per_minute: 60,
            request_burst: 3,
            sign_ins_per_minute: 6,
            sign_in_burst: 2,
            wrong_passwords_per_hour: 9,
        };
        Limits::new(&limits, false, clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn waits(limits: &Limits<FakeRelativeClock>, client: &str, path: &str) -> Vec<Option<u64>> {
        limits.ask(None, address(client), &Method::GET, path).iter().map(|standing| standing.wait.map(whole_seconds)).collect()
    }

    #[test]
    fn an_address_may_ask_a_burst_and_then_as_the_minutes_pass() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        for _ in 0..3 {
            assert_eq!(waits(&limits, "192.0.2.1", "/api/v1/resources"), [None]);
        }
        assert_eq!(waits(&limits, "192.0.2.1", "/api/v1/resources"), [Some(1)]);
        assert_eq!(waits(&limits, "192.0.2.2", "/api/v1/resources"), [None], "another address is not held back");
        clock.advance(Duration::from_millis(999));
        assert_eq!(waits(&limits, "192.0.2.1", "/api/v1/resources"), [Some(1)]);
        clock.advance(Duration::from_millis(1));
        assert_eq!(waits(&limits, "192.0.2.1", "/api/v1/resources"), [None]);
        assert_eq!(waits(&limits, "192.0.2.1", "/api/v1/resources"), [Some(1)]);
    }

    #[test]
    fn signing_in_has_a_limit_of_its_own() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        assert_eq!(waits(&limits, "192.0.2.1", LOGIN), [None, None]);
        assert_eq!(waits(&limits, "192.0.2.1", LOGIN), [None, None]);
        assert_eq!(waits(&limits, "192.0.2.1", LOGIN), [None, Some(10)]);
        clock.advance(Duration::from_secs(10));
        assert_eq!(waits(&limits, "192.0.2.1", LOGIN), [None, None]);
        // With a provider, too.
        for path in ["/api/v1/auth/openid/example", "/api/v1/auth/openid/example/callback"] {
            assert_eq!(waits(&limits, "192.0.2.3", path), [None, None]);
        }
        assert_eq!(waits(&limits, "192.0.2.3", LOGIN), [None, Some(10)]);
        assert_eq!(waits(&limits, "192.0.2.4", "/api/v1/auth/openid"), [None]);
    }

    #[test]
    fn the_deletion_of_an_account_has_the_limit_of_sign_ins_and_reading_it_has_not() {
        let limits = limits(&FakeRelativeClock::default());
        let policies = |method| limits.ask(None, address("192.0.2.1"), method, "/api/v1/me").len();
        assert_eq!((policies(&Method::GET), policies(&Method::DELETE)), (1, 2));
    }

    #[test]
    fn what_is_not_the_api_has_no_limit() {
        let limits = limits(&FakeRelativeClock::default());
        assert!((0..9).all(|_| limits.ask(None, address("192.0.2.1"), &Method::GET, "/health/live").is_empty()));
    }

    #[test]
    fn a_client_is_told_how_much_it_may_ask() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        let headers_of = |path| {
            let mut headers = HeaderMap::new();
            Standing::write(&limits.ask(None, address("192.0.2.1"), &Method::GET, path), &mut headers);
            ["ratelimit-policy", "ratelimit"].map(|name| headers.get(name).unwrap().to_str().unwrap().to_owned())
        };
        assert_eq!(headers_of("/api/v1/resources"), [r#""requests";q=3;w=3"#, r#""requests";r=2;t=1"#]);
        assert_eq!(
            headers_of(LOGIN),
            [r#""requests";q=3;w=3, "sign-ins";q=2;w=20"#, r#""requests";r=1;t=1, "sign-ins";r=1;t=10"#]
        );
    }

    #[test]
    fn who_does_not_ask_any_more_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let limits = limits(&clock);
        for number in 0..5000 {
            limits.requests.ask(Client::Address(Ipv6Addr::from_bits(number << 64).into()));
            clock.advance(Duration::from_millis(10));
        }
        assert!(limits.requests.clients.len() <= 1124, "{}", limits.requests.clients.len());
    }

    #[test]
    fn a_client_is_who_connected_unless_a_proxy_is_trusted() {
        let peer = Some("198.51.100.7:4711".parse().unwrap());
        let found = |forwarded: &[&str], trust_proxy| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(value).unwrap());
            }
            client(&headers, peer, trust_proxy).to_string()
        };
        assert_eq!(found(&["192.0.2.1"], false), "198.51.100.7");
        assert_eq!(found(&[], true), "198.51.100.7");
        assert_eq!(found(&["nonsense"], true), "198.51.100.7");
        assert_eq!(found(&["203.0.113.9, 192.0.2.1"], true), "192.0.2.1");
        assert_eq!(found(&["203.0.113.9", "192.0.2.1:5000"], true), "192.0.2.1");
        assert_eq!(found(&["2001:db8:1:2:3:4:5:6"], true), "2001:db8:1:2::");
        assert_eq!(found(&["::ffff:192.0.2.1"], true), "192.0.2.1");
    }
}
