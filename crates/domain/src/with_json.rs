//! A value beside its JSON, which is written once however often the value is sent.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// A value with its JSON. The JSON is written when it is first asked for, and again after a change of the value.
#[derive(Clone)]
pub struct WithJson<T> {
    value: T,
    json: OnceLock<Option<Box<RawValue>>>,
}

impl<T> WithJson<T> {
    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> From<T> for WithJson<T> {
    fn from(value: T) -> Self {
        Self { value, json: OnceLock::new() }
    }
}

impl<T> Deref for WithJson<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for WithJson<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.json = OnceLock::new();
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for WithJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for WithJson<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for WithJson<T> {}

impl<T: Serialize> Serialize for WithJson<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.json.get_or_init(|| to_raw_value(&self.value).ok()) {
            Some(json) => json.serialize(serializer),
            // The serializer finds the error, too, and returns it.
            None => self.value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for WithJson<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_was_written_and_then_changed_is_written_as_it_is_now() {
        let mut one = WithJson::from(vec![1]);
        assert_eq!(serde_json::to_string(&one).unwrap(), "[1]");
        one.push(2);
        assert_eq!(serde_json::to_string(&[&one]).unwrap(), "[[1,2]]");
        assert_eq!(serde_json::to_value(&one).unwrap(), serde_json::json!([1, 2]));
        assert_eq!(serde_json::from_str::<WithJson<Vec<i32>>>("[1,2]").unwrap(), one);
    }
}
