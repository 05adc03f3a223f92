//! Every problem there is, answered for real.

use domain::problem::Code;
use environment::config::Config;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::card_payments::shop;
use super::protection::answer_to;
use super::waitlist_line::fill_line;
use crate::support::client::Answer;
use crate::support::openid::{Fault, Login, Provider, with_openid};
use crate::support::people::{Market, PASSWORD};
use crate::support::server::{Kind, Server, on_both_databases};
use crate::support::stripe::{with_connect, with_stripe};

fn impatient(config: &mut Config) {
    config.server.receive_timeout_seconds = 3;
}

fn hasty(config: &mut Config) {
    config.server.request_timeout_seconds = 1;
}

fn strict(config: &mut Config) {
    config.limits.enabled = true;
    (config.limits.requests_per_minute, config.limits.request_burst) = (1, 1);
}

/// Has this problem answered; none where this database never comes to it.
async fn provoke(code: Code, server: &Server, market: &Market) -> Option<Answer> {
    let Market { host, host_organization, site, customer, .. } = market;
    let anonymous = server.anonymous();
    let organization = format!("/organizations/{host_organization}");
    // Something to book that nobody else touches.
    let resource = host.list_resource(site, json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
    let path = format!("/resources/{resource}");
    let mut wish = market.wish("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z");
    wish["resource_id"] = resource.clone().into();
    wish["quantity"] = 2.into();
    let firm = json!({ "kind": "firm", "name": "Gear Works" });
    let sent = |media_type: &str, body: String| {
        let media_type = media_type.to_owned();
        let form = move |request: RequestBuilder| request.header("content-type", media_type).body(body);
        host.send(Method::POST, "/organizations", form)
    };
    let answer = match code {
        Code::MalformedRequest => host.get("/organizations?cursor=%00").await,
        Code::MalformedJson => sent("application/json", "{".to_owned()).await,
        Code::NotSignedIn => anonymous.get("/me").await,
        Code::InvalidToken => anonymous.with_token("none").get("/me").await,
        Code::InvalidCredentials => server.login(&host.email, "not her password").await,
        Code::InvalidRefreshToken => anonymous.post("/auth/refresh", json!({ "refresh_token": "none" })).await,
        Code::Forbidden => customer.patch(&organization, json!({ "name": "Ours" })).await,
        Code::EmailNotVerified => server.unverified_user("Una").await.post("/organizations", firm).await,
        Code::InvalidSecondFactor => {
            anonymous.post("/auth/second-factor", json!({ "challenge": "none", "code": "123456" })).await
        }
        Code::SecondFactorRequired => {
            let ida = server.user("Ida").await;
            let set = "second_factor_salt = 'salt', second_factor_since = created_at";
            server.execute(&format!("UPDATE users SET {set} WHERE id = '{}'", ida.id));
            server.login(&ida.email, PASSWORD).await
        }
        Code::AddressNotProven | Code::InvalidOpenidCallback | Code::LastWayToSignIn | Code::OpenidProviderUnavailable => {
            let works = Server::start(server.kind, &[&with_openid]);
            let (provider, person) = (Provider::of(&works), Login::new("ada", "ada@example.org"));
            match code {
                Code::AddressNotProven => provider.sign_in(&works, &person.with("email_verified", json!(false))).await,
                Code::InvalidOpenidCallback => {
                    provider.finish(&works, &json!({ "handle": "none", "state": "none", "code": "none" })).await
                }
                Code::OpenidProviderUnavailable => {
                    provider.fail("token", [Fault::Status(500)]);
                    provider.sign_in(&works, &person).await
                }
                _ => {
                    let tokens = provider.sign_in(&works, &person).await.expect(200);
                    let ada = works.anonymous().with_token(tokens.text("access_token"));
                    let identities = ada.get("/me/identities").await.expect(200);
                    ada.delete(&format!("/me/identities/{}", identities.items()[0]["id"].as_str().unwrap())).await
                }
            }
        }
        Code::SecondFactorMissing => {
            let own = server.user("Dora").await;
            let id = own.found("Gear Works").await;
            server.execute(&format!("UPDATE organizations SET requires_second_factor = TRUE WHERE id = '{id}'"));
            own.get(&format!("/organizations/{id}/members")).await
        }
        Code::AccountSuspended | Code::OrganizationSuspended => {
            let names = if code == Code::AccountSuspended { ["Rita", "Ursula"] } else { ["Root", "Ulla"] };
            let (operator, una) = (server.operator(names[0]).await, server.user(names[1]).await);
            let own = una.found("Gear Works").await;
            let (noun, id) = if code == Code::AccountSuspended { ("users", &una.id) } else { ("organizations", &own) };
            operator.post(&format!("/admin/{noun}/{id}/suspend"), json!({ "reason": "Unpaid invoices" })).await.expect(200);
            wish["organization_id"] = own.into();
            match code {
                Code::AccountSuspended => server.login(&una.email, PASSWORD).await,
                _ => una.post("/bookings", wish).await,
            }
        }
        Code::OriginNotAllowed => {
            let body = json!({ "email": host.email, "password": PASSWORD, "refresh_token_in": "cookie" });
            anonymous.with("origin", "https://evil.example.org").post("/auth/login", body).await
        }
        Code::NotFound => anonymous.get("/organizations/none").await,
        Code::MethodNotAllowed => anonymous.delete("/organizations").await,
        Code::RequestTimeout => {
            let impatient = Server::start(server.kind, &[&impatient]);
            let head = "POST /api/v1/auth/register HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                        Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
            let answer = answer_to(&impatient, head);
            assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"code\":\"request_timeout\""), "{answer}");
            return None;
        }
        Code::EmailTaken => {
            let registration = json!({ "email": host.email, "password": "correct horse battery", "name": "Hannah" });
            anonymous.post("/auth/register", registration).await
        }
        Code::AlreadyMember => {
            host.post(&format!("{organization}/invitations"), json!({ "email": host.email, "role": "booker" })).await
        }
        Code::AlreadyInvited | Code::TooManyInvitations => {
            let invitations = format!("{organization}/invitations");
            let email = format!("{}@example.org", code.as_str());
            let invite = async || host.post(&invitations, json!({ "email": email, "role": "booker" })).await;
            let made = invite().await.expect(201).id();
            match code {
                Code::AlreadyInvited => invite().await,
                _ => host.post(&format!("{invitations}/{made}/resend"), json!({})).await,
            }
        }
        Code::OrganizationInUse => {
            customer.post("/bookings", wish).await.expect(201);
            host.post(&format!("{organization}/close"), json!({})).await
        }
        Code::LastOwner => host.delete(&format!("{organization}/members/{}", host.id)).await,
        Code::SlotUnavailable => {
            customer.post("/bookings", wish.clone()).await.expect(201);
            customer.post("/bookings", wish).await
        }
        Code::SlotAvailable => customer.post("/waitlist", wish).await,
        Code::AlreadyWaiting => {
            customer.post("/bookings", wish.clone()).await.expect(201);
            customer.post("/waitlist", wish.clone()).await.expect(201);
            customer.post("/waitlist", wish).await
        }
        Code::WaitlistFull => {
            customer.post("/bookings", wish.clone()).await.expect(201);
            let entry = customer.post("/waitlist", wish.clone()).await.expect(201).id();
            fill_line(server, &entry, 199);
            wish["starts_at"] = "2026-12-01T11:00:00Z".into();
            wish["ends_at"] = "2026-12-01T12:00:00Z".into();
            customer.post("/bookings", wish.clone()).await.expect(201);
            wish["organization_id"] = host_organization.clone().into();
            host.post("/waitlist", wish).await
        }
        Code::CapacityInUse => {
            customer.post("/bookings", wish).await.expect(201);
            host.patch(&path, json!({ "capacity": { "quantity": 1 } })).await
        }
        Code::BookingsOutsideHours => {
            customer.post("/bookings", wish).await.expect(201);
            host.patch(&path, json!({ "booking_rules": { "opening_hours": { "mon": [["10:00", "11:00"]] } } })).await
        }
        Code::LinkNotPossible => {
            customer.post("/bookings", wish).await.expect(201);
            let room = host.list_resource(site, json!({ "name": "Room" })).await;
            host.post(&format!("{path}/links"), json!({ "other_id": room, "kind": "takes" })).await
        }
        Code::ResourceHasBookings => {
            customer.post("/bookings", wish).await.expect(201);
            host.patch(&path, json!({ "status": "retired" })).await
        }
        Code::ResourceNotBookable => {
            host.patch(&path, json!({ "status": "paused" })).await.expect(200);
            customer.post("/bookings", wish).await
        }
        Code::TrainingFull | Code::AlreadySeated => {
            let kind =
                host.post(&format!("{organization}/certification-kinds"), json!({ "name": "Lathe" })).await.expect(201).id();
            let training = json!({
                "certification_kind_id": kind, "site_id": site, "name": "Evening", "seats": 1,
                "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T11:00:00Z",
            });
            let training = host.post(&format!("{organization}/trainings"), training).await.expect(201).id();
            let seats = format!("/trainings/{training}/seats");
            host.post(&seats, json!({})).await.expect(201);
            let caller = if code == Code::TrainingFull { customer } else { host };
            caller.post(&seats, json!({})).await
        }
        Code::CertificationKindInUse => {
            let kinds = format!("{organization}/certification-kinds");
            let kind = host.post(&kinds, json!({ "name": "Mill" })).await.expect(201).id();
            host.patch(&path, json!({ "booking_rules": { "required_certification_ids": [kind] } })).await.expect(200);
            host.patch(&format!("/certification-kinds/{kind}"), json!({ "is_retired": true })).await
        }
        Code::TooManyGrants => {
            let kinds = format!("{organization}/certification-kinds");
            let kind = host.post(&kinds, json!({ "name": "Mill" })).await.expect(201).id();
            let mut last = None;
            for day in 1..22 {
                let grant = json!({ "email": customer.email, "expires_at": format!("2027-01-{day:02}T00:00:00Z") });
                last = Some(host.post(&format!("/certification-kinds/{kind}/certifications"), grant).await);
            }
            last?
        }
        Code::InvalidTransition => {
            let booking = customer.post("/bookings", wish).await.expect(201).id();
            host.post(&format!("/bookings/{booking}/approve"), json!({})).await
        }
        Code::NoElectronicInvoice => {
            let address = json!({ "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London" });
            host.patch(&format!("{organization}/billing"), json!({ "billing_address": address })).await.expect(200);
            let booking = customer.post("/bookings", wish).await.expect(201).id();
            let new = json!({ "customer_organization_id": market.customer_organization, "booking_id": booking });
            let issued = host.post(&format!("{organization}/invoices"), new).await.expect(201);
            host.get(&format!("/invoices/{}.xml", issued.items()[0]["id"].as_str().unwrap())).await
        }
        Code::InvalidSignature => anonymous.post("/webhooks/stripe", json!({ "id": "evt", "type": "x", "data": {} })).await,
        Code::CardNotAccepted => {
            let booking = customer.post("/bookings", wish).await.expect(201).id();
            customer.post(&format!("/bookings/{booking}/pay"), json!({})).await
        }
        Code::NoWayToPay => {
            let by_kind = json!([{ "kind": "firm", "ways": ["prepaid"] }]);
            host.patch(&format!("{organization}/billing"), json!({ "ways_to_pay_by_kind": by_kind })).await.expect(200);
            customer.post("/bookings", wish).await
        }
        Code::CardAccountsNotOffered => {
            host.patch(&format!("{organization}/billing"), json!({ "country": "GB" })).await.expect(200);
            host.post(&format!("{organization}/card-account"), json!({})).await
        }
        Code::CardAccountRequired => {
            let server = Server::start(server.kind, &[&with_connect]);
            let market = server.market(json!({})).await;
            let billing = format!("/organizations/{}/billing", market.host_organization);
            let answer = market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await;
            return Some(answer);
        }
        Code::CardPaymentNotPossible | Code::PaymentProviderUnavailable => {
            let server = Server::start(server.kind, &[&with_stripe]);
            let (market, stripe) = shop(&server, json!({})).await;
            stripe.with(|world| world.is_down = code == Code::PaymentProviderUnavailable);
            let mut wish = market.wish("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z");
            if code == Code::CardPaymentNotPossible {
                let tariff = json!({ "currency": "UGX", "rate": 100, "per": "booking" });
                wish["resource_id"] = market.host.list_resource(&market.site, json!({ "tariff": tariff })).await.into();
            }
            let booking = market.customer.post("/bookings", wish).await.expect(201).id();
            let answer = market.customer.post(&format!("/bookings/{booking}/pay"), json!({})).await;
            return Some(answer);
        }
        Code::TooManyProposals => {
            wish["quantity"] = 1.into();
            let booking = customer.post("/bookings", wish).await.expect(201).id();
            let proposals = format!("/bookings/{booking}/proposals");
            let slot = json!({ "starts_at": "2026-12-01T12:00:00Z" });
            for _ in 0..20 {
                host.post(&proposals, slot.clone()).await.expect(201);
            }
            host.post(&proposals, slot).await
        }
        Code::TermsOutdated => {
            let terms = json!({ "kind": "general", "name": "Terms", "applies_to": [], "text": "Be kind." });
            let terms = host.post(&format!("{organization}/terms"), terms).await.expect(201).id();
            let acceptance = json!({ "organization_id": market.customer_organization, "version": 2 });
            customer.post(&format!("/terms/{terms}/accept"), acceptance).await
        }
        Code::IdempotencyInProgress => {
            if server.kind == Kind::Sqlite {
                // It has one writer: the second request waits for the first, and is then answered the same.
                return None;
            }
            let held = server.hold_writes();
            let keyed = host.with("idempotency-key", "\"once\"");
            // One takes the key and waits; the other is told so.
            let early = tokio::select! {
                answer = keyed.post("/organizations", firm.clone()) => answer,
                answer = keyed.post("/organizations", firm.clone()) => answer,
            };
            drop(held);
            early
        }
        Code::PreconditionFailed => host.with("if-match", "\"0\"").patch(&organization, json!({})).await,
        Code::PayloadTooLarge => sent("application/json", " ".repeat(300_000)).await,
        Code::UnsupportedMediaType => sent("text/plain", "{}".to_owned()).await,
        Code::InvalidFields => host.post("/organizations", json!({})).await,
        Code::BookingRulesViolated => {
            wish["starts_at"] = "2020-01-01T10:00:00Z".into();
            wish["ends_at"] = "2020-01-01T11:00:00Z".into();
            customer.post("/bookings", wish).await
        }
        Code::InvalidOneTimeToken => anonymous.post("/auth/verify-email", json!({ "token": "none" })).await,
        Code::IdempotencyKeyReused => {
            let keyed = host.with("idempotency-key", "\"twice\"");
            keyed.post("/organizations", firm).await.expect(201);
            keyed.post("/organizations", json!({ "kind": "firm", "name": "Another" })).await
        }
        Code::StatementUnreadable | Code::StatementDoubled | Code::StatementUnbalanced => {
            let file = match code {
                Code::StatementUnreadable => "date,amount\n",
                Code::StatementDoubled => "date,amount,currency,id\n2026-12-04,1,GBP,A\n2026-12-04,1,GBP,A\n",
                _ => ":20:A\n:25:1\n:60F:C261203EUR1,00\n:62F:C261203EUR2,00\n",
            };
            let form = |request: RequestBuilder| request.header("content-type", "text/plain").body(file);
            host.send(Method::POST, &format!("{organization}/bank-statements"), form).await
        }
        Code::PictureUnreadable => {
            let form = |request: RequestBuilder| request.header("content-type", "image/png").body("no picture");
            host.send(Method::POST, &format!("{organization}/logo"), form).await
        }
        Code::TooManyPictures => {
            for _ in 0..12 {
                super::pictures::add(host, &resource, "", ("image/png", super::pictures::PICTURE)).await.expect(201);
            }
            super::pictures::add(host, &resource, "", ("image/png", super::pictures::PICTURE)).await
        }
        Code::TooManyRequests => {
            let strict = Server::start(server.kind, &[&strict]);
            strict.anonymous().get("/organizations").await;
            strict.anonymous().get("/organizations").await
        }
        Code::InternalError => {
            let broken = host.open_site(host_organization, json!({})).await;
            server.execute(&format!("UPDATE sites SET opening_hours = 'not JSON' WHERE id = '{broken}'"));
            host.get(&format!("/sites/{broken}")).await
        }
        Code::Unavailable => {
            let hasty = Server::start(server.kind, &[&hasty]);
            let _held = hasty.hold_writes();
            let registration = json!({ "email": "una@example.org", "password": "correct horse battery", "name": "Una" });
            hasty.anonymous().post("/auth/register", registration).await
        }
    };
    Some(answer)
}

on_both_databases! {
    async fn every_problem_is_answered(server) {
        let market = server.market(json!({})).await;
        for code in Code::ALL {
            if let Some(answer) = provoke(*code, server, &market).await {
                let answer = answer.refused(code.status(), code.as_str());
                assert_eq!(answer["title"], code.title());
                assert!(!answer.text.contains("JSON at"), "the cause is not told: {answer:?}");
            }
        }
    }
}
