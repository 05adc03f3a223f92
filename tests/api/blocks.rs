//! The host's own claims.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

on_both_databases! {
    async fn a_block_keeps_a_resource_for_the_host(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let block = market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE, "reason": "New belt" })).await.expect(201);
        assert_eq!(block["quantity"], 2);
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        assert_eq!(market.host.get(&path).await.expect(200).items(), std::slice::from_ref(&block.body));
        market.host.delete(&format!("{path}/{}", block.id())).await.expect(204);
        market.host.delete(&format!("{path}/{}", block.id())).await.refused(404, "not_found");
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn a_block_over_a_booking_is_refused(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let path = format!("/resources/{}/blocks", market.resource);
        market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE })).await.refused(409, "slot_unavailable");
        market.host.post(&path, json!({ "starts_at": ELEVEN, "ends_at": TWELVE })).await.expect(201);
    }

    async fn what_is_over_stands_in_the_way_of_no_block_that_reaches_back(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::days(1) + TimeDelta::hours(2));
        let path = format!("/resources/{}/blocks", market.resource);
        market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE })).await.expect(201);
    }

    async fn others_neither_see_nor_make_blocks(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        market.customer.get(&path).await.refused(403, "forbidden");
        market.customer.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE })).await.refused(403, "forbidden");
        server.anonymous().get(&path).await.refused(401, "not_signed_in");
    }
}
