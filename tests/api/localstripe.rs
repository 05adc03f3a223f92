//! The calls to Stripe, checked with a server that others wrote. `tests/stripe/run` starts it.

use std::env;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use domain::money::Money;
use environment::clock::Clock;
use environment::config;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use stripe::Stripe;
use stripe::error::StripeError;
use stripe::objects::IntentStatus;
use stripe::saved_cards::OffSession;

const SECRET: &str = "whsec_of_the_check";

/// The calls that pages of Stripe and its dashboard make; the service has none of them.
struct Browser {
    http: Client,
    url: String,
}

impl Browser {
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let body: String = fields.iter().map(|(name, value)| format!("{name}={value}&")).collect();
        let request = self.http.post(format!("{}/v1/{path}", self.url));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        answer(request.bearer_auth("sk_test_of_the_check")).await
    }

    /// A card with this number.
    async fn card(&self, number: &str) -> String {
        let fields = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2040"),
            ("card[cvc]", "123"),
        ];
        text(&self.post("payment_methods", &fields).await, "id")
    }
}

async fn answer(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    let (status, answer) = (response.status(), response.json().await.unwrap());
    assert!(status.is_success(), "{status}: {answer}");
    answer
}

fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_else(|| panic!("{field} in {object}")).to_owned()
}

/// One request of a webhook: its signature and its body.
fn receive(listener: &TcpListener) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut part).unwrap();
        assert_ne!(read, 0, "the request is whole");
        bytes.extend_from_slice(&part[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        if bytes.len() == end + 4 + header("Content-Length:").parse::<usize>().unwrap() {
            stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
            return (header("Stripe-Signature:"), bytes[end + 4..].to_vec());
        }
    }
}

#[tokio::test]
#[ignore = "needs localstripe, which tests/stripe/run starts"]
async fn the_calls_to_stripe_agree_with_localstripe() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = env::var_os("LOCALSTRIPE_URL").expect("tests/stripe/run sets LOCALSTRIPE_URL").into_string().unwrap();
    let account = config::Stripe {
        secret_key: "sk_test_of_the_check".to_owned().into(),
        webhook_secret: SECRET.to_owned().into(),
        api_url: url.clone(),
        timeout_seconds: 10,
        connect: false,
        connect_webhook_secret: String::new().into(),
        commission_rate: 0,
    };
    let stripe = Stripe::new(&account).unwrap().unwrap();
    let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let browser = Browser { http, url };
    let pounds = |amount| Money { amount, currency: "GBP".parse().unwrap() };

    // A card that is saved, and payments from it.
    let owner = stripe.create_owner("payment-1", "owner-1").await.unwrap();
    let setup = browser.post("setup_intents", &[("customer", &owner)]).await;
    let setup_id = text(&setup, "id");
    assert_eq!(stripe.get_setup_intent(&setup_id).await.unwrap().card(), None, "nothing is saved yet");
    let good = browser.card("4242424242424242").await;
    browser.post(&format!("setup_intents/{setup_id}/confirm"), &[("payment_method", &good)]).await;
    assert_eq!(stripe.get_setup_intent(&setup_id).await.unwrap().card(), Some(good.clone()));
    let charge = |payment_id: &'static str, card: &str, amount| {
        let (stripe, owner, card) = (stripe.clone(), owner.clone(), card.to_owned());
        async move {
            let new = OffSession { payment_id, owner: &owner, card: &card, amount, commission: pounds(0), account: None };
            stripe.charge(&new, &format!("charge-{payment_id}")).await
        }
    };
    // localstripe has no `amount_received`, so the amounts that were taken are not compared anywhere. Nor does it list the payments of a
    // customer.
    let paid = charge("payment-1", &good, pounds(2400)).await.unwrap();
    assert_eq!((paid.status, paid.amount(), paid.payment_id()), (IntentStatus::Succeeded, Some(pounds(2400)), Some("payment-1")));

    // The whole amount is paid back in two parts.
    for (refund, amount) in [("refund-1", 700), ("refund-2", 1700)] {
        let refund = stripe.refund(&paid.id, pounds(amount), (refund, false), refund).await.unwrap();
        assert_eq!((refund.amount(), refund.has_failed()), (Some(pounds(amount)), false));
    }
    let mut refunds: Vec<_> =
        stripe.list_refunds(&paid.id).await.unwrap().iter().map(|one| one.refund_id().map(str::to_owned)).collect();
    refunds.sort();
    assert_eq!(refunds, [Some("refund-1".to_owned()), Some("refund-2".to_owned())]);

    // Banks that refuse, or want the customer. Of both localstripe responds with another form than Stripe: a declined card is an error of
    // the type `invalid_request_error` instead of `card_error`, and a payment without the customer that needs it is no error, but waits.
    let refused = Err(StripeError::Refused("card_declined".to_owned()));
    for (number, expected) in [("4000000000000341", refused), ("4000002760003184", Ok(IntentStatus::RequiresAction))] {
        let card = browser.card(number).await;
        browser.post(&format!("payment_methods/{card}/attach"), &[("customer", &owner)]).await;
        assert_eq!(charge("payment-2", &card, pounds(900)).await.map(|made| made.status), expected, "{number}");
    }

    // Amounts that are reserved: a part is taken, or all of it is released.
    let reserve = async || {
        let reserved = browser
            .post(
                "payment_intents",
                &[
                    ("amount", "1000"),
                    ("currency", "gbp"),
                    ("customer", &owner),
                    ("payment_method", &good),
                    ("capture_method", "manual"),
                    ("confirm", "true"),
                ],
            )
            .await;
        let reserved = stripe.get_intent(&text(&reserved, "id")).await.unwrap();
        assert_eq!((reserved.status, reserved.amount()), (IntentStatus::RequiresCapture, Some(pounds(1000))));
        reserved.id
    };
    let id = reserve().await;
    stripe.capture(&id, pounds(400), pounds(0), "capture").await.unwrap();
    assert_eq!(stripe.get_intent(&id).await.unwrap().status, IntentStatus::Succeeded);
    // localstripe releases the rest by a refund.
    let released: Vec<_> = stripe.list_refunds(&id).await.unwrap().iter().map(|refund| refund.amount()).collect();
    assert_eq!(released, [Some(pounds(600))]);
    let id = reserve().await;
    assert_eq!(stripe.cancel(&id, "cancel").await.unwrap().status, IntentStatus::Canceled);
    assert!(matches!(stripe.get_intent("pi_of_nobody").await, Err(StripeError::NotFound)));

    // An event, with its signature.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = json!({ "url": format!("http://{}", listener.local_addr().unwrap()), "secret": SECRET, "events": ["payment_intent.succeeded"] });
    let request = browser.http.post(format!("{}/_config/webhooks/check", browser.url)).header("Content-Type", "application/json");
    let response = request.body(hook.to_string()).bearer_auth("sk_test_of_the_check").send().await.unwrap();
    assert!(response.status().is_success());
    let paid = charge("payment-3", &good, pounds(500)).await.unwrap();
    // localstripe sends an event one second late, and asks only then for the addresses: those of the payments before arrive, too.
    let (signature, body, now) = loop {
        let (signature, body) = receive(&listener);
        let now = Clock::System.now();
        let event = stripe.read_event(&signature, &body, now).unwrap();
        assert_eq!(event.kind, "payment_intent.succeeded");
        if event.object_id == paid.id {
            break (signature, body, now);
        }
    };
    assert!(stripe.read_event(&signature.replace("v1=", "v1=0"), &body, now).is_err());
}
