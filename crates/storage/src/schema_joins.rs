//! Which tables queries join, and by which column.

use diesel::{allow_tables_to_appear_in_same_query, joinable};

#[allow(clippy::wildcard_imports, reason = "nearly all tables")]
use super::schema::*;
use super::schema_audit::audit_leaves;
use super::schema_events::{api_keys, calendar_imports, organization_events, webhook_delays, webhook_deliveries, webhooks};
use super::schema_money::{
    bank_line_payments, booking_charges, booking_fees, card_payment_objects, card_payments, invoice_bookings, invoice_rows,
    invoices, ledger_rows, payments,
};

joinable!(members -> users (user_id));
joinable!(members -> organizations (organization_id));
joinable!(refresh_tokens -> sessions (session_id));
joinable!(sites -> organizations (organization_id));
joinable!(resources -> sites (site_id));
joinable!(resources -> organizations (organization_id));
joinable!(resources -> booking_rules (booking_rules_id));
joinable!(resources -> tariffs (tariff_id));
joinable!(bookings -> resources (resource_id));
joinable!(bookings -> sites (site_id));
joinable!(booking_charges -> bookings (booking_id));
joinable!(booking_usage -> bookings (booking_id));
joinable!(booking_endings -> bookings (booking_id));
joinable!(booking_fees -> bookings (booking_id));
joinable!(booking_proposals -> resources (resource_id));
joinable!(booking_proposals -> bookings (booking_id));
joinable!(series -> resources (resource_id));
joinable!(booking_groups -> organizations (organization_id));
joinable!(blocks -> resources (resource_id));
joinable!(allocations -> resources (resource_id));
joinable!(terms_acceptances -> terms (terms_id));
joinable!(terms_acceptances -> users (user_id));
joinable!(certification_kinds -> organizations (organization_id));
joinable!(certifications -> certification_kinds (certification_kind_id));
joinable!(certifications -> users (user_id));
joinable!(trainings -> certification_kinds (certification_kind_id));
joinable!(trainings -> organizations (organization_id));
joinable!(trainings -> sites (site_id));
joinable!(training_seats -> trainings (training_id));
joinable!(training_seats -> users (user_id));
joinable!(invitations -> organizations (organization_id));
joinable!(audit_leaves -> audit (entry_id));
joinable!(deliveries -> facts (fact_id));
joinable!(organization_events -> facts (fact_id));
joinable!(calendar_imports -> resources (resource_id));
joinable!(webhook_delays -> organization_events (event_id));
joinable!(webhook_delays -> webhooks (webhook_id));
joinable!(webhook_deliveries -> webhooks (webhook_id));
joinable!(invoice_rows -> ledger_rows (ledger_row_id));
joinable!(invoice_rows -> invoices (invoice_id));
joinable!(bank_line_payments -> payments (payment_id));
joinable!(card_payment_objects -> card_payments (card_payment_id));

// Only tables that stand together in some query, for this grows with the square of their number.
allow_tables_to_appear_in_same_query!(
    users,
    organizations,
    members,
    sites,
    resources,
    booking_rules,
    tariffs,
    bookings,
    booking_charges,
    booking_usage,
    booking_endings,
    booking_fees,
    series,
    booking_groups,
    blocks,
    out_of_order_warnings,
    resource_links,
    allocations,
    terms,
    terms_versions,
    terms_acceptances,
    audit,
    waitlist_entries,
    certification_kinds,
    certification_partners,
    certifications,
    trainings,
    training_seats,
);
allow_tables_to_appear_in_same_query!(card_payment_objects, card_payments);
allow_tables_to_appear_in_same_query!(api_keys, organizations);
allow_tables_to_appear_in_same_query!(api_keys, users);
allow_tables_to_appear_in_same_query!(api_keys, audit);
allow_tables_to_appear_in_same_query!(api_keys, members);
allow_tables_to_appear_in_same_query!(audit_leaves, audit);
allow_tables_to_appear_in_same_query!(audit_leaves, api_keys);
allow_tables_to_appear_in_same_query!(audit_leaves, members);
allow_tables_to_appear_in_same_query!(audit_leaves, users);
allow_tables_to_appear_in_same_query!(shared_quota_resources, resources);
allow_tables_to_appear_in_same_query!(shared_quota_resources, bookings);
allow_tables_to_appear_in_same_query!(booking_proposals, resources);
allow_tables_to_appear_in_same_query!(booking_proposals, bookings);
allow_tables_to_appear_in_same_query!(booking_proposals, audit);
allow_tables_to_appear_in_same_query!(invitations, organizations);
allow_tables_to_appear_in_same_query!(invitations, certification_kinds);
allow_tables_to_appear_in_same_query!(sessions, refresh_tokens);
allow_tables_to_appear_in_same_query!(facts, deliveries, mails);
allow_tables_to_appear_in_same_query!(organization_events, facts, webhook_delays, webhooks);
allow_tables_to_appear_in_same_query!(calendar_imports, resources);
allow_tables_to_appear_in_same_query!(webhook_deliveries, webhooks);
allow_tables_to_appear_in_same_query!(ledger_rows, invoice_rows, invoices);
allow_tables_to_appear_in_same_query!(ledger_rows, bookings);
allow_tables_to_appear_in_same_query!(invoice_bookings, bookings);
allow_tables_to_appear_in_same_query!(bank_line_payments, payments);
