//! The headers of requests and responses in the OpenAPI document.

use serde_json::{Value, json};

/// Returns the headers that requests can have.
pub(super) fn parameters() -> Value {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    json!({
        "Idempotency-Key": header(
            "Idempotency-Key",
            "A key of your choice that makes it safe to send the request again within 24 hours. A string of 1 to 255 characters in quotes (RFC 9651), such as `\"8e03978e-40d5\"`; a bare token is accepted too.",
            json!({
                "type": "string",
                "pattern": r#"^("([ !#-\[\]-~]|\\["\\]){1,255}"|[!#-+\--~]{1,255})$"#,
            }),
        ),
        "If-Match": header(
            "If-Match",
            "The `ETag` of the version that you want to change. If the object has another version, the response is 412. Default: every version is accepted.",
            json!({ "type": "string", "pattern": r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"# }),
        ),
        "If-None-Match": header(
            "If-None-Match",
            "The `ETag` of the version that you have. If it is still the current one, the response is 304.",
            json!({ "type": "string" }),
        ),
        "X-Request-Id": header(
            "X-Request-Id",
            "Your own identifier for the request: 1 to 64 letters, digits and `-_.:`. An invalid one is replaced by a new one. Default: a new one.",
            json!({ "type": "string" }),
        ),
    })
}

/// Returns the headers that responses can have.
pub(super) fn headers() -> Value {
    let header = |description: &str, kind: &str, example: Value| json!({ "description": description, "schema": { "type": kind, "examples": [example] } });
    json!({
        "ETag": header("The version of the object, for `If-Match` and `If-None-Match`.", "string", json!("\"3\"")),
        "Link": header("The link to the next page, if there is one.", "string", json!("</api/v1/organizations?cursor=MDE5>; rel=\"next\"")),
        "Location": header("The path of the new object.", "string", json!("/api/v1/organizations/0199…")),
        "RateLimit": header("The number of requests that are left (`r`), and the seconds until there are more (`t`).", "string", json!("\"requests\";r=299;t=1")),
        "RateLimit-Policy": header("The number of requests that are allowed at once (`q`), and the seconds until all of them are available again (`w`).", "string", json!("\"requests\";q=300;w=15")),
        "Retry-After": header("The number of seconds to wait before you send the request again.", "integer", json!(2)),
        "WWW-Authenticate": header("The required authentication scheme.", "string", json!("Bearer")),
        "X-Request-Id": header("The identifier of the request.", "string", json!("order-1742")),
    })
}
