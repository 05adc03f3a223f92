//! The rules of the house, checked against its source: who may call whom, and what only one room may touch.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be read here must stop the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Spacing, TokenStream, TokenTree};

/// Every room under `src/` and the rooms that it may call. Arrows only go down; `app` and what stands above it wire all.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &["domain"]),
    ("storage", &["domain"]),
    ("config", &["domain", "storage"]),
    ("actions", &["domain", "storage"]),
    ("mail", &["domain", "config"]),
    ("http", &["domain", "clock", "config", "storage", "actions"]),
    ("import", &["domain", "storage", "actions"]),
    ("demo", &["domain", "storage", "actions"]),
    ("jobs", &["domain", "clock", "config", "storage", "actions", "mail"]),
    ("app", &["domain", "clock", "config", "storage", "actions", "mail", "http", "jobs"]),
    ("cli", &["domain", "clock", "config", "storage", "actions", "mail", "http", "import", "demo", "jobs", "app"]),
    ("main", &["domain", "clock", "config", "storage", "actions", "mail", "http", "jobs", "app", "cli"]),
    ("lib", &[]),
];

/// What only some rooms may name. The longest entry that begins a path decides.
const RESERVED: &[(&str, &[&str])] = &[
    ("diesel", &["storage"]),
    ("diesel_migrations", &["storage"]),
    // What turns a value of the domain into a column and back; no connection, no query.
    ("diesel::backend::Backend", &["domain", "storage"]),
    ("diesel::deserialize", &["domain", "storage"]),
    ("diesel::expression::AsExpression", &["domain", "storage"]),
    ("diesel::serialize", &["domain", "storage"]),
    ("diesel::sql_types", &["domain", "storage"]),
    ("actix_cors", &["http", "app"]),
    ("actix_web", &["http", "app"]),
    ("actix_web::rt", &["http", "jobs", "app", "cli"]),
    ("utoipa_actix_web", &["http", "app"]),
    ("utoipa_swagger_ui", &["http", "app"]),
    ("lettre", &["mail"]),
    ("figment", &["config"]),
    ("std::env", &["config", "cli"]),
    ("std::time::SystemTime", &["clock"]),
    ("chrono::Local", &["clock"]),
    ("chrono::Utc::now", &["clock"]),
    ("Utc::now", &["clock"]),
];

/// Longer, and nobody knows their place in it.
const LONGEST_FILE: usize = 600;

#[test]
fn every_arrow_points_down() {
    let found: Vec<String> =
        files("src", "rs").iter().flat_map(|file| violations(file, &fs::read_to_string(file).unwrap())).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_file_outgrows_its_reader() {
    for file in
        ["src", "tests", "benches"].iter().filter(|folder| fs::exists(folder).unwrap()).flat_map(|folder| files(folder, "rs"))
    {
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
fn the_checker_sees_every_wrong_way() {
    for (file, source, expected) in [
        ("src/domain/booking.rs", "use crate::storage::Db;", "may not call storage"),
        ("src/domain/booking.rs", "fn f() { crate::clock::now() }", "may not call clock"),
        ("src/domain/booking.rs", "use {std::fmt, crate::{domain::ids, actions::{bookings}}};", "may not call actions"),
        ("src/domain/booking.rs", "use super::super::storage;", "may not call storage"),
        ("src/domain/booking.rs", "mod tests { use super::super::super::http; }", "may not call http"),
        ("src/domain/mod.rs", "use super::storage;", "may not call storage"),
        ("src/domain/booking.rs", "macro_rules! m { () => { $crate::storage::f() } }", "may not call storage"),
        ("src/domain/booking.rs", "use diesel::prelude::*;", "may not name diesel"),
        ("src/domain/booking.rs", "use diesel::{sql_types::Text, RunQueryDsl};", "may not name diesel::RunQueryDsl"),
        ("src/domain/booking.rs", "use std::env;", "may not name std::env"),
        ("src/storage/bookings.rs", "use crate::actions::book;", "may not call actions"),
        ("src/actions/bookings.rs", "use actix_web::HttpRequest;", "may not name actix_web"),
        ("src/actions/bookings.rs", "use crate::mail::Mail;", "may not call mail"),
        ("src/http/bookings.rs", "fn f() { crate::mail::send() }", "may not call mail"),
        ("src/http/bookings.rs", "use diesel::QueryResult;", "may not name diesel"),
        ("src/jobs/deliver.rs", "use lettre::Message;", "may not name lettre"),
        ("src/jobs/deliver.rs", "use crate::http::Problem;", "may not call http"),
        ("src/app.rs", "use std::{env, fs};", "may not name std::env"),
        ("src/app.rs", "fn f() { chrono::Utc::now() }", "may not name chrono::Utc::now"),
        ("src/app.rs", "use chrono::Utc;\nfn f() { Utc::now() }", "may not name Utc::now"),
        ("src/app.rs", "use std::time::{Duration, SystemTime};", "may not name std::time::SystemTime"),
        ("src/storage/db.rs", "use crate::Booking;", "Booking is no room"),
        ("src/helpers.rs", "", "helpers is no room"),
    ] {
        let found = violations(Path::new(file), source);
        assert_eq!(found.len(), 1, "{file} with `{source}`: {found:?}");
        let line = source.lines().count().max(1);
        assert!(found[0].starts_with(&format!("{file}:{line}: ")) && found[0].contains(expected), "{found:?}");
    }
}

#[test]
fn the_checker_lets_the_right_way_pass() {
    for (file, source) in [
        ("src/domain/booking.rs", "use super::time::UtcTime; mod tests { use super::super::interval::Interval; }"),
        (
            "src/domain/ids.rs",
            "#[derive(diesel::expression::AsExpression)] #[diesel(sql_type = diesel::sql_types::Text)] struct Id;",
        ),
        ("src/domain/booking.rs", "//! As in [`crate::storage`].\nconst WHERE: &str = \"crate::storage\"; // crate::http"),
        ("src/storage/bookings.rs", "use diesel::prelude::*; use crate::domain::booking;"),
        ("src/http/bookings.rs", "use crate::actions::{book, cancel as end}; use actix_web::web::Json;"),
        ("src/jobs/deliver.rs", "use crate::mail::{Mail, storage};"),
        ("src/mail/smtp.rs", "use lettre::Message; fn f() { std::time::Instant::now(); }"),
        ("src/clock.rs", "fn now() { chrono::Utc::now() }"),
        ("src/app.rs", "use crate::{http, jobs, mail}; fn f() { http::routes() }"),
    ] {
        assert_eq!(violations(Path::new(file), source), [""; 0]);
    }
}

/// What `file` does that its room may not, as `file:line: what`.
fn violations(file: &Path, source: &str) -> Vec<String> {
    let module = module(file);
    let room = module.first().map_or("", String::as_str);
    let Some((_, callees)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{}:1: {room} is no room of the plan", file.display())];
    };
    let inside = if matches!(room, "lib" | "main") { &[] } else { module.as_slice() };
    let tokens: TokenStream = source.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut found = Vec::new();
    walk(tokens, inside, &[], &mut |line, path| {
        if let Some(wrong) = wrong(room, callees, path) {
            found.push(format!("{}:{line}: {wrong}", file.display()));
        }
    });
    found
}

/// Why `room` may not name `path`.
fn wrong(room: &str, callees: &[&str], path: &[String]) -> Option<String> {
    if let [root, target, ..] = path
        && (root == "crate" || root == "sharefloor")
    {
        let target = target.as_str();
        return if !ROOMS.iter().any(|(name, _)| *name == target) {
            Some(format!("{target} is no room of the plan"))
        } else if target != room && !callees.contains(&target) {
            Some(format!("{room} may not call {target}"))
        } else {
            None
        };
    }
    let begins = |reserved: &str| reserved.split("::").eq(path.iter().take(reserved.split("::").count()));
    let (_, rooms) = RESERVED.iter().filter(|(reserved, _)| begins(reserved)).max_by_key(|(reserved, _)| reserved.len())?;
    (!rooms.contains(&room)).then(|| format!("{room} may not name {}", path.join("::")))
}

/// Calls `each` with the line and the absolute form of every path of two names or more in `tokens`, which stand in `module`
/// and, when they are the branches of a `use`, after `prefix`.
fn walk(tokens: TokenStream, module: &[String], prefix: &[String], each: &mut impl FnMut(usize, &[String])) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = tokens.as_slice();
    while let [token, after @ ..] = rest {
        rest = after;
        match (token, after) {
            (TokenTree::Ident(word), [TokenTree::Ident(name), TokenTree::Group(body), after @ ..]) if word == "mod" => {
                walk(body.stream(), &[module, &[name.to_string()]].concat(), &[], each);
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
                            walk(branches.stream(), module, &path, each);
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
            (TokenTree::Group(group), _) => walk(group.stream(), module, &[], each),
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

/// The module that a file under `src/` is: `domain::booking` for `src/domain/booking.rs`.
fn module(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let module = path.strip_prefix("src").unwrap().iter().map(|part| part.to_str().unwrap().to_owned());
    module.filter(|part| part != "mod").collect()
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
