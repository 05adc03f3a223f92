//! The HTML pages behind the links in mails. A page is authorized by the token of its link alone. Opening a link changes nothing:
//! mail programs open links by themselves, so a page that changes something has a button that sends a form.

mod accounts;
mod bookings;
mod card_payments;
mod invoices;
pub(super) mod page;
mod rest;
mod trainings;

use actix_web::web;

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    accounts::configure(config);
    bookings::configure(config);
    card_payments::configure(config);
    invoices::configure(config);
    rest::configure(config);
    trainings::configure(config);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn pages_use_each_text_of_pages_and_no_other() {
        let used = [
            include_str!("accounts.rs"),
            include_str!("bookings.rs"),
            include_str!("card_payments.rs"),
            include_str!("rest.rs"),
            include_str!("trainings.rs"),
        ];
        let strings = used.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
        let used: BTreeSet<_> = strings.filter(|string| string.starts_with("page-")).collect();
        let texts = include_str!("../../../texts/locales/en/pages.ftl");
        let known = texts.lines().filter(|line| line.starts_with("page-")).filter_map(|line| line.split_once(" ="));
        assert_eq!(used, known.map(|(id, _)| id).collect());
    }
}
