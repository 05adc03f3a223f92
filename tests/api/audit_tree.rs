//! The tree over the audit log: its proofs, checked without the product, and what can be erased.

use std::sync::Arc;

use actions::audit_verification::Verification;
use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use reqwest::Method;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use storage::db::Db;

use crate::support::people::{PASSWORD, User};
use crate::support::server::{Kind, Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

/// Adds all entries to the tree, and signs it.
async fn sign(server: &Server) {
    server.advance(TimeDelta::minutes(2));
    server.run_jobs().await;
}

/// An entry of an organization with a proof, for the operation that returns it.
pub(super) async fn signed_entry(server: &Server, organization: &str, operation: &str) -> String {
    if operation == "get_audit_proof" {
        sign(server).await;
    }
    server.select(&format!("SELECT id AS value FROM audit WHERE organization_id = '{organization}' ORDER BY id"))[0].clone()
}

/// What `sharefloor audit verify` finds.
async fn differences(server: &Server) -> Vec<String> {
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    let verifier = sharefloor::app::checkpoint_key(&server.config).unwrap().verifier().unwrap();
    let check = move |note: &str| verifier.verify(note).ok_or_else(|| "its signature is not valid".to_owned());
    let (mut verification, mut has_more, mut differ) = (Verification::new(Arc::new(check), Vec::new()), true, Vec::new());
    while has_more {
        let step = move |tx: &mut storage::db::ReadTx| {
            let (found, has_more) = verification.go_on(tx)?;
            Ok::<_, actions::error::Error>((verification, found, has_more))
        };
        let found;
        (verification, found, has_more) = db.read(server.now(), step).await.unwrap();
        differ.extend(found);
    }
    differ
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    digest(&SHA256, &parts.concat()).as_ref().try_into().unwrap()
}

/// Base 64, as RFC 4648 defines it.
fn decode(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | u32::try_from(ALPHABET.iter().position(|known| *known == letter).expect("base 64")).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap());
        }
    }
    bytes
}

fn hash(text: &str) -> [u8; 32] {
    decode(text).try_into().unwrap()
}

fn hashes(texts: &Value) -> Vec<[u8; 32]> {
    texts.as_array().unwrap().iter().map(|text| hash(text.as_str().unwrap())).collect()
}

fn node(left: [u8; 32], right: [u8; 32]) -> [u8; 32] {
    sha256(&[&[1], &left, &right])
}

/// The root to which an inclusion proof leads (RFC 9162, section 2.1.3.2).
fn included_root(leaf: &str, index: u64, size: u64, proof: &[[u8; 32]]) -> [u8; 32] {
    let (mut number, mut last, mut root) = (index, size - 1, sha256(&[&[0], leaf.as_bytes()]));
    for sibling in proof {
        assert_ne!(last, 0);
        if number % 2 == 1 || number == last {
            root = node(*sibling, root);
            while number.is_multiple_of(2) && number != 0 {
                (number, last) = (number / 2, last / 2);
            }
        } else {
            root = node(root, *sibling);
        }
        (number, last) = (number / 2, last / 2);
    }
    assert_eq!(last, 0);
    root
}

/// The two roots to which a consistency proof leads (RFC 9162, section 2.1.4.2).
fn consistent_roots(from: u64, to: u64, first: [u8; 32], proof: &[[u8; 32]]) -> ([u8; 32], [u8; 32]) {
    let mut proof = proof.to_vec();
    if from.is_power_of_two() {
        proof.insert(0, first);
    }
    let (mut number, mut last) = (from - 1, to - 1);
    while number % 2 == 1 {
        (number, last) = (number / 2, last / 2);
    }
    let (mut earlier, mut later) = (proof[0], proof[0]);
    for hash in &proof[1..] {
        assert_ne!(last, 0);
        if number % 2 == 1 || number == last {
            (earlier, later) = (node(*hash, earlier), node(*hash, later));
            while number.is_multiple_of(2) && number != 0 {
                (number, last) = (number / 2, last / 2);
            }
        } else {
            later = node(later, *hash);
        }
        (number, last) = (number / 2, last / 2);
    }
    assert_eq!(last, 0);
    (earlier, later)
}

/// The size and the root that a note says, if the key has signed it.
fn signed(note: &str, key: &str) -> (u64, [u8; 32]) {
    let (text, signature) = note.split_once("\n\n").unwrap();
    let lines: Vec<_> = text.lines().collect();
    let (name, id, public) = {
        let parts: Vec<_> = key.trim().splitn(3, '+').collect();
        (parts[0], parts[1], decode(parts[2]))
    };
    assert_eq!((lines.len(), lines[0], public[0]), (3, name, 1));
    let signature = decode(signature.trim_end().strip_prefix(&format!("\u{2014} {name} ")).unwrap());
    let hashed = sha256(&[name.as_bytes(), b"\n", &public]);
    let hex: String = hashed[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((&signature[..4], id), (&hashed[..4], hex.as_str()));
    UnparsedPublicKey::new(&ED25519, &public[1..]).verify(format!("{text}\n").as_bytes(), &signature[4..]).unwrap();
    (lines[1].parse().unwrap(), hash(lines[2]))
}

/// The entries of an organization, from the export, the last one first.
async fn exported(user: &User, organization: &str, query: &str) -> Vec<Value> {
    let lines = user.get(&format!("/organizations/{organization}/audit.jsonl?{query}")).await.expect(200);
    assert_eq!(lines.header("content-type"), "application/jsonl");
    assert!(lines.text.is_empty() || lines.text.ends_with('\n'));
    lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

on_both_databases! {
    async fn an_exported_entry_is_verified_with_its_proof_alone(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}/audit", market.host_organization);
        // The job of the service runs at the start, and then when the clock has moved.
        let has_run = format!("SELECT CAST(id AS TEXT) AS value FROM audit_tree WHERE reached_at = {}", server.sql_now());
        while server.select(&has_run).is_empty() {
            tokio::task::yield_now().await;
        }
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let found = &exported(&market.host, &market.host_organization, &format!("object_id={booking}")).await[0];
        assert_eq!((&found["sequence"], &found["commitment"]), (&Value::Null, &Value::Null));
        let proof = format!("{path}/{}/proof", found["id"].as_str().unwrap());
        market.host.get(&proof).await.refused(404, "not_found");
        sign(server).await;
        let key = server.anonymous().get("/audit/key").await.expect(200).text;
        let first = server.anonymous().get("/audit/checkpoint").await.expect(200);
        assert_eq!(first.header("content-type"), "text/plain; charset=utf-8");
        let (from, first_root) = signed(&first.text, &key);

        market.host.post(&format!("/bookings/{booking}/cancel"), json!({ "reason": "Naïve \"quotes\"\n" })).await.expect(200);
        sign(server).await;
        let entries = exported(&market.host, &market.host_organization, "").await;
        assert!(entries.len() >= 5, "{entries:?}");
        for entry in &entries {
            let proof = market.host.get(&format!("{path}/{}/proof", entry["id"].as_str().unwrap())).await.expect(200);
            let leaf: Value = serde_json::from_str(&proof.text("leaf")).unwrap();
            assert_eq!(leaf["version"], 1);
            let leaf = leaf.as_object().unwrap().iter().filter(|(name, _)| *name != "version");
            leaf.for_each(|(name, value)| assert_eq!(&entry[name], value, "{name}"));
            assert_eq!((&entry["sequence"], &proof["checkpoint"]), (&proof["sequence"], &json!(server.anonymous().get("/audit/checkpoint").await.text)));
            let (size, root) = signed(&proof.text("checkpoint"), &key);
            let (sequence, path) = (proof["sequence"].as_u64().unwrap(), hashes(&proof["hashes"]));
            assert_eq!((size, proof["tree_size"].as_u64()), (size, Some(size)));
            assert_eq!(included_root(&proof.text("leaf"), sequence, size, &path), root);
            let forged = proof.text("leaf").replacen("\"action\":\"", "\"action\":\"un", 1);
            assert_ne!(included_root(&forged, sequence, size, &path), root);
            if let Some(salt) = entry["salt"].as_str() {
                let personal = serde_json::to_string(&entry["personal"]).unwrap();
                assert_eq!(sha256(&[&decode(salt), personal.as_bytes()]), hash(entry["commitment"].as_str().unwrap()));
            }
        }
        assert!(entries.iter().any(|entry| entry["personal"]["address"] == "127.0.0.1"), "{entries:?}");

        let last = server.anonymous().get("/audit/checkpoint").await.expect(200);
        let (to, last_root) = signed(&last.text, &key);
        assert!(to > from);
        let proof = server.anonymous().get(&format!("/audit/consistency?from={from}&to={to}")).await.expect(200);
        assert_eq!(consistent_roots(from, to, first_root, &hashes(&proof["hashes"])), (first_root, last_root));
        let same = server.anonymous().get(&format!("/audit/consistency?from={to}&to={to}")).await.expect(200);
        assert_eq!(same["hashes"], json!([]));
        for (query, fields) in [
            (format!("from=0&to={to}"), vec![("from", "out_of_range")]),
            (format!("from={to}&to={from}"), vec![("from", "out_of_range")]),
            (format!("from=1&to={}", to + 1), vec![("to", "out_of_range")]),
        ] {
            server.anonymous().get(&format!("/audit/consistency?{query}")).await.refused_fields(&fields);
        }
        let others = format!("/organizations/{}/audit/{}/proof", market.customer_organization, entries[0]["id"].as_str().unwrap());
        market.customer.get(&others).await.refused(404, "not_found");
        assert_eq!(differences(server).await, [""; 0]);
    }

    async fn the_log_is_filtered_by_its_actor_and_by_time(server) {
        let market = server.market(json!({})).await;
        let host = &market.host_organization;
        let before = server.now();
        server.advance(TimeDelta::minutes(5));
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let at = server.now();
        server.advance(TimeDelta::minutes(5));
        market.host.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let actions = async |query: String| {
            let entries = exported(&market.host, host, &query).await;
            entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(actions(format!("from={before}&user_id={}", market.customer.id)).await, ["booking.create"]);
        assert_eq!(actions(format!("from={at}")).await, ["booking.cancel", "booking.create"]);
        assert_eq!(actions(format!("from={at}&to={}", at + TimeDelta::minutes(1))).await, ["booking.create"]);
        assert_eq!(actions(format!("from={}&object=booking", at + TimeDelta::minutes(1))).await, ["booking.cancel"]);
        assert_eq!(actions(format!("api_key_id={booking}")).await, [""; 0]);
        let paths = [format!("/organizations/{host}/audit"), format!("/organizations/{host}/audit.csv")];
        for path in paths {
            let listed = market.host.get(&format!("{path}?user_id={}&from={at}", market.host.id)).await.expect(200);
            assert!(listed.text.contains("booking.cancel") && !listed.text.contains("booking.create"), "{}", listed.text);
        }
    }

    async fn only_its_own_organization_and_operators_see_from_where_somebody_acted(server) {
        let market = server.market(json!({})).await;
        let operator = server.operator("Root").await;
        let (host, customer) = (&market.host_organization, &market.customer);
        let key = json!({ "name": "Front end", "scopes": ["bookings:write", "bookings:read"] });
        let key = market.host.post(&format!("/organizations/{host}/api-keys"), key).await.expect(201).text("key");
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.anonymous().with_token(key).post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        sign(server).await;
        let seen = async |user: &User| {
            let entries = exported(user, host, &format!("object_id={booking}&order=created_at")).await;
            assert!(entries.iter().all(|entry| entry["salt"].is_string() == entry["personal"].is_object()), "{entries:?}");
            assert!(entries.iter().all(|entry| entry["commitment"].is_string()), "{entries:?}");
            let address = |entry: &Value| (entry["action"].as_str().unwrap().to_owned(), entry["personal"]["address"].clone());
            entries.iter().map(address).collect::<Vec<_>>()
        };
        let [create, cancel] = ["booking.create", "booking.cancel"].map(str::to_owned);
        let here = json!("127.0.0.1");
        assert_eq!(seen(&market.host).await, [(create.clone(), Value::Null), (cancel.clone(), here.clone())]);
        assert_eq!(seen(&operator).await, [(create, here.clone()), (cancel, here)]);
        let history = customer.get(&format!("/bookings/{booking}/history")).await.expect(200);
        assert!(!history.text.contains("127.0.0.1"), "{}", history.text);
    }

    async fn what_is_personal_goes_with_the_account_and_every_entry_still_verifies(server) {
        let market = server.market(json!({})).await;
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        server.add_member(&market.host_organization, &ada, "manager");
        ada.patch("/me", json!({ "name": "Ada Lovelace" })).await.expect(200);
        let site = ada.patch(&format!("/sites/{}", market.site), json!({ "contact": "Ada, room 2" })).await;
        site.expect(200);
        operator.get("/admin/users?q=lovelace").await.expect(200);
        operator.get("/admin/users?q=charles").await.expect(200);
        sign(server).await;
        let personal = || {
            let of_ada = format!("SELECT personal AS value FROM audit WHERE personal IS NOT NULL AND user_id = '{}'", ada.id);
            (server.select(&of_ada).len(), server.select("SELECT personal AS value FROM audit WHERE personal LIKE '%\"q\":%' ORDER BY personal DESC"))
        };
        let (of_ada, searches) = personal();
        assert!(of_ada > 4, "{of_ada}");
        assert_eq!(searches, ["{\"q\":\"lovelace\",\"address\":\"127.0.0.1\"}", "{\"q\":\"charles\",\"address\":\"127.0.0.1\"}"]);
        let renamed = server.select(&format!("SELECT personal AS value FROM audit WHERE user_id = '{}' AND action = 'user.update'", ada.id));
        assert_eq!(renamed, ["{\"before\":{\"name\":\"Ada\"},\"after\":{\"name\":\"Ada Lovelace\"},\"address\":\"127.0.0.1\"}"]);
        let details = server.select("SELECT detail AS value FROM audit");
        assert!(!details.iter().any(|detail| detail.contains("Lovelace") || detail.contains("room 2")), "{details:?}");

        let form = |request: reqwest::RequestBuilder| request.json(&json!({ "current_password": PASSWORD }));
        ada.send(Method::DELETE, "/me", form).await.expect(204);
        assert_eq!(personal(), (0, vec!["{\"q\":\"charles\",\"address\":\"127.0.0.1\"}".to_owned()]));
        let salts = format!("SELECT entry_id AS value FROM audit_leaves WHERE salt IS NOT NULL AND entry_id IN (SELECT id FROM audit WHERE user_id = '{}')", ada.id);
        assert_eq!(server.select(&salts), [""; 0]);
        sign(server).await;
        assert_eq!(differences(server).await, [""; 0]);
        let entries = exported(&market.host, &market.host_organization, &format!("user_id={}&action=site.update", ada.id)).await;
        assert!(entries[0]["personal"].is_null() && entries[0]["salt"].is_null() && entries[0]["commitment"].is_string(), "{entries:?}");
        let path = format!("/organizations/{}/audit/{}/proof", market.host_organization, entries[0]["id"].as_str().unwrap());
        let proof = market.host.get(&path).await.expect(200);
        let (size, root) = signed(&proof.text("checkpoint"), &server.anonymous().get("/audit/key").await.text);
        assert_eq!(included_root(&proof.text("leaf"), proof["sequence"].as_u64().unwrap(), size, &hashes(&proof["hashes"])), root);
    }

    async fn entries_of_a_deleted_account_that_came_late_are_erased_too(server) {
        let ada = server.user("Ada").await;
        ada.patch("/me", json!({ "name": "Ada Lovelace" })).await.expect(200);
        sign(server).await;
        let of_ada = format!("SELECT personal AS value FROM audit WHERE personal IS NOT NULL AND user_id = '{}'", ada.id);
        assert!(server.select(&of_ada).len() > 2);
        let exported = ada.get("/me/export").await.expect(200);
        assert!(exported["history"].as_array().unwrap().iter().any(|action| action["personal"]["after"]["name"] == "Ada Lovelace"), "{exported:?}");
        // As a server of an earlier release deletes an account.
        server.execute(&format!("UPDATE users SET deleted_at = {} WHERE id = '{}'", server.sql_now(), ada.id));
        server.advance(TimeDelta::hours(2));
        server.run_jobs().await;
        assert_eq!(server.select(&of_ada), [""; 0]);
        assert_eq!(differences(server).await, [""; 0]);
    }

    async fn a_change_says_what_was_before_and_after_it(server) {
        let market = server.market(json!({})).await;
        let host = &market.host_organization;
        let latest = async |action: &str| exported(&market.host, host, &format!("action={action}")).await[0].clone();
        market.host.patch(&format!("/sites/{}", market.site), json!({ "name": "Annex" })).await.expect(200);
        let entry = latest("site.update").await;
        assert_eq!((&entry["detail"]["after"], entry["detail"]["before"]["name"].is_string()), (&json!({ "name": "Annex" }), true));
        market.host.patch(&format!("/organizations/{host}"), json!({ "website": "https://rotor.example" })).await.expect(200);
        let entry = latest("organization.update").await;
        assert_eq!(entry["detail"], json!({ "before": { "website": "" }, "after": { "website": "https://rotor.example" } }));
        market.host.patch(&format!("/organizations/{host}/billing"), json!({ "payment_days": 9, "billing_email": "b@example.org" })).await.expect(200);
        let entry = latest("organization.update_billing").await;
        assert_eq!((&entry["detail"]["after"], &entry["personal"]["after"]), (&json!({ "payment_days": 9 }), &json!({ "billing_email": "b@example.org" })));
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "name": "Saw" })).await.expect(200);
        let entry = latest("resource.update").await;
        assert_eq!(entry["detail"]["after"], json!({ "name": "Saw" }));
        let ada = server.user("Ada").await;
        server.add_member(host, &ada, "booker");
        market.host.patch(&format!("/organizations/{host}/members/{}", ada.id), json!({ "role": "manager" })).await.expect(200);
        assert_eq!(latest("member.update").await["detail"], json!({ "role": "manager", "before": { "role": "booker" } }));
    }

    async fn two_servers_add_each_entry_once(server) {
        let market = server.market(json!({})).await;
        for hour in 0..4 {
            market.book(&format!("2026-12-0{}T10:00:00Z", hour + 1), &format!("2026-12-0{}T11:00:00Z", hour + 1)).await.expect(201);
        }
        // A long log, of which each job adds several parts.
        let series = match server.kind {
            Kind::Sqlite => "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1700) ",
            Kind::Postgres => "WITH numbers(n) AS (SELECT generate_series(1, 1700)) ",
        };
        let rows = "SELECT 'copy ' || n, at, user_id, organization_id, action, object, object_id, detail, api_key_id FROM numbers, (SELECT * FROM audit ORDER BY id LIMIT 1) AS one";
        let columns = "id, at, user_id, organization_id, action, object, object_id, detail, api_key_id";
        let insert = match server.kind {
            Kind::Sqlite => format!("{series} INSERT INTO audit ({columns}) {rows}"),
            Kind::Postgres => format!("INSERT INTO audit ({columns}) {series} {rows}"),
        };
        assert_eq!(server.execute(&insert), 1700);
        server.advance(TimeDelta::minutes(2));
        let (mut one, mut other) = (server.runner(), server.runner());
        let (one, other) = tokio::join!(one.run_once(), other.run_once());
        one.and(other).unwrap();
        let number = |sql: &str| server.select(&format!("SELECT CAST({sql} AS TEXT) AS value"))[0].parse::<usize>().unwrap();
        let entries = number("(SELECT count(*) FROM audit)");
        assert_eq!(number("(SELECT count(*) FROM audit_leaves)"), entries);
        assert_eq!(number("(SELECT max(sequence) + 1 FROM audit_leaves)"), entries);
        assert_eq!(number("(SELECT count(*) FROM audit_nodes)"), entries / 256);
        assert_eq!(differences(server).await, [""; 0]);
        let key = server.anonymous().get("/audit/key").await.text;
        let (size, root) = signed(&server.anonymous().get("/audit/checkpoint").await.text, &key);
        assert_eq!(usize::try_from(size).unwrap(), entries);
        for from in [1, 255, 256, 257, 1024, size - 1] {
            let proof = server.anonymous().get(&format!("/audit/consistency?from={from}&to={size}")).await.expect(200);
            let first = root_of(server, from);
            assert_eq!(consistent_roots(from, size, first, &hashes(&proof["hashes"])), (first, root), "{from}");
        }
        // A stored hash of a subtree that somebody changes is found.
        let forged = match server.kind {
            Kind::Sqlite => { server.execute("DROP TRIGGER audit_nodes_no_update"); "zeroblob(32)" }
            Kind::Postgres => { server.execute("ALTER TABLE audit_nodes DISABLE TRIGGER USER"); "decode(repeat('00', 32), 'hex')" }
        };
        server.execute(&format!("UPDATE audit_nodes SET hash = {forged} WHERE number = 2"));
        assert_eq!(differences(server).await, ["entries 512 to 767 of the tree: their stored hash is another one"]);
    }

    async fn an_entry_that_is_committed_late_is_added_all_the_same(server) {
        let market = server.market(json!({})).await;
        let columns = "id, at, user_id, organization_id, action, object, object_id, detail, api_key_id";
        let late = format!(
            "INSERT INTO audit ({columns}) SELECT '019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11', at, NULL, organization_id, action, object, object_id, detail, NULL \
             FROM audit ORDER BY id LIMIT 1"
        );
        // On SQLite nobody writes meanwhile; there the entry only has an identifier of an earlier time.
        let url = server.config.database.url.expose_secret();
        let mut held = (server.kind == Kind::Postgres).then(|| PgConnection::establish(url).unwrap());
        if let Some(held) = &mut held {
            held.batch_execute(&format!("BEGIN; {late}")).unwrap();
        }
        for day in 1..4 {
            market.book(&format!("2026-12-0{day}T10:00:00Z"), &format!("2026-12-0{day}T11:00:00Z")).await.expect(201);
            sign(server).await;
        }
        match &mut held {
            Some(held) => held.batch_execute("COMMIT").unwrap(),
            None => assert_eq!(server.execute(&late), 1),
        }
        let outside = "SELECT id AS value FROM audit WHERE id NOT IN (SELECT entry_id FROM audit_leaves)";
        assert_eq!(server.select(outside), ["019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"]);
        sign(server).await;
        assert_eq!(server.select(outside), [""; 0]);
        // Later entries are found, too, and what is settled is not looked at again.
        for day in 4..7 {
            server.advance(TimeDelta::minutes(11));
            market.book(&format!("2026-12-0{day}T10:00:00Z"), &format!("2026-12-0{day}T11:00:00Z")).await.expect(201);
            sign(server).await;
            assert_eq!(server.select(outside), [""; 0]);
        }
        let settled: i64 = server.select("SELECT CAST(settled AS TEXT) AS value FROM audit_tree")[0].parse().unwrap();
        assert!(settled > 12, "{settled}");
        assert_eq!(differences(server).await, [""; 0]);
    }

    async fn the_audit_log_stays_whoever_writes(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        sign(server).await;
        let mut attempts = vec![
            ("audit_stays", "UPDATE audit SET action = 'site.close'".to_owned()),
            ("audit_stays", "UPDATE audit SET user_id = NULL WHERE user_id IS NOT NULL".to_owned()),
            ("audit_stays", "UPDATE audit SET detail = '{}' WHERE detail <> '{}'".to_owned()),
            ("audit_stays", "UPDATE audit SET personal = '{}'".to_owned()),
            ("audit_stays", "DELETE FROM audit".to_owned()),
            ("audit_leaves_stay", "UPDATE audit_leaves SET commitment = NULL, salt = NULL WHERE commitment IS NOT NULL".to_owned()),
            ("audit_leaves_stay", "UPDATE audit_leaves SET sequence = sequence + 1000".to_owned()),
            ("audit_leaves_stay", "DELETE FROM audit_leaves".to_owned()),
            ("audit_leaves_follow", "INSERT INTO audit_leaves SELECT 1000, entry_id, salt, commitment, hash FROM audit_leaves WHERE sequence = 0".to_owned()),
            ("audit_checkpoints_stay", "UPDATE audit_checkpoints SET note = ''".to_owned()),
            ("audit_checkpoints_stay", "DELETE FROM audit_checkpoints".to_owned()),
            ("audit_checkpoints_follow", "INSERT INTO audit_checkpoints SELECT size - 1, note, signed_at FROM audit_checkpoints".to_owned()),
            ("audit_checkpoints_follow", "INSERT INTO audit_checkpoints SELECT size + 1, note, signed_at FROM audit_checkpoints".to_owned()),
        ];
        let hash = if server.kind == Kind::Sqlite { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
        assert_eq!(server.execute(&format!("INSERT INTO audit_nodes (level, number, hash) VALUES (9, 9, {hash})")), 1);
        attempts.push(("audit_nodes_stay", "UPDATE audit_nodes SET number = 8".to_owned()));
        attempts.push(("audit_nodes_stay", "DELETE FROM audit_nodes".to_owned()));
        if server.kind == Kind::Postgres {
            attempts.push(("audit_stays", "TRUNCATE audit CASCADE".to_owned()));
            attempts.push(("audit_leaves_stay", "TRUNCATE audit_leaves".to_owned()));
            attempts.push(("audit_nodes_stay", "TRUNCATE audit_nodes".to_owned()));
            attempts.push(("audit_checkpoints_stay", "TRUNCATE audit_checkpoints".to_owned()));
        } else {
            let columns = "id, at, user_id, organization_id, action, object, object_id, detail, api_key_id, personal, position";
            for replaced in [columns.replacen("action", "'site.close'", 1), columns.replacen("id", "'another'", 1)] {
                attempts.push(("FOREIGN KEY constraint failed", format!("INSERT OR REPLACE INTO audit ({columns}) SELECT {replaced} FROM audit")));
            }
            attempts.push(("audit_leaves_follow", "INSERT OR REPLACE INTO audit_leaves SELECT sequence, entry_id, NULL, NULL, hash FROM audit_leaves".to_owned()));
            attempts.push(("audit_nodes_stay", "INSERT OR REPLACE INTO audit_nodes SELECT * FROM audit_nodes".to_owned()));
            attempts.push(("audit_checkpoints_follow", "INSERT OR REPLACE INTO audit_checkpoints SELECT * FROM audit_checkpoints".to_owned()));
        }
        for (reason, attempt) in attempts {
            assert!(server.refuses(&attempt, reason), "{attempt}");
        }
        // What is personal can be erased, and never comes back.
        assert!(server.execute("UPDATE audit SET personal = NULL WHERE personal IS NOT NULL") > 5);
        assert!(server.execute("UPDATE audit_leaves SET salt = NULL WHERE salt IS NOT NULL") > 5);
        assert_eq!(differences(server).await, [""; 0]);
        let salt = if server.kind == Kind::Sqlite { "zeroblob(16)" } else { "decode(repeat('00', 16), 'hex')" };
        assert!(server.refuses(&format!("UPDATE audit_leaves SET salt = {salt}"), "audit_leaves_stay"));
        // An entry of an earlier release has nothing of what is new.
        let old = "INSERT INTO audit (id, at, user_id, organization_id, action, object, object_id, detail) \
                   SELECT '019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11', at, user_id, organization_id, action, object, object_id, '{ }' FROM audit ORDER BY id LIMIT 1";
        assert_eq!(server.execute(old), 1);
        sign(server).await;
        assert_eq!(differences(server).await, [""; 0]);
    }
}

/// The root over the first leaves, as RFC 6962 defines it.
fn root_of(server: &Server, size: u64) -> [u8; 32] {
    fn over(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [leaf] => *leaf,
            several => {
                let (left, right) = several.split_at(1 << (several.len() - 1).ilog2());
                node(over(left), over(right))
            }
        }
    }
    let hex = if server.kind == Kind::Sqlite { "hex(hash)" } else { "encode(hash, 'hex')" };
    let leaves = server.select(&format!("SELECT {hex} AS value FROM audit_leaves WHERE sequence < {size} ORDER BY sequence"));
    let byte = |text: &str, at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    let leaves: Vec<[u8; 32]> = leaves.iter().map(|text| std::array::from_fn(|at| byte(text, at))).collect();
    over(&leaves)
}
