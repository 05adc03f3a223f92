//! The check of the ledger.

use super::program::on_both_databases;

on_both_databases! {
    fn the_ledger_of_the_demonstration_agrees_until_somebody_writes_into_it(home) {
        drop(home.serve(&["--demo"]));
        let agrees = "the ledger agrees with all bookings, payments and invoices\n";
        assert_eq!(home.run(&["ledger", "verify"]).done(), agrees);
        let rows = home.select("SELECT booking_id AS value FROM ledger_rows WHERE purpose = 'price' ORDER BY id");
        assert!(rows.len() > 10, "{rows:?}");
        let columns = "id, entry_id, organization_id, customer_id, booking_id, debit, credit, amount, currency, purpose, created_at";
        let forged = "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11";
        home.execute(&format!(
            "INSERT INTO ledger_rows ({columns}) SELECT '{forged}', '{forged}', organization_id, customer_id, booking_id, 'income', \
             'receivable', 1, currency, 'price', created_at FROM ledger_rows WHERE booking_id = '{}' AND entry_id = id",
            rows[0]
        ));
        let ended = home.command(&["ledger", "verify"]).output().unwrap();
        let (said, refused) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
        assert!(!ended.status.success() && refused.contains("1 difference"), "{refused}");
        assert!(said.starts_with(&format!("booking {}: the ledger has", rows[0])) && said.lines().count() == 1, "{said}");
    }
}
