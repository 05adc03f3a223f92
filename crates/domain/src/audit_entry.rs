//! An entry of the audit log as the tree has it: its leaf, and the commitment to what can be erased.

use std::fmt::Write as _;

use super::merkle::Hash;
use super::time::UtcTime;

/// The random bytes before what is personal, without which nobody can find it by trying.
pub type Salt = [u8; 16];

/// Returns the commitment to what is personal in an entry: the SHA-256 of the salt and the JSON.
pub fn commitment(salt: &Salt, personal: &str) -> Hash {
    Hash::of(&[salt, personal.as_bytes()])
}

/// An entry as it is stored, with each identifier as text.
#[derive(Debug, Clone, Copy)]
pub struct SealedEntry<'a> {
    /// Its own identifier.
    pub id: &'a str,
    /// The time.
    pub at: UtcTime,
    /// The organization in whose history it appears.
    pub organization_id: Option<&'a str>,
    /// The user; none if an API key or the service acted.
    pub user_id: Option<&'a str>,
    /// The API key, if one acted.
    pub api_key_id: Option<&'a str>,
    /// The action.
    pub action: &'a str,
    /// The kind of object.
    pub object: &'a str,
    /// The identifier of the object.
    pub object_id: &'a str,
    /// The commitment to what is personal, if the entry had something personal when it was added to the tree.
    pub commitment: Option<Hash>,
    /// The JSON with more details, as it is stored.
    pub detail: &'a str,
}

impl SealedEntry<'_> {
    /// Returns the data of the leaf: a JSON object in one line, with these fields in this order. The details come last, because they alone
    /// are not written anew: so each entry has another text.
    pub fn leaf(&self) -> String {
        let mut text = "{\"version\":1".to_owned();
        let at = self.at.to_string();
        let commitment = self.commitment.map(|hash| hash.to_string());
        for (name, value) in [
            ("id", Some(self.id)),
            ("at", Some(at.as_str())),
            ("organization_id", self.organization_id),
            ("user_id", self.user_id),
            ("api_key_id", self.api_key_id),
            ("action", Some(self.action)),
            ("object", Some(self.object)),
            ("object_id", Some(self.object_id)),
            ("commitment", commitment.as_deref()),
        ] {
            let _ = write!(text, ",\"{name}\":{}", serde_json::Value::from(value));
        }
        let _ = write!(text, ",\"detail\":{}}}", self.detail);
        text
    }

    /// Returns the hash of the leaf.
    pub fn hash(&self) -> Hash {
        Hash::of_leaf(self.leaf().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> SealedEntry<'static> {
        SealedEntry {
            id: "1",
            at: UtcTime::from_micros(1_796_000_000_000_001),
            organization_id: None,
            user_id: Some("u\"\n"),
            api_key_id: None,
            action: "site.update",
            object: "site",
            object_id: "2",
            commitment: Some(Hash([0; 32])),
            detail: "{\"b\":1, \"a\":2}",
        }
    }

    #[test]
    fn a_leaf_is_one_json_object_with_the_details_as_they_are_stored() {
        let leaf = "{\"version\":1,\"id\":\"1\",\"at\":\"2026-11-30T00:53:20.000001Z\",\"organization_id\":null,\
                    \"user_id\":\"u\\\"\\n\",\"api_key_id\":null,\"action\":\"site.update\",\"object\":\"site\",\"object_id\":\"2\",\
                    \"commitment\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"detail\":{\"b\":1, \"a\":2}}";
        assert_eq!(entry().leaf(), leaf);
        assert!(serde_json::from_str::<serde_json::Value>(leaf).is_ok());
    }

    #[test]
    fn every_field_counts() {
        let others = [
            SealedEntry { id: "2", ..entry() },
            SealedEntry { at: entry().at + chrono::TimeDelta::microseconds(1), ..entry() },
            SealedEntry { organization_id: Some("1"), ..entry() },
            SealedEntry { user_id: None, ..entry() },
            SealedEntry { api_key_id: Some("null"), ..entry() },
            SealedEntry { action: "site.create", ..entry() },
            SealedEntry { object: "sites", ..entry() },
            SealedEntry { object_id: "", ..entry() },
            SealedEntry { commitment: None, ..entry() },
            SealedEntry { detail: "{\"b\":1,\"a\":2}", ..entry() },
        ];
        for other in others {
            assert_ne!(other.hash(), entry().hash(), "{other:?}");
        }
        assert_ne!(commitment(&[1; 16], "{}"), commitment(&[2; 16], "{}"));
    }
}
