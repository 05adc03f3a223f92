//! Whether what is sent and answered is what the OpenAPI document announces. Every answer in every test is held to it, and
//! every body that was accepted.

use std::sync::LazyLock;

use reqwest::Method;
use serde_json::Value;

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
        let wrong = misfit(body, sent, "");
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
    let content = &documented["content"][media_type];
    assert!(media_type.is_empty() || content.is_object(), "{name} does not announce {media_type}: {answer:?}");
    if media_type.ends_with("json") {
        let wrong = misfit(&content["schema"], &answer.body, "");
        assert!(wrong.is_none(), "{name} does not announce {}: {answer:?}", wrong.unwrap_or_default());
    }
}

/// The operation that a path leads to.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |pattern: &str| {
        let (pattern, path) = (pattern.split('/'), path.split('/'));
        pattern.clone().count() == path.clone().count()
            && pattern.zip(path).all(|(expected, given)| expected == given || expected.starts_with('{'))
    };
    let mut paths: Vec<_> = DOCUMENT["paths"].as_object()?.iter().filter(|(pattern, _)| fits(pattern)).collect();
    // `/resources/nearby` is not a resource with that name.
    paths.sort_by_key(|(pattern, _)| pattern.matches('{').count());
    paths.first()?.1.get(method.as_str().to_lowercase())
}

/// What a reference refers to, and any other value itself.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    let reference = value["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
    reference.map_or(value, |reference| DOCUMENT.pointer(reference).expect("references lead somewhere"))
}

/// Where a value is not of the form that a schema describes.
pub(crate) fn misfit(schema: &'static Value, value: &Value, pointer: &str) -> Option<String> {
    let schema = resolve(schema);
    if let Some(ways) = schema["oneOf"].as_array() {
        let misfits: Vec<_> = ways.iter().filter_map(|way| misfit(way, value, pointer)).collect();
        return misfits.into_iter().nth(ways.len() - 1);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allows =
        |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind));
    if !(schema["type"].is_null() || allows(kind) || kind == "integer" && allows("number")) {
        return Some(format!("that {pointer} is of type {kind}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        return Some(format!("that {pointer} is {value}"));
    }
    match value {
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| misfit(&schema["items"], item, &format!("{pointer}/{index}")))
        }
        Value::Object(fields) => {
            let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing =
                required.find(|name| !fields.contains_key(*name)).map(|name| format!("that {pointer}/{name} is missing"));
            let Some(properties) = schema["properties"].as_object() else { return missing };
            missing.or_else(|| {
                fields.iter().find_map(|(name, value)| match properties.get(name) {
                    Some(schema) => misfit(schema, value, &format!("{pointer}/{name}")),
                    None => Some(format!("{pointer}/{name}")),
                })
            })
        }
        _ => None,
    }
}
