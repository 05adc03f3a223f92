//! The tables of charges, fees, payments, invoices and the ledger.

use super::schema::{Column, tables};

tables! {
    booking_charges (booking_id) {
        booking_id -> Text,
        vat -> Nullable<Text>,
        taxes -> Text,
        extras -> Text,
        deposit -> BigInt,
        deposit_return -> Nullable<Text>,
        donated_minutes -> BigInt,
        coupon -> Nullable<Text>,
        coupon_id -> Nullable<Text>,
        prepaid -> Nullable<Text>,
    }

    packages (id) {
        id -> Text,
        organization_id -> Text,
        name -> Text,
        price -> BigInt,
        credit -> BigInt,
        currency -> Text,
        valid_days -> BigInt,
        withdrawn_at -> Nullable<Instant>,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
        hours -> Nullable<Text>,
    }

    prepaid (id) {
        id -> Text,
        package_id -> Text,
        organization_id -> Text,
        customer_id -> Text,
        invoice_id -> Nullable<Text>,
        name -> Text,
        price -> BigInt,
        credit -> BigInt,
        currency -> Text,
        credit_left -> BigInt,
        price_left -> BigInt,
        expires_at -> Instant,
        released_at -> Nullable<Instant>,
        reminded_at -> Nullable<Instant>,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
        hours -> Nullable<Text>,
    }

    prepaid_entries (id) {
        id -> Text,
        prepaid_id -> Text,
        kind -> Text,
        booking_id -> Nullable<Text>,
        credit -> BigInt,
        price -> BigInt,
        created_at -> Instant,
        training_seat_id -> Nullable<Text>,
    }

    coupons (id) {
        id -> Text,
        organization_id -> Text,
        code -> Text,
        name -> Text,
        percent -> Nullable<BigInt>,
        amount -> Nullable<BigInt>,
        currency -> Nullable<Text>,
        valid_from -> Nullable<Instant>,
        valid_until -> Nullable<Instant>,
        most_uses -> Nullable<BigInt>,
        most_uses_per_customer -> Nullable<BigInt>,
        resource_ids -> Nullable<Text>,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
    }

    booking_fees (booking_id) {
        booking_id -> Text,
        kind -> Text,
        amount -> BigInt,
        currency -> Text,
        waived_at -> Nullable<Instant>,
        waived_by -> Nullable<Text>,
        waiver_reason -> Nullable<Text>,
    }

    payments (id) {
        id -> Text,
        organization_id -> Text,
        customer_id -> Text,
        booking_id -> Nullable<Text>,
        is_refund -> Bool,
        amount -> BigInt,
        currency -> Text,
        method -> Text,
        paid_on -> Text,
        reference -> Text,
        recorded_by -> Nullable<Text>,
        created_at -> Instant,
        reversed_at -> Nullable<Instant>,
        reversed_by -> Nullable<Text>,
        reversal_reason -> Nullable<Text>,
        revision -> BigInt,
        invoice_id -> Nullable<Text>,
    }

    ledger_rows (id) {
        id -> Text,
        entry_id -> Text,
        organization_id -> Text,
        customer_id -> Text,
        booking_id -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        debit -> Text,
        credit -> Text,
        amount -> BigInt,
        currency -> Text,
        tax_category -> Nullable<Text>,
        tax_rate -> Nullable<BigInt>,
        purpose -> Text,
        created_at -> Instant,
        invoice_id -> Nullable<Text>,
    }

    invoice_counters (organization_id, year) {
        organization_id -> Text,
        year -> Integer,
        last -> Integer,
    }

    invoices (id) {
        id -> Text,
        organization_id -> Text,
        customer_id -> Text,
        kind -> Text,
        year -> Integer,
        sequence -> Integer,
        currency -> Text,
        total -> BigInt,
        issued_on -> Text,
        due_on -> Text,
        content -> Text,
        issued_by -> Nullable<Text>,
        created_at -> Instant,
    }

    invoice_rows (ledger_row_id) {
        ledger_row_id -> Text,
        invoice_id -> Text,
    }

    invoice_bookings (booking_id) {
        booking_id -> Text,
        invoice_id -> Text,
    }

    ledger_sums (organization_id, customer_id, account, currency) {
        organization_id -> Text,
        customer_id -> Text,
        account -> Text,
        currency -> Text,
        debits -> Text,
        credits -> Text,
    }

    ledger_position (id) {
        id -> Integer,
        row_id -> Text,
    }

    bank_statements (id) {
        id -> Text,
        organization_id -> Text,
        format -> Text,
        lines -> Integer,
        known_lines -> Integer,
        first_on -> Nullable<Text>,
        last_on -> Nullable<Text>,
        imported_by -> Text,
        created_at -> Instant,
    }

    bank_statement_lines (id) {
        id -> Text,
        bank_statement_id -> Text,
        organization_id -> Text,
        identity -> Text,
        account -> Text,
        booked_on -> Text,
        amount -> BigInt,
        currency -> Text,
        name -> Text,
        counter_account -> Text,
        reference -> Text,
        bank_reference -> Text,
        state -> Text,
        open_amount -> BigInt,
        reason -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
    }

    bank_line_payments (payment_id) {
        payment_id -> Text,
        line_id -> Text,
    }

    logos (organization_id, sha256) {
        organization_id -> Text,
        sha256 -> Text,
        media_type -> Text,
        width -> BigInt,
        height -> BigInt,
        content -> Binary,
        is_on_invoice -> Bool,
        created_at -> Instant,
    }

    payment_reminders (invoice_id, step_days) {
        invoice_id -> Text,
        step_days -> BigInt,
        open_amount -> BigInt,
        sent_at -> Instant,
    }

    card_accounts (organization_id) {
        organization_id -> Text,
        provider_id -> Nullable<Text>,
        attempt -> BigInt,
        can_charge -> Bool,
        can_pay_out -> Bool,
        is_submitted -> Bool,
        requirements -> Text,
        disabled_reason -> Nullable<Text>,
        next_check_at -> Nullable<Instant>,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
        commission_rate -> Nullable<BigInt>,
    }

    card_payouts (id) {
        id -> Text,
        organization_id -> Text,
        provider_id -> Text,
        amount -> BigInt,
        currency -> Text,
        state -> Text,
        failure -> Nullable<Text>,
        arrives_on -> Text,
        made_at -> Instant,
        is_itemized -> Bool,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
    }

    card_payout_items (id) {
        id -> Text,
        payout_id -> Text,
        provider_id -> Text,
        kind -> Text,
        provider_kind -> Text,
        amount -> BigInt,
        commission -> BigInt,
        object_id -> Nullable<Text>,
        made_at -> Instant,
    }

    card_payment_objects (object_id) {
        object_id -> Text,
        card_payment_id -> Text,
    }

    card_payments (id) {
        id -> Text,
        booking_id -> Text,
        organization_id -> Text,
        customer_id -> Text,
        amount -> BigInt,
        currency -> Text,
        state -> Text,
        attempt -> BigInt,
        session_id -> Nullable<Text>,
        session_url -> Nullable<Text>,
        session_expires_at -> Instant,
        intent_id -> Nullable<Text>,
        capture_before -> Nullable<Instant>,
        captured -> BigInt,
        payment_id -> Nullable<Text>,
        ending -> Nullable<Text>,
        next_check_at -> Nullable<Instant>,
        failures -> BigInt,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        revision -> BigInt,
        account_id -> Nullable<Text>,
        commission_rate -> BigInt,
        commission -> BigInt,
        saves_card -> Bool,
        card_owner_id -> Nullable<Text>,
        saved_card_id -> Nullable<Text>,
        group_session_id -> Nullable<Text>,
    }

    card_refunds (id) {
        id -> Text,
        card_payment_id -> Text,
        amount -> BigInt,
        state -> Text,
        attempt -> BigInt,
        provider_id -> Nullable<Text>,
        payment_id -> Nullable<Text>,
        return_id -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
    }

    card_disputes (id) {
        id -> Text,
        card_payment_id -> Text,
        amount -> BigInt,
        state -> Text,
        payment_id -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
    }

    stripe_events (id) {
        id -> Text,
        kind -> Text,
        object_id -> Text,
        intent_id -> Nullable<Text>,
        received_at -> Instant,
        done_at -> Nullable<Instant>,
        account_id -> Nullable<Text>,
    }
}
