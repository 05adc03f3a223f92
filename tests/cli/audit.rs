//! The check of the audit log.

use std::time::Duration;

use super::program::{Home, on_both_databases};

/// Lets the service run until its job has signed this many checkpoints.
fn sign(home: &Home, checkpoints: usize, arguments: &[&str]) {
    let _serving = home.serve(arguments);
    for _ in 0..600 {
        if notes(home).len() >= checkpoints {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no checkpoint was signed within a minute");
}

/// The signed notes of all checkpoints, the first one first.
fn notes(home: &Home) -> Vec<String> {
    home.select("SELECT note AS value FROM audit_checkpoints ORDER BY size")
}

fn size(note: &str) -> usize {
    note.lines().nth(1).unwrap().parse().unwrap()
}

/// Lets SQL do what the triggers and references of the database refuse.
fn unguard(home: &Home) {
    if home.is_sqlite() {
        let triggers = "SELECT name AS value FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'audit%'";
        home.select(triggers).iter().for_each(|trigger| home.execute(&format!("DROP TRIGGER {trigger}")));
    } else {
        home.execute("ALTER TABLE audit_leaves DROP CONSTRAINT audit_leaves_entry_id_fkey");
        for table in ["audit", "audit_leaves", "audit_nodes", "audit_checkpoints"] {
            home.execute(&format!("ALTER TABLE {table} DISABLE TRIGGER USER"));
        }
    }
}

/// Writes by hand, without checks of references.
fn tamper(home: &Home, sql: &str) {
    home.execute(&if home.is_sqlite() { format!("PRAGMA foreign_keys = OFF; {sql}") } else { sql.to_owned() });
}

/// The differences that are found, or none if the log agrees.
fn differences(home: &Home, arguments: &[&str]) -> Vec<String> {
    let ended = home.command(&[&["audit", "verify"], arguments].concat()).output().unwrap();
    let (said, refused) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    if ended.status.success() {
        assert!(said.starts_with("the audit log agrees with its tree of ") && said.lines().count() == 1, "{said}");
        return Vec::new();
    }
    let found: Vec<_> = said.lines().map(str::to_owned).collect();
    let counted = if found.len() == 1 { "1 difference".to_owned() } else { format!("{} differences", found.len()) };
    assert_eq!(refused, format!("sharefloor: {counted}\n"), "{said}");
    found
}

/// The columns of the audit log that hashes contain.
const COLUMNS: &str = "id, at, user_id, organization_id, action, object, object_id, detail, api_key_id, personal";

on_both_databases! {
    fn whatever_somebody_does_to_the_audit_log_is_found(home) {
        sign(home, 1, &["--demo"]);
        home.run(&["create-operator", "--promote", &home.select("SELECT email AS value FROM users ORDER BY id")[0]]).done();
        sign(home, 2, &[]);
        let (first, second) = (size(&notes(home)[0]), size(&notes(home)[1]));
        assert!(first > 20 && second > first, "{first} {second}");
        assert_eq!(differences(home, &[]), [""; 0]);
        let entry = |sequence: usize| home.select(&format!("SELECT entry_id AS value FROM audit_leaves WHERE sequence = {sequence}"))[0].clone();
        unguard(home);

        // An entry is altered, in each of its columns, and put right again.
        let id = entry(7);
        let action = home.select(&format!("SELECT action AS value FROM audit WHERE id = '{id}'"))[0].clone();
        let detail = home.select(&format!("SELECT detail AS value FROM audit WHERE id = '{id}'"))[0].clone();
        let altered = [format!("entry 7 of the tree, {id}: it was altered")];
        for (change, back) in [
            ("action = 'site.close'".to_owned(), format!("action = '{action}'")),
            ("detail = '{}  '".to_owned(), format!("detail = '{}'", detail.replace('\'', "''"))),
        ] {
            tamper(home, &format!("UPDATE audit SET {change} WHERE id = '{id}'"));
            assert_eq!(differences(home, &[]), altered, "{change}");
            tamper(home, &format!("UPDATE audit SET {back} WHERE id = '{id}'"));
        }
        tamper(home, &format!("UPDATE audit SET personal = '{{}}' WHERE id = '{id}'"));
        assert_eq!(differences(home, &[]), [format!("entry 7 of the tree, {id}: what is personal in it was altered")]);
        tamper(home, &format!("UPDATE audit SET personal = NULL WHERE id = '{id}'"));
        assert_eq!(differences(home, &[]), [""; 0]);

        // The hash of a leaf is another one, so that the root differs.
        tamper(home, "CREATE TABLE leaves AS SELECT * FROM audit_leaves");
        let change = |sequence: usize, of: &str, other: usize| {
            format!("UPDATE audit_leaves SET hash = (SELECT hash FROM {of} WHERE sequence = {other}) WHERE sequence = {sequence}")
        };
        tamper(home, &change(first, "leaves", 8));
        let of_these = format!("one of the entries {first} to {} of the tree was altered, removed or inserted", second - 1);
        assert_eq!(
            differences(home, &[]),
            [
                format!("entry {first} of the tree, {}: it was altered", entry(first)),
                format!("checkpoint of {second} entries: it was signed for other entries; {of_these}"),
            ]
        );
        tamper(home, &change(first, "leaves", first));
        assert_eq!(differences(home, &[]), [""; 0]);
        // A leaf is missing.
        tamper(home, "DELETE FROM audit_leaves WHERE sequence = 5");
        assert_eq!(differences(home, &[])[0], "entries 5 to 5 of the tree are missing");
    }

    fn an_entry_that_is_removed_or_inserted_is_named(home) {
        sign(home, 1, &["--demo"]);
        unguard(home);
        let size = size(&notes(home)[0]);
        let id = home.select("SELECT entry_id AS value FROM audit_leaves WHERE sequence = 3")[0].clone();
        tamper(home, &format!("CREATE TABLE copy AS SELECT * FROM audit WHERE id = '{id}'; DELETE FROM audit WHERE id = '{id}'"));
        assert_eq!(differences(home, &[]), [format!("entry 3 of the tree, {id}: it was removed from the audit log")]);
        let overriding = if home.is_sqlite() { "" } else { "OVERRIDING SYSTEM VALUE" };
        tamper(home, &format!("INSERT INTO audit ({COLUMNS}, position) {overriding} SELECT {COLUMNS}, position FROM copy"));
        assert_eq!(differences(home, &[]), [""; 0]);

        // A forged entry of an earlier time, before the others and after them.
        let forged = "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11";
        let long_ago = if home.is_sqlite() { "1577880000000000" } else { "TIMESTAMP '2020-01-01 12:00:00'" };
        let values = format!("'{forged}', {long_ago}, 'somebody', organization_id, action, object, object_id, detail, NULL, NULL");
        let insert = |position: &str| format!("INSERT INTO audit ({COLUMNS}, position) {overriding} SELECT {values}, {position} FROM copy");
        tamper(home, &insert("-1"));
        assert_eq!(differences(home, &[]), [format!("entry {forged} of 2020-01-01T12:00:00Z: it was inserted, and is not in the tree")]);
        tamper(home, &format!("DELETE FROM audit WHERE id = '{forged}'"));
        tamper(home, &insert("(SELECT max(position) + 1 FROM audit)"));
        sign(home, 2, &[]);
        let sequence = &home.select(&format!("SELECT CAST(sequence AS TEXT) AS value FROM audit_leaves WHERE entry_id = '{forged}'"))[0];
        let late = "it is of 2020-01-01T12:00:00Z, but was added after a later checkpoint was signed";
        assert_eq!(differences(home, &[]), [format!("entry {sequence} of the tree, {forged}: {late}")]);
        // An entry is put in the place of another one, which moves to the end.
        let last: usize = home.select("SELECT CAST(max(sequence) AS TEXT) AS value FROM audit_leaves")[0].parse().unwrap();
        tamper(home, &format!("UPDATE audit_leaves SET sequence = {} WHERE sequence = 4", last + 1));
        tamper(home, &format!("UPDATE audit_leaves SET sequence = 4 WHERE entry_id = '{forged}'"));
        let found = differences(home, &[]);
        let other_root = format!("checkpoint of {size} entries: it was signed for other entries; one of the entries 0 to {} of the tree was altered, removed or inserted", size - 1);
        assert!(found.contains(&other_root), "{found:?}");
    }

    fn a_checkpoint_is_checked_with_its_key_and_against_copies(home) {
        sign(home, 1, &["--demo"]);
        let note = notes(home)[0].clone();
        home.write("kept.txt", &note);
        assert_eq!(differences(home, &["--checkpoint", "kept.txt"]), [""; 0]);
        unguard(home);
        let size = size(&note);
        let invalid = [format!("checkpoint of {size} entries: its signature is not valid")];
        for forged in [note.replace(&format!("\n{size}\n"), "\n1\n"), note[..note.len() - 8].to_owned()] {
            tamper(home, &format!("UPDATE audit_checkpoints SET note = '{forged}'"));
            assert_eq!(differences(home, &[]), invalid);
        }
        tamper(home, &format!("UPDATE audit_checkpoints SET note = '{note}'"));
        tamper(home, "DELETE FROM audit_nodes; DELETE FROM audit_leaves; DELETE FROM audit");
        let shrunk = format!("checkpoint of {size} entries: the tree has only 0");
        assert_eq!(differences(home, &[]), [shrunk]);
        // The last entries are removed, with all traces of them: only a copy of the checkpoint shows it.
        tamper(home, "DELETE FROM audit_checkpoints");
        assert_eq!(differences(home, &[]), [""; 0]);
        let shrunk = format!("checkpoint of {size} entries that was kept elsewhere: the tree has only 0");
        assert_eq!(differences(home, &["--checkpoint", "kept.txt"]), [shrunk]);
    }

    fn a_new_secret_needs_the_earlier_key_for_earlier_checkpoints(home) {
        sign(home, 1, &["--demo"]);
        let (key, note) = (std::fs::read_to_string(home.path("data/signing.key")).unwrap(), notes(home)[0].clone());
        let verifier = environment::checkpoint_key::CheckpointKey::new(key.as_bytes(), "http://127.0.0.1:8080").verifier().unwrap().to_string();
        std::fs::remove_file(home.path("data/signing.key")).unwrap();
        drop(home.serve(&[]));
        assert_eq!(differences(home, &[]), [format!("checkpoint of {} entries: its signature is not valid", size(&note))]);
        assert_eq!(differences(home, &["--key", &verifier]), [""; 0]);
        let wrong = home.command(&["audit", "verify", "--key", "share.example+0+AA"]).output().unwrap();
        assert!(String::from_utf8(wrong.stderr).unwrap().contains("must be a verifier key"));
    }
}
