-- Queries that read whole tables: jobs, and requests that look for the payments of a booking or the ledger rows of a payment.
CREATE INDEX payments_by_booking ON payments (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX ledger_rows_by_payment ON ledger_rows (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at);
CREATE INDEX contact_tokens_by_expiry ON contact_tokens (expires_at);
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX organizations_by_monthly_invoices ON organizations (monthly_invoices_on) WHERE monthly_invoices_on IS NOT NULL;
CREATE INDEX organizations_that_remind ON organizations (id) WHERE reminder_days <> '[]';
CREATE INDEX trainings_scheduled_by_kind ON trainings (certification_kind_id, starts_at, id) WHERE status = 'scheduled';
CREATE INDEX sites_by_city ON sites (folded_city);
