//! What the program tells about itself, and about settings that make no sense.

use super::program::Home;

#[test]
fn help_names_every_command_and_how_to_set_things() {
    let help = Home::on_sqlite().run(&["--help"]).done();
    for word in [
        "serve",
        "migrate",
        "import",
        "create-operator",
        "backup",
        "ledger",
        "openapi",
        "SHAREFLOOR_",
        "DATABASE_URL",
        "config/default.toml",
    ] {
        assert!(help.contains(word), "{word} is not in\n{help}");
    }
}

#[test]
fn every_command_says_what_it_does_and_shows_an_example_where_one_helps() {
    let home = Home::on_sqlite();
    for (command, words) in [
        (["serve", ""], ["SIGTERM", "--listen"]),
        (["migrate", ""], ["up to date", "migration"]),
        (["import", ""], ["Example", "changes nothing"]),
        (["import", "uk-makerspaces"], ["SPACES", "MACHINES"]),
        (["import", "okw"], ["FACILITIES", "no machines"]),
        (["create-operator", ""], ["Example", "standard input"]),
        (["ledger", "verify"], ["Prints each difference", "can run meanwhile"]),
        (["backup", ""], ["Example", "not overwritten"]),
        (["openapi", ""], ["OpenAPI", "document"]),
    ] {
        let arguments: Vec<&str> = command.into_iter().chain(["--help"]).filter(|word| !word.is_empty()).collect();
        let help = home.run(&arguments).done().replace('\n', " ");
        for word in words {
            assert!(help.contains(word), "{command:?}: {word} is not in\n{help}");
        }
    }
}

#[test]
fn the_document_needs_no_settings() {
    let home = Home::on_sqlite();
    let document = home.command(&["openapi"]).env("SHAREFLOOR_SERVER__LISTEN", "nowhere").output().expect("the program starts");
    assert!(document.status.success());
    let agreed = std::fs::read("docs/openapi.json").expect("the document is in the repository");
    assert!(document.stdout == agreed, "what `sharefloor openapi` prints is not docs/openapi.json");
    assert!(!home.path("data").exists());
}

/// What stands in the way of a start with this variable.
fn complaint(name: &str, value: &str) -> String {
    let home = Home::on_sqlite();
    let refused = home.command(&["serve", "--listen", "127.0.0.1:0"]).env(name, value).output().expect("the program starts");
    assert!(!home.path("data/sharefloor.db").exists(), "{name}: the database was made");
    super::program::Ended::from(refused).refused()
}

#[test]
fn a_setting_that_is_unknown_or_wrong_stops_the_start_and_is_named() {
    for (name, value, named) in [
        ("SHAREFLOOR_SERVER__LISTENN", "127.0.0.1:0", "listenn"),
        ("SHAREFLOOR_SERVER__LISTEN", "here", "server.listen"),
        ("SHAREFLOOR_MAIL__TRANSPORT", "pigeon", "pigeon"),
        ("SHAREFLOOR_AUTH__SIGNING_KEY", "short", "auth.signing_key"),
        ("DATABASE_URL", "mysql://localhost/sharefloor", "sqlite://"),
        ("SHAREFLOOR_CONFIG", "nowhere.toml", "nowhere.toml"),
    ] {
        let complaint = complaint(name, value);
        assert!(complaint.starts_with("sharefloor: ") && complaint.to_lowercase().contains(named), "{name}: {complaint}");
    }
}

#[test]
fn a_file_of_settings_is_read_and_its_unknown_keys_are_named() {
    let home = Home::on_sqlite();
    home.write("good.toml", "data_dir = \"elsewhere\"\n");
    home.run(&["migrate", "--config", "good.toml"]).done();
    assert!(home.path("elsewhere/sharefloor.db").exists());
    home.write("bad.toml", "[server]\nworkerz = 2\n");
    let refused = home.run(&["migrate", "--config", "bad.toml"]).refused();
    assert!(refused.contains("workerz"), "{refused}");
    home.write("blank.toml", format!("[auth]\nsigning_key = \"{}\"\n", " ".repeat(32)));
    let refused = home.run(&["migrate", "--config", "blank.toml"]).refused();
    assert!(refused.contains("auth.signing_key must have at least 10 different characters"), "{refused}");
}
