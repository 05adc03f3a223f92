//! An owner hands an organization over to another member.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::User;
use crate::support::server::{Server, on_both_databases};

/// An organization with its owner, another member and its path.
async fn firm(server: &Server) -> (User, User, String) {
    let [owner, member] = [server.user("Olga").await, server.user("Max").await];
    let organization = owner.found("Rotor Works").await;
    server.add_member(&organization, &member, "booker");
    (owner, member, format!("/organizations/{organization}"))
}

async fn hand_over(organization: &str, from: &User, to: &User) -> Answer {
    from.post(&format!("{organization}/owner"), json!({ "user_id": to.id })).await
}

async fn role(organization: &str, of: &User) -> Value {
    of.get(&format!("{organization}/members/{}", of.id)).await.expect(200)["role"].clone()
}

on_both_databases! {
    async fn the_member_becomes_owner_and_the_owner_a_manager(server) {
        let (owner, member, organization) = firm(server).await;
        let new = hand_over(&organization, &owner, &member).await.expect(200);
        assert_eq!((&new["user_id"], &new["role"]), (&json!(member.id), &json!("owner")));
        assert_eq!((role(&organization, &owner).await, role(&organization, &member).await), (json!("manager"), json!("owner")));
        owner.patch(&organization, json!({ "name": "Mine" })).await.refused(403, "forbidden");
        member.patch(&organization, json!({ "name": "Max Works" })).await.expect(200);
        let audit = member.get(&format!("{organization}/audit?action=organization.hand_over")).await.expect(200);
        assert_eq!(audit.items()[0]["detail"], json!({ "from": owner.id, "to": member.id }));
        assert_eq!(audit.items()[0]["user_id"], owner.id);
    }

    async fn both_get_a_mail(server) {
        let (owner, member, organization) = firm(server).await;
        hand_over(&organization, &owner, &member).await.expect(200);
        let received = server.mails(&member.email, 1).await.remove(0);
        assert_eq!(received.subject, "You are the new owner of Rotor Works");
        assert!(received.text.starts_with("Hello Max,\n\nOlga has handed Rotor Works over to you."), "{}", received.text);
        let given = server.mails(&owner.email, 1).await.remove(0);
        assert_eq!(given.subject, "Rotor Works has a new owner");
        assert!(given.text.contains("You have handed Rotor Works over to Max. You are a manager"), "{}", given.text);
    }

    async fn only_an_owner_hands_over_and_only_to_another_verified_member(server) {
        let (owner, member, organization) = firm(server).await;
        let eve = server.unverified_user("Eve").await;
        hand_over(&organization, &owner, &eve).await.refused_fields(&[("/user_id", "not_a_member")]);
        hand_over(&organization, &owner, &owner).await.refused_fields(&[("/user_id", "not_a_member")]);
        let (_, id) = organization.rsplit_once('/').unwrap();
        server.add_member(id, &eve, "manager");
        hand_over(&organization, &owner, &eve).await.refused_fields(&[("/user_id", "not_verified")]);
        hand_over(&organization, &member, &member).await.refused(403, "forbidden");
        hand_over(&organization, &server.user("Ida").await, &member).await.refused(404, "not_found");
        // Operators change roles, but have nothing to hand over.
        hand_over(&organization, &server.operator("Root").await, &member).await.refused(403, "forbidden");
        assert_eq!(role(&organization, &owner).await, "owner");
    }

    async fn a_repeated_handover_gets_the_first_response(server) {
        let (owner, member, organization) = firm(server).await;
        let client = owner.with("idempotency-key", "over");
        let body = json!({ "user_id": member.id });
        let first = client.post(&format!("{organization}/owner"), body.clone()).await.expect(200);
        assert_eq!(client.post(&format!("{organization}/owner"), body).await.expect(200).body, first.body);
    }

    async fn of_many_handovers_at_once_one_is_done(server) {
        let (owner, member, organization) = firm(server).await;
        let (_, id) = organization.rsplit_once('/').unwrap();
        let mut others = vec![member];
        for name in ["Bob", "Cleo", "Dan", "Eve", "Fay"] {
            let user = server.user(name).await;
            server.add_member(id, &user, "booker");
            others.push(user);
        }
        let answers = join_all(others.iter().map(|to| hand_over(&organization, &owner, to))).await;
        let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((done.len(), refused.len()), (1, 5));
        refused.into_iter().for_each(|answer| drop(answer.refused(403, "forbidden")));
        assert_eq!(server.select("SELECT user_id AS value FROM members WHERE role = 'owner'"), [done[0].text("user_id")]);
    }

    async fn a_handover_to_a_member_who_deletes_the_account_leaves_an_owner(server) {
        let (owner, member, organization) = firm(server).await;
        let (handed, deleted) = tokio::join!(hand_over(&organization, &owner, &member), member.delete_account());
        let owners = server.select("SELECT user_id AS value FROM members WHERE role = 'owner'");
        match (handed.status, deleted.status) {
            (200, _) => assert_eq!((owners, deleted.refused(409, "last_owner").status), (vec![member.id.clone()], 409)),
            (_, _) => {
                handed.refused_fields(&[("/user_id", "not_a_member")]);
                assert_eq!((owners, deleted.status), (vec![owner.id.clone()], 204));
            }
        }
    }

    async fn the_database_keeps_an_owner(server) {
        let (owner, member, organization) = firm(server).await;
        let (_, id) = organization.rsplit_once('/').unwrap();
        let of_owner = format!("organization_id = '{id}' AND user_id = '{}'", owner.id);
        assert!(server.refuses(&format!("DELETE FROM members WHERE {of_owner}"), "last_owner"));
        assert!(server.refuses(&format!("DELETE FROM members WHERE organization_id = '{id}'"), "last_owner"));
        assert!(server.refuses(&format!("UPDATE members SET role = 'manager' WHERE {of_owner}"), "last_owner"));
        assert_eq!(server.execute(&format!("UPDATE members SET role = 'owner' WHERE user_id = '{}'", member.id)), 1);
        assert_eq!(server.execute(&format!("UPDATE members SET role = 'manager' WHERE {of_owner}")), 1);
        member.post(&format!("{organization}/close"), json!({})).await.expect(204);
        assert_eq!(server.select("SELECT user_id AS value FROM members"), [""; 0]);
    }
}
