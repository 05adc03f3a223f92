//! Kinds of certification, and who holds one.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::User;
use crate::support::server::{START, Server, on_both_databases};

/// A manager whose host has something on offer and trains people in laser safety.
pub(crate) struct School {
    pub(crate) host: User,
    pub(crate) organization: String,
    pub(crate) site: String,
    pub(crate) resource: String,
    pub(crate) kind: String,
}

impl School {
    pub(crate) async fn open(server: &Server, kind: Value) -> Self {
        let market = server.market(json!({})).await;
        let (host, organization) = (market.host, market.host_organization);
        let mut fields = json!({ "name": "Laser safety" });
        fields.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        let kind = host.post(&format!("/organizations/{organization}/certification-kinds"), fields).await.expect(201).id();
        Self { host, organization, site: market.site, resource: market.resource, kind }
    }

    /// An attempt of the host to certify somebody.
    pub(crate) async fn grant(&self, holder: &User) -> Answer {
        self.grant_as(&self.host, json!({ "email": holder.email })).await
    }

    async fn grant_as(&self, granter: &User, body: Value) -> Answer {
        granter.post(&format!("/certification-kinds/{}/certifications", self.kind), body).await
    }
}

on_both_databases! {
    async fn a_kind_is_seen_where_its_host_is(server) {
        let school = School::open(server, json!({ "valid_days": 730, "description": "Fire watch" })).await;
        let path = format!("/certification-kinds/{}", school.kind);
        let kind = server.anonymous().get(&path).await.expect(200);
        assert_eq!((&kind["name"], &kind["valid_days"], &kind["organization_name"]), (&json!("Laser safety"), &json!(730), &json!("Rotor Works")));
        let list = format!("/organizations/{}/certification-kinds", school.organization);
        assert_eq!(server.anonymous().get(&list).await.expect(200).items(), std::slice::from_ref(&kind.body));
        school.host.patch(&format!("/resources/{}", school.resource), json!({ "status": "retired" })).await.expect(200);
        for path in [path, list] {
            server.anonymous().get(&path).await.refused(404, "not_found");
            school.host.get(&path).await.expect(200);
        }
    }

    async fn a_kind_is_edited_as_its_editor_has_seen_it(server) {
        let school = School::open(server, json!({ "valid_days": 730 })).await;
        let path = format!("/certification-kinds/{}", school.kind);
        let edited = school.host.with("if-match", "\"1\"").patch(&path, json!({ "valid_days": null, "is_retired": true })).await.expect(200);
        assert_eq!((&edited["valid_days"], &edited["is_retired"]), (&Value::Null, &json!(true)));
        school.host.with("if-match", "\"1\"").patch(&path, json!({})).await.refused(412, "precondition_failed");
        let wrong = json!({ "name": "", "valid_days": 0, "shared_with": [school.kind] });
        school.host.patch(&path, wrong).await.refused_fields(&[("/name", "required"), ("/valid_days", "out_of_range")]);
        let unknown = json!({ "shared_with": [school.organization, school.kind] });
        school.host.patch(&path, unknown).await.refused_fields(&[("/shared_with/1", "unknown_organization")]);
    }

    async fn a_certification_is_good_for_as_long_as_its_kind_says(server) {
        let school = School::open(server, json!({ "valid_days": 10 })).await;
        let carl = server.login("carl@example.org", crate::support::people::PASSWORD).await.text("access_token");
        let carl = server.anonymous().with_token(carl);
        let granted = school.grant_as(&school.host, json!({ "email": "carl@example.org" })).await.expect(201);
        assert_eq!((granted.text("status").as_str(), granted.text("expires_at").as_str()), ("valid", "2026-12-10T09:00:00Z"));
        assert_eq!(granted["granted_by"], school.host.id.as_str());
        let path = format!("/certifications/{}", granted.id());
        assert_eq!(carl.get(&path).await.expect(200).body, granted.body);
        server.advance(TimeDelta::days(10));
        let mine = carl.get("/me/certifications").await.expect(200);
        assert_eq!((mine.items().len(), &mine.items()[0]["status"]), (1, &json!("expired")));
        school.host.post(&format!("{path}/revoke"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn a_certification_goes_to_a_user_whose_end_is_to_come(server) {
        let school = School::open(server, json!({})).await;
        school.grant_as(&school.host, json!({})).await.refused_fields(&[("/email", "required")]);
        school.grant_as(&school.host, json!({ "email": "nobody@example.org" })).await.refused_fields(&[("/email", "unknown_user")]);
        school.grant_as(&school.host, json!({ "user_id": school.kind })).await.refused_fields(&[("/user_id", "unknown_user")]);
        let both = json!({ "email": school.host.email, "user_id": school.host.id });
        school.grant_as(&school.host, both).await.refused_fields(&[("/user_id", "invalid")]);
        let past = json!({ "user_id": school.host.id, "expires_at": START });
        school.grant_as(&school.host, past).await.refused_fields(&[("/expires_at", "invalid")]);
        assert_eq!(school.grant_as(&school.host, json!({ "user_id": school.host.id })).await.expect(201)["expires_at"], Value::Null);
        school.host.patch(&format!("/certification-kinds/{}", school.kind), json!({ "is_retired": true })).await.expect(200);
        school.grant(&school.host).await.refused(409, "invalid_transition");
    }

    async fn what_is_revoked_is_revoked_with_all_that_renewed_it(server) {
        let school = School::open(server, json!({ "valid_days": 100 })).await;
        let bob = server.user("Bob").await;
        let first = school.grant(&bob).await.expect(201);
        server.advance(TimeDelta::days(50));
        let second = school.grant(&bob).await.expect(201);
        assert!(second.text("expires_at") > first.text("expires_at"));
        let path = format!("/certifications/{}/revoke", first.id());
        server.advance(TimeDelta::minutes(1));
        let revoked = school.host.post(&path, json!({ "reason": "Left the laser alone" })).await.expect(200);
        assert_eq!((&revoked["status"], &revoked["revoked_by"]), (&json!("revoked"), &json!(school.host.id)));
        let mine = bob.get("/me/certifications").await.expect(200);
        assert!(mine.items().len() == 2 && mine.items().iter().all(|held| held["status"] == "revoked"), "{mine:?}");
        school.host.post(&path, json!({})).await.refused(409, "invalid_transition");
        let mail = server.mails(&bob.email, 3).await.pop().unwrap();
        assert_eq!(mail.subject, "Certification revoked: Laser safety");
        assert!(mail.text.contains("Reason: Left the laser alone\n"), "{}", mail.text);
        school.grant(&bob).await.expect(201);
    }

    async fn a_partner_grants_and_revokes_what_is_shared_with_it(server) {
        let school = School::open(server, json!({})).await;
        let (paula, bob) = (server.user("Paula").await, server.user("Bob").await);
        let partner = paula.found("Gear Works").await;
        school.grant_as(&paula, json!({ "email": bob.email })).await.refused(403, "forbidden");
        let path = format!("/certification-kinds/{}", school.kind);
        school.host.patch(&path, json!({ "shared_with": [partner] })).await.expect(200);
        let kinds = paula.get(&format!("/organizations/{partner}/certification-kinds")).await.expect(200);
        assert_eq!((kinds.items().len(), &kinds.items()[0]["id"]), (1, &json!(school.kind)));
        let granted = school.grant_as(&paula, json!({ "email": bob.email })).await.expect(201).id();
        assert_eq!(paula.get(&format!("{path}/certifications")).await.expect(200).items()[0]["id"], granted);
        paula.patch(&path, json!({ "name": "Ours" })).await.refused(403, "forbidden");
        paula.post(&format!("/certifications/{granted}/revoke"), json!({})).await.expect(200);
        school.host.patch(&path, json!({ "shared_with": [] })).await.expect(200);
        paula.get(&format!("/certifications/{granted}")).await.refused(404, "not_found");
    }

    async fn a_holder_is_warned_twice_unless_it_is_renewed(server, |config: &mut sharefloor::config::Config| config.mail.poll_seconds = 1) {
        let school = School::open(server, json!({ "valid_days": 100 })).await;
        let (bob, rita) = (server.user("Bob").await, server.user("Rita").await);
        school.grant(&bob).await.expect(201);
        school.grant(&rita).await.expect(201);
        server.mails(&bob.email, 1).await;
        server.advance(TimeDelta::days(70));
        let warned = server.mails(&bob.email, 2).await.pop().unwrap();
        assert_eq!(warned.subject, "Certification expires: Laser safety");
        assert!(warned.text.contains("Good until: Wed 10 Mar 2027 (UTC)\n"), "{}", warned.text);
        assert!(warned.text.contains(&format!("/certification-kinds/{}\n", school.kind)), "{}", warned.text);
        server.mails(&rita.email, 2).await;
        school.grant(&rita).await.expect(201);
        server.advance(TimeDelta::days(23));
        server.mails(&bob.email, 3).await;
        server.advance(TimeDelta::days(8));
        school.grant(&bob).await.expect(201);
        assert_eq!(server.mails(&bob.email, 4).await.pop().unwrap().subject, "Certified: Laser safety");
        assert_eq!(server.mails(&rita.email, 3).await.len(), 3, "she was warned again after it was renewed");
    }
}
