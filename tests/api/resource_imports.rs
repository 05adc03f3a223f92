//! Resources from a table.

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const HEAD: &str = "site;kind;name;currency;rate;per;min_minutes;max_minutes;status";

impl Market {
    fn table_path(&self, verb: &str) -> String {
        format!("/organizations/{}/resources/{verb}", self.host_organization)
    }

    async fn import_table(&self, rows: &[&str]) -> Answer {
        send(&self.host, &self.table_path("import"), &format!("{HEAD}\n{}\n", rows.join("\n"))).await
    }

    async fn preview_table(&self, rows: &[&str]) -> Answer {
        send(&self.host, &self.table_path("import/preview"), &format!("{HEAD}\n{}\n", rows.join("\n"))).await
    }

    /// The names of the host's resources, oldest first.
    async fn names(&self) -> Vec<String> {
        let listed = self.host.get(&format!("/organizations/{}/resources?limit=200", self.host_organization)).await.expect(200);
        let mut names: Vec<_> = listed.items().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

async fn send(client: &Client, path: &str, table: &str) -> Answer {
    let table = table.to_owned();
    client.send(Method::POST, path, |request: RequestBuilder| request.header("content-type", "text/csv").body(table)).await
}

on_both_databases! {
    async fn a_table_becomes_resources_after_a_preview_that_changes_nothing(server) {
        let market = server.market(json!({})).await;
        let rows = ["Main hall;machine;Saw;GBP;24,50;hour;60;480;listed", ";Storage;Rack;eur;3;day;;;", &format!("{};floor_space;Room;JPY;100;booking;;;", market.site)];
        let preview = market.preview_table(&rows).await.expect(200);
        assert_eq!((&preview["is_valid"], preview["rows"].as_array().unwrap().len()), (&json!(true), 3));
        let first = &preview["rows"][0];
        assert_eq!((&first["row"], &first["site_id"], &first["site_name"]), (&json!(2), &json!(market.site), &json!("Main hall")));
        assert_eq!((&first["resource"]["tariff"]["rate"], &first["errors"]), (&json!(2450), &json!([])));
        assert_eq!(market.names().await, ["Lathe"]);
        let imported = market.import_table(&rows).await.expect(201);
        let rows: Vec<_> = imported["resources"].as_array().unwrap().iter().map(|one| (one["row"].clone(), one["name"].clone())).collect();
        assert_eq!(rows, [(json!(2), json!("Saw")), (json!(3), json!("Rack")), (json!(4), json!("Room"))]);
        assert_eq!(market.names().await, ["Lathe", "Rack", "Room", "Saw"]);
        let saw = imported["resources"][0]["resource_id"].as_str().unwrap();
        let saw = market.customer.get(&format!("/resources/{saw}")).await.expect(200);
        assert_eq!((&saw["tariff"]["rate"], &saw["booking_rules"]["max_minutes"], &saw["status"]), (&json!(2450), &json!(480), &json!("listed")));
        // The others are drafts, which nobody else sees.
        let rack = imported["resources"][1]["resource_id"].as_str().unwrap();
        market.customer.get(&format!("/resources/{rack}")).await.refused(404, "not_found");
        let log = market.host.get(&format!("/organizations/{}/audit?action=resource.create", market.host_organization)).await.expect(200);
        assert_eq!(log.items().len(), 4);
    }

    async fn one_wrong_row_stops_all_and_each_error_has_its_row_and_column(server) {
        let market = server.market(json!({})).await;
        let rows = [
            "Main hall;machine;Saw;GBP;24.50;hour;60;480;",
            "Main hall;boat;;GBP;24.555;hour;x;480;",
            "Annex;machine;Drill;GBP;10;hour;60;30;",
            "Main hall;machine;Mill;GBP",
        ];
        let expected = [
            ("/rows/3/kind", "invalid"),
            ("/rows/3/min_minutes", "invalid"),
            ("/rows/3/rate", "invalid"),
            ("/rows/3/name", "required"),
            ("/rows/4/site", "unknown_site"),
            ("/rows/4/max_minutes", "invalid"),
            ("/rows/5", "invalid"),
        ];
        market.import_table(&rows).await.refused_fields(&expected);
        let preview = market.preview_table(&rows).await.expect(200);
        assert_eq!(preview["is_valid"], json!(false));
        let errors = preview["rows"].as_array().unwrap().iter().flat_map(|row| row["errors"].as_array().unwrap());
        let errors: Vec<_> = errors.map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
        assert_eq!(errors, expected);
        let german = market.host.with("accept-language", "de");
        let preview = send(&german, &market.table_path("import/preview"), &format!("{HEAD}\n{}", rows[1])).await.expect(200);
        assert_eq!(preview["rows"][0]["errors"][1]["detail"], "muss eine ganze Zahl sein");
        assert_eq!(market.names().await, ["Lathe"]);
    }

    async fn a_file_that_is_no_table_is_refused_as_a_whole(server) {
        let market = server.market(json!({})).await;
        for path in [market.table_path("import"), market.table_path("import/preview")] {
            send(&market.host, &path, "kind,name,currency,rate,per,id\n").await.refused_fields(&[("/columns/id", "unknown_field")]);
            send(&market.host, &path, "kind,name,currency,rate,per\n").await.refused_fields(&[("/file", "required")]);
            send(&market.host, &path, "kind,name,currency,rate,per\n\"x").await.refused_fields(&[("/file", "unreadable")]);
            let large = format!("kind,name,currency,rate,per\n{}", " ".repeat(1 << 20));
            send(&market.host, &path, &large).await.refused(413, "payload_too_large");
            let json = market.host.post(&path, json!({ "rows": [] })).await;
            json.refused(415, "unsupported_media_type");
        }
        // Without its own name, a site must be named as soon as there are two.
        let annex = market.host.open_site(&market.host_organization, json!({ "name": "main HALL" })).await;
        market.import_table(&[";machine;Saw;GBP;1;hour;;;", "Main hall;machine;Saw;GBP;1;hour;;;"]).await
            .refused_fields(&[("/rows/2/site", "required"), ("/rows/3/site", "invalid")]);
        market.import_table(&[&format!("{annex};machine;Saw;GBP;1;hour;;;")]).await.expect(201);
    }

    async fn a_table_is_imported_once_for_each_key_and_never_for_a_host_that_is_suspended(server) {
        let market = server.market(json!({})).await;
        let with_key = market.host.with("idempotency-key", "\"machines-1\"");
        let (path, table) = (market.table_path("import"), format!("{HEAD}\nMain hall;machine;Saw;GBP;1;hour;;;"));
        let both = join_all([send(&with_key, &path, &table), send(&with_key, &path, &table)]).await;
        assert!(both.iter().any(|answer| answer.status == 201) && both.iter().all(|answer| [201, 409].contains(&answer.status)));
        let first = send(&with_key, &path, &table).await.expect(201);
        assert_eq!(send(&with_key, &path, &table).await.expect(201).body, first.body);
        assert_eq!(market.names().await, ["Lathe", "Saw"]);
        send(&with_key, &path, &format!("{table}\n;machine;Mill;GBP;1;hour;;;")).await.refused(422, "idempotency_key_reused");
        let root = server.operator("Root").await;
        root.post(&format!("/admin/organizations/{}/suspend", market.host_organization), json!({ "reason": "Fraud" })).await.expect(200);
        for verb in ["import", "import/preview"] {
            send(&market.host, &market.table_path(verb), &table).await.refused(403, "organization_suspended");
        }
    }
}
