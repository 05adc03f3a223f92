//! Finds all fields of a request that have a wrong form. serde stops at the first error, so a request that it refuses is
//! compared with the schema that documents it. Only after a refusal: a valid request is read once, without a schema. The crate
//! `jsonschema`, which the tests use, would add 29 crates to the program, with a second regex engine and fractions of big
//! integers.

use std::collections::HashMap;

use serde_json::Value;
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

use domain::fields::{Fields, InvalidFields};
use domain::limits;
use domain::said::{Said, Variable, said};
use domain::time::UtcTime;

/// Returns the fields of `value` that do not fit the schema of `T`.
pub(super) fn errors<T: ToSchema>(value: &Value) -> InvalidFields {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named = named.into_iter().map(|(name, schema)| (name, serde_json::json!(schema))).collect();
    let schema = serde_json::json!(T::schema());
    let mut shape = Shape { named: &named, fields: Fields::default() };
    shape.check(&schema, value, "");
    shape.finish()
}

/// Returns the parameters of a query string that do not fit the schemas of `Q`.
pub(super) fn query_errors<Q: IntoParams>(query: &[(String, String)]) -> InvalidFields {
    let named = limits::schemas().into_iter().map(|(name, schema)| (name, serde_json::json!(schema))).collect();
    let parameters = serde_json::json!(Q::into_params(|| Some(ParameterIn::Query)));
    let parameters = parameters.as_array().map_or(&[][..], Vec::as_slice);
    let mut shape = Shape { named: &named, fields: Fields::default() };
    for (name, text) in query {
        match parameters.iter().find(|parameter| parameter["name"] == name.as_str()) {
            None => shape.refuse(name, "unknown_field", said!("is not a known field")),
            Some(parameter) => {
                let schema = &parameter["schema"];
                let (schema, texts) = match is_of(schema, "array") {
                    true => (&schema["items"], text.split(',').collect()),
                    false => (schema, vec![text.as_str()]),
                };
                let schema = shape.resolve(schema);
                for text in texts {
                    shape.check(schema, &typed(schema, text), name);
                }
            }
        }
    }
    for name in
        parameters.iter().filter(|parameter| parameter["required"] == true).filter_map(|parameter| parameter["name"].as_str())
    {
        if !query.iter().any(|(given, _)| given == name) {
            shape.refuse(name, "required", said!("is required"));
        }
    }
    shape.finish()
}

/// Returns the value that a text in a query string represents.
fn typed(schema: &Value, text: &str) -> Value {
    let is_json = ["integer", "number", "boolean"].iter().any(|kind| is_of(schema, kind));
    serde_json::from_str(text).ok().filter(|_| is_json).unwrap_or_else(|| text.into())
}

fn is_of(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

struct Shape<'s> {
    named: &'s HashMap<String, Value>,
    fields: Fields,
}

impl<'s> Shape<'s> {
    /// Returns the schema that a reference leads to, and any other schema itself. A schema of unknown form accepts everything.
    fn resolve(&self, schema: &'s Value) -> &'s Value {
        let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.map_or(schema, |name| self.named.get(name).unwrap_or(&Value::Null))
    }

    fn check(&mut self, schema: &'s Value, value: &Value, pointer: &str) {
        if self.fields.is_full() {
            return;
        }
        if !schema["$ref"].is_null() {
            return self.check(self.resolve(schema), value, pointer);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let mut choices = choices.iter().filter(|choice| choice["type"] != "null");
            if let (Some(only), None, false) = (choices.next(), choices.next(), value.is_null()) {
                self.check(only, value, pointer);
            }
            return;
        }
        let kinds: Vec<_> = schema["type"].as_array().map_or_else(|| vec![&schema["type"]], |kinds| kinds.iter().collect());
        let kinds: Vec<_> = kinds.into_iter().filter_map(Value::as_str).collect();
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(kind, value)) {
            return self.refuse(pointer, "wrong_type", either(&kinds));
        }
        if let Some(values) = schema["enum"].as_array().filter(|values| !values.contains(value)) {
            let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            self.refuse(pointer, "invalid", said!("must be one of: {values}", values));
        }
        match value {
            Value::String(text) if schema["format"] == "date-time" => drop(self.fields.take(pointer, UtcTime::parse(text))),
            Value::Array(items) => {
                // The items of a list that is too long are not looked at: they can be very many.
                if let Some(most) = schema["maxItems"].as_u64().filter(|most| *most < items.len() as u64) {
                    let detail = said!(
                        "must contain at most {most} {noun}; it contains {count}",
                        most,
                        noun = said!("items"),
                        count = items.len()
                    );
                    return self.refuse(pointer, "too_long", detail);
                }
                for (index, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{pointer}/{index}"));
                }
            }
            Value::Object(fields) => self.check_fields(schema, fields, pointer),
            _ => {}
        }
    }

    fn check_fields(&mut self, schema: &'s Value, fields: &serde_json::Map<String, Value>, pointer: &str) {
        for (name, value) in fields {
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            match schema["properties"].get(name) {
                Some(schema) => self.check(schema, value, &pointer),
                None if schema["additionalProperties"] == false => {
                    self.refuse(&pointer, "unknown_field", said!("is not a known field"))
                }
                None => self.check(&schema["additionalProperties"], value, &pointer),
            }
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.refuse(&format!("{pointer}/{name}"), "required", said!("is required"));
            }
        }
    }

    fn refuse(&mut self, pointer: &str, code: &str, detail: Said) {
        self.fields.refuse(pointer, code, detail);
    }

    fn finish(self) -> InvalidFields {
        self.fields.finish(|| None::<()>).err().unwrap_or(InvalidFields(Vec::new()))
    }
}

/// Says which types of JSON are accepted.
fn either(kinds: &[&str]) -> Said {
    let either = kinds.iter().map(Variable::from).reduce(|one, other| said!("{one} or {other}", one, other).into());
    said!("must be of type {kinds}", kinds = either)
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use domain::organization::OrganizationKind;

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only their types matter")]
    struct Form {
        name: String,
        kind: OrganizationKind,
        starts_at: UtcTime,
        size: Option<Size>,
        tags: Vec<Size>,
        #[serde(default)]
        is_new: bool,
    }

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only their types matter")]
    struct Size {
        width: i64,
        unit: Option<String>,
    }

    fn found(value: Value) -> Vec<(String, String)> {
        errors::<Form>(&value).0.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
    }

    #[test]
    fn what_can_be_read_has_no_errors() {
        let whole = json!({ "name": "x", "kind": "firm", "starts_at": "2026-12-01T09:00:00+01:00", "size": null, "tags": [{ "width": 1 }] });
        assert!(serde_json::from_value::<Form>(whole.clone()).is_ok());
        assert_eq!(found(whole), []);
    }

    #[test]
    fn everything_that_is_wrong_is_found_at_once() {
        let wrong = json!({
            "name": 7, "kind": "club", "starts_at": "2026-12-01T09:00:00", "size": { "width": 1.5, "unit": null, "a/b": 1 },
            "tags": [{ "width": 1 }, "x", {}], "nmae": "y", "is_new": null,
        });
        let expected = [
            ("/name", "wrong_type"),
            ("/kind", "invalid"),
            ("/starts_at", "invalid"),
            ("/size/width", "wrong_type"),
            ("/size/a~1b", "unknown_field"),
            ("/tags/1", "wrong_type"),
            ("/tags/2/width", "required"),
            ("/nmae", "unknown_field"),
            ("/is_new", "wrong_type"),
        ];
        assert_eq!(found(wrong), pairs(&expected));
        let expected = ["/kind", "/name", "/starts_at", "/tags"].map(|pointer| (pointer, "required"));
        let mut missing = found(json!({}));
        missing.sort();
        assert_eq!(missing, pairs(&expected));
        assert_eq!(found(json!([])), pairs(&[("", "wrong_type")]));
    }

    #[derive(Deserialize, ToSchema)]
    #[expect(dead_code, reason = "only their types matter")]
    struct List {
        #[schema(max_items = 3)]
        sizes: Vec<Size>,
    }

    #[test]
    fn of_a_list_that_is_too_long_only_the_length_is_told() {
        let found = |count| errors::<List>(&json!({ "sizes": vec![json!({}); count] })).0;
        let errors = found(4);
        assert_eq!((errors.len(), errors[0].pointer.as_str(), errors[0].code.as_str()), (1, "/sizes", "too_long"));
        assert_eq!(found(3).len(), 3);
    }

    #[derive(Deserialize, IntoParams)]
    #[expect(dead_code, reason = "only their types matter")]
    struct Query {
        from: UtcTime,
        limit: Option<i64>,
        radius_km: Option<f64>,
        is_open: Option<bool>,
        category: Option<String>,
    }

    #[test]
    fn every_parameter_that_is_wrong_is_found_at_once() {
        let found = |query: &[(&str, &str)]| {
            let errors = query_errors::<Query>(&pairs(query)).0;
            errors.into_iter().map(|error| (error.pointer, error.code)).collect::<Vec<_>>()
        };
        assert_eq!(found(&[("from", "2026-12-01T09:00:00Z"), ("limit", "5"), ("radius_km", "1.5"), ("category", "5")]), []);
        let wrong = [("limit", "five"), ("radius_km", "far"), ("is_open", "yes"), ("limt", "5")];
        let expected = [
            ("limit", "wrong_type"),
            ("radius_km", "wrong_type"),
            ("is_open", "wrong_type"),
            ("limt", "unknown_field"),
            ("from", "required"),
        ];
        assert_eq!(found(&wrong), pairs(&expected));
    }
}
