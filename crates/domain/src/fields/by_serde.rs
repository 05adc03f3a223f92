//! Values that serde reads, and the errors of serde as errors of fields.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::FieldError;
use crate::said::Said;

/// Reads a value.
///
/// # Errors
/// The first part of the value that is wrong. Its pointer begins at the value.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, FieldError> {
    // The path is looked for only after a refusal, because it costs more than the reading.
    if let Ok(read) = T::deserialize(value) {
        return Ok(read);
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path: String = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
                serde_path_to_error::Segment::Map { key } => Some(format!("/{key}")),
                _ => None,
            })
            .collect();
        refused(error.inner(), &path)
    })
}

/// Returns the error of the field at a path, or of the field below it that serde names.
pub fn refused(error: &serde_json::Error, path: &str) -> FieldError {
    let code = error_code(error);
    // serde names a missing field only in its message; the path leads to the object without the field.
    let pointer = match field_name(error) {
        Some(field) if code == "required" || !path.ends_with(&format!("/{field}")) => format!("{path}/{field}"),
        _ => path.to_owned(),
    };
    FieldError { pointer, code: code.to_owned(), detail: Said::heard(error.to_string()) }
}

/// Returns the error code for an error of serde.
pub fn error_code(error: &impl std::fmt::Display) -> &'static str {
    let message = error.to_string();
    if message.starts_with("missing field") {
        "required"
    } else if message.starts_with("unknown field") {
        "unknown_field"
    } else if message.starts_with("invalid type") {
        "wrong_type"
    } else {
        "invalid"
    }
}

/// Returns the field that an error of serde names as missing or unknown.
pub fn field_name(error: &impl std::fmt::Display) -> Option<String> {
    let message = error.to_string();
    let rest = message.strip_prefix("missing field `").or_else(|| message.strip_prefix("unknown field `"))?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}
