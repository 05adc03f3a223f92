//! The OpenAPI document: the contract as front ends read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use api::openapi::document;
use domain::problem::Code;
use serde_json::Value;

/// Every operation by its identifier, with its method and path.
fn operations(document: &Value) -> BTreeMap<String, (String, &Value)> {
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no id"));
            let other = found.insert(id.to_owned(), (name.clone(), operation));
            assert!(other.is_none(), "{name} has the id of {}", other.unwrap().0);
        }
    }
    found
}

/// What a value is, or what it refers to.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

fn walk<'a>(value: &'a Value, each: &mut impl FnMut(&'a Value)) {
    each(value);
    match value {
        Value::Object(fields) => fields.values().for_each(|value| walk(value, each)),
        Value::Array(items) => items.iter().for_each(|value| walk(value, each)),
        _ => {}
    }
}

#[test]
fn the_document_is_the_one_that_was_agreed() {
    let agreed = fs::read_to_string("docs/openapi.json").unwrap_or_default();
    assert!(
        agreed.trim_end() == format!("{:#}", document()),
        "docs/openapi.json is not what the service says of itself. If the change is meant, run\n\
         \n    cargo run -q -- openapi > docs/openapi.json\n"
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    walk(&document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            resolve(&document, value);
            used.insert(reference.to_owned());
        }
    });
    for (kind, components) in document["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "nothing refers to {name} in {kind}");
        }
    }
}

/// openapi-python-client names a variable after each property and one after the schema; where both are one, the client has wrong types.
#[test]
fn no_list_is_named_like_the_schema_that_contains_it() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let is_list = |(_, property): &(&String, &Value)| property["type"] == "array";
        let lists = schema["properties"].as_object().into_iter().flatten().filter(is_list);
        let same = lists.map(|(list, _)| list).find(|list| list.replace('_', "") == name.to_lowercase());
        assert_eq!(same, None, "{name} has a list of its own name");
    }
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let tags: BTreeSet<_> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut used = BTreeSet::new();
    for (id, (name, operation)) in operations(&document) {
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}: the id {id} is not snake_case");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty() && !summary.ends_with('.'), "{name} needs a short summary, not {summary:?}");
        let [tag] = operation["tags"].as_array().unwrap().as_slice() else { panic!("{name} needs one tag") };
        used.insert(tag.as_str().unwrap());
        for described in operation["responses"].as_object().unwrap().values().chain(operation["parameters"].as_array().unwrap()) {
            let description = resolve(&document, described)["description"].as_str().unwrap_or_default();
            assert!(!description.is_empty(), "{name}: nothing is said about {described:#}");
        }
    }
    assert_eq!(used, tags, "the tags in use and those that are described");
}

#[test]
fn every_answer_and_every_body_has_a_schema() {
    let document = document();
    for (_, (name, operation)) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolve(&document, response);
            let is_empty = matches!(status.as_str(), "202" | "204" | "304");
            assert!(is_empty || response["content"].is_object(), "{name} has no schema for {status}");
        }
        let body = &operation["requestBody"];
        for content in body["content"].as_object().into_iter().flat_map(|content| content.values()) {
            assert!(content["schema"].is_object(), "{name} has no schema for its body");
        }
    }
}

#[test]
fn no_body_takes_what_it_does_not_know() {
    let document = document();
    let mut seen = BTreeSet::new();
    fn check<'a>(document: &'a Value, schema: &'a Value, name: &str, seen: &mut BTreeSet<&'a str>) {
        if schema["$ref"].as_str().is_some_and(|reference| !seen.insert(reference)) {
            return;
        }
        let schema = resolve(document, schema);
        if let Some(properties) = schema["properties"].as_object() {
            assert_eq!(schema["additionalProperties"], false, "{name} takes fields that it does not know:\n{schema:#}");
            properties.values().for_each(|property| check(document, property, name, seen));
        }
        check_each(document, &schema["oneOf"], name, seen);
        if schema["items"].is_object() {
            check(document, &schema["items"], name, seen);
        }
    }
    fn check_each<'a>(document: &'a Value, schemas: &'a Value, name: &str, seen: &mut BTreeSet<&'a str>) {
        schemas.as_array().into_iter().flatten().for_each(|schema| check(document, schema, name, seen));
    }
    for (_, (name, operation)) in operations(&document) {
        for content in operation["requestBody"]["content"].as_object().into_iter().flat_map(|content| content.values()) {
            check(&document, &content["schema"], &name, &mut seen);
        }
    }
}

#[test]
fn what_is_left_out_of_a_patch_is_never_said_to_have_its_default() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let patches: Vec<_> = schemas.iter().filter(|(name, _)| name.ends_with("Patch")).collect();
    assert!(!patches.is_empty());
    for (name, patch) in patches {
        let about = patch["description"].as_str().unwrap_or_default();
        assert!(about.contains("A field that is not sent stays as it is"), "{name}: {about}");
        walk(&patch["properties"], &mut |value| {
            let about = value["description"].as_str().unwrap_or_default();
            assert!(!about.to_lowercase().contains("left out"), "{name}: {about}");
        });
    }
}

#[test]
fn a_default_in_a_description_is_the_default_of_the_schema() {
    let (document, mut count) = (document(), 0);
    walk(&document, &mut |schema| {
        let Some(about) = schema["description"].as_str().filter(|_| schema["default"].is_number()) else { return };
        let Some((_, said)) = about.split_once("Default: ") else { return };
        let number: String = said.replace(',', "").chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(number, schema["default"].to_string(), "{about}");
        count += 1;
    });
    assert!(count > 5, "only {count} defaults are described");
}

/// Everything that a part of the document leads to.
fn reached<'a>(document: &'a Value, from: &'a Value, found: &mut BTreeMap<&'a str, &'a Value>) {
    let mut next = Vec::new();
    walk(from, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            next.push((reference, resolve(document, value)));
        }
    });
    for (reference, value) in next {
        if found.insert(reference, value).is_none() {
            reached(document, value, found);
        }
    }
}

#[test]
fn an_answer_requires_what_can_be_null_and_a_body_has_no_field_with_a_default() {
    let document = document();
    let (mut asked, mut answered) = (BTreeMap::new(), BTreeMap::new());
    for (_, operation) in operations(&document).into_values() {
        reached(&document, &operation["requestBody"], &mut asked);
        reached(&document, &operation["responses"], &mut answered);
    }
    let fields = |schema: &Value| schema["properties"].as_object().cloned().unwrap_or_default();
    for (name, schema) in asked {
        for (field, about) in fields(schema) {
            assert_eq!(about.get("default"), None, "{field} of {name}: generated clients require a field with a default");
        }
    }
    let mut count = 0;
    for (name, schema) in answered {
        for (field, about) in fields(schema) {
            let is_required = schema["required"].as_array().is_some_and(|names| names.contains(&field.clone().into()));
            let mut can_be_null = about["type"].as_array().is_some_and(|kinds| kinds.contains(&"null".into()));
            can_be_null |= about["oneOf"].as_array().is_some_and(|ways| ways.iter().any(|way| way["type"] == "null"));
            let is_for_some = name.ends_with("/Terms") && field == "applies_to";
            assert!(is_required || !can_be_null || is_for_some, "{field} of {name} can be null, and so is always sent");
            count += usize::from(can_be_null);
        }
    }
    assert!(count > 50, "only {count} fields can be null");
}

#[test]
fn an_enumeration_that_can_grow_accepts_values_that_nobody_knows_yet() {
    let document = document();
    for name in ["EventType", "HoldReason", "ProblemCode", "ViolationCode"] {
        let ways = document["components"]["schemas"][name]["anyOf"].as_array().unwrap_or_else(|| panic!("{name} is closed"));
        assert!(ways[0]["enum"].as_array().is_some_and(|values| values.len() > 3), "{name}");
        assert_eq!(ways[1], serde_json::json!({ "type": "string" }), "{name}");
    }
}

#[test]
fn every_list_has_one_json_form() {
    let document = document();
    for (_, (name, operation)) in operations(&document) {
        let content = operation["responses"]["200"]["content"].as_object();
        let is_list = content.is_some_and(|content| content.values().any(|one| one.to_string().contains("/Page_")));
        let forms = content.map_or(0, |content| content.keys().filter(|media_type| media_type.contains("json")).count());
        assert!(!is_list || forms == 1, "{name} answers in several forms");
    }
}

#[test]
fn every_problem_that_an_operation_names_exists() {
    let document = document();
    let known: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    for (_, (name, operation)) in operations(&document) {
        for code in operation["x-problems"].as_array().unwrap() {
            assert!(known.contains(code.as_str().unwrap()), "{name} names the problem {code}, which does not exist");
        }
    }
}

#[test]
fn every_problem_is_named_by_an_operation() {
    let document = document();
    let operations = operations(&document);
    let is_named = |code: &Code| {
        operations
            .values()
            .any(|(_, operation)| operation["x-problems"].as_array().unwrap().iter().any(|named| named == code.as_str()))
    };
    // What the path has no operation for, no operation names.
    for code in Code::ALL.iter().filter(|code| **code != Code::MethodNotAllowed) {
        assert!(is_named(code), "no operation names the problem {}", code.as_str());
    }
}
