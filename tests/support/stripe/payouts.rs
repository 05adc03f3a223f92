//! The balances of hosts, and the payouts from them.

use serde_json::{Value, json};

use super::world::{Answer, Call, World};

impl World {
    /// Changes the balance of a host.
    pub(super) fn book(&mut self, change: &Value) {
        let mut change = change.clone();
        (change["id"], change["created"], change["payout"]) = (json!(self.new_id("txn")), json!(self.now()), Value::Null);
        self.balances.push(change);
    }

    pub(super) fn show_balance(&self, call: &Call, path: &[&str]) -> Answer {
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        let is_own = |one: &&Value| one["account"] == call.account;
        let all: Vec<&Value> = match path {
            ["payouts"] => {
                let since: i64 = field("created[gte]").parse().unwrap_or_default();
                self.payouts.values().filter(is_own).filter(|one| one["created"].as_i64() >= Some(since)).collect()
            }
            ["balance_transactions"] => {
                self.balances.iter().filter(is_own).filter(|one| one["payout"] == field("payout")).collect()
            }
            _ => return self.show_cards(call, path),
        };
        let limit = field("limit").parse::<usize>().unwrap_or(10).min(2);
        let latest_first = all.into_iter().rev();
        let after = field("starting_after");
        let mut rest =
            latest_first.skip_while(|one| !after.is_empty() && one["id"] != after).skip(usize::from(!after.is_empty()));
        let data: Vec<&Value> = rest.by_ref().take(limit).collect();
        Answer::Json(200, json!({ "object": "list", "data": data, "has_more": rest.next().is_some() }))
    }

    /// Stripe pays the balance of a host out. Returns the identifier of the payout.
    pub(crate) fn pay_out(&mut self, account: &str) -> String {
        let id = self.new_id("po");
        let is_open = |one: &&mut Value| one["account"] == account && one["payout"].is_null();
        let mut amount = 0;
        let mut currency = Value::Null;
        for change in self.balances.iter_mut().filter(is_open) {
            amount += change["amount"].as_i64().expect("an amount") - change["fee"].as_i64().expect("a fee");
            (change["payout"], currency) = (json!(id), change["currency"].clone());
        }
        let (created, arrival) = (self.now(), self.now() + 2 * 86_400);
        let payout = json!({
            "id": id, "object": "payout", "account": account, "status": "in_transit", "automatic": true, "amount": amount,
            "currency": currency, "created": created, "arrival_date": arrival, "failure_code": null,
        });
        self.payouts.insert(id.clone(), payout.clone());
        self.book(
            &json!({ "account": account, "type": "payout", "amount": -amount, "fee": 0, "currency": currency, "source": id }),
        );
        self.balances.last_mut().expect("it was added")["payout"] = json!(id);
        self.happens_in(account, "payout.created", &payout);
        id
    }

    /// The bank has the payout, or sends it back.
    pub(crate) fn end_payout(&mut self, id: &str, failure: Option<&str>) {
        let payout = self.payouts.get_mut(id).expect("it is known");
        (payout["status"], payout["failure_code"]) = (json!(if failure.is_some() { "failed" } else { "paid" }), json!(failure));
        let payout = payout.clone();
        let account = payout["account"].as_str().expect("an account");
        if failure.is_some() {
            self.book(&json!({
                "account": account, "type": "payout_failure", "amount": payout["amount"], "fee": 0, "currency": payout["currency"],
                "source": id,
            }));
        }
        self.happens_in(account, if failure.is_some() { "payout.failed" } else { "payout.paid" }, &payout);
    }
}
