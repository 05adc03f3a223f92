//! Lists other than that of bookings: only some states, only what has changed, and all resources of a host.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::certifications::School;
use super::waitlist::{ELEVEN, Rival, TEN};
use crate::support::client::{Answer, Client};
use crate::support::server::on_both_databases;

/// The values of a field of the items of a list.
async fn listed(reader: &Client, path: &str, field: &str) -> Vec<String> {
    let page = reader.get(path).await.expect(200);
    page.items().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

/// A state many times: a list must not become slower, or fail, for it.
fn repeated(state: &str) -> String {
    vec![state; 400].join(",")
}

#[track_caller]
fn refused(answer: Answer, field: &str) {
    answer.refused_fields(&[(field, "invalid")]);
}

on_both_databases! {
    async fn certifications_are_listed_by_their_states_of_this_moment(server) {
        let school = School::open(server, json!({})).await;
        let path = format!("/certification-kinds/{}/certifications", school.kind);
        let mut granted = Vec::new();
        for name in ["Ada", "Bob", "Cleo"] {
            let holder = server.user(name).await;
            let mut grant = json!({ "email": holder.email });
            if name != "Ada" {
                grant["expires_at"] = json!(server.now() + TimeDelta::hours(1));
            }
            granted.push(school.host.post(&path, grant).await.expect(201).id());
            server.advance(TimeDelta::seconds(1));
        }
        school.host.post(&format!("/certifications/{}/revoke", granted[2]), json!({})).await.expect(200);
        let ids = async |states: &str| listed(&school.host, &format!("{path}?status={states}"), "id").await;
        assert_eq!(ids("valid").await, granted[..2]);
        assert_eq!(ids("expired").await, [""; 0]);
        assert_eq!(ids("revoked,valid").await, granted);
        server.advance(TimeDelta::hours(1));
        for (states, expected) in [("valid", &granted[..1]), ("expired", &granted[1..2]), ("revoked", &granted[2..]), ("expired&status=revoked", &granted[1..])] {
            assert_eq!(ids(states).await, expected, "{states}");
        }
        assert_eq!(ids(&repeated("expired")).await, granted[1..2]);
        refused(school.host.get(&format!("{path}?status=valid,lost")).await, "status");
    }

    async fn invitations_are_listed_by_their_states_of_this_moment(server) {
        let owner = server.user("Olga").await;
        let organization = owner.found("Rotor Works").await;
        let path = format!("/organizations/{organization}/invitations");
        let mut invited = Vec::new();
        for name in ["ada", "bob", "cleo"] {
            let invitation = json!({ "email": format!("{name}@example.org"), "role": "booker" });
            invited.push(owner.post(&path, invitation).await.expect(201).id());
            server.advance(TimeDelta::seconds(1));
        }
        owner.post(&format!("{path}/{}/withdraw", invited[1]), json!({})).await.expect(200);
        let token = server.take_token("cleo@example.org", "accept-invitation").await;
        let cleo = json!({ "token": token, "name": "Cleo", "password": "correct horse battery" });
        server.anonymous().post("/auth/accept-invitation", cleo).await.expect(200);
        let ids = async |states: &str| listed(&owner, &format!("{path}?status={states}"), "id").await;
        assert_eq!(ids("open").await, invited[..1]);
        server.advance(TimeDelta::days(15));
        for (states, expected) in [("open", &[][..]), ("expired", &invited[..1]), ("withdrawn", &invited[1..2]), ("accepted", &invited[2..]), ("accepted,withdrawn", &invited[1..])] {
            assert_eq!(ids(states).await, expected, "{states}");
        }
        assert_eq!(ids(&repeated("expired")).await, invited[..1]);
        refused(owner.get(&format!("{path}?status=lost")).await, "status");
    }

    async fn trainings_and_their_seats_are_listed_by_their_states(server) {
        let school = School::open(server, json!({})).await;
        let path = format!("/organizations/{}/trainings", school.host_organization);
        let mut planned = Vec::new();
        for day in 8..11 {
            let training = json!({
                "certification_kind_id": school.kind, "site_id": school.site, "name": "Laser evening", "seats": 5,
                "starts_at": format!("2026-12-{day:02}T18:00:00Z"), "ends_at": format!("2026-12-{day:02}T20:00:00Z"),
            });
            planned.push(school.host.post(&path, training).await.expect(201).id());
        }
        let seats = format!("/trainings/{}/seats", planned[0]);
        let (ada, bob) = (server.user("Ada").await, server.user("Bob").await);
        for user in [&ada, &bob] {
            server.advance(TimeDelta::seconds(1));
            let seat = user.post(&seats, json!({})).await.expect(201).id();
            if user.name == "Ada" {
                user.post(&format!("{seats}/{seat}/cancel"), json!({})).await.expect(200);
            }
        }
        school.host.post(&format!("/trainings/{}/cancel", planned[2]), json!({})).await.expect(200);
        server.advance(TimeDelta::days(9));
        school.host.post(&format!("/trainings/{}/attendance", planned[0]), json!({ "attended": [] })).await.expect(200);
        for (query, expected) in [
            ("status=scheduled", &planned[1..2]), ("status=held", &planned[..1]), ("status=scheduled,cancelled", &planned[1..]),
            ("status=held,cancelled&to=2026-12-10T00:00:00Z", &planned[..1]), ("status=cancelled&from=2026-12-11T00:00:00Z", &[]),
        ] {
            assert_eq!(listed(&server.anonymous(), &format!("{path}?{query}"), "id").await, expected, "{query}");
        }
        refused(server.anonymous().get(&format!("{path}?status=open")).await, "status");
        for (states, expected) in [("absent", &["Bob"][..]), ("cancelled,absent", &["Ada", "Bob"]), ("booked,attended", &[])] {
            assert_eq!(listed(&school.host, &format!("{seats}?status={states}"), "user_name").await, expected, "{states}");
        }
        // Others see their own seat only, whatever they ask for.
        assert_eq!(listed(&ada, &format!("{seats}?status=cancelled,absent"), "user_name").await, ["Ada"]);
        refused(school.host.get(&format!("{seats}?status=free")).await, "status");
    }

    async fn members_are_listed_by_their_roles_in_the_order_in_which_they_joined(server) {
        // Olga has had an account for longer than all other members.
        let olga = server.user("Olga").await;
        server.advance(TimeDelta::seconds(1));
        let market = server.market(json!({})).await;
        let bob = server.user("Bob").await;
        for (user, role) in [(&bob, "manager"), (&olga, "booker")] {
            server.advance(TimeDelta::seconds(1));
            server.add_member(&market.host_organization, user, role);
        }
        let path = format!("/organizations/{}/members", market.host_organization);
        let names = async |query: &str| listed(&market.host, &format!("{path}?{query}"), "name").await;
        assert_eq!(names("").await, ["Hannah", "Bob", "Olga"]);
        assert_eq!(names("order=-created_at").await, ["Olga", "Bob", "Hannah"]);
        assert_eq!(names("role=booker,owner").await, ["Hannah", "Olga"]);
        assert_eq!(names("role=manager&limit=1").await, ["Bob"]);
        refused(market.host.get(&format!("{path}?role=guest")).await, "role");
    }

    async fn the_audit_log_is_listed_by_several_objects_and_actions(server) {
        let market = server.market(json!({})).await;
        server.advance(TimeDelta::seconds(1));
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::seconds(1));
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let path = format!("/organizations/{}/audit", market.host_organization);
        let actions = async |query: &str| listed(&market.host, &format!("{path}?{query}"), "action").await;
        assert_eq!(actions("object=booking,site").await, ["booking.cancel", "booking.create", "site.create"]);
        assert_eq!(actions("action=booking.cancel&action=site.create&order=created_at").await, ["site.create", "booking.cancel"]);
        assert_eq!(actions("object=site&action=booking.cancel,booking.create").await, [""; 0]);
    }

    async fn a_host_lists_all_its_resources_in_every_state_and_others_do_not(server) {
        let market = server.market(json!({ "name": "Listed" })).await;
        let annex = market.host.open_site(&market.host_organization, json!({ "name": "Annex" })).await;
        let mut ids = vec![market.resource.clone()];
        for (name, status) in [("Draft", "draft"), ("Paused", "paused"), ("Private", "listed"), ("Gone", "retired")] {
            server.advance(TimeDelta::seconds(1));
            let site = if name == "Private" { &annex } else { &market.site };
            let first = if status == "retired" { "draft" } else { status };
            let resource = json!({ "name": name, "status": first, "is_private": name == "Private" });
            let id = market.host.list_resource(site, resource).await;
            if status == "retired" {
                market.host.patch(&format!("/resources/{id}"), json!({ "status": status })).await.expect(200);
            }
            ids.push(id);
        }
        let path = format!("/organizations/{}/resources", market.host_organization);
        let booker = server.user("Bob").await;
        server.add_member(&market.host_organization, &booker, "booker");
        for member in [&market.host, &booker] {
            let page = member.get(&path).await.expect(200);
            let seen: Vec<_> = page.items().iter().map(|item| item["id"].as_str().unwrap()).collect();
            assert_eq!(seen, ids);
        }
        // Each is shown as it is shown alone.
        let page = market.host.get(&format!("{path}?limit=1&order=-created_at")).await.expect(200);
        assert_eq!(page.items()[0], market.host.get(&format!("/resources/{}", ids[4])).await.expect(200).body);
        let names = async |query: &str| listed(&market.host, &format!("{path}?{query}"), "name").await;
        for (query, expected) in [
            ("status=listed", &["Listed", "Private"][..]),
            ("status=draft,retired&order=-created_at", &["Gone", "Draft"]),
            ("status=paused&status=draft", &["Draft", "Paused"]),
            (&format!("site_id={annex}"), &["Private"]),
            (&format!("site_id={annex}&status=draft"), &[]),
        ] {
            assert_eq!(names(query).await, expected, "{query}");
        }
        assert_eq!(names(&format!("status={}", repeated("retired"))).await, ["Gone"]);
        refused(market.host.get(&format!("{path}?status=sold")).await, "status");

        // The site of another host has nothing of this one.
        let elsewhere = market.customer.open_site(&market.customer_organization, json!({})).await;
        market.customer.list_resource(&elsewhere, json!({})).await;
        assert_eq!(names(&format!("site_id={elsewhere}")).await, [""; 0]);
        market.customer.get(&path).await.refused(403, "forbidden");
        server.anonymous().get(&path).await.refused(401, "not_signed_in");
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "status": "paused" })).await.expect(200);
        market.customer.get(&path).await.refused(404, "not_found");
    }

    async fn resources_that_have_changed_are_listed_and_those_whose_repair_has_ended(server) {
        let market = server.market(json!({})).await;
        server.advance(TimeDelta::seconds(1));
        let saw = market.host.list_resource(&market.site, json!({ "name": "Saw" })).await;
        let until = server.now() + TimeDelta::hours(1);
        let broken = json!({ "reason": "Broken belt", "until": until });
        market.host.post(&format!("/resources/{saw}/out-of-order"), broken).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        let since = server.now();
        let path = format!("/organizations/{}/resources?updated_since={since}", market.host_organization);
        let changed = async || listed(&market.host, &path, "name").await;
        assert_eq!(changed().await, [""; 0]);
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "description": "New" })).await.expect(200);
        assert_eq!(changed().await, ["Lathe"]);
        server.advance(TimeDelta::hours(1));
        assert_eq!(changed().await, ["Lathe", "Saw"]);
        assert_eq!(market.host.get(&path).await.expect(200).items()[1]["out_of_order"], Value::Null);
    }

    async fn waitlist_entries_that_have_changed_are_listed_and_those_whose_offer_has_lapsed(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        first.offer(&one).await;
        server.advance(TimeDelta::minutes(1));
        let since = server.now();
        let changed = async || listed(&market.host, &format!("/waitlist?updated_since={since}"), "id").await;
        assert_eq!(changed().await, [""; 0]);
        server.advance(TimeDelta::minutes(59));
        // The offer has lapsed, whether or not a job has written it.
        assert_eq!(changed().await, std::slice::from_ref(&one));
        server.run_jobs().await;
        assert_eq!(changed().await, [one, two]);
    }
}
