//! The tables of the tree of the audit log.

use super::schema::{Column, tables};

tables! {
    audit_tree (id) {
        id -> Integer,
        settled -> BigInt,
        reached -> BigInt,
        reached_at -> Instant,
    }

    audit_leaves (sequence) {
        sequence -> BigInt,
        entry_id -> Text,
        salt -> Nullable<Binary>,
        commitment -> Nullable<Binary>,
        hash -> Binary,
    }

    audit_nodes (level, number) {
        level -> Integer,
        number -> BigInt,
        hash -> Binary,
    }

    audit_checkpoints (size) {
        size -> BigInt,
        note -> Text,
        signed_at -> Instant,
    }
}
