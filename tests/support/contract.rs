//! Whether what is sent and answered is what the OpenAPI document announces. Every answer in every test is held to it, and
//! every body that was accepted.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Registry, Validator};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::Answer;

/// What the service says of itself.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(api::openapi::document);

/// Fails unless the answer is documented: its status, the code of its problem, its headers, its body; and the body that was sent,
/// if it was accepted.
#[track_caller]
pub(crate) fn check(method: &Method, path: &str, sent: Option<&Value>, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    let name = operation["operationId"].as_str().expect("operations have names");
    let documented = resolve(&operation["responses"][answer.status.to_string()]);
    assert!(documented.is_object(), "{name} does not announce this status: {answer:?}");
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if let Some(sent) = sent.filter(|_| answer.status < 300 && body.is_object()) {
        let wrong = misfit(body, sent);
        assert!(wrong.is_none(), "{name} takes what it does not announce, {}: {sent}", wrong.unwrap_or_default());
    }
    if answer.status >= 400 {
        let codes = operation["x-problems"].as_array().expect("operations list their problems");
        assert!(codes.contains(&answer["code"]), "{name} does not announce this problem: {answer:?}");
    }
    for (header, is_always_sent) in [("ETag", true), ("Location", true), ("Link", false), ("Retry-After", true)] {
        let (is_sent, is_documented) = (!answer.header(header).is_empty(), documented["headers"][header].is_object());
        let is_as_documented = if is_always_sent { is_sent == is_documented } else { !is_sent || is_documented };
        assert!(is_as_documented, "{name} is wrong about {header}: {answer:?}");
    }
    let media_type = answer.header("content-type").split(';').next().unwrap_or_default();
    assert_eq!(documented["content"].is_object(), !media_type.is_empty(), "{name} is wrong about having a body: {answer:?}");
    let content = match &documented["content"][media_type] {
        // `Accept` has the same effect as the path with the extension of the format, and only that is announced.
        Value::Null => other_format(path, media_type),
        content => content,
    };
    assert!(media_type.is_empty() || content.is_object(), "{name} does not announce {media_type}: {answer:?}");
    if media_type.ends_with("json") {
        let wrong = misfit(&content["schema"], &answer.body);
        assert!(wrong.is_none(), "{name} does not announce {}: {answer:?}", wrong.unwrap_or_default());
    }
}

/// The content of a list in another format, as its own path announces it.
fn other_format(path: &str, media_type: &str) -> &'static Value {
    let extension = match media_type {
        "application/geo+json" => "geojson",
        "text/csv" => "csv",
        _ => return &Value::Null,
    };
    let operation = operation(&Method::GET, &format!("{path}.{extension}"));
    operation.map_or(&Value::Null, |operation| &operation["responses"]["200"]["content"][media_type])
}

/// The operation that a path leads to.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |pattern: &str| {
        let (pattern, path) = (pattern.split('/'), path.split('/'));
        pattern.clone().count() == path.clone().count()
            && pattern.zip(path).all(|(expected, given)| {
                let extension = expected.strip_prefix('{').and_then(|parameter| parameter.split_once('}'));
                expected == given || extension.is_some_and(|(_, extension)| given.ends_with(extension))
            })
    };
    let mut paths: Vec<_> = DOCUMENT["paths"].as_object()?.iter().filter(|(pattern, _)| fits(pattern)).collect();
    // `/resources/nearby` is not a resource with that name, and `/invoices/1.pdf` is no invoice with the name `1.pdf`.
    paths.sort_by_key(|(pattern, _)| (pattern.matches('{').count(), !pattern.contains("}.")));
    paths.first()?.1.get(method.as_str().to_lowercase())
}

/// What a reference refers to, and any other value itself.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    let reference = value["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
    reference.map_or(value, |reference| DOCUMENT.pointer(reference).expect("references lead somewhere"))
}

/// Where a value is not of the form that a schema of the document describes, and how. Each schema is compiled once.
pub(crate) fn misfit(schema: &'static Value, value: &Value) -> Option<String> {
    static COMPILED: LazyLock<Mutex<HashMap<usize, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().expect("no schema is broken");
    let validator = compiled.entry(std::ptr::from_ref(schema) as usize).or_insert_with(|| {
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(&SCHEMAS);
        Arc::new(options.should_validate_formats(true).build(&closed(schema)).expect("schemas are well-formed"))
    });
    let validator = Arc::clone(validator);
    drop(compiled);
    validator.iter_errors(value).next().map(|error| format!("that {} is such: {error}", error.instance_path()))
}

static SCHEMAS: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let registry = Registry::new().add(ADDRESS, closed(&DOCUMENT)).expect("the address is one");
    registry.prepare().expect("references lead somewhere")
});

/// The address of the document, for references to its schemas.
const ADDRESS: &str = "urn:sharefloor";

/// The same schemas, whose objects have no fields that are not described. Parts of one object become that object: closed by
/// themselves, each would refuse the fields of the others.
fn closed(schema: &'static Value) -> Value {
    if let Some(parts) = schema["allOf"].as_array() {
        let parts: Vec<_> = parts.iter().map(|part| closed(resolve(part))).collect();
        let required: Value = parts.iter().filter_map(|part| part["required"].as_array()).flatten().cloned().collect();
        let properties = parts.iter().filter_map(|part| part["properties"].as_object()).flatten();
        let properties: Map<_, _> = properties.map(|(name, property)| (name.clone(), property.clone())).collect();
        return json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
    }
    match schema {
        Value::Object(keywords) => {
            let mut closed: Map<_, _> = keywords.iter().map(|(name, keyword)| (name.clone(), self::closed(keyword))).collect();
            if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
                closed.insert("$ref".to_owned(), format!("{ADDRESS}{reference}").into());
            }
            if keywords.get("properties").is_some_and(Value::is_object) {
                closed.entry("additionalProperties").or_insert(false.into());
            }
            closed.into()
        }
        Value::Array(items) => items.iter().map(closed).collect(),
        other => other.clone(),
    }
}
