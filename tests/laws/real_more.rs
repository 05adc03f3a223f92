//! Jobs, proposals and money of the histories, as the service lives through them, and the host of each.

use std::collections::BTreeMap;

use actions::bookings::{self, NewDepositReturn, NewProposal, Reschedule};
use actions::precondition::IfMatch;
use actions::prepaid::sales;
use actions::{Caller, billing, coupons, organizations, packages, payments, sites};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::billing::{BillingAddress, BillingFields};
use domain::booking::proposal::ProposalStatus;
use domain::card_account::CardSetup;
use domain::coupon::{NewCoupon, Reduction};
use domain::ids::{OrganizationId, SiteId};
use domain::money::Money;
use domain::organization::NewOrganization;
use domain::package::{HoursFor, NewPackage};
use domain::payment::{NewPayment, PaymentMethod};
use domain::time::UtcTime;
use serde_json::json;
use storage::connection::EitherConn;
use storage::db::{Db, ReadTx, Tx};

use super::model::Booked;
use super::model_money::{COUPON, MOST_COUPONS};
use super::real::{Real, quarters};
use super::steps::{Answer, Response, Wish};

/// A host for one history, with a site like another: so that nothing that was booked elsewhere counts.
pub(crate) async fn new_host(db: &Db, host: Caller, like: &str, now: UtcTime) -> (OrganizationId, SiteId) {
    let like: SiteId = like.parse().unwrap();
    let fields: NewOrganization = serde_json::from_value(json!({ "kind": "firm", "name": "Host" })).unwrap();
    let fields = fields.read().unwrap();
    let make = db.write(now, move |tx| {
        let organization = organizations::create(tx, host, &fields)?.id;
        let address = json!({ "legal_name": "Host Ltd", "street": "1 Foundry Lane", "city": "London" });
        let address: BillingAddress = serde_json::from_value(address).unwrap();
        let edit = |fields| Ok(BillingFields { billing_address: Some(address), ..fields });
        billing::update(tx, host, organization, &IfMatch::Any, CardSetup::None, edit)?;
        let coupon = NewCoupon {
            code: CODE.parse().unwrap(),
            name: "Two pounds off".to_owned(),
            reduction: Reduction::Amount(Money { amount: COUPON, currency: "GBP".parse().unwrap() }),
            valid_from: None,
            valid_until: None,
            most_uses: Some(MOST_COUPONS),
            most_uses_per_customer: None,
            resource_ids: None,
        };
        coupons::create(tx, host, organization, coupon)?;
        let like = storage::sites::get(tx.conn, like)?.fields;
        Ok::<_, actions::error::Error>((organization, sites::create(tx, host, organization, &like)?.id))
    });
    make.await.unwrap()
}

/// The code of the coupon of each host.
pub(crate) const CODE: &str = "TWO-OFF";

#[derive(QueryableByName)]
struct Charged {
    #[diesel(sql_type = Text)]
    booking_id: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

impl Real {
    pub(crate) async fn propose(&mut self, booked: Option<Booked>, wish: Wish, by_host: bool, answer_by: Option<i64>) -> Answer {
        let Some(id) = booked.and_then(|booked| booked.id) else { return Ok(()) };
        let (party, answer_by) = (self.party(by_host), answer_by.map(|after| self.at(self.now() + after)));
        let Wish { on, from, length, quantity } = wish;
        let slot = Reschedule {
            resource_id: Some(self.resources[on]),
            starts_at: Some(self.start + quarters(from)),
            ends_at: Some(self.start + quarters(from + length)),
            quantity: Some(quantity),
            ..Reschedule::default()
        };
        let new = NewProposal { slot, answer_by, message: String::new() };
        let proposed = self.write(move |tx| bookings::propose(tx, party, id, &new)).await?;
        self.proposals.push((id, proposed.id));
        Ok(())
    }

    pub(crate) async fn respond(&self, which: usize, response: Response, by_host: bool, overrides: bool) -> Answer {
        let Some((id, proposal)) = self.proposals.get(which).copied() else { return Ok(()) };
        let party = self.party(by_host);
        let reason = (overrides && by_host).then_some("Agreed");
        let responded = self.write(move |tx| match response {
            Response::Accept => bookings::accept_proposal(tx, party, id, proposal, reason),
            Response::Decline => bookings::decline_proposal(tx, party, id, proposal, ""),
            Response::Withdraw => bookings::withdraw_proposal(tx, party, id, proposal, ""),
        });
        responded.await.map(drop)
    }

    pub(crate) async fn waive(&self, booked: Option<Booked>) -> Answer {
        let Some(id) = booked.and_then(|booked| booked.id) else { return Ok(()) };
        let host = self.host;
        self.write(move |tx| bookings::waive_fee(tx, host, id, "Bad weather", &IfMatch::Any)).await.map(drop)
    }

    pub(crate) async fn return_deposit(&self, booked: Option<Booked>, kept: i64) -> Answer {
        let Some(id) = booked.and_then(|booked| booked.id) else { return Ok(()) };
        let (host, new) = (self.host, NewDepositReturn { kept, reason: "Scratched".to_owned() });
        self.write(move |tx| bookings::return_deposit(tx, host, id, &new, &IfMatch::Any)).await.map(drop)
    }

    /// Writes all that is due on the resources.
    pub(crate) async fn run_jobs(&self) -> Answer {
        let due = self.read(bookings::due::list_resources).await;
        for id in self.resources {
            match due.contains(&id) {
                true => self.write(move |tx| bookings::due::run(tx, id)).await?,
                false => self.write(move |tx| bookings::due::catch_up(tx, id)).await?,
            }
        }
        Ok(())
    }

    /// Returns the deposits that are due.
    pub(crate) async fn return_late(&self) {
        while self.write(move |tx| bookings::return_due_deposits(tx, 50)).await.unwrap() == 50 {}
    }

    /// Buys hours, or credit, for so many quarters, and pays for them.
    pub(crate) async fn buy(&self, is_hours: bool, quarters: i64) -> Answer {
        let (host, organization, customer, customer_id) = (self.host, self.host_organization, self.customer, self.organization);
        let currency = "GBP".parse().unwrap();
        let new = NewPackage {
            name: "Package".to_owned(),
            price: 250 * quarters,
            credit: if is_hours { 15 * quarters } else { 300 * quarters },
            currency,
            valid_days: 365,
            hours: is_hours.then(HoursFor::default),
        };
        let buy = move |tx: &mut Tx<'_>| {
            let package = packages::create(tx, host, organization, new.clone())?.id;
            let sold = sales::buy(tx, customer, package, customer_id)?.prepaid;
            let paid = NewPayment {
                customer_id,
                booking_id: None,
                invoice_id: sold.invoice_id,
                is_refund: false,
                amount: sold.price(),
                method: PaymentMethod::Cash,
                paid_on: tx.now.to_chrono().date_naive(),
                reference: String::new(),
            };
            payments::record(tx, host, organization, paid)
        };
        self.write(buy).await.map(drop)
    }

    fn party(&self, by_host: bool) -> Caller {
        if by_host { self.host } else { self.customer }
    }

    /// What has become of each proposal.
    pub(crate) async fn responses(&self) -> Vec<ProposalStatus> {
        let (proposals, customer) = (self.proposals.clone(), self.customer);
        if proposals.is_empty() {
            return Vec::new();
        }
        let get = move |tx: &mut ReadTx| {
            let get = |(id, proposal)| Ok(bookings::get_proposal(tx, customer, id, proposal)?.status);
            proposals.into_iter().map(get).collect()
        };
        self.read(get).await
    }

    /// The amount that each booking owes by the ledger, before prepaid credit and hours pay for it.
    pub(crate) fn charged(&self, conn: &mut EitherConn) -> BTreeMap<String, i64> {
        let amount = "CASE 'receivable' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END";
        let charged = format!(
            "SELECT booking_id, CAST(sum({amount}) AS BIGINT) AS amount FROM ledger_rows WHERE organization_id = '{}' \
             AND booking_id IS NOT NULL AND purpose NOT IN ('prepaid_use', 'hours_cover', 'hours_use') GROUP BY booking_id",
            self.host_organization
        );
        let rows: Vec<Charged> = diesel::sql_query(charged).load(conn).unwrap();
        rows.into_iter().map(|row| (row.booking_id, row.amount)).filter(|(_, amount)| *amount != 0).collect()
    }
}
