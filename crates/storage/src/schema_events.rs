//! The tables of what other programs use, as diesel sees them: API keys, calendar feeds and imports, identities at providers, events and
//! webhooks.

use super::schema::{Column, tables};

tables! {
    api_keys (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        scopes -> Text,
        prefix -> Text,
        token_hash -> Text,
        created_by -> Text,
        created_at -> Instant,
        expires_at -> Nullable<Instant>,
        last_used_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
        revoked_by -> Nullable<Text>,
    }

    calendar_feeds (id) {
        id -> Text,
        user_id -> Text,
        organization_id -> Nullable<Text>,
        site_id -> Nullable<Text>,
        resource_id -> Nullable<Text>,
        token_hash -> Text,
        created_at -> Instant,
        last_used_at -> Nullable<Instant>,
    }

    identities (id) {
        id -> Text,
        user_id -> Text,
        issuer -> Text,
        subject -> Text,
        email -> Text,
        created_at -> Instant,
        last_used_at -> Instant,
    }

    openid_attempts (handle_hash) {
        handle_hash -> Text,
        provider -> Text,
        redirect_uri -> Text,
        expires_at -> Instant,
    }

    calendar_imports (id) {
        id -> Text,
        resource_id -> Text,
        name -> Text,
        url -> Text,
        quantity -> Nullable<Integer>,
        etag -> Nullable<Text>,
        last_modified -> Nullable<Text>,
        read_at -> Nullable<Instant>,
        refreshed_at -> Nullable<Instant>,
        attempted_at -> Nullable<Instant>,
        next_attempt_at -> Instant,
        claimed_until -> Nullable<Instant>,
        error -> Text,
        failures -> Integer,
        failing_since -> Nullable<Instant>,
        is_reported -> Bool,
        report -> Text,
        is_deleted -> Bool,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
    }

    calendar_clashes (id) {
        id -> Text,
        calendar_import_id -> Text,
        event_key -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        title -> Text,
        created_at -> Instant,
    }

    organization_events (id) {
        id -> Text,
        organization_id -> Text,
        fact_id -> Text,
        change -> Integer,
        kind -> Text,
    }

    webhooks (id) {
        id -> Text,
        organization_id -> Text,
        url -> Text,
        event_types -> Text,
        is_enabled -> Bool,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_secret_until -> Nullable<Instant>,
        position -> Text,
        newest -> Text,
        failures -> Integer,
        failing_since -> Nullable<Instant>,
        next_attempt_at -> Instant,
        claimed_until -> Nullable<Instant>,
        disabled_at -> Nullable<Instant>,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
        failed_in_a_row -> Integer,
        retry_at -> Nullable<Instant>,
    }

    webhook_delays (event_id, webhook_id) {
        webhook_id -> Text,
        event_id -> Text,
        object -> Text,
        failures -> Integer,
        failing_since -> Nullable<Instant>,
        next_attempt_at -> Instant,
    }

    webhook_deliveries (id) {
        id -> Text,
        webhook_id -> Text,
        event_id -> Text,
        event_type -> Text,
        cause -> Text,
        body -> Text,
        status -> Nullable<Integer>,
        response -> Text,
        error -> Text,
        millis -> Nullable<Integer>,
        next_attempt_at -> Nullable<Instant>,
        created_at -> Instant,
    }

    resource_pictures (id) {
        id -> Text,
        resource_id -> Text,
        position -> Integer,
        description -> Text,
        sha256 -> Text,
        width -> Integer,
        height -> Integer,
        thumbnail_sha256 -> Text,
        thumbnail_width -> Integer,
        thumbnail_height -> Integer,
        created_at -> Instant,
        revision -> BigInt,
        thumbnail -> Binary,
        content -> Binary,
    }
}
