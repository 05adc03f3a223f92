//! The OpenAPI document. The handlers say what is special about them; what holds for all operations
//! of a kind is added here, once: security, headers, problems, the bodies of merge patches.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::App;
use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;
use utoipa_actix_web::AppExt as _;

use super::problem::Problem;
use super::routes::{BASE, METHODS};
use domain::problem::Code;

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Document;

/// What the tags of the operations stand for.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Making an account, signing in and out, and the mails that prove who somebody is."),
    ("me", "The account of whoever is signed in."),
    ("organizations", "Firms, start-ups and maker spaces: what lists resources and what books them."),
    ("members", "Users in an organization, each with a role: owner, manager or booker."),
    ("sites", "Places of an organization: where they are, in which time zone, and when they are open."),
    ("resources", "What can be booked, at one site: machines, floor space and storage, with their rules and prices."),
    ("terms", "A host's versioned documents, and who has accepted them: house rules, safety, confidentiality."),
    ("service", "Of the service itself: whether it lives, and what it says about itself."),
    (
        "bookings",
        "Claims of customers: held, requested or confirmed at a price that stays; moved, cancelled, checked in and out.",
    ),
    ("booking-groups", "Bookings of several resources made together, all or nothing, of several hosts too."),
    ("series", "Bookings made from one recurrence rule: previewed, booked, changed and cancelled together."),
    ("waitlist", "In line for slots that are taken: who came first is served first."),
    ("blocks", "The host's own claims: maintenance, closure, private use."),
    ("certifications", "Proof that people were trained: what kinds a host defines, who holds one and until when."),
    ("trainings", "Events with seats, whose attendance grants a certification."),
];

/// What the body of every `PATCH` is, and every object in it.
const PATCH: &str = "What is to change: what is left out stays as it is, and null brings the default back.";

/// The whole document.
pub fn document() -> Value {
    let (_, collected) =
        App::new().into_utoipa_app().openapi(Document::openapi()).configure(super::endpoints::describe_all).split_for_parts();
    let mut document = describe(json!(collected));
    if let Value::Object(schemas) = &mut document["components"]["schemas"] {
        link_pages(schemas);
        join_parts(schemas);
    }
    describe_patches(&mut document);
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

/// What was collected, with what the document says about itself and the parts that operations refer to.
fn describe(mut collected: Value) -> Value {
    let mut schemas = collected["components"]["schemas"].take();
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    schemas["ProblemCode"] = json!({ "type": "string", "description": "A stable code for programs.", "enum": codes });
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
        "servers": [{ "url": "/", "description": "The service that serves this document" }],
        "security": [{ "bearer": [] }],
        "tags": tags,
        "paths": collected["paths"].take(),
        "components": {
            "securitySchemes": { "bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of a login.",
            } },
            "parameters": parameters(),
            "headers": headers(),
            "schemas": schemas,
        },
    })
}

fn parameters() -> Value {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    json!({
        "Idempotency-Key": header(
            "Idempotency-Key",
            "Makes it safe to send the request again: a string of RFC 9651, in quotes, such as `\"8e03978e-40d5\"`; a bare token is taken too.",
            json!({
                "type": "string",
                "pattern": r#"^("([ !#-\[\]-~]|\\["\\]){1,255}"|[!#-+\--~]{1,255})$"#,
            }),
        ),
        "If-Match": header(
            "If-Match",
            "The `ETag` of the state that the change is made for; without it any state will do.",
            json!({ "type": "string", "pattern": r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"# }),
        ),
        "If-None-Match": header(
            "If-None-Match",
            "The `ETag` of the state that the caller has already; while it is the present one the answer is 304.",
            json!({ "type": "string" }),
        ),
        "X-Request-Id": header(
            "X-Request-Id",
            "An identifier of your own for the request: up to 64 letters, digits and `-_.:`. Another is replaced by a fresh one.",
            json!({ "type": "string" }),
        ),
    })
}

fn headers() -> Value {
    let header = |description: &str, kind: &str, example: Value| json!({ "description": description, "schema": { "type": kind, "examples": [example] } });
    json!({
        "ETag": header("The state of the object, for `If-Match` and `If-None-Match`.", "string", json!("\"3\"")),
        "Link": header("The next page, if there is one.", "string", json!("</api/v1/organizations?cursor=MDE5>; rel=\"next\"")),
        "Location": header("Where the object is.", "string", json!("/api/v1/organizations/0199…")),
        "RateLimit": header("How much may still be asked (`r`), and in how many seconds more (`t`).", "string", json!("\"requests\";r=299;t=1")),
        "RateLimit-Policy": header("How much may be asked at once (`q`), and in how many seconds all of it is renewed (`w`).", "string", json!("\"requests\";q=300;w=15")),
        "Retry-After": header("In how many seconds to try again.", "integer", json!(2)),
        "WWW-Authenticate": header("How to sign in.", "string", json!("Bearer")),
        "X-Request-Id": header("The identifier of the request.", "string", json!("order-1742")),
    })
}

fn example(code: Code) -> Value {
    let problem = json!(Problem::new(code, ""));
    json!({ "summary": code.title(), "value": problem })
}

/// Pages show their items as what they are elsewhere in the document.
fn link_pages(schemas: &mut Map<String, Value>) {
    for page in schemas.keys().cloned().collect::<Vec<_>>() {
        if let Some(item) = page.strip_prefix("Page_").filter(|item| schemas.contains_key(*item)) {
            let item = format!("#/components/schemas/{item}");
            schemas[&page]["properties"]["items"]["items"] = json!({ "$ref": item });
        }
    }
}

/// What is made of parts is answered as one object, which has all the fields that it is made with.
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

/// The name of the schema that is referred to.
fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|target| target.rsplit('/').next())
}

/// The body of a `PATCH` is a merge patch of what the object is made with.
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
    // What is never sent whole, only as a patch, needs no schema of its own.
    let text = document.to_string();
    if let Value::Object(schemas) = &mut document["components"]["schemas"] {
        schemas.retain(|name, _| name == "Problem" || text.contains(&format!("\"#/components/schemas/{name}\"")));
    }
}

/// The schema of a merge patch of what `schema` describes: nothing is required, and what has a
/// default may be null.
fn patch_of(schema: &Value, schemas: &mut Map<String, Value>) -> Value {
    let schema = &reworded(schema);
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

/// What an object is made with has its default where it is left out; in a patch it has it where it is null.
fn reworded(schema: &Value) -> Value {
    let Some(about) = schema["description"].as_str() else { return schema.clone() };
    let about = about.replace("if left out", "if null").replace("that is left out", "that is null").replace("Left out:", "Null:");
    with(schema, "description", about.into())
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
        // Leaves the order of the others alone, whatever order the removed one came in.
        object.shift_remove(name);
    }
}

/// Every operation with its path and method.
fn operations(document: &mut Value) -> impl Iterator<Item = (&str, &str, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()));
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// The schemas of what can be edited: these carry an `ETag` wherever they are answered.
fn editable(document: &mut Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let dated = schemas.filter(|(_, schema)| schema["properties"]["updated_at"].is_object());
    let dated: Vec<_> = dated.map(|(name, _)| format!("#/components/schemas/{name}")).collect();
    let patches = operations(document).filter(|(_, method, _)| *method == "patch");
    let patched = patches.filter_map(|(_, _, operation)| Some(answered(&operation["responses"]["200"])?.to_owned()));
    patched.chain(dated).collect()
}

/// The schema of an answer.
fn answered(response: &Value) -> Option<&str> {
    response["content"]["application/json"]["schema"]["$ref"].as_str()
}

/// Adds to an operation what holds for all of its kind.
fn expand(path: &str, method: &str, operation: &mut Value, editable: &BTreeSet<String>, answers: &mut BTreeMap<String, Value>) {
    let codes = codes(path, method, operation);
    let contents = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
    for content in contents.into_iter().flat_map(Map::values_mut) {
        // What may be left out is still not `null`.
        let body = content["schema"]["oneOf"].as_array().and_then(|ways| ways.iter().find(|way| way["type"] != "null").cloned());
        if let Some(body) = body {
            content["schema"] = body;
        }
    }
    let mut is_tagged = false;
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let schema = answered(response).unwrap_or_default().to_owned();
        let is_editable = editable.contains(&schema);
        is_tagged |= is_editable;
        let special = [("ETag", is_editable), ("Link", schema.contains("/Page_")), ("Location", status == "201")];
        describe_answer(method, status, response, schema.contains("/Page_"));
        let special = special.iter().filter(|(_, is_sent)| *is_sent).map(|(name, _)| *name);
        response["headers"] = header_references(everywhere(path).iter().copied().chain(special));
    }
    let mut parameters = vec!["X-Request-Id"];
    if method == "get" && is_tagged {
        parameters.push("If-None-Match");
        operation["responses"]["304"] = json!({
            "description": "The state that the caller has already.",
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
        Some("path") if parameter["description"].is_null() => with(parameter, "description", json!("Its identifier.")),
        _ => parameter.clone(),
    });
    let general = parameters.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    operation["parameters"] = own.chain(general).collect();
    operation["x-problems"] = json!(codes);
    remove(operation, "x-not-kept");
}

/// Headers that every answer has.
fn everywhere(path: &str) -> &'static [&'static str] {
    if path.starts_with(BASE) { &["RateLimit", "RateLimit-Policy", "X-Request-Id"] } else { &["X-Request-Id"] }
}

/// Says what an answer is where the handler has nothing special to say.
fn describe_answer(method: &str, status: &str, response: &mut Value, is_page: bool) {
    if response["description"].as_str().is_none_or(str::is_empty) {
        response["description"] = json!(match status {
            "200" if is_page => "A page of the list.",
            "200" if method == "get" => "The object as it is now.",
            "200" => "Done. The object as it is now.",
            "201" => "Made. The whole object.",
            "202" => "Taken note of; the rest follows.",
            _ => "Done.",
        });
    }
}

/// The codes of all problems that an operation can answer: those it names and those of its kind.
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
    add(!is_open, &[Code::InvalidToken]);
    add(!is_optional, &[Code::NotSignedIn]);
    add(path.contains('{'), &[Code::NotFound]);
    add(method == "get" || has_body, &[Code::InvalidFields]);
    add(has_body, &[Code::MalformedJson, Code::RequestTimeout, Code::PayloadTooLarge, Code::UnsupportedMediaType]);
    // An answer with credentials is kept for no repetition.
    add(method == "post" && operation["x-not-kept"].is_null(), &[Code::IdempotencyInProgress, Code::IdempotencyKeyReused]);
    add(method == "patch", &[Code::PreconditionFailed]);
    codes
}

/// The answer with one of these codes, which share a status.
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
