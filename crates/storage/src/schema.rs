//! The tables as diesel sees them: one schema for both databases. A test holds it to the tables of both. Those about money are in
//! `schema_money`, those of events and webhooks in `schema_events`.

/// A column, with the name of its SQL type.
pub type Column = (&'static str, &'static str);

/// Defines tables of diesel, and lists them.
macro_rules! tables {
    ($($table:ident ($($key:ident),+) { $($column:ident -> $kind:ident $(<$of:ident>)?,)+ })+) => {
        $(diesel::table! {
            use diesel::sql_types::*;
            use domain::time::Instant;
            $table ($($key),+) { $($column -> $kind $(<$of>)?,)+ }
        })+

        /// These tables, with their columns.
        pub(super) const TABLES: &[(&str, &[Column])] =
            &[$((stringify!($table), &[$((stringify!($column), stringify!($kind $(<$of>)?))),+])),+];
    };
}

pub(super) use tables;

tables! {
    users (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        email_verified_at -> Nullable<Instant>,
        is_operator -> Bool,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        deleted_at -> Nullable<Instant>,
        reminder_minutes -> Text,
        mail_preferences -> Text,
        suspended_at -> Nullable<Instant>,
        suspension_reason -> Text,
        second_factor_salt -> Nullable<Text>,
        second_factor_since -> Nullable<Instant>,
        second_factor_step -> Nullable<BigInt>,
        language -> Nullable<Text>,
    }

    recovery_codes (user_id, code_hash) {
        user_id -> Text,
        code_hash -> Text,
        used_at -> Nullable<Instant>,
    }

    one_time_tokens (id) {
        id -> Text,
        user_id -> Text,
        purpose -> Text,
        token_hash -> Text,
        created_at -> Instant,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
    }

    sessions (id) {
        id -> Text,
        user_id -> Text,
        user_agent -> Text,
        created_at -> Instant,
        last_used_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        network -> Text,
    }

    refresh_tokens (token_hash) {
        token_hash -> Text,
        session_id -> Text,
        created_at -> Instant,
        used_at -> Nullable<Instant>,
    }

    organizations (id) {
        id -> Text,
        kind -> Text,
        name -> Text,
        description -> Text,
        website -> Text,
        contact_email -> Text,
        source -> Nullable<Text>,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        has_terms -> Bool,
        contact_verified_at -> Nullable<Instant>,
        closed_at -> Nullable<Instant>,
        country -> Nullable<Text>,
        vat_number -> Nullable<Text>,
        billing_address -> Nullable<Text>,
        billing_email -> Nullable<Text>,
        vat -> Nullable<Text>,
        tax_number -> Nullable<Text>,
        bank_account -> Nullable<Text>,
        billing_email_verified_at -> Nullable<Instant>,
        payment_days -> Nullable<BigInt>,
        reminder_days -> Text,
        monthly_invoices_on -> Nullable<Text>,
        logo_sha256 -> Nullable<Text>,
        ways_to_pay -> Text,
        ways_to_pay_by_kind -> Text,
        suspended_at -> Nullable<Instant>,
        suspension_reason -> Text,
        requires_second_factor -> Bool,
    }

    contact_tokens (token_hash) {
        token_hash -> Text,
        organization_id -> Text,
        email -> Text,
        user_id -> Text,
        created_at -> Instant,
        expires_at -> Instant,
    }

    email_changes (token_hash) {
        token_hash -> Text,
        user_id -> Text,
        email -> Text,
        created_at -> Instant,
        expires_at -> Instant,
    }

    invitations (id) {
        id -> Text,
        organization_id -> Text,
        email -> Text,
        role -> Nullable<Text>,
        certification_kind_id -> Nullable<Text>,
        certification_expires_at -> Nullable<Instant>,
        invited_by -> Text,
        token_hash -> Text,
        created_at -> Instant,
        sent_at -> Instant,
        expires_at -> Instant,
        accepted_at -> Nullable<Instant>,
        withdrawn_at -> Nullable<Instant>,
    }

    members (organization_id, user_id) {
        organization_id -> Text,
        user_id -> Text,
        role -> Text,
        revision -> BigInt,
        created_at -> Instant,
    }

    sites (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        line1 -> Text,
        line2 -> Text,
        city -> Text,
        postal_code -> Text,
        country -> Text,
        latitude -> Double,
        longitude -> Double,
        timezone -> Text,
        opening_hours -> Text,
        exceptions -> Text,
        source -> Nullable<Text>,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        discloses_address -> Text,
        exact_latitude -> Nullable<Double>,
        exact_longitude -> Nullable<Double>,
        access_notes -> Text,
        contact -> Text,
        folded_city -> Text,
        search_version -> Integer,
    }

    resources (id) {
        id -> Text,
        organization_id -> Text,
        site_id -> Text,
        kind -> Text,
        name -> Text,
        description -> Text,
        category -> Text,
        capacity -> Integer,
        unit -> Text,
        status -> Text,
        is_private -> Bool,
        booking_rules_id -> Text,
        tariff_id -> Text,
        search_text -> Text,
        search_version -> Integer,
        longest_allocation_minutes -> BigInt,
        out_of_order_since -> Nullable<Instant>,
        out_of_order_until -> Nullable<Instant>,
        out_of_order_reason -> Text,
        claims -> BigInt,
        has_links -> Bool,
        source -> Nullable<Text>,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        has_shared_quotas -> Bool,
        is_suspended -> Bool,
        picture_count -> Integer,
    }

    shared_quotas (organization_id, name) {
        organization_id -> Text,
        name -> Text,
        claims -> BigInt,
    }

    shared_quota_resources (resource_id, name) {
        resource_id -> Text,
        organization_id -> Text,
        name -> Text,
    }

    booking_rules (id) {
        id -> Text,
        resource_id -> Text,
        rules -> Text,
        created_at -> Instant,
    }

    tariffs (id) {
        id -> Text,
        resource_id -> Text,
        tariff -> Text,
        created_at -> Instant,
    }

    bookings (id) {
        id -> Text,
        status -> Text,
        is_live -> Bool,
        organization_id -> Text,
        host_organization_id -> Text,
        site_id -> Text,
        resource_id -> Text,
        series_id -> Nullable<Text>,
        group_id -> Nullable<Text>,
        hold_reason -> Nullable<Text>,
        hold_awaits -> Nullable<Text>,
        starts_at -> Instant,
        ends_at -> Instant,
        claim_starts_at -> Instant,
        claim_ends_at -> Instant,
        quantity -> Integer,
        price_amount -> BigInt,
        price_currency -> Text,
        price_lines -> Text,
        booking_rules_id -> Text,
        tariff_id -> Text,
        terms -> Text,
        note -> Text,
        created_by -> Text,
        operated_by -> Nullable<Text>,
        lapses_at -> Nullable<Instant>,
        calendar_sequence -> Integer,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        grace_until -> Nullable<Instant>,
        moved_from -> Nullable<Text>,
    }

    booking_usage (booking_id) {
        booking_id -> Text,
        checked_in_at -> Instant,
        checked_out_at -> Nullable<Instant>,
        is_overrun -> Bool,
    }

    booking_endings (booking_id) {
        booking_id -> Text,
        ended_at -> Instant,
        ended_by -> Nullable<Text>,
        reason -> Text,
    }

    booking_offers (booking_id) {
        booking_id -> Text,
        overridden -> Text,
        offered_by -> Text,
    }

    booking_proposals (id) {
        id -> Text,
        booking_id -> Text,
        side -> Text,
        status -> Text,
        resource_id -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        quantity -> Integer,
        price_amount -> BigInt,
        price_currency -> Text,
        tariff_id -> Text,
        violations -> Text,
        override_reason -> Nullable<Text>,
        message -> Text,
        reason -> Text,
        proposed_by -> Text,
        lapses_at -> Instant,
        created_at -> Instant,
        updated_at -> Instant,
    }

    series (id) {
        id -> Text,
        organization_id -> Text,
        host_organization_id -> Text,
        site_id -> Text,
        resource_id -> Text,
        rule -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        quantity -> Integer,
        note -> Text,
        skipped -> Text,
        created_by -> Text,
        created_at -> Instant,
        extras -> Text,
    }

    booking_groups (id) {
        id -> Text,
        organization_id -> Text,
        note -> Text,
        created_by -> Text,
        created_at -> Instant,
    }

    blocks (id) {
        id -> Text,
        resource_id -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        quantity -> Integer,
        reason -> Text,
        is_over -> Bool,
        created_by -> Text,
        revision -> BigInt,
        created_at -> Instant,
        block_series_id -> Nullable<Text>,
        booking_id -> Nullable<Text>,
        calendar_import_id -> Nullable<Text>,
        event_key -> Nullable<Text>,
    }

    out_of_order_warnings (resource_id, booking_id) {
        resource_id -> Text,
        booking_id -> Text,
    }

    resource_links (resource_id, other_id) {
        resource_id -> Text,
        other_id -> Text,
        kind -> Text,
        quantity -> Integer,
    }

    allocations (id, resource_id) {
        id -> Text,
        claimed_by -> Text,
        resource_id -> Text,
        starts_at -> Instant,
        ends_at -> Instant,
        quantity -> Integer,
        lapses_at -> Nullable<Instant>,
    }

    terms (id) {
        id -> Text,
        organization_id -> Text,
        kind -> Text,
        name -> Text,
        applies_to -> Text,
        is_retired -> Bool,
        version -> Integer,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }

    terms_versions (terms_id, number) {
        terms_id -> Text,
        number -> Integer,
        text -> Text,
        sha256 -> Text,
        created_by -> Text,
        created_at -> Instant,
    }

    terms_acceptances (id) {
        id -> Text,
        terms_id -> Text,
        version -> Integer,
        host_organization_id -> Text,
        organization_id -> Text,
        user_id -> Text,
        accepted_at -> Instant,
    }

    facts (id) {
        id -> Text,
        kind -> Text,
        version -> Integer,
        body -> Text,
        created_at -> Instant,
    }

    deliveries (fact_id, subscriber) {
        fact_id -> Text,
        subscriber -> Text,
        state -> Text,
        attempts -> Integer,
        next_attempt_at -> Instant,
        done_at -> Nullable<Instant>,
        position -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
    }

    reminder_leads (minutes) {
        minutes -> Integer,
    }

    reminder_progress (id) {
        id -> Integer,
        done_until -> Instant,
    }

    mails (id) {
        id -> Text,
        fact_id -> Text,
        recipient -> Text,
        template -> Text,
        context -> Text,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> Instant,
        last_error -> Nullable<Text>,
        created_at -> Instant,
        sent_at -> Nullable<Instant>,
    }

    digest_letters (id) {
        id -> Text,
        fact_id -> Text,
        recipient -> Text,
        template -> Text,
        context -> Text,
        created_at -> Instant,
    }

    mail_topics (position) {
        position -> BigInt,
        mail_id -> Text,
        recipient -> Text,
        topic_id -> Text,
    }

    audit (id) {
        id -> Text,
        at -> Instant,
        user_id -> Nullable<Text>,
        organization_id -> Nullable<Text>,
        action -> Text,
        object -> Text,
        object_id -> Text,
        detail -> Text,
        api_key_id -> Nullable<Text>,
        personal -> Nullable<Text>,
        position -> BigInt,
    }

    idempotency_keys (scope, key) {
        scope -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        headers -> Text,
        body -> Text,
        created_at -> Instant,
    }

    certification_kinds (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        description -> Text,
        valid_days -> Nullable<Integer>,
        is_retired -> Bool,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }

    certification_partners (certification_kind_id, organization_id) {
        certification_kind_id -> Text,
        organization_id -> Text,
    }

    certifications (id) {
        id -> Text,
        certification_kind_id -> Text,
        user_id -> Text,
        training_id -> Nullable<Text>,
        granted_by -> Text,
        granted_at -> Instant,
        expires_at -> Nullable<Instant>,
        next_warning_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
        revoked_by -> Nullable<Text>,
        reason -> Text,
    }

    trainings (id) {
        id -> Text,
        organization_id -> Text,
        site_id -> Text,
        certification_kind_id -> Text,
        name -> Text,
        description -> Text,
        trainer -> Text,
        price_amount -> Nullable<BigInt>,
        price_currency -> Nullable<Text>,
        starts_at -> Instant,
        ends_at -> Instant,
        seats -> Integer,
        status -> Text,
        reason -> Text,
        created_by -> Text,
        calendar_sequence -> Integer,
        revision -> BigInt,
        created_at -> Instant,
    }

    training_seats (id) {
        id -> Text,
        training_id -> Text,
        user_id -> Text,
        status -> Text,
        price_amount -> Nullable<BigInt>,
        price_currency -> Nullable<Text>,
        created_at -> Instant,
        customer_id -> Nullable<Text>,
        invoice_id -> Nullable<Text>,
        credit_note_id -> Nullable<Text>,
        charge -> Nullable<Text>,
        prepaid -> Nullable<Text>,
    }

    waitlist_entries (id) {
        id -> Text,
        status -> Text,
        organization_id -> Text,
        host_organization_id -> Text,
        resource_id -> Text,
        user_id -> Text,
        operated_by -> Nullable<Text>,
        starts_at -> Instant,
        ends_at -> Instant,
        minutes -> BigInt,
        quantity -> Integer,
        booking_id -> Nullable<Text>,
        lapses_at -> Nullable<Instant>,
        revision -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        position -> BigInt,
        returned_at -> Nullable<Instant>,
        returns_when_lapsed -> Bool,
    }

    search_trigrams (trigram, word) {
        trigram -> Text,
        word -> Text,
    }

    write_probe (id) {
        id -> Integer,
        written_at -> Instant,
    }
}
