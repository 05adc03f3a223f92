//! The rules of the house, checked against its source: which layer may use which, that no files import each other in a circle,
//! and what only one layer may touch.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Spacing, TokenStream, TokenTree};

/// Every layer, a crate below `crates/`, and the layers that it may use. Arrows only go down; the program in `src/` wires all.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("storage", &["domain"]),
    ("documents", &["domain", "texts"]),
    ("calendars", &["domain"]),
    ("pictures", &["domain"]),
    ("texts", &["domain"]),
    ("environment", &["domain", "storage"]),
    ("actions", &["domain", "storage"]),
    ("stripe", &["domain", "environment"]),
    ("openid", &["domain", "environment"]),
    ("services", &["domain", "environment", "storage", "actions", "stripe", "openid"]),
    ("outgoing", &["domain"]),
    ("webhooks", &["domain", "environment", "outgoing"]),
    ("mail", &["domain", "texts", "environment", "calendars"]),
    ("api", &["domain", "environment", "storage", "documents", "calendars", "pictures", "texts", "actions", "services"]),
    ("web", &["domain", "storage", "texts", "actions", "api"]),
    (
        "jobs",
        &["domain", "environment", "storage", "documents", "actions", "services", "mail", "calendars", "outgoing", "webhooks"],
    ),
];

/// What only some layers may name; `program` is `src/`. The longest entry that begins a path decides.
const RESERVED: &[(&str, &[&str])] = &[
    ("diesel", &["storage"]),
    ("diesel_migrations", &["storage"]),
    // What turns a value of the domain into a column and back; no connection, no query.
    ("diesel::backend::Backend", &["domain", "storage"]),
    ("diesel::deserialize", &["domain", "storage"]),
    ("diesel::expression::AsExpression", &["domain", "storage"]),
    ("diesel::pg::Pg", &["domain", "storage"]),
    ("diesel::query_builder::QueryId", &["domain", "storage"]),
    ("diesel::serialize", &["domain", "storage"]),
    ("diesel::sql_types", &["domain", "storage"]),
    ("diesel::sqlite::Sqlite", &["domain", "storage"]),
    ("actix_cors", &["api"]),
    ("actix_web", &["api", "web", "program"]),
    ("utoipa_actix_web", &["api"]),
    ("lettre", &["mail"]),
    ("icalendar", &["calendars"]),
    ("en16931", &["documents"]),
    ("en16931_formats", &["documents"]),
    ("krilla", &["documents"]),
    ("image", &["pictures"]),
    ("reqwest", &["openid", "outgoing", "stripe"]),
    ("figment", &["environment"]),
    ("std::env", &["environment", "program"]),
    ("std::time::SystemTime", &["environment"]),
    ("chrono::Local", &["environment"]),
    ("chrono::Utc::now", &["environment"]),
    ("Utc::now", &["environment"]),
];

/// Longer, and nobody knows their place in it.
const LONGEST_FILE: usize = 600;

#[test]
fn every_layer_uses_only_the_layers_below_it() {
    let layers: BTreeSet<String> =
        fs::read_dir("crates").unwrap().map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(layers, LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (layer, below) in LAYERS {
        let manifest = fs::read_to_string(Path::new("crates").join(layer).join("Cargo.toml")).unwrap();
        for used in manifest.lines().filter_map(|line| line.split(['.', ' ', '=']).next()) {
            assert!(!layers.contains(used) || below.contains(&used), "{layer} may not use {used}");
        }
    }
}

#[test]
fn what_is_reserved_is_named_only_where_it_belongs() {
    let found: Vec<String> = sources().iter().flat_map(|file| trespasses(file, &fs::read_to_string(file).unwrap())).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut by_layer: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in sources() {
        let source = fs::read_to_string(&file).unwrap();
        by_layer.entry(layer(&file)).or_default().push((file, source));
    }
    let found: Vec<String> = by_layer.values().flat_map(|files| circles(files)).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// A function of storage that takes a `Conn` can be called in a transaction that only reads; one that takes a `WriteConn` cannot.
#[test]
fn a_function_of_storage_that_writes_demands_a_transaction_that_may_write() {
    const WRITES: [&str; 5] =
        ["diesel::insert_into(", "diesel::update(", "diesel::delete(", ".for_update()", ".for_no_key_update()"];
    for file in files("crates/storage/src", "rs") {
        let source = fs::read_to_string(&file).unwrap();
        let functions = source.split("fn ").filter_map(|function| function.split_once('{'));
        for (signature, body) in functions.filter(|(signature, _)| signature.contains("conn: &mut Conn")) {
            let name = signature.split(['(', '<']).next().unwrap();
            let written = WRITES.iter().find(|write| body.contains(**write));
            assert_eq!(written, None, "{}: {name} must take a WriteConn", file.display());
        }
    }
}

#[test]
fn the_tests_that_show_a_defence_exist() {
    let page = fs::read_to_string("docs/threats.md").unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let named: BTreeSet<&str> =
        rows.filter_map(|row| row.rsplit('|').nth(1)).flat_map(|names| names.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 40, "{named:?}");
    let folders = ["crates", "src", "tests"].iter().flat_map(|folder| files(folder, "rs"));
    let sources: String = folders.map(|file| fs::read_to_string(file).unwrap()).collect();
    let missing: Vec<_> = named.iter().filter(|name| !sources.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "docs/threats.md names {missing:?}");
}

#[test]
fn no_file_outgrows_its_reader() {
    for file in ["crates", "src", "tests", "benches"].iter().flat_map(|folder| files(folder, "rs")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines, more than {LONGEST_FILE}", file.display());
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let migrations = |database: &str| -> BTreeSet<PathBuf> {
        let folder = Path::new("migrations").join(database);
        files(&folder, "sql").iter().map(|file| file.strip_prefix(&folder).unwrap().to_owned()).collect()
    };
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert_eq!(sqlite, postgres);
    assert!(!sqlite.is_empty());
    for up in &sqlite {
        assert!(sqlite.contains(&up.with_file_name("down.sql")), "{} cannot be undone", up.display());
    }
}

#[test]
fn every_setting_is_explained() {
    let settings = fs::read_to_string("config/default.toml").unwrap();
    let mut above = "";
    for (number, line) in settings.lines().enumerate() {
        let is_setting = line.contains('=') && !line.starts_with('#');
        assert!(!is_setting || above.starts_with('#'), "config/default.toml:{}: no comment above `{line}`", number + 1);
        above = line;
    }
}

#[test]
fn the_checker_sees_every_trespass() {
    for (file, source, expected) in [
        ("crates/domain/src/booking.rs", "use diesel::prelude::*;", "domain may not name diesel"),
        ("crates/domain/src/booking.rs", "use diesel::{sql_types::Text, RunQueryDsl};", "may not name diesel::RunQueryDsl"),
        ("crates/domain/src/booking.rs", "use std::env;", "may not name std::env"),
        ("crates/domain/src/booking.rs", "mod tests { fn f() { lettre::f() } }", "may not name lettre"),
        ("crates/actions/src/bookings.rs", "use actix_web::HttpRequest;", "may not name actix_web"),
        ("crates/api/src/bookings.rs", "use diesel::QueryResult;", "may not name diesel"),
        ("crates/jobs/src/deliver.rs", "use lettre::Message;", "may not name lettre"),
        ("crates/jobs/src/deliver.rs", "use std::{env, fs};", "may not name std::env"),
        ("src/app.rs", "fn f() { chrono::Utc::now() }", "program may not name chrono::Utc::now"),
        ("src/app.rs", "use chrono::Utc;\nfn f() { Utc::now() }", "may not name Utc::now"),
        ("src/app.rs", "use std::time::{Duration, SystemTime};", "may not name std::time::SystemTime"),
        ("src/app.rs", "macro_rules! m { () => { diesel::f() } }", "may not name diesel"),
    ] {
        let found = trespasses(Path::new(file), source);
        assert_eq!(found.len(), 1, "{file} with `{source}`: {found:?}");
        let line = source.lines().count();
        assert!(found[0].starts_with(&format!("{file}:{line}: ")) && found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn the_checker_lets_the_right_names_pass() {
    for (file, source) in [
        (
            "crates/domain/src/ids.rs",
            "#[derive(diesel::expression::AsExpression)] #[diesel(sql_type = diesel::sql_types::Text)] struct Id;",
        ),
        (
            "crates/domain/src/booking.rs",
            "//! As in [`diesel::prelude`].\nconst WHERE: &str = \"diesel::prelude\"; // lettre::Message",
        ),
        ("crates/storage/src/bookings.rs", "use diesel::prelude::*; use domain::booking;"),
        ("crates/api/src/bookings.rs", "use actix_web::web::Json;"),
        ("crates/mail/src/smtp.rs", "use lettre::Message; fn f() { std::time::Instant::now(); }"),
        ("crates/environment/src/clock.rs", "fn now() { chrono::Utc::now() }"),
        ("src/cli.rs", "use std::env;"),
    ] {
        assert_eq!(trespasses(Path::new(file), source), [""; 0]);
    }
}

#[test]
fn the_checker_sees_every_circle() {
    let found = |files: &[(&str, &str)]| {
        let files: Vec<_> =
            files.iter().map(|(file, source)| (Path::new("crates/domain/src").join(file), (*source).to_owned())).collect();
        circles(&files)
    };
    let circle = |files: &str| vec![format!("these files import each other in a circle: {files}")];
    let two = circle("crates/domain/src/a.rs, crates/domain/src/b.rs");
    assert_eq!(found(&[("a.rs", "use crate::b::B;"), ("b.rs", "use super::a::A;")]), two);
    assert_eq!(found(&[("a.rs", "fn f() { crate::b::f() }"), ("b.rs", "use crate::{a::{self, A}, c};")]), two);
    let nested = circle("crates/domain/src/a/b.rs, crates/domain/src/a/mod.rs");
    assert_eq!(found(&[("a/mod.rs", "mod b; pub use b::f;"), ("a/b.rs", "use super::A;")]), nested);
    assert_eq!(found(&[("a/mod.rs", "mod b; pub use self::b::f;"), ("a/b.rs", "use crate::a;")]), nested);
    let three = circle("crates/domain/src/a.rs, crates/domain/src/b.rs, crates/domain/src/c.rs");
    assert_eq!(
        found(&[
            ("a.rs", "use crate::b;"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "use crate::a::A;"),
            ("d.rs", "use crate::a;")
        ]),
        three
    );
    assert_eq!(found(&[("lib.rs", "mod a; use a::A;"), ("a.rs", "use crate::Root;")]).len(), 1);
    for right in [
        [("a.rs", "use crate::b::B;"), ("b.rs", "mod tests { use crate::a::A; }")],
        [("a/mod.rs", "pub mod b;"), ("a/b.rs", "use super::A;")],
        [("a.rs", "use crate::b::B; // b uses crate::a"), ("b.rs", "/// Of [`crate::a`].\nstruct B;")],
        [("lib.rs", "pub mod a;"), ("a.rs", "use crate::Root; use self::Inner;")],
    ] {
        assert_eq!(found(&right), [""; 0], "{right:?}");
    }
}

/// The source of the layers and of the program.
fn sources() -> Vec<PathBuf> {
    let is_source = |file: &PathBuf| !file.starts_with("crates") || file.iter().nth(2).is_some_and(|part| part == "src");
    ["crates", "src"].iter().flat_map(|folder| files(folder, "rs")).filter(is_source).collect()
}

/// What `file` names that its layer may not, as `file:line: what`.
fn trespasses(file: &Path, source: &str) -> Vec<String> {
    let (layer, mut found) = (layer(file), Vec::new());
    walk(parse(file, source), &module(file), &[], true, &mut |line, path| {
        if let Some(wrong) = trespass(&layer, path) {
            found.push(format!("{}:{line}: {wrong}", file.display()));
        }
    });
    found
}

/// Why `layer` may not name `path`.
fn trespass(layer: &str, path: &[String]) -> Option<String> {
    let begins = |reserved: &str| reserved.split("::").eq(path.iter().take(reserved.split("::").count()));
    let (_, layers) = RESERVED.iter().filter(|(reserved, _)| begins(reserved)).max_by_key(|(reserved, _)| reserved.len())?;
    (!layers.contains(&layer)).then(|| format!("{layer} may not name {}", path.join("::")))
}

/// The circles of files of one layer: those that can reach each other by what they import. Tests may import anything.
fn circles(files: &[(PathBuf, String)]) -> Vec<String> {
    let by_module: BTreeMap<Vec<String>, &PathBuf> = files.iter().map(|(file, _)| (module(file), file)).collect();
    let mut reached: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> = BTreeMap::new();
    for (file, source) in files.iter().filter(|(file, _)| !["tests.rs", "oracle.rs"].iter().any(|tests| file.ends_with(tests))) {
        let module = module(file);
        let imports = reached.entry(file).or_default();
        walk(parse(file, source), &module, &[], false, &mut |_, path| {
            // A path that does not start at the root starts at a child of the module, or in another crate.
            let path = match path {
                [root, path @ ..] if root == "crate" => path.to_vec(),
                path => [module.as_slice(), path].concat(),
            };
            let target = (0..=path.len()).rev().find_map(|length| by_module.get_key_value(&path[..length]));
            imports.extend(target.filter(|(found, target)| **target != file && **found != module).map(|(_, target)| *target));
        });
    }
    // Whoever is reached through another is reached: as often as there are files, every way has been gone.
    for _ in 0..reached.len() {
        let before = reached.clone();
        for imports in reached.values_mut() {
            let further: Vec<_> = imports.iter().filter_map(|file| before.get(file)).flatten().copied().collect();
            imports.extend(further);
        }
        if before == reached {
            break;
        }
    }
    let circles: BTreeSet<Vec<&PathBuf>> = reached
        .iter()
        .filter(|(file, reaches)| reaches.contains(*file))
        .map(|(file, reaches)| {
            let is_in = |other: &&&PathBuf| reached.get(**other).is_some_and(|back| back.contains(*file));
            reaches.iter().filter(is_in).copied().collect()
        })
        .collect();
    let named = |circle: Vec<&PathBuf>| circle.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
    circles.into_iter().map(|circle| format!("these files import each other in a circle: {}", named(circle))).collect()
}

fn parse(file: &Path, source: &str) -> TokenStream {
    source.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Calls `each` with the line and the absolute form of every path of two names or more in `tokens`, which stand in `module`
/// and, when they are the branches of a `use`, after `prefix`. Modules of tests are passed over unless they are asked for.
fn walk(tokens: TokenStream, module: &[String], prefix: &[String], with_tests: bool, each: &mut impl FnMut(usize, &[String])) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = tokens.as_slice();
    while let [token, after @ ..] = rest {
        rest = after;
        match (token, after) {
            (TokenTree::Ident(word), [TokenTree::Ident(name), TokenTree::Group(body), after @ ..]) if word == "mod" => {
                if with_tests || name != "tests" {
                    walk(body.stream(), &[module, &[name.to_string()]].concat(), &[], with_tests, each);
                }
                rest = after;
            }
            (TokenTree::Ident(first), _) => {
                let mut path = [prefix, &[first.to_string()]].concat();
                while let [TokenTree::Punct(one), TokenTree::Punct(two), next, after @ ..] = rest
                    && (one.as_char(), one.spacing(), two.as_char()) == (':', Spacing::Joint, ':')
                {
                    match next {
                        TokenTree::Ident(segment) => path.push(segment.to_string()),
                        TokenTree::Group(branches) => {
                            walk(branches.stream(), module, &path, with_tests, each);
                            path.clear();
                        }
                        _ => break,
                    }
                    rest = after;
                }
                if path.len() > 1 {
                    each(first.span().start().line, &absolute(module, &path));
                }
            }
            (TokenTree::Group(group), _) => walk(group.stream(), module, &[], with_tests, each),
            _ => {}
        }
    }
}

/// The path as seen from the root of the crate, with every leading `self` and `super` resolved.
fn absolute(module: &[String], path: &[String]) -> Vec<String> {
    let relative = path.iter().take_while(|segment| *segment == "self" || *segment == "super").count();
    if relative == 0 {
        return path.to_vec();
    }
    let ups = path[..relative].iter().filter(|segment| *segment == "super").count();
    [&["crate".to_owned()], &module[..module.len().saturating_sub(ups)], &path[relative..]].concat()
}

/// The layer that a file is of: a crate, or the program.
fn layer(file: &Path) -> String {
    let mut parts = file.iter().map(|part| part.to_str().unwrap());
    match (parts.next(), parts.next()) {
        (Some("crates"), Some(layer)) => layer.to_owned(),
        _ => "program".to_owned(),
    }
}

/// The module that a file is in its crate: `bookings::find` for `crates/actions/src/bookings/find.rs`.
fn module(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let module = path.iter().map(|part| part.to_str().unwrap().to_owned()).skip_while(|part| part != "src").skip(1);
    module.filter(|part| !matches!(part.as_str(), "mod" | "lib" | "main")).collect()
}

/// The files below `folder` whose name ends in `.extension`.
fn files(folder: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", folder.as_ref().display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(path, extension));
        } else if path.extension().is_some_and(|is| is == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
