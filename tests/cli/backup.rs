//! Copies of the embedded database.

use super::program::{Home, select_from};

const SPACES: &str = "facility_id,name,url,country,state_region,city,zip,street,lat,lon\n\
                      1,Makers,https://makers.example,GB,,London,E1 1AA,1 Foundry Lane,51.5,-0.1\n";

#[test]
fn a_copy_taken_while_the_service_runs_is_whole_and_opens() {
    let home = Home::on_sqlite();
    let serving = home.serve(&[]);
    home.write("labs.csv", SPACES);
    home.run(&["import", "okw", "labs.csv"]).done();
    assert_eq!(home.run(&["backup", "copy.db"]).done(), "wrote copy.db\n");
    drop(serving);
    let copy = home.path("copy.db");
    assert_eq!(select_from(&copy, "SELECT integrity_check AS value FROM pragma_integrity_check"), ["ok"]);
    assert_eq!(select_from(&copy, "SELECT name AS value FROM organizations"), ["Makers"]);
    assert!(!home.path("copy.db-wal").exists(), "a copy is one file");

    let elsewhere = Home::on_sqlite();
    std::fs::create_dir(elsewhere.path("data")).unwrap();
    std::fs::copy(copy, elsewhere.path("data/sharefloor.db")).unwrap();
    elsewhere.write("labs.csv", SPACES);
    let report = elsewhere.run(&["import", "okw", "labs.csv"]).done();
    assert!(report.lines().any(|line| line.split_whitespace().eq(["organizations", "0", "0", "1", "0"])), "{report}");
}

#[test]
fn a_copy_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::on_sqlite();
    home.run(&["migrate"]).done();
    home.run(&["backup", "copy.db"]).done();
    assert_eq!(std::fs::metadata(home.path("copy.db")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_that_exists_is_not_overwritten() {
    let home = Home::on_sqlite();
    home.run(&["migrate"]).done();
    home.write("precious", "");
    let refused = home.run(&["backup", "precious"]).refused();
    assert!(refused.contains("precious: File exists"), "{refused}");
    assert!(home.path("precious").exists());
}

#[test]
fn without_a_database_no_copy_and_no_database_is_made() {
    let home = Home::on_sqlite();
    let refused = home.run(&["backup", "copy.db"]).refused();
    assert!(refused.contains("there is no database at data/sharefloor.db"), "{refused}");
    assert!(!home.path("copy.db").exists() && !home.path("data").exists());
}

#[test]
fn on_postgresql_the_command_that_does_it_is_named() {
    let home = Home::on_postgres();
    let refused = home.run(&["backup", "copy.db"]).refused();
    assert!(refused.contains("pg_dump"), "{refused}");
    assert!(!home.path("copy.db").exists());
}
