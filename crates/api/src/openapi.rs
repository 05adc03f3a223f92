//! The OpenAPI document. Handlers describe their own operation. This file adds the parts that all operations of a kind have in
//! common: security, headers, problems and the bodies of merge patches.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::App;
use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;
use utoipa_actix_web::AppExt as _;

use super::openapi_headers::{headers, parameters};
use super::problem::Problem;
use super::routes::{BASE, METHODS};
use super::scopes;
use domain::limits;
use domain::problem::Code;

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Document;

/// The tags of the operations, with their descriptions.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Accounts, sign-in and sign-out, and the mails that verify an address or reset a password."),
    ("me", "The account of the signed-in user."),
    (
        "organizations",
        "Firms, start-ups and maker spaces. An organization lists resources as a host, and books resources as a customer.",
    ),
    ("money", "The ledger of a host, the debts of its customers, payments, and the figures of a host."),
    ("api-keys", "Keys with which programs act for an organization, within scopes."),
    ("events", "The events of an organization: the changes of its bookings and of its money, as a list and as a stream."),
    ("webhooks", "The addresses to which the events of an organization are sent, as the Standard Webhooks specification says."),
    ("members", "The users in an organization, each with a role: owner, manager or booker."),
    ("invitations", "Invitations by mail: to become a member of an organization, or to be certified."),
    ("sites", "The places of an organization: address, position, time zone and opening hours."),
    ("resources", "Machines, floor space and storage at a site, with their booking rules and prices."),
    (
        "terms",
        "Versioned documents of a host, such as house rules, safety and confidentiality, and their acceptances by customers.",
    ),
    ("admin", "The work of operators of the installation. Each look and each act is in the audit log."),
    ("service", "The service itself: health checks, metrics and the list of problem codes."),
    ("bookings", "Bookings of customers, from the hold or request to check-in and check-out, at a fixed price."),
    ("booking-groups", "Bookings of several resources of one or several hosts, made together, all or nothing."),
    ("series", "Bookings made from one recurrence rule, which can be changed and cancelled together."),
    ("waitlist", "The queue for slots that are taken. The first entry in the queue gets the first offer."),
    ("blocks", "Times that the host keeps for itself: maintenance, closure, private use."),
    ("certifications", "Kinds of certification that hosts define, and the certifications that people hold."),
    ("trainings", "Trainings with seats. Attendance grants a certification."),
];

/// The description of every `PATCH` body, and of every object in it.
const PATCH: &str = "The fields to change. A field that is not sent stays as it is; null resets a field to its default.";

/// Returns the whole document.
pub fn document() -> Value {
    let (_, collected) =
        App::new().into_utoipa_app().openapi(Document::openapi()).configure(super::endpoints::describe_all).split_for_parts();
    let mut document = describe(json!(collected));
    inline_limits(&mut document);
    if let Value::Object(schemas) = &mut document["components"]["schemas"] {
        link_pages(schemas);
        join_parts(schemas);
    }
    describe_patches(&mut document);
    split_requests(&mut document);
    open_enumerations(&mut document);
    mark_deprecated(&mut document);
    let editable = editable(&mut document);
    let mut answers = BTreeMap::new();
    for (path, method, operation) in operations(&mut document) {
        expand(path, method, operation, &editable, &mut answers);
    }
    let is_answered = |code: &Code| answers.keys().flat_map(|name| name.split('.')).any(|answered| answered == code.as_str());
    let examples = Code::ALL.iter().copied().filter(is_answered).map(|code| (code.as_str().to_owned(), example(code)));
    document["components"]["examples"] = examples.collect();
    document["components"]["responses"] = answers.into_iter().collect();
    document
}

/// Adds the general information and the shared components to the collected operations.
fn describe(mut collected: Value) -> Value {
    let mut schemas = collected["components"]["schemas"].take();
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    schemas["ProblemCode"] =
        json!({ "type": "string", "description": "A stable code for programs. New codes can be added.", "enum": codes });
    schemas["Problem"]["properties"]["code"] = json!({ "$ref": "#/components/schemas/ProblemCode" });
    let tags: Vec<_> = TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sharefloor",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": include_str!("openapi.md"),
        },
        "servers": [{ "url": "/", "description": "The server of this document" }],
        "security": [{ "bearer": [] }],
        "tags": tags,
        "paths": collected["paths"].take(),
        "components": {
            "securitySchemes": scopes::schemes(),
            "parameters": parameters(),
            "headers": headers(),
            "schemas": schemas,
        },
    })
}

fn example(code: Code) -> Value {
    let problem = json!(Problem::of(code));
    json!({ "summary": code.title(), "value": problem })
}

/// Replaces each reference to a limited value by its schema: a limit is not a component.
fn inline_limits(document: &mut Value) {
    let mut limits: Map<_, _> = limits::schemas().into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    if let Value::Object(schemas) = &mut document["components"]["schemas"] {
        let is_limit = |name: &String| name.starts_with(limits::PREFIX);
        limits.extend(schemas.iter().filter(|(name, _)| is_limit(name)).map(|(name, schema)| (name.clone(), schema.clone())));
        schemas.retain(|name, _| !is_limit(name));
    }
    inline(document, &limits);
}

fn inline(value: &mut Value, limits: &Map<String, Value>) {
    let limit_of = |schema: &Value| name_of(schema).and_then(|name| limits.get(name)?.as_object());
    let choices = value.get("oneOf").and_then(Value::as_array);
    let nullable = choices.and_then(|choices| choices.iter().find(|choice| limit_of(choice).is_some())?.as_object().cloned());
    // A limited value that can be null has two types, instead of one of two schemas.
    let is_nullable = nullable.is_some();
    if let Some((fields, choice)) = value.as_object_mut().zip(nullable) {
        fields.shift_remove("oneOf");
        fields.extend(choice);
    }
    let limit = limit_of(value);
    match value {
        Value::Object(fields) => {
            if let Some(limit) = limit {
                fields.shift_remove("$ref");
                for (name, keyword) in limit {
                    fields.entry(name).or_insert_with(|| keyword.clone());
                }
            }
            if is_nullable {
                fields["type"] = json!([fields["type"], "null"]);
            }
            fields.values_mut().for_each(|field| inline(field, limits));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| inline(item, limits)),
        _ => {}
    }
}

/// Makes each page refer to the schema of its items instead of repeating it.
fn link_pages(schemas: &mut Map<String, Value>) {
    for page in schemas.keys().cloned().collect::<Vec<_>>() {
        if let Some(item) = page.strip_prefix("Page_").filter(|item| schemas.contains_key(*item)) {
            let item = format!("#/components/schemas/{item}");
            schemas[&page]["properties"]["items"]["items"] = json!({ "$ref": item });
        }
    }
}

/// Replaces a schema made of parts by one object with all fields of the parts.
fn join_parts(schemas: &mut Map<String, Value>) {
    let joined = schemas.iter().filter_map(|(name, schema)| {
        let (mut properties, mut required) = (Map::new(), BTreeSet::new());
        for part in schema["allOf"].as_array()? {
            let whole = name_of(part).and_then(|name| schemas.get(name)).unwrap_or(part);
            let fields = whole["properties"].as_object()?;
            properties.extend(fields.clone());
            match whole["required"].as_array().filter(|_| part["$ref"].is_null()) {
                Some(names) => required.extend(names.iter().filter_map(Value::as_str)),
                None => required.extend(fields.keys().map(String::as_str)),
            }
        }
        let description = &schema["description"];
        let whole = json!({ "type": "object", "description": description, "required": required, "properties": properties });
        Some((name.clone(), whole))
    });
    let joined: Vec<_> = joined.collect();
    schemas.extend(joined);
}

/// Returns the name of the schema that a reference leads to.
fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|target| target.rsplit('/').next())
}

/// Replaces the body of each `PATCH` by the merge patch of the same object.
fn describe_patches(document: &mut Value) {
    let Value::Object(mut schemas) = document["components"]["schemas"].take() else { return };
    for (_, method, operation) in operations(document) {
        if method == "patch" {
            let content = &mut operation["requestBody"]["content"];
            let patch = patch_of(&content["application/json"]["schema"], &mut schemas);
            content["application/json"]["schema"] = patch.clone();
            content["application/merge-patch+json"]["schema"] = patch;
        }
    }
    document["components"]["schemas"] = schemas.into();
    // A schema that only a `PATCH` used in whole is not needed any more.
    let text = document.to_string();
    if let Value::Object(schemas) = &mut document["components"]["schemas"] {
        schemas.retain(|name, _| name == "Problem" || text.contains(&format!("\"#/components/schemas/{name}\"")));
    }
}

/// Returns the schema of a merge patch for the values that `schema` describes: no field is required, and a field with a default
/// can be null.
fn patch_of(schema: &Value, schemas: &mut Map<String, Value>) -> Value {
    if let Some(choices) = schema["oneOf"].as_array() {
        let choices: Vec<_> = choices.iter().map(|choice| patch_of(choice, schemas)).collect();
        return with(schema, "oneOf", choices.into());
    }
    let name = name_of(schema);
    let whole = name.and_then(|name| schemas.get(name)).unwrap_or(schema).clone();
    let Some(properties) = whole["properties"].as_object() else { return schema.clone() };
    let is_required =
        |property: &str| whole["required"].as_array().is_some_and(|names| names.iter().any(|name| name == property));
    let properties: Map<_, _> = properties
        .iter()
        .map(|(property, schema)| {
            let mut patch = patch_of(schema, schemas);
            if !is_required(property) {
                patch = nullable(patch);
            }
            remove(&mut patch, "default");
            (property.clone(), patch)
        })
        .collect();
    let mut patch = with(&whole, "properties", properties.into());
    remove(&mut patch, "required");
    if let Some(new_name) = whole.pointer("/example/name") {
        patch["example"] = json!({ "name": new_name });
    }
    let Some(name) = name else { return patch };
    patch["description"] = json!(PATCH);
    let name = format!("{}Patch", name.strip_prefix("New").unwrap_or(name));
    let reference = with(schema, "$ref", json!(format!("#/components/schemas/{name}")));
    schemas.insert(name, patch);
    reference
}

/// Gives requests and responses schemas of their own where they differ. A response contains every field that can be null or has a
/// default; a request need not contain them. Generated clients would require a field with a default, or send it, so the defaults of
/// requests are only described.
fn split_requests(document: &mut Value) {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let schemas = document["components"]["schemas"].clone();
    for (_, _, operation) in operations(document) {
        collect_names(&operation["requestBody"], &schemas, &mut asked);
        collect_names(&operation["responses"], &schemas, &mut answered);
    }
    // A schema that leads to another one that must be split is split, too.
    let mut split: BTreeSet<String> = BTreeSet::new();
    loop {
        let leads = |schema: &Value| references(schema).iter().any(|name| split.contains(*name));
        let differs = |schema: &Value| !implied(schema).is_empty() || leads(schema);
        let more: BTreeSet<String> =
            asked.intersection(&answered).filter(|name| differs(&schemas[name.as_str()])).cloned().collect();
        if more == split {
            break;
        }
        split = more;
    }
    let Value::Object(mut schemas) = document["components"]["schemas"].take() else { return };
    for name in &asked {
        let Some(schema) = schemas.get(name).cloned() else { continue };
        let mut schema = without_defaults(schema);
        rename(&mut schema, &split);
        schemas.insert(if split.contains(name) { format!("{name}Input") } else { name.clone() }, schema);
    }
    for name in answered.iter().filter(|name| !asked.contains(*name) || split.contains(*name)) {
        let Some(schema) = schemas.get_mut(name) else { continue };
        if split.contains(name) {
            // It is one of a request, and lacks what a response always has.
            remove(schema, "example");
        }
        let always_sent = implied(schema);
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.extend(always_sent.into_iter().map(Value::from));
        } else if !always_sent.is_empty() {
            schema["required"] = json!(always_sent);
        }
    }
    document["components"]["schemas"] = schemas.into();
    for (_, _, operation) in operations(document) {
        if let Some(body) = operation.get_mut("requestBody") {
            rename(body, &split);
        }
    }
}

/// The fields that can be null and that only some callers see.
const FOR_SOME: [&str; 1] = ["applies_to"];

/// Returns the names of the fields that are not required, but can be null or have a default.
fn implied(schema: &Value) -> Vec<String> {
    let is_null = |kind: &Value| kind == "null" || kind["type"] == "null";
    let can_be_null = |field: &Value| {
        let kinds = [&field["type"], &field["oneOf"]];
        kinds.iter().filter_map(|kinds| kinds.as_array()).flatten().any(is_null)
    };
    let is_required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name));
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields = fields.filter(|(name, _)| !is_required(name) && !FOR_SOME.contains(&name.as_str()));
    let implied = fields.filter(|(_, field)| can_be_null(field) || field.get("default").is_some());
    implied.map(|(name, _)| name.clone()).collect()
}

/// Returns the schema with the defaults of its fields in their descriptions.
fn without_defaults(mut schema: Value) -> Value {
    for field in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        let Some(default) = field.get("default").cloned() else { continue };
        remove(field, "default");
        let about = field["description"].as_str().unwrap_or_default();
        if !about.contains("Default:") {
            field["description"] = json!(format!("{about} Default: `{default}`.").trim_start());
        }
    }
    schema
}

/// Returns the names of the schemas that a value refers to.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => name_of(value).into_iter().chain(fields.values().flat_map(references)).collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Collects the names of all schemas that a value leads to.
fn collect_names(value: &Value, schemas: &Value, names: &mut BTreeSet<String>) {
    for name in references(value) {
        if schemas[name].is_object() && names.insert(name.to_owned()) {
            collect_names(&schemas[name], schemas, names);
        }
    }
}

/// Makes references to these schemas refer to their form in requests.
fn rename(value: &mut Value, split: &BTreeSet<String>) {
    let name = name_of(value).filter(|name| split.contains(*name)).map(str::to_owned);
    match value {
        Value::Object(fields) => {
            if let Some(name) = name {
                fields.insert("$ref".to_owned(), format!("#/components/schemas/{name}Input").into());
            }
            fields.values_mut().for_each(|field| rename(field, split));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, split)),
        _ => {}
    }
}

/// Marks each parameter and field whose description says that it is deprecated.
fn mark_deprecated(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("description").and_then(Value::as_str).is_some_and(|about| about.starts_with("Deprecated: ")) {
                fields.insert("deprecated".to_owned(), true.into());
            }
            fields.values_mut().for_each(mark_deprecated);
        }
        Value::Array(items) => items.iter_mut().for_each(mark_deprecated),
        _ => {}
    }
}

/// The enumerations of responses that can get new values: a client must accept values that it does not know.
const OPEN: [&str; 4] = ["EventType", "HoldReason", "ProblemCode", "ViolationCode"];

/// Lets each enumeration that can grow be another text, too.
fn open_enumerations(document: &mut Value) {
    for name in OPEN {
        let schema = &mut document["components"]["schemas"][name];
        let (about, values) = (schema["description"].take(), schema["enum"].take());
        *schema = json!({ "description": about, "anyOf": [{ "type": "string", "enum": values }, { "type": "string" }] });
    }
}

fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema["type"].as_str() {
        schema["type"] = json!([kind, "null"]);
    } else if schema.get("$ref").is_some() {
        return json!({ "oneOf": [{ "type": "null" }, schema] });
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn remove(object: &mut Value, name: &str) {
    if let Some(object) = object.as_object_mut() {
        // Keeps the order of the other fields.
        object.shift_remove(name);
    }
}

/// Returns every operation with its path and method.
fn operations(document: &mut Value) -> impl Iterator<Item = (&str, &str, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// Returns the schemas of objects that can be edited. Responses with one of them have an `ETag`.
fn editable(document: &mut Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let dated = schemas.filter(|(_, schema)| schema["properties"]["updated_at"].is_object());
    let dated: Vec<_> = dated.map(|(name, _)| format!("#/components/schemas/{name}")).collect();
    let patches = operations(document).filter(|(_, method, _)| *method == "patch");
    let patched = patches.filter_map(|(_, _, operation)| Some(answered(&operation["responses"]["200"])?.to_owned()));
    patched.chain(dated).collect()
}

/// Returns the schema of a response.
fn answered(response: &Value) -> Option<&str> {
    response["content"]["application/json"]["schema"]["$ref"].as_str()
}

/// Adds the common parts to an operation.
fn expand(path: &str, method: &str, operation: &mut Value, editable: &BTreeSet<String>, answers: &mut BTreeMap<String, Value>) {
    let codes = codes(path, method, operation);
    scopes::describe(path, method, operation);
    if operation["security"] == json!([{}]) {
        // It means the same, and generators of clients do not ask for a token then.
        operation["security"] = json!([]);
    }
    let contents = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
    for content in contents.into_iter().flat_map(Map::values_mut) {
        // A body that may be missing still cannot be `null`.
        let body = content["schema"]["oneOf"].as_array().and_then(|ways| ways.iter().find(|way| way["type"] != "null").cloned());
        if let Some(body) = body {
            content["schema"] = body;
        }
    }
    let mut is_tagged = false;
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let schema = answered(response).unwrap_or_default().to_owned();
        // Calendar programs read a calendar again and again.
        let is_calendar = response["content"]["text/calendar"].is_object();
        let is_editable = editable.contains(&schema) || is_calendar;
        is_tagged |= is_editable;
        // A list in another format has a path that ends with an extension.
        let is_page = schema.contains("/Page_") || path.contains('.') && !is_calendar;
        let special = [("ETag", is_editable), ("Link", is_page), ("Location", status == "201")];
        describe_answer(method, status, response, is_page);
        let special = special.iter().filter(|(_, is_sent)| *is_sent).map(|(name, _)| *name);
        response["headers"] = header_references(everywhere(path).iter().copied().chain(special));
    }
    let mut parameters = vec!["X-Request-Id"];
    if method == "get" && is_tagged {
        parameters.push("If-None-Match");
        operation["responses"]["304"] = json!({
            "description": "The object has not changed since the version in `If-None-Match`.",
            "headers": header_references(everywhere(path).iter().copied().chain(["ETag"])),
        });
    }
    if codes.contains(Code::IdempotencyKeyReused.as_str()) {
        parameters.push("Idempotency-Key");
    }
    if codes.contains(Code::PreconditionFailed.as_str()) {
        parameters.push("If-Match");
    }
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.iter().filter(|code| codes.contains(code.as_str())) {
        by_status.entry(code.status()).or_default().push(*code);
    }
    for (status, codes) in by_status {
        let name = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(".");
        operation["responses"][status.to_string()] = json!({ "$ref": format!("#/components/responses/{name}") });
        answers.entry(name).or_insert_with(|| problems(status, &codes));
    }
    let own = operation["parameters"].take();
    let own = own.as_array().into_iter().flatten().map(|parameter| match parameter["in"].as_str() {
        Some("path") if parameter["description"].is_null() => {
            with(parameter, "description", json!("The identifier of the object."))
        }
        _ => parameter.clone(),
    });
    let general = parameters.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    operation["parameters"] = own.chain(general).collect();
    operation["x-problems"] = json!(codes);
    remove(operation, "x-not-kept");
}

/// Returns the headers of every response.
fn everywhere(path: &str) -> &'static [&'static str] {
    if path.starts_with(BASE) { &["RateLimit", "RateLimit-Policy", "X-Request-Id"] } else { &["X-Request-Id"] }
}

/// Describes a response for which the handler has no description.
fn describe_answer(method: &str, status: &str, response: &mut Value, is_page: bool) {
    if response["description"].as_str().is_none_or(str::is_empty) {
        response["description"] = json!(match status {
            "200" if is_page => "A page of the list.",
            "200" if method == "get" => "The current object.",
            "200" => "Done. The current object.",
            "201" => "Created. The whole object.",
            "202" => "Accepted. The service does the rest in the background.",
            _ => "Done.",
        });
    }
}

/// Returns the codes of all problems that an operation can respond with: those that the handler names and those that all
/// operations of its kind have.
fn codes(path: &str, method: &str, operation: &Value) -> BTreeSet<String> {
    let named = operation["x-problems"].as_array().into_iter().flatten();
    let mut codes: BTreeSet<_> = named.filter_map(Value::as_str).map(str::to_owned).collect();
    if !path.starts_with(BASE) {
        return codes;
    }
    let mut add = |is_possible: bool, more: &[Code]| {
        codes.extend(more.iter().filter(|_| is_possible).map(|code| code.as_str().to_owned()));
    };
    let is_optional = operation["security"].as_array().is_some_and(|ways| ways.contains(&json!({})));
    let has_body = operation["requestBody"].is_object();
    let is_open = operation["security"] == json!([{}]);
    add(true, &[Code::MalformedRequest, Code::TooManyRequests, Code::InternalError, Code::Unavailable]);
    add(!is_open, &[Code::InvalidToken, Code::Forbidden, Code::SecondFactorMissing]);
    add(!is_optional, &[Code::NotSignedIn]);
    add(path.contains('{'), &[Code::NotFound]);
    add(method == "get" || has_body, &[Code::InvalidFields]);
    add(has_body, &[Code::MalformedJson, Code::RequestTimeout, Code::PayloadTooLarge, Code::UnsupportedMediaType]);
    // A response with credentials is not stored under an idempotency key.
    add(method == "post" && operation["x-not-kept"].is_null(), &[Code::IdempotencyInProgress, Code::IdempotencyKeyReused]);
    add(method == "patch", &[Code::PreconditionFailed]);
    codes
}

/// Returns the response for these codes, which have the same status.
fn problems(status: u16, codes: &[Code]) -> Value {
    let listed: Vec<_> = codes.iter().map(|code| format!("- `{}`: {}", code.as_str(), code.title())).collect();
    let examples: Map<_, _> = codes
        .iter()
        .map(|code| (code.as_str().to_owned(), json!({ "$ref": format!("#/components/examples/{}", code.as_str()) })))
        .collect();
    let more: &[&str] = match status {
        401 => &["WWW-Authenticate"],
        429 => &["RateLimit", "RateLimit-Policy", "Retry-After"],
        503 => &["Retry-After"],
        _ => &[],
    };
    json!({
        "description": listed.join("\n"),
        "headers": header_references(["X-Request-Id"].iter().chain(more).copied()),
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" }, "examples": examples } },
    })
}

fn header_references<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    names.into_iter().map(|name| (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))).collect()
}
