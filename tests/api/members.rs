//! Who belongs to an organization, and as what.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::people::User;
use crate::support::server::{Server, on_both_databases};

/// An organization with a member of each role.
struct Firm {
    members: String,
    owner: User,
    manager: User,
    booker: User,
}

impl Server {
    async fn firm(&self) -> Firm {
        let [owner, manager, booker] = [self.user("Olga").await, self.user("Max").await, self.user("Bob").await];
        let members = format!("/organizations/{}/members", owner.found("Rotor Works").await);
        owner.post(&members, json!({ "email": manager.email, "role": "manager" })).await.expect(201);
        owner.post(&members, json!({ "email": booker.email, "role": "booker" })).await.expect(201);
        Firm { members, owner, manager, booker }
    }
}

impl Firm {
    fn path(&self, user: &User) -> String {
        format!("{}/{}", self.members, user.id)
    }
}

on_both_databases! {
    async fn an_owner_adds_a_user_who_then_sees_the_organization(server) {
        let ada = server.user("Ada").await;
        server.advance(TimeDelta::minutes(1));
        let bob = server.user("Bob").await;
        let organization = format!("/organizations/{}", ada.found("Rotor Works").await);
        let members = format!("{organization}/members");
        bob.get(&organization).await.refused(404, "not_found");
        let added = ada.post(&members, json!({ "email": " BOB@example.org", "role": "booker" })).await.expect(201);
        assert_eq!((&added["user_id"], &added["name"], &added["role"]), (&json!(bob.id), &json!("Bob"), &json!("booker")));
        let path = added.header("location").strip_prefix("/api/v1").unwrap().to_owned();
        assert_eq!(bob.get(&path).await.expect(200).body, added.body);
        bob.get(&organization).await.expect(200);
        assert_eq!(bob.get("/organizations").await.expect(200).items().len(), 1);
        let everybody = bob.get(&members).await.expect(200);
        let roles: Vec<_> = everybody.items().iter().map(|member| (&member["email"], &member["role"])).collect();
        assert_eq!(roles, [(&json!(ada.email), &json!("owner")), (&json!(bob.email), &json!("booker"))]);
    }

    async fn a_user_without_an_account_cannot_be_added(server) {
        let firm = server.firm().await;
        let add = async |email: &str| firm.owner.post(&firm.members, json!({ "email": email, "role": "booker" })).await;
        add("who@example.org").await.refused_fields(&[("/email", "unknown_user")]);
        add("nobody").await.refused_fields(&[("/email", "invalid")]);
        add(&firm.booker.email).await.refused(409, "already_member");
        let gone = server.user("Gone").await;
        gone.delete_account().await.expect(204);
        add(&format!("deleted-{}@users.invalid", gone.id)).await.refused_fields(&[("/email", "unknown_user")]);
        let no_role = firm.owner.post(&firm.members, json!({ "email": firm.booker.email, "role": "boss" })).await;
        no_role.refused_fields(&[("/role", "invalid")]);
    }

    async fn only_an_owner_says_who_belongs(server) {
        let firm = server.firm().await;
        let eve = server.user("Eve").await;
        for lower in [&firm.manager, &firm.booker] {
            lower.get(&firm.members).await.expect(200);
            lower.get(&firm.path(&firm.owner)).await.expect(200);
            lower.post(&firm.members, json!({ "email": eve.email, "role": "booker" })).await.refused(403, "forbidden");
            lower.patch(&firm.path(lower), json!({ "role": "owner" })).await.refused(403, "forbidden");
            lower.delete(&firm.path(&firm.owner)).await.refused(403, "forbidden");
        }
    }

    async fn a_stranger_learns_nothing_about_members(server) {
        let firm = server.firm().await;
        let eve = server.user("Eve").await;
        eve.found("Eve's").await;
        let unknown = server.anonymous();
        for path in [firm.members.clone(), firm.path(&firm.booker)] {
            eve.get(&path).await.refused(404, "not_found");
            unknown.get(&path).await.refused(401, "not_signed_in");
        }
        eve.post(&firm.members, json!({ "email": eve.email, "role": "owner" })).await.refused(404, "not_found");
        eve.patch(&firm.path(&firm.booker), json!({ "role": "owner" })).await.refused(404, "not_found");
        eve.delete(&firm.path(&firm.booker)).await.refused(404, "not_found");
        let nobody = format!("{}/{}", firm.members, eve.id);
        firm.owner.get(&nobody).await.refused(404, "not_found");
        firm.owner.patch(&nobody, json!({ "role": "owner" })).await.refused(404, "not_found");
        firm.owner.delete(&nobody).await.refused(404, "not_found");
    }

    async fn the_members_of_an_organization_that_is_on_offer_are_its_own_business(server) {
        let market = server.market(json!({})).await;
        let members = format!("/organizations/{}/members", market.host_organization);
        market.customer.get(&members).await.refused(403, "forbidden");
        server.operator("Root").await.get(&members).await.expect(200);
    }

    async fn a_role_is_changed_on_the_state_that_was_seen(server) {
        let firm = server.firm().await;
        let path = firm.path(&firm.booker);
        let seen = firm.owner.get(&path).await.expect(200).header("etag").to_owned();
        let editor = firm.owner.with("if-match", &seen);
        assert_eq!(editor.patch(&path, json!({ "role": "manager" })).await.expect(200)["role"], "manager");
        editor.patch(&path, json!({ "role": "owner" })).await.refused(412, "precondition_failed");
        editor.delete(&path).await.refused(412, "precondition_failed");
        firm.owner.patch(&path, json!({ "role": null })).await.refused_fields(&[("/role", "required")]);
        firm.owner.patch(&path, json!({ "email": "x" })).await.refused_fields(&[("/email", "unknown_field")]);
    }

    async fn everybody_may_leave_and_is_a_stranger_then(server) {
        let firm = server.firm().await;
        firm.booker.delete(&firm.path(&firm.booker)).await.expect(204);
        firm.booker.get(&firm.members).await.refused(404, "not_found");
        firm.owner.delete(&firm.path(&firm.manager)).await.expect(204);
        assert_eq!(firm.owner.get(&firm.members).await.expect(200).items().len(), 1);
    }

    async fn an_organization_keeps_an_owner(server) {
        let firm = server.firm().await;
        let owner = firm.path(&firm.owner);
        firm.owner.delete(&owner).await.refused(409, "last_owner");
        firm.owner.patch(&owner, json!({ "role": "manager" })).await.refused(409, "last_owner");
        firm.owner.patch(&firm.path(&firm.manager), json!({ "role": "owner" })).await.expect(200);
        firm.owner.patch(&owner, json!({ "role": "booker" })).await.expect(200);
        firm.manager.delete(&firm.path(&firm.manager)).await.refused(409, "last_owner");
    }

    async fn of_all_owners_who_leave_at_once_one_stays(server) {
        for leave_the_service in [false, true] {
            let ada = server.user(&format!("Ada{leave_the_service}")).await;
            let members = format!("/organizations/{}/members", ada.found("Rotor Works").await);
            let mut owners = vec![ada];
            for name in ["Bob", "Cleo", "Dan", "Eve", "Fay"] {
                let user = server.user(&format!("{name}{leave_the_service}")).await;
                owners[0].post(&members, json!({ "email": user.email, "role": "owner" })).await.expect(201);
                owners.push(user);
            }
            let answers = join_all(owners.iter().map(async |owner| {
                if leave_the_service {
                    owner.delete_account().await
                } else {
                    owner.delete(&format!("{members}/{}", owner.id)).await
                }
            }));
            let (left, stayed): (Vec<_>, Vec<_>) = answers.await.into_iter().partition(|answer| answer.status == 204);
            assert_eq!((left.len(), stayed.len()), (5, 1), "{stayed:?}");
            stayed.into_iter().for_each(|answer| drop(answer.refused(409, "last_owner")));
        }
    }

    async fn who_is_added_many_times_at_once_is_a_member_once(server) {
        let ada = server.user("Ada").await;
        let bob = server.user("Bob").await;
        let members = format!("/organizations/{}/members", ada.found("Rotor Works").await);
        let add = || ada.post(&members, json!({ "email": bob.email, "role": "booker" }));
        let answers = join_all((0..6).map(|_| add())).await;
        let (added, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(added.len(), 1, "{added:?}");
        refused.into_iter().for_each(|answer| drop(answer.refused(409, "already_member")));
    }

    async fn whoever_has_not_proved_their_address_changes_nothing(server) {
        let firm = server.firm().await;
        let eve = server.unverified_user("Eve").await;
        firm.owner.post(&firm.members, json!({ "email": eve.email, "role": "owner" })).await.expect(201);
        eve.get(&firm.members).await.expect(200);
        eve.delete(&firm.path(&firm.booker)).await.refused(403, "email_not_verified");
        eve.delete(&firm.path(&eve)).await.expect(204);
    }
}
