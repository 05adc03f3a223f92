//! The limits of fields: those that the OpenAPI document shows are those that the service enforces. Every limit of every body and
//! query is tried, with the value at the limit and the next one.

use chrono::{DateTime, SecondsFormat, TimeDelta};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::access::{People, Place};
use super::access_rules::RULES;
use super::operations::{Operation, operations};
use crate::support::client::{Answer, Client};
use crate::support::contract::resolve;
use crate::support::server::on_both_databases;

/// A limit of a field of a request.
#[derive(Debug)]
struct Limit {
    /// A pointer into the body, or the name of a parameter.
    field: String,
    /// The furthest value that is accepted.
    at: Value,
    /// The next one.
    beyond: Value,
    /// The limit, as the error must name it. Empty where it needs no number.
    named: String,
}

/// The limits of a field and of the fields below it. `body` is the request so far.
fn gather(schema: &'static Value, field: &str, body: &Value, found: &mut Vec<Limit>) {
    let schema = resolve(schema);
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        gather(choice, field, body, found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        gather(property, &format!("{field}/{name}"), body, found);
    }
    if schema["items"].is_object() {
        gather(&schema["items"], &format!("{field}/0"), body, found);
    }
    let mut add = |at: Value, beyond: Value, named: String| found.push(Limit { field: field.to_owned(), at, beyond, named });
    if let Some(longest) = schema["maxLength"].as_u64() {
        let text = |length| Value::from("x".repeat(usize::try_from(length).unwrap()));
        add(text(longest), text(longest + 1), longest.to_string());
    }
    if let Some(shortest) = schema["minLength"].as_u64() {
        let text = |length| Value::from("x".repeat(usize::try_from(length).unwrap()));
        add(text(shortest), text(shortest - 1), if shortest > 1 { shortest.to_string() } else { String::new() });
    }
    // A number that its type limits is refused for its type.
    for (limit, step) in [(&schema["minimum"], -1), (&schema["maximum"], 1)] {
        if let Some(limit) = limit.as_f64().map(|limit| limit as i64).filter(|limit| *limit != i64::from(i32::MAX)) {
            add(limit.into(), (limit + step).into(), limit.to_string());
        }
    }
    if let (Some(most), Some(_)) = (schema["maxItems"].as_u64(), sample(&schema["items"], 0)) {
        let list = |length| (0..length).filter_map(|index| sample(&schema["items"], index)).collect::<Value>();
        add(list(most), list(most + 1), most.to_string());
    }
    if let Some(days) = schema["description"].as_str().and_then(longest_span) {
        let start = ["/starts_at", "/from"].iter().find_map(|name| body.pointer(name)?.as_str()).unwrap_or(START);
        let start = DateTime::parse_from_rfc3339(start).unwrap();
        let after = |time: TimeDelta| Value::from((start.to_utc() + time).to_rfc3339_opts(SecondsFormat::Secs, true));
        add(after(TimeDelta::days(days)), after(TimeDelta::days(days) + TimeDelta::minutes(1)), format!("{days} days"));
    }
}

/// The start of the booking that is rescheduled.
const START: &str = "2026-12-01T10:00:00Z";

/// The number of days in "at most 366 days after".
fn longest_span(description: &str) -> Option<i64> {
    let (before, _) = description.split_once(" days after")?;
    before.rsplit_once("t most ")?.1.parse().ok()
}

/// An item of a list, each different.
fn sample(schema: &'static Value, index: u64) -> Option<Value> {
    let schema = resolve(schema);
    match (schema["format"].as_str(), schema["type"].as_str()) {
        (Some("uuid"), _) => Some(format!("019acb2e-5d00-7a31-8c55-{index:012x}").into()),
        (_, Some("integer")) => Some((schema["minimum"].as_u64().unwrap_or(0) + index).into()),
        (_, Some("object")) => Some(schema["example"].clone()).filter(Value::is_object),
        _ => schema["enum"].as_array().map(|values| values[0].clone()),
    }
}

/// Puts a value into a body. Objects above it that are missing are taken from the examples of the document.
fn put(schema: &'static Value, body: &mut Value, pointer: &str, value: &Value) {
    let schema = resolve(schema);
    let choice = schema["oneOf"].as_array().and_then(|choices| choices.iter().find(|choice| choice["type"] != "null"));
    if let Some(choice) = choice {
        return put(choice, body, pointer, value);
    }
    let Some(rest) = pointer.strip_prefix('/') else {
        *body = value.clone();
        return;
    };
    let (name, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if name == "0" && schema["items"].is_object() {
        if !body.get(0).is_some_and(Value::is_object) {
            *body = json!([sample(&schema["items"], 0)]);
        }
        put(&schema["items"], &mut body[0], rest, value);
    } else {
        if !body.is_object() {
            *body = Some(schema["example"].clone()).filter(Value::is_object).unwrap_or_else(|| json!({}));
        }
        put(&schema["properties"][name], &mut body[name], rest, value);
    }
}

/// The errors of one field.
fn errors<'a>(answer: &'a Answer, field: &str) -> Vec<&'a Value> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    errors.filter(|error| error["pointer"] == field).collect()
}

/// Whether the service enforces the limit: it accepts the value at the limit, and names field and limit for the next one.
fn is_enforced(limit: &Limit, is_at: bool, answer: &Answer) -> bool {
    let errors = errors(answer, &limit.field);
    let is_limited =
        |error: &&Value| ["too_long", "too_short", "out_of_range", "required"].iter().any(|code| error["code"] == *code);
    let names_limit = |error: &&Value| error["detail"].as_str().unwrap().contains(&limit.named);
    if is_at { !errors.iter().any(is_limited) } else { answer.status == 422 && errors.iter().any(names_limit) }
}

/// The operations whose limits do not show with the objects of `access`, with whether this is so at the limit.
const HIDDEN: [(&str, bool); 7] = [
    // An unknown token is refused before the password is read.
    ("accept_invitation", false),
    ("accept_invitation", true),
    ("reset_password", false),
    ("reset_password", true),
    // The capacity of the other resource is smaller.
    ("create_resource_link", true),
    // The capacity of the resource is smaller.
    ("update_calendar_import", true),
    // The tree has no entry.
    ("get_audit_consistency", true),
];

/// A body that has no wrong fields, of an operation that `access` does not try or tries with another one.
fn body(operation: &Operation, place: &Place<'_>) -> Value {
    match operation.id.as_str() {
        "create_resource_link" => {
            let mut link = place.body(&operation.id);
            link["kind"] = "takes".into();
            link
        }
        // The length of a slot is limited by its window, too.
        "join_waitlist" => {
            let mut entry = place.body(&operation.id);
            entry["ends_at"] = "2027-03-17T10:00:00Z".into();
            entry
        }
        "register" => json!({ "email": "zoe@example.org", "name": "Zoe", "password": "correct horse battery" }),
        "reset_password" => json!({ "token": "unknown", "password": "correct horse battery" }),
        id => Some(place.body(id)).filter(Value::is_object).unwrap_or_else(|| json!({})),
    }
}

/// A query that has no wrong parameters, with those that `name` needs.
fn query(operation: &Operation, name: &str) -> Vec<(&'static str, &'static str)> {
    let window = [("from", "2026-12-01T00:00:00Z"), ("to", "2026-12-02T00:00:00Z")];
    match (operation.id.as_str(), name) {
        (_, "radius_km") => vec![("near", "51.5,-0.1")],
        ("search_available" | "search_available_geojson", "ends_at") => vec![("starts_at", START)],
        ("search_available" | "search_available_geojson", "duration_minutes" | "to") => {
            [&window[..], &[("duration_minutes", "60")]].concat()
        }
        ("list_figures" | "list_figures_csv", _) => vec![("from", "2026-12-01"), ("to", "2027-01-01")],
        ("get_availability" | "list_slots", _) => window.to_vec(),
        ("get_audit_consistency", _) => vec![("from", "1"), ("to", "1")],
        _ => Vec::new(),
    }
}

/// The requests that try the limits of an operation: for each limit the form of the request with a value.
struct Trial<'a> {
    operation: &'a Operation,
    place: &'a Place<'a>,
    caller: Client,
}

impl Trial<'_> {
    async fn send(&self, path: &str, form: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Answer {
        self.caller.send(self.operation.method.clone(), path, form).await
    }

    async fn try_body(&self, schema: &'static Value, limit: &Limit, value: &Value) -> Answer {
        let mut body = body(self.operation, self.place);
        put(schema, &mut body, &limit.field, value);
        self.send(&self.place.path(self.operation), |request| request.json(&body)).await
    }

    async fn try_query(&self, limit: &Limit, value: &Value) -> Answer {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut query = query(self.operation, &limit.field);
        query.retain(|(name, _)| *name != limit.field);
        query.push((&limit.field, &text));
        let query: Vec<_> =
            query.iter().map(|(name, text)| format!("{name}={}", utf8_percent_encode(text, NON_ALPHANUMERIC))).collect();
        let path = self.place.path(self.operation);
        self.send(&format!("{}?{}", path.split('?').next().unwrap(), query.join("&")), |request| {
            self.operation.form(request, &Value::Null)
        })
        .await
    }
}

on_both_databases! {
    async fn the_documented_limits_of_fields_are_those_that_are_enforced(server) {
        let people = People::register(server).await;
        let place = Place::make(server, &people, "", 0).await;
        let operations = operations();
        let trials = operations.iter().map(|operation| {
            let rule = RULES.iter().find(|(id, _)| *id == operation.id);
            let caller = rule.map_or(&people.stranger, |(_, [.., managers])| place.entitled(operation, managers));
            Trial { operation, place: &place, caller: caller.clone() }
        });
        let trials: Vec<_> = trials.collect();
        let (mut count, mut wrong) = (0, Vec::new());
        // What is within the limits can change the objects, so it comes last.
        for is_at in [false, true] {
            for trial in trials.iter().filter(|trial| !HIDDEN.contains(&(trial.operation.id.as_str(), is_at))) {
                let schema = &trial.operation.description["requestBody"]["content"]["application/json"]["schema"];
                let mut limits = Vec::new();
                gather(schema, "", &body(trial.operation, &place), &mut limits);
                let of_body = limits.len();
                for parameter in trial.operation.description["parameters"].as_array().unwrap() {
                    let parameter = resolve(parameter);
                    let Some(name) = parameter["name"].as_str().filter(|_| parameter["in"] == "query") else { continue };
                    let base = query(trial.operation, name).into_iter().map(|(name, value)| (name.to_owned(), value.into()));
                    let base = Value::Object(base.collect());
                    gather(parameter, name, &base, &mut limits);
                    gather(&parameter["schema"], name, &base, &mut limits);
                }
                for (index, limit) in limits.iter().enumerate() {
                    let value = if is_at { &limit.at } else { &limit.beyond };
                    let answer = if index < of_body {
                        trial.try_body(schema, limit, value).await
                    } else {
                        trial.try_query(limit, value).await
                    };
                    if !is_enforced(limit, is_at, &answer) {
                        let Operation { id, .. } = trial.operation;
                        wrong.push(format!("{id} {} at {} ({is_at}): {} {}", limit.field, limit.named, answer.status, answer.body));
                    }
                }
                count += limits.len();
            }
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
        assert!(count > 400, "only {count} limits were tried");
    }
}
