//! Proposals and money of the histories, as the service lives through them, and the host of each.

use std::collections::BTreeMap;

use actions::bookings::{self, NewDepositReturn, NewProposal, Reschedule};
use actions::precondition::IfMatch;
use actions::{Caller, organizations, sites};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::booking::proposal::ProposalStatus;
use domain::ids::{OrganizationId, SiteId};
use domain::organization::NewOrganization;
use domain::time::UtcTime;
use serde_json::json;
use storage::connection::EitherConn;
use storage::db::{Db, ReadTx};

use super::model::Booked;
use super::real::{Real, quarters};
use super::steps::{Answer, Response, Wish};

/// A host for one history, with a site like another: so that nothing that was booked elsewhere counts.
pub(crate) async fn new_host(db: &Db, host: Caller, like: &str, now: UtcTime) -> (OrganizationId, SiteId) {
    let like: SiteId = like.parse().unwrap();
    let fields: NewOrganization = serde_json::from_value(json!({ "kind": "firm", "name": "Host" })).unwrap();
    let fields = fields.read().unwrap();
    let make = db.write(now, move |tx| {
        let organization = organizations::create(tx, host, &fields)?.id;
        let like = storage::sites::get(tx.conn, like)?.fields;
        Ok::<_, actions::error::Error>((organization, sites::create(tx, host, organization, &like)?.id))
    });
    make.await.unwrap()
}

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

    /// What the ledger says that each booking owes.
    pub(crate) fn charged(&self, conn: &mut EitherConn) -> BTreeMap<String, i64> {
        let amount = "CASE 'receivable' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END";
        let charged = format!(
            "SELECT booking_id, CAST(sum({amount}) AS BIGINT) AS amount FROM ledger_rows WHERE organization_id = '{}' \
             GROUP BY booking_id",
            self.host_organization
        );
        let rows: Vec<Charged> = diesel::sql_query(charged).load(conn).unwrap();
        rows.into_iter().map(|row| (row.booking_id, row.amount)).filter(|(_, amount)| *amount != 0).collect()
    }
}
