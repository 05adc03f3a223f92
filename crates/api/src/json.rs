//! Request bodies in JSON.

use actix_web::http::{Method, header};
use actix_web::{HttpMessage as _, HttpRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::problem::Problem;
use super::shape;
use domain::fields::{FieldError, InvalidFields, deserialize};
use domain::problem::Code;
use domain::said::{Said, said};

/// A type that a request body can be read as.
pub trait Body: DeserializeOwned + ToSchema + Send + 'static {}
impl<T: DeserializeOwned + ToSchema + Send + 'static> Body for T {}

/// A body without content: no bytes, or `{}`.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// A JSON merge patch (RFC 7396).
#[derive(Debug, Clone, serde::Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Patch(serde_json::Map<String, Value>);

impl Patch {
    /// Returns `current` with the patch applied.
    ///
    /// # Errors
    /// When the result does not have the form of `T`.
    pub fn merge<T: Serialize + DeserializeOwned + ToSchema>(&self, current: &T) -> Result<T, InvalidFields> {
        let mut merged = serde_json::to_value(current).map_err(|error| InvalidFields(vec![FieldError::of_serde(&error, "")]))?;
        merge(&mut merged, &Value::Object(self.0.clone()));
        from_value(merged)
    }
}

/// Applies a merge patch as RFC 7396, section 2, defines it.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.remove(name);
            } else {
                merge(target.entry(name).or_insert(Value::Null), value);
            }
        }
    }
}

/// Reads a body.
///
/// # Errors
/// 415, 400 or 422, with a pointer to each invalid field.
pub fn read<B: Body>(req: &HttpRequest, bytes: &[u8]) -> Result<B, Problem> {
    if bytes.is_empty() {
        // As an object without fields: a body without required fields can be left out.
        return Ok(from_value(Value::Object(serde_json::Map::new()))?);
    }
    let media_type = req.content_type().to_ascii_lowercase();
    let is_patch = req.method() == Method::PATCH && media_type == "application/merge-patch+json";
    if media_type != "application/json" && !is_patch {
        let problem = Problem::of(Code::UnsupportedMediaType);
        return Err(problem.with_header(header::ACCEPT, header::HeaderValue::from_static("application/json")));
    }
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| Problem::new(Code::MalformedJson, syntax(&error)))?;
    if has_nul(&value) {
        return Err(Problem::new(Code::MalformedJson, said!("Strings must not contain NUL (\\u0000).")));
    }
    read_integers(&mut value);
    Ok(from_value(value)?)
}

/// Makes integers of the numbers without a fraction. In JSON Schema, 2.0 is the integer 2, and some programs write it like this.
fn read_integers(value: &mut Value) {
    /// Up to here, a float has all digits of an integer.
    const MOST: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= MOST) {
                *number = (whole as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(read_integers),
        Value::Object(fields) => fields.values_mut().for_each(read_integers),
        _ => {}
    }
}

/// Says where a body is no JSON, in the words of the library that reads it.
fn syntax(error: &serde_json::Error) -> Said {
    said!("{syntax}", syntax = error.to_string())
}

/// Returns whether a string in the value contains NUL, which PostgreSQL cannot store.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

fn from_value<T: DeserializeOwned + ToSchema>(value: Value) -> Result<T, InvalidFields> {
    // serde also reads an object from a list of its fields. The document does not offer this, so it is refused.
    if has_list(&value) {
        let is_list =
            |error: &FieldError| error.code == "wrong_type" && value.pointer(&error.pointer).is_some_and(Value::is_array);
        let lists: Vec<_> = shape::errors::<T>(&value).0.into_iter().filter(is_list).collect();
        if !lists.is_empty() {
            return Err(InvalidFields(lists));
        }
    }
    deserialize(&value).map_err(|error| shape::errors::<T>(&value).and(error))
}

/// Returns whether the value contains a list.
fn has_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(fields) => fields.values().any(has_list),
        _ => false,
    }
}
