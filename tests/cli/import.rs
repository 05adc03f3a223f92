//! Bringing in data sets: small ones with every fault, and the published ones.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::program::{Home, on_both_databases};
use crate::support::server::block_on;

const SPACES_HEAD: &str = "slug,name,website,address,postcode,region,area,lat,lon,floor_m2,access,access_notes,fee_structure,\
                           fee_notes,amenities,induction_required";
const MACHINES_HEAD: &str = "space,category,item,qty";
const LABS_HEAD: &str = "facility_id,name,url,country,state_region,city,zip,street,lat,lon";

/// A row of the list of spaces.
fn space(slug: &str, name: &str, latitude: &str, longitude: &str) -> String {
    format!("{slug},{name},,\"1 Foundry Lane, Bow\",E1 1AA,London,Hackney,{latitude},{longitude},150.0,,,,,,")
}

impl Home {
    fn write_spaces(&self, spaces: &[String], machines: &[&str]) {
        self.write("spaces.csv", format!("{SPACES_HEAD}\n{}\n", spaces.join("\n")));
        self.write("machines.csv", format!("{MACHINES_HEAD}\n{}\n", machines.join("\n")));
    }

    fn import(&self, arguments: &[&str]) -> Value {
        let report = self.run(&[&["import", "--json"], arguments].concat()).done();
        serde_json::from_str(&report).expect("a report in JSON")
    }

    fn import_spaces(&self) -> Value {
        self.import(&["uk-makerspaces", "spaces.csv", "machines.csv"])
    }

    fn import_labs(&self, rows: &str) -> Value {
        self.write("labs.csv", format!("{LABS_HEAD}\n{rows}"));
        self.import(&["okw", "labs.csv"])
    }
}

/// How many were created, updated, unchanged and handed over.
fn counts(report: &Value, noun: &str) -> [u64; 4] {
    ["created", "updated", "unchanged", "handed_over"].map(|what| report[noun][what].as_u64().expect("a number"))
}

/// What was skipped: line, and why.
fn skipped(report: &Value) -> Vec<(u64, &str)> {
    let rows = report["skipped"].as_array().expect("a list");
    rows.iter().map(|row| (row["line"].as_u64().expect("a line"), row["reason"].as_str().expect("a reason"))).collect()
}

on_both_databases! {
    fn spaces_and_machines_are_found_in_the_catalogue(home) {
        home.write_spaces(
            &[space("bow", "Bow Makers", "51.5", "-0.02"), space("quay", "Quay Lab", "51.6", "-0.05")],
            &["bow,Woodwork,Table saw x2,2", "bow,Digital fabrication,\"3D printer, laser cutter\",1", "bow,Woodwork,Chisels,1"],
        );
        let report = home.import_spaces();
        let expected = [("organizations", 2), ("sites", 2), ("resources", 3)];
        assert_eq!(expected.map(|(noun, _)| counts(&report, noun)), expected.map(|(_, created)| [created, 0, 0, 0]));
        assert_eq!((&report["rows"], &report["data_set"]), (&json!(5), &json!("uk-makerspaces")));
        let assumed = report["assumptions"].to_string();
        assert!(assumed.contains("10:00 to 18:00") && assumed.contains("0.00 GBP"), "{assumed}");

        let serving = home.serve(&[]);
        block_on(async {
            let answer = serving.client().get("/api/v1/resources?q=saw").await.expect(200);
            let [saw] = answer.items() else { panic!("{answer:?}") };
            assert_eq!((&saw["name"], &saw["category"]), (&json!("Table saw"), &json!("table saw")));
            assert_eq!(saw["capacity"], json!({ "quantity": 2, "unit": "unit" }));
            assert_eq!(saw["booking_rules"]["requires_approval"], json!(true));
            assert_eq!(saw["place"]["organization_name"], json!("Bow Makers"));
            let site = serving.client().get(&format!("/api/v1/sites/{}", saw["site_id"].as_str().unwrap())).await.expect(200);
            assert_eq!(site["address"], json!({
                "line1": "1 Foundry Lane, Bow", "line2": "", "city": "London", "postal_code": "E1 1AA", "country": "GB"
            }));
            assert_eq!((&site["timezone"], &site["opening_hours"]["sat"]), (&json!("Europe/London"), &Value::Null));
        });
    }

    fn the_same_files_again_change_nothing(home) {
        home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Table saw,1"]);
        home.import_spaces();
        let rows = "SELECT name || updated_at AS value FROM resources UNION ALL SELECT name || updated_at FROM organizations \
                    UNION ALL SELECT action FROM audit ORDER BY value";
        let before = home.select(rows);
        let again = home.import_spaces();
        assert_eq!(["organizations", "sites", "resources"].map(|noun| counts(&again, noun)), [[0, 0, 1, 0]; 3]);
        assert_eq!(home.select(rows), before);
    }

    fn a_changed_file_updates_what_it_tells_and_leaves_what_was_assumed(home) {
        home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Table saw,1", "bow,Woodwork,Lathe,1"]);
        home.import_spaces();
        home.execute("UPDATE sites SET opening_hours = '{}'; UPDATE resources SET status = 'paused' WHERE name = 'Lathe'");
        home.write_spaces(
            &[space("bow", "Bow Yard", "51.5", "-0.02")],
            &["bow,Woodwork,Table saw x3,3", "bow,General,Lathe,1", "bow,Metalwork,MIG welder,1"],
        );
        let report = home.import_spaces();
        assert_eq!(counts(&report, "organizations"), [0, 1, 0, 0]);
        assert_eq!(counts(&report, "sites"), [0, 1, 0, 0]);
        assert_eq!(counts(&report, "resources"), [1, 2, 0, 0]);
        assert_eq!(home.select("SELECT opening_hours AS value FROM sites"), ["{}"]);
        let rows = "SELECT name || ' ' || capacity || ' ' || status || ' ' || search_text AS value FROM resources ORDER BY name";
        let resources = home.select(rows);
        assert!(resources[0].starts_with("Lathe 1 paused lathe lathe general lathe bow yard"), "{resources:?}");
        assert!(resources[1].starts_with("MIG welder 1 listed") && resources[2].starts_with("Table saw 3 listed"), "{resources:?}");
    }

    fn a_space_that_has_an_owner_is_left_to_the_owner(home) {
        home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Lathe,1"]);
        home.import_spaces();
        home.execute(
            "INSERT INTO users (id, email, name, password_hash, created_at, updated_at) \
             SELECT id, 'ada@example.org', 'Ada', '', created_at, created_at FROM organizations; \
             INSERT INTO members (organization_id, user_id, role, created_at) SELECT id, id, 'owner', created_at FROM organizations",
        );
        home.write_spaces(&[space("bow", "Renamed", "51.5", "-0.02")], &["bow,Woodwork,Lathe,1", "bow,Woodwork,Band saw,1"]);
        let report = home.import_spaces();
        assert_eq!(["organizations", "sites", "resources"].map(|noun| counts(&report, noun)[3]), [1, 1, 2]);
        assert_eq!(home.select("SELECT name AS value FROM organizations"), ["Bow Makers"]);
        assert_eq!(home.select("SELECT name AS value FROM resources"), ["Lathe"]);
    }

    fn a_capacity_that_is_booked_stays_and_the_rest_goes_in(home) {
        home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Lathe x2,2"]);
        home.import_spaces();
        let hour = if home.is_sqlite() { "3600000000" } else { "interval '1 hour'" };
        home.execute(&format!(
            "INSERT INTO users (id, email, name, password_hash, created_at, updated_at) \
             SELECT id, 'ada@example.org', 'Ada', '', created_at, created_at FROM organizations; \
             INSERT INTO blocks (id, resource_id, starts_at, ends_at, quantity, reason, created_by, created_at) \
             SELECT id, id, created_at, created_at + {hour}, 2, '', organization_id, created_at FROM resources"
        ));
        home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Lathe,1", "bow,Woodwork,Band saw,1"]);
        let report = home.import_spaces();
        assert_eq!(skipped(&report), [(2, "more is booked than there is by this row: its capacity stays")]);
        assert_eq!(counts(&report, "resources"), [1, 0, 1, 0]);
        assert_eq!(home.select("SELECT name || ' ' || capacity AS value FROM resources ORDER BY 1"), ["Band saw 1", "Lathe 2"]);
    }

    fn what_was_interrupted_is_finished_by_the_next_run(home) {
        home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Lathe,1"]);
        home.import_spaces();
        home.execute("DELETE FROM booking_rules; DELETE FROM tariffs; DELETE FROM resources; DELETE FROM sites");
        let report = home.import_spaces();
        assert_eq!(["organizations", "sites", "resources"].map(|noun| counts(&report, noun)), [[0, 0, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]]);
    }

    fn labs_of_the_world_are_in_their_own_time_zones(home) {
        let report = home.import_labs(
            "a,Fab Kazan,https://fab.example/kazan,RU,Tatarstan,Казань,420000,ул. Баумана 1,55.79,49.12\n\
             b,Fab Kazan,,BR,,\"Goiânia, \",01 BP 6622 Ouagadougou 01,,-16.68,-49.25\n",
        );
        assert_eq!(counts(&report, "organizations"), [2, 0, 0, 0]);
        let sites = home.select("SELECT timezone || ' ' || city || ' ' || line1 || ' ' || postal_code AS value FROM sites ORDER BY source");
        assert_eq!(sites, ["Europe/Moscow Казань ул. Баумана 1 420000", "America/Sao_Paulo Goiânia Fab Kazan "]);
        assert_eq!(home.select("SELECT source AS value FROM organizations ORDER BY 1"), ["okw:a", "okw:b"]);
    }
}

#[test]
fn rows_that_cannot_be_used_are_named_with_line_and_reason_and_the_rest_goes_in() {
    let home = Home::on_sqlite();
    let good = ",https://x.example,GB,,London,E1 1AA,1 Foundry Lane,51.5,-0.1";
    let lines: [&[u8]; 17] = [
        &[b"good,One".as_slice(), good.as_bytes()].concat(),
        b"\"quoted\nid\",\"Two\nlines\"",
        b"",
        b"",
        b"nowhere,No position,,GB,,London,,Street 1,,",
        b"zero,Null Island,,GB,,London,,Street 1,0,0",
        b"text,No number,,GB,,London,,Street 1,north,0.1",
        b"pole,Beyond,,GB,,London,,Street 1,91,0.1",
        b"swapped,Swapped,,BR,,Rio,,Street 1,-43.2,-22.9",
        b"abroad,Abroad,,GB,,London,,Street 1,-33.9,151.2",
        b"mars,Mars,,XX,,Olympus,,Street 1,51.5,-0.1",
        &[b"good,Again".as_slice(), good.as_bytes()].concat(),
        b"bytes,\xFF\xFE,,GB,,London,,Street 1,51.5,-0.1",
        b"nul\0,NUL,,GB,,London,,Street 1,51.5,-0.1",
        b"city,No city,,GB,,,,Street 1,51.5,-0.1",
        &[b"control,Bell\x07".as_slice(), good.as_bytes()].concat(),
        &[b"long,".as_slice(), "x".repeat(201).as_bytes(), good.as_bytes()].concat(),
    ];
    // As a spreadsheet writes it: with a byte order mark and two characters at the end of each line.
    let file = [b"\xEF\xBB\xBF".as_slice(), LABS_HEAD.as_bytes(), b"\r\n", &lines.join(b"\r\n".as_slice()), b"\r\n"].concat();
    home.write("labs.csv", file);
    let report = home.import(&["okw", "labs.csv"]);
    assert_eq!(
        skipped(&report),
        [
            (3, "it has 2 values where the first line names 10 columns"),
            (8, "it has no position"),
            (9, "its position, 0,0, is a place in the sea where data without a position ends up"),
            (10, "must be a latitude and a longitude, such as 51.5155,-0.0922"),
            (11, "the latitude must be between -90 and 90"),
            (12, "the position is far outside the country; latitude and longitude are swapped, it seems"),
            (13, "the position is far outside the country"),
            (14, "no time zone of the country is known"),
            (15, "its facility_id is that of line 2"),
            (16, "it is not UTF-8"),
            (17, "its facility_id is empty, longer than 100 characters or not plain text"),
            (18, "address city must not be empty"),
            (19, "name must not contain control characters"),
            (20, "name must have at most 200 characters; it has 201"),
        ]
    );
    assert_eq!(home.select("SELECT name AS value FROM organizations"), ["One"]);
}

#[test]
fn machines_that_cannot_be_used_are_named_too() {
    let home = Home::on_sqlite();
    home.write_spaces(
        &[space("bow", "Bow Makers", "51.5", "-0.02"), space("lost", "Lost", "", ""), space("bow", "Bow Again", "51.5", "-0.02")],
        &[
            "bow,Woodwork,Lathe,1",
            "lost,Woodwork,Lathe,1",
            "moon,Woodwork,Lathe,1",
            "bow,Metalwork,lathe,1",
            "bow,Woodwork,Benches,1",
        ],
    );
    let report = home.import_spaces();
    assert_eq!(
        skipped(&report),
        [
            (3, "its space was skipped"),
            (4, "spaces.csv has no such space"),
            (5, "its space has listed it before"),
            (6, "furniture or fittings, nothing to book by itself"),
            (3, "it has no position"),
            (4, "its slug is that of line 2"),
        ]
    );
    let text = home.run(&["import", "uk-makerspaces", "spaces.csv", "machines.csv"]).done();
    for line in ["resources 0 0 1 0", "Assumed", "line 5: Lathe (as on line 2)"] {
        assert!(text.lines().any(|written| written.split_whitespace().eq(line.split(' '))), "{line:?} is not in\n{text}");
    }
}

#[test]
fn drafts_are_seen_by_nobody_yet() {
    let home = Home::on_sqlite();
    home.write_spaces(&[space("bow", "Bow Makers", "51.5", "-0.02")], &["bow,Woodwork,Lathe,1"]);
    home.import(&["uk-makerspaces", "--drafts", "spaces.csv", "machines.csv"]);
    assert_eq!(home.select("SELECT status AS value FROM resources"), ["draft"]);
}

#[test]
fn the_wrong_file_is_one_clear_error_before_anything_is_written() {
    let home = Home::on_sqlite();
    home.write_spaces(&[], &[]);
    home.write("empty.csv", "");
    for (arguments, reason) in [
        (["uk-makerspaces", "machines.csv", "spaces.csv"], "machines.csv lacks the columns slug, name, website"),
        (["uk-makerspaces", "spaces.csv", "empty.csv"], "empty.csv lacks the columns space, category, item, qty"),
        (["uk-makerspaces", "spaces.csv", "gone.csv"], "gone.csv: No such file or directory"),
        (["okw", "spaces.csv", ""], "spaces.csv lacks the columns facility_id"),
    ] {
        let arguments: Vec<&str> = ["import"].into_iter().chain(arguments).filter(|argument| !argument.is_empty()).collect();
        let refused = home.run(&arguments).refused();
        assert!(refused.contains(reason), "{refused}");
    }
    assert!(!home.path("data").exists());
}

/// The folder of published data sets beside the project, which is not part of it.
fn published() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/spaces");
    let is_there = folder.is_dir();
    if !is_there {
        eprintln!("SKIPPED: {} is not there", folder.display());
    }
    is_there.then_some(folder)
}

on_both_databases! {
    fn the_published_maker_spaces_go_in(home) {
        let Some(folder) = published() else { return };
        let [spaces, machines] = ["uk_makerspaces_2015.csv", "uk_makerspaces_2015_machines.csv"]
            .map(|name| folder.join(name).to_str().expect("a path in UTF-8").to_owned());
        let report = home.import(&["uk-makerspaces", &spaces, &machines]);
        assert_eq!(report["rows"], json!(97 + 1492));
        // Four have no position.
        assert_eq!(["organizations", "sites"].map(|noun| counts(&report, noun)), [[93, 0, 0, 0]; 2]);
        let [resources, ..] = counts(&report, "resources");
        assert!((650..800).contains(&resources), "{resources} resources");
        let lines = |file: &str| -> Vec<u64> {
            let rows = report["skipped"].as_array().unwrap().iter().filter(|row| row["file"] == file);
            rows.map(|row| row["line"].as_u64().unwrap()).collect()
        };
        assert_eq!(lines("uk_makerspaces_2015.csv"), [62, 152, 157, 418]);
        let again = home.import(&["uk-makerspaces", &spaces, &machines]);
        assert_eq!(counts(&again, "resources"), [0, 0, resources, 0]);
        assert_eq!(again["skipped"], report["skipped"]);
    }

    fn the_published_fab_labs_go_in(home) {
        let Some(folder) = published() else { return };
        let facilities = folder.join("okw_fablabs.csv").to_str().expect("a path in UTF-8").to_owned();
        let report = home.import(&["okw", &facilities]);
        // Of 2,237 labs 201 have no position, and 14 more no city.
        assert_eq!(["organizations", "sites"].map(|noun| counts(&report, noun)), [[2022, 0, 0, 0]; 2]);
        assert_eq!(skipped(&report).len(), 215);
        let again = home.import(&["okw", &facilities]);
        assert_eq!(counts(&again, "sites"), [0, 0, 2022, 0]);
    }
}
