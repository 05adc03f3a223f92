-- For a list of more than two values (IN), SQLite builds a table in memory each time that a statement runs, which costs more than ten times
-- as much as the comparisons. So the statements of each booking and its mails make comparisons. The content of the tables stays as it is, and
-- SQLite allows this way to change a constraint (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK (status IN (''held'', ''requested'', ''confirmed'', ''in_use'', ''completed'', ''no_show'', ''cancelled'', ''declined'', ''expired''))',
    'CHECK (status = ''held'' OR status = ''requested'' OR status = ''confirmed'' OR status = ''in_use'' OR status = ''completed'' OR status = ''no_show'' OR status = ''cancelled'' OR status = ''declined'' OR status = ''expired'')'
)
WHERE type = 'table' AND name = 'bookings';
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'AS (status IN (''held'', ''requested'', ''confirmed'', ''in_use''))',
    'AS (status = ''held'' OR status = ''requested'' OR status = ''confirmed'' OR status = ''in_use'')'
)
WHERE type = 'table' AND name = 'bookings';
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK (hold_reason IN (''customer'', ''payment'', ''waitlist'', ''host_offer''))',
    'CHECK (hold_reason = ''customer'' OR hold_reason = ''payment'' OR hold_reason = ''waitlist'' OR hold_reason = ''host_offer'')'
)
WHERE type = 'table' AND name = 'bookings';
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK (tax_category IN (''standard'', ''zero'', ''exempt'', ''reverse_charge''))',
    'CHECK (tax_category = ''standard'' OR tax_category = ''zero'' OR tax_category = ''exempt'' OR tax_category = ''reverse_charge'')'
)
WHERE type = 'table' AND name = 'ledger_rows';
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK (state IN (''pending'', ''done'', ''failed''))',
    'CHECK (state = ''pending'' OR state = ''done'' OR state = ''failed'')'
)
WHERE type = 'table' AND name = 'deliveries';
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK (status IN (''queued'', ''sent'', ''failed''))',
    'CHECK (status = ''queued'' OR status = ''sent'' OR status = ''failed'')'
)
WHERE type = 'table' AND name = 'mails';
PRAGMA writable_schema = RESET;

DROP TRIGGER ledger_rows_words;
CREATE TRIGGER ledger_rows_words BEFORE INSERT ON ledger_rows
WHEN NOT (
    NEW.debit = 'receivable' OR NEW.debit = 'income' OR NEW.debit = 'fees' OR NEW.debit = 'vat' OR NEW.debit = 'bank'
    OR NEW.debit = 'prepaid' OR NEW.debit = 'deposits' OR NEW.debit = 'provider' OR NEW.debit = 'commission' OR NEW.debit = 'platform'
    OR NEW.debit = 'authorized' OR NEW.debit = 'pending'
) OR NOT (
    NEW.credit = 'receivable' OR NEW.credit = 'income' OR NEW.credit = 'fees' OR NEW.credit = 'vat' OR NEW.credit = 'bank'
    OR NEW.credit = 'prepaid' OR NEW.credit = 'deposits' OR NEW.credit = 'provider' OR NEW.credit = 'commission'
    OR NEW.credit = 'platform' OR NEW.credit = 'authorized' OR NEW.credit = 'pending'
) OR NOT (
    NEW.purpose = 'price' OR NEW.purpose = 'late_cancellation_fee' OR NEW.purpose = 'no_show_fee' OR NEW.purpose = 'overrun_fee'
    OR NEW.purpose = 'payment' OR NEW.purpose = 'refund' OR NEW.purpose = 'vat_rounding' OR NEW.purpose = 'deposit'
    OR NEW.purpose = 'kept_deposit' OR NEW.purpose = 'prepayment' OR NEW.purpose = 'prepaid_use' OR NEW.purpose = 'prepaid_expiry'
    OR NEW.purpose = 'hours_sale' OR NEW.purpose = 'hours_cover' OR NEW.purpose = 'hours_use' OR NEW.purpose = 'training_seat'
    OR NEW.purpose = 'authorization' OR NEW.purpose = 'authorization_end' OR NEW.purpose = 'commission' OR NEW.purpose = 'payout'
    OR NEW.purpose = 'dispute' OR NEW.purpose = 'dispute_end'
)
BEGIN
    SELECT RAISE(ABORT, 'ledger_rows_words');
END;

-- It also builds tables for window functions, and for INSERT with SELECT where the target has triggers. They now run only where they are needed.
DROP TRIGGER allocations_guard_insert;
CREATE TRIGGER allocations_guard_insert AFTER INSERT ON allocations
BEGIN
    UPDATE resources
    SET claims = claims + 1,
        longest_allocation_minutes = max(longest_allocation_minutes, (NEW.ends_at - NEW.starts_at + 59999999) / 60000000)
    WHERE id = NEW.resource_id;
    -- A temporary trigger of the session may have prevented this update.
    SELECT RAISE(ABORT, 'longest_allocation_is_longer')
    FROM resources
    WHERE id = NEW.resource_id AND longest_allocation_minutes * 60000000 < NEW.ends_at - NEW.starts_at;

    SELECT RAISE(ABORT, 'capacity_exceeded')
    FROM resources
    WHERE id = NEW.resource_id AND capacity < (
        -- Most often all of them together fit, at whatever times, and nothing has to be sorted.
        SELECT sum(quantity)
        FROM allocations
        WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
            AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
            AND starts_at < NEW.ends_at
    ) AND capacity < (
        SELECT max(running)
        FROM (
            SELECT sum(change) OVER (ORDER BY at, change) AS running
            FROM (
                SELECT max(starts_at, NEW.starts_at) AS at, quantity AS change
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
                UNION ALL
                SELECT ends_at, -quantity
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
            )
        )
    );

    SELECT RAISE(ABORT, 'capacity_exceeded') FROM exclusion_clashes WHERE id = NEW.id AND resource_id = NEW.resource_id;
END;

DROP TRIGGER allocations_guard_update;
CREATE TRIGGER allocations_guard_update AFTER UPDATE ON allocations
BEGIN
    UPDATE resources
    SET claims = claims + 1,
        longest_allocation_minutes = max(longest_allocation_minutes, (NEW.ends_at - NEW.starts_at + 59999999) / 60000000)
    WHERE id = NEW.resource_id;
    -- A temporary trigger of the session may have prevented this update.
    SELECT RAISE(ABORT, 'longest_allocation_is_longer')
    FROM resources
    WHERE id = NEW.resource_id AND longest_allocation_minutes * 60000000 < NEW.ends_at - NEW.starts_at;

    SELECT RAISE(ABORT, 'capacity_exceeded')
    FROM resources
    WHERE id = NEW.resource_id AND capacity < (
        -- Most often all of them together fit, at whatever times, and nothing has to be sorted.
        SELECT sum(quantity)
        FROM allocations
        WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
            AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
            AND starts_at < NEW.ends_at
    ) AND capacity < (
        SELECT max(running)
        FROM (
            SELECT sum(change) OVER (ORDER BY at, change) AS running
            FROM (
                SELECT max(starts_at, NEW.starts_at) AS at, quantity AS change
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
                UNION ALL
                SELECT ends_at, -quantity
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
            )
        )
    );

    SELECT RAISE(ABORT, 'capacity_exceeded') FROM exclusion_clashes WHERE id = NEW.id AND resource_id = NEW.resource_id;

    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE EXISTS (
        SELECT * FROM live_claims WHERE id = NEW.id AND resource_id = NEW.resource_id
        EXCEPT
        SELECT * FROM allocations WHERE id = NEW.id AND resource_id = NEW.resource_id
    );
END;

DROP TRIGGER bookings_allocate_insert;
CREATE TRIGGER bookings_allocate_insert AFTER INSERT ON bookings WHEN NEW.is_live
BEGIN
    INSERT INTO allocations
    VALUES (NEW.id, 'booking', NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at);

    -- The check does not use the view live_claims, which would cost more than the rest of the trigger.
    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE NOT EXISTS (
        SELECT 1
        FROM allocations
        WHERE id = NEW.id AND resource_id = NEW.resource_id AND (claimed_by, starts_at, ends_at, quantity, lapses_at)
            IS ('booking', NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at)
    );
END;

CREATE TRIGGER bookings_allocate_links_insert AFTER INSERT ON bookings
WHEN NEW.is_live AND EXISTS (SELECT 1 FROM resource_links WHERE resource_id = NEW.resource_id AND kind = 'takes')
BEGIN
    INSERT INTO allocations
    SELECT NEW.id, 'booking', other_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity * resource_links.quantity, NEW.lapses_at
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes';

    SELECT RAISE(ABORT, 'claim_without_allocation')
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes' AND NOT EXISTS (
        SELECT 1
        FROM allocations
        WHERE id = NEW.id AND resource_id = other_id AND (claimed_by, starts_at, ends_at, quantity, lapses_at)
            IS ('booking', NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity * resource_links.quantity, NEW.lapses_at)
    );
END;
