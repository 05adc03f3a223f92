//! Who belongs to an organization, and as what.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::people::User;
use crate::support::server::{Server, on_both_databases};

/// An organization with a member of each role.
struct Firm {
    organization: String,
    members: String,
    owner: User,
    manager: User,
    booker: User,
}

impl Server {
    async fn firm(&self) -> Firm {
        let [owner, manager, booker] = [self.user("Olga").await, self.user("Max").await, self.user("Bob").await];
        let organization = owner.found("Rotor Works").await;
        self.add_member(&organization, &manager, "manager");
        self.add_member(&organization, &booker, "booker");
        Firm { members: format!("/organizations/{organization}/members"), organization, owner, manager, booker }
    }
}

impl Firm {
    fn path(&self, user: &User) -> String {
        format!("{}/{}", self.members, user.id)
    }
}

on_both_databases! {
    async fn only_an_owner_says_who_belongs(server) {
        let firm = server.firm().await;
        for lower in [&firm.manager, &firm.booker] {
            lower.get(&firm.members).await.expect(200);
            lower.get(&firm.path(&firm.owner)).await.expect(200);
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
            let organization = ada.found("Rotor Works").await;
            let members = format!("/organizations/{organization}/members");
            let mut owners = vec![ada];
            for name in ["Bob", "Cleo", "Dan", "Eve", "Fay"] {
                let user = server.user(&format!("{name}{leave_the_service}")).await;
                server.add_member(&organization, &user, "owner");
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

    async fn whoever_has_not_proved_their_address_changes_nothing(server) {
        let firm = server.firm().await;
        let eve = server.unverified_user("Eve").await;
        server.add_member(&firm.organization, &eve, "owner");
        eve.get(&firm.members).await.expect(200);
        eve.delete(&firm.path(&firm.booker)).await.refused(403, "email_not_verified");
        eve.delete(&firm.path(&eve)).await.expect(204);
    }
}
