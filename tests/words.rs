//! Plain words: every text that people read, and every public name, is free of the patterns that a program can recognise.
//! A sentence begins with its subject, not with "who" or "what"; a function returns, and the API responds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::problem::Code;
use serde_json::Value;

/// Names that were replaced, with the name to use instead.
const RETIRED: &[(&str, &str)] = &[
    ("Wisher", "Requester"),
    ("Taker", "Requester"),
    ("Told", "ChangeRecord"),
    ("Happened", "BookingEventKind"),
    ("Leaving", "MoveSource"),
    ("Hearer", "Recipient"),
    ("Deed", "UserAction"),
    ("Kept", "CachedStatement"),
    ("acquaintances", "relationships"),
    ("holdings", "quota_usage"),
    ("is_behind", "needs_sweep"),
    ("put_back", "requeue"),
    ("settle", "expire_and_offer"),
    ("backlog", "queue_lengths"),
];

/// The words that begin a sentence without naming its subject, unless it is a question.
const HEADLESS: &[&str] = &["Who", "Whoever", "Whom", "Whomever", "Whose", "What", "Whatever"];

#[test]
fn the_openapi_document_is_in_plain_words() {
    fn gather(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) if ["description", "summary", "title"].contains(&name.as_str()) => {
                            found.extend(wrong(text).map(|wrong| format!("{at}/{name}: {wrong}")));
                        }
                        value => gather(value, &format!("{at}/{name}"), found),
                    }
                }
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| gather(item, &format!("{at}/{index}"), found))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    gather(&api::openapi::document(), "", &mut found);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn problems_are_in_plain_words() {
    let texts = Code::ALL.iter().flat_map(|code| [code.title(), code.about()]);
    let found: Vec<_> = texts.flat_map(|text| wrong(text).collect::<Vec<_>>()).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn pages_settings_and_mails_are_in_plain_words() {
    let pages = files(Path::new("."), "md");
    assert!(pages.iter().any(|page| page.ends_with("README.md")));
    let settings = fs::read_to_string("config/default.toml").unwrap();
    let comments = lines_after(&settings, "#");
    let mut found: Vec<String> = wrong(&comments).map(|wrong| format!("config/default.toml: {wrong}")).collect();
    for page in pages.into_iter().chain(files(Path::new("crates"), "ftl")) {
        let text = fs::read_to_string(&page).unwrap();
        found.extend(wrong(&text).map(|wrong| format!("{}: {wrong}", page.display())));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn doc_comments_and_names_are_in_plain_words() {
    let mut found = Vec::new();
    for file in ["crates", "src"].iter().flat_map(|folder| files(Path::new(folder), "rs")) {
        let path = file.display().to_string();
        let source = fs::read_to_string(&file).unwrap();
        let docs = doc_comments(&source);
        let wrong = docs.iter().flat_map(|doc| wrong(doc).chain(answers(doc)).collect::<Vec<_>>());
        found.extend(wrong.chain(retired(&source)).map(|wrong| format!("{path}: {wrong}")));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_checker_sees_what_is_not_plain_and_nothing_else() {
    for (text, count) in [
        ("Who waits is offered the slot.", 1),
        ("Price a slot\n\nNothing is claimed. What is free\nis for others to say.", 1),
        ("- `held`: Kept.\n- `left`: Whoever waited has left.", 1),
        ("| column | What it is |\n| --- | --- |\n| a | Whatever. |", 2),
        ("1. What was sent", 1),
        ("What do we do with it? Whose is it?", 0),
        ("The user who waits. A rule says what is free.", 0),
        ("```\nWhat(1)\n```\nWhatsoever.", 0),
    ] {
        assert_eq!(wrong(text).count(), count, "{text}");
    }
    assert_eq!(doc_comments("/// Answers\n/// a booking.\nfn a() {}\n// Who\n    //! What"), ["Answers\na booking.", "What"]);
    assert_eq!(answers("Answers a booking, and `answers` it.").count(), 2);
    assert_eq!(answers("Returns the answer.").count(), 0);
    assert_eq!(retired("struct Wisher; // Taker\nfn unsettle(settled: u8) {}").count(), 1);
}

/// The sentences of a text in Markdown that begin with a headless word and are no questions.
fn wrong(text: &str) -> impl Iterator<Item = String> {
    sentences(text).into_iter().filter(|sentence| {
        let first = sentence.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        HEADLESS.contains(&first) && !sentence.ends_with('?')
    })
}

/// The uses of "answers" as a verb of a function or of the service.
fn answers(doc: &str) -> impl Iterator<Item = String> {
    let words = doc.split(|c: char| !c.is_alphanumeric()).filter(|word| word.eq_ignore_ascii_case("answers"));
    words.map(move |word| format!("`{word}` instead of returns or responds: {doc}"))
}

/// The retired names in the code, comments aside.
fn retired(source: &str) -> impl Iterator<Item = String> {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let names: BTreeSet<_> = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).collect();
    let retired = RETIRED.iter().filter(move |(old, _)| names.contains(old));
    retired.map(|(old, new)| format!("{old} is now {new}"))
}

/// The sentences of a text: of its paragraphs, headings, items of lists and cells of tables, but not of its code.
fn sentences(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut is_code = false;
    for line in text.lines().map(str::trim) {
        is_code ^= line.starts_with("```");
        let begins = line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(". ")
            || line.is_empty()
            || ["#", "- ", "* ", "|"].iter().any(|mark| line.starts_with(mark));
        if begins || is_code {
            parts.push(String::new());
        }
        for (cell, text) in line.split('|').enumerate().filter(|_| !is_code) {
            if cell > 0 {
                parts.push(String::new());
            }
            let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || " .#*-`_".contains(c));
            let part = format!("{} {text}", parts.pop().unwrap_or_default());
            parts.push(part.trim().to_owned());
        }
    }
    // What follows the name of a value is a sentence, too.
    let parts = parts.iter().flat_map(|part| part.split("`: "));
    let ends = |part: &str| part.replace("! ", "!\n").replace("? ", "?\n").replace(". ", ".\n").replace("; ", ";\n");
    parts.flat_map(|part| ends(part).lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()).collect()
}

/// Each doc comment as one text.
fn doc_comments(source: &str) -> Vec<String> {
    let mut docs: Vec<String> = Vec::new();
    let mut is_inside = false;
    for line in source.lines().map(str::trim_start) {
        let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        match (doc.map(str::trim), docs.last_mut().filter(|_| is_inside)) {
            (Some(text), Some(last)) => *last = format!("{last}\n{text}"),
            (Some(text), None) => docs.push(text.to_owned()),
            (None, _) => {}
        }
        is_inside = doc.is_some();
    }
    docs
}

/// The rest of the lines that begin with a mark; other lines are empty.
fn lines_after(text: &str, mark: &str) -> String {
    text.lines().map(|line| line.strip_prefix(mark).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The files below a folder with an extension; what is built or hidden aside.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files(&entry, extension));
        } else if entry.extension().is_some_and(|other| other == extension) {
            found.push(entry);
        }
    }
    found.sort();
    found
}
