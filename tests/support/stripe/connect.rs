//! The accounts of hosts, transfers to them, and commissions.

use serde_json::{Value, json};

use super::world::{Answer, Call, World, found, refuse};

/// The questions that a new account must answer.
const QUESTIONS: [&str; 3] = ["business_type", "external_account", "tos_acceptance.date"];

impl World {
    pub(super) fn act_for_hosts(&mut self, call: &Call, path: &[&str]) -> Answer {
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        let amount: i64 = field("amount").parse().unwrap_or_default();
        match (call.is_post, path) {
            (true, ["accounts"]) => self.make_account(call),
            (false, ["accounts", id]) => match self.accounts.get(*id) {
                Some(account) if account["is_gone"] == true => refuse(403, "account_invalid"),
                account => found(account),
            },
            (true, ["customers"]) => self.make_owner(),
            (true, ["payment_intents"]) => self.charge(call),
            (true, ["account_links"]) => {
                if !self.accounts.contains_key(&field("account")) || field("type") != "account_onboarding" {
                    return refuse(400, "parameter_invalid");
                }
                let id = self.new_id("link");
                let link = json!({ "object": "account_link", "url": format!("https://connect.stripe.example/setup/{id}"), "expires_at": self.now() + 300 });
                Answer::Json(200, link)
            }
            (false, ["transfers"]) => {
                let of_group = |one: &&Value| one["transfer_group"] == field("transfer_group");
                let data: Vec<_> = self.transfers.values().rev().filter(of_group).collect();
                Answer::Json(200, json!({ "object": "list", "data": data, "has_more": false }))
            }
            (true, ["transfers"]) => match self.accounts.contains_key(&field("destination")) {
                true => {
                    let transfer = self.transfer(
                        &json!(field("destination")),
                        &json!(field("transfer_group")),
                        amount,
                        &json!(field("currency")),
                    );
                    Answer::Json(200, transfer)
                }
                false => refuse(400, "parameter_invalid"),
            },
            (true, ["transfers", id, "reversals"]) => self.reverse(id, amount),
            (true, ["application_fees", id, "refunds"]) => match self.fees.get_mut(*id) {
                Some(fee) => {
                    let rest = fee["amount"].as_i64().unwrap_or_default() - fee["amount_refunded"].as_i64().unwrap_or_default();
                    if !(1..=rest).contains(&amount) {
                        return refuse(400, "amount_too_large");
                    }
                    fee["amount_refunded"] = json!(fee["amount"].as_i64().unwrap_or_default() - rest + amount);
                    let fee = fee.clone();
                    self.book(&json!({
                        "account": fee["account"], "type": "application_fee_refund", "amount": amount, "fee": 0,
                        "currency": fee["currency"], "source": fee["id"],
                    }));
                    Answer::Json(200, json!({ "object": "fee_refund", "amount": amount, "fee": id }))
                }
                None => refuse(404, "resource_missing"),
            },
            _ => self.show_balance(call, path),
        }
    }

    fn make_account(&mut self, call: &Call) -> Answer {
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        let is_liable =
            field("controller[losses][payments]") == "application" && field("controller[fees][payer]") == "application";
        let asks = |capability: &str| field(&format!("capabilities[{capability}][requested]")) == "true";
        if !is_liable || !asks("card_payments") || !asks("transfers") || field("country").len() != 2 {
            return refuse(400, "parameter_invalid");
        }
        let id = self.new_id("acct");
        let account = json!({
            "id": id, "object": "account", "country": field("country"), "email": field("email"), "metadata": {
                "organization_id": field("metadata[organization_id]"),
            },
            "charges_enabled": false, "payouts_enabled": false, "details_submitted": false,
            "requirements": { "currently_due": QUESTIONS, "disabled_reason": "requirements.past_due" },
        });
        self.accounts.insert(id, account.clone());
        Answer::Json(200, account)
    }

    /// Makes an account of a host that can take payments.
    pub(crate) fn add_account(&mut self) -> String {
        let id = self.new_id("acct");
        self.accounts.insert(id.clone(), json!({ "id": id, "object": "account" }));
        self.set_account(&id, true);
        id
    }

    /// The host answers all questions, or Stripe has new ones.
    pub(crate) fn set_account(&mut self, id: &str, is_complete: bool) {
        let account = self.accounts.get_mut(id).expect("it is known");
        for field in ["charges_enabled", "payouts_enabled"] {
            account[field] = json!(is_complete);
        }
        account["details_submitted"] = json!(true);
        account["requirements"] = match is_complete {
            true => json!({ "currently_due": [], "disabled_reason": null }),
            false => json!({ "currently_due": ["individual.verification.document"], "disabled_reason": "requirements.past_due" }),
        };
        let account = account.clone();
        self.happens_in(id, "account.updated", &account);
    }

    /// The host ends the connection.
    pub(crate) fn disconnect(&mut self, id: &str) {
        self.accounts.get_mut(id).expect("it is known")["is_gone"] = json!(true);
        self.happens_in(id, "account.application.deauthorized", &json!({ "id": "ca_1", "object": "application" }));
    }

    /// An object in the account of a host changes.
    pub(super) fn happens_in(&mut self, account: &str, kind: &str, object: &Value) {
        self.happens(kind, object);
        self.events.last_mut().expect("it was added")["account"] = json!(account);
    }

    /// Whether the fields of a payment name an account that can take it.
    pub(super) fn check_destination(&self, call: &Call) -> Result<(), Answer> {
        let (destination, on_behalf_of) = match call.fields.get("off_session") {
            None => (
                call.fields.get("payment_intent_data[transfer_data][destination]"),
                call.fields.get("payment_intent_data[on_behalf_of]"),
            ),
            Some(_) => (call.fields.get("transfer_data[destination]"), call.fields.get("on_behalf_of")),
        };
        match destination {
            None if on_behalf_of.is_none() => Ok(()),
            Some(id) if on_behalf_of == Some(id) && self.accounts.get(id).is_some_and(|one| one["charges_enabled"] == true) => {
                Ok(())
            }
            _ => Err(refuse(400, "account_invalid")),
        }
    }

    pub(super) fn show_intent(&self, id: &str, call: &Call) -> Answer {
        let Some(mut intent) = self.intents.get(id).cloned() else { return refuse(404, "resource_missing") };
        if call.fields.get("expand[]").is_some_and(|expanded| expanded == "latest_charge.application_fee") {
            let fee = intent["latest_charge"]["application_fee"].as_str().and_then(|id| self.fees.get(id)).cloned();
            intent["latest_charge"]["application_fee"] = json!(fee);
        }
        Answer::Json(200, intent)
    }

    fn transfer(&mut self, account: &Value, group: &Value, amount: i64, currency: &Value) -> Value {
        let (id, payment) = (self.new_id("tr"), self.new_id("py"));
        let transfer = json!({
            "id": id, "object": "transfer", "amount": amount, "amount_reversed": 0, "currency": currency, "destination": account,
            "destination_payment": payment, "transfer_group": group, "reversals": { "data": [] },
        });
        self.transfers.insert(id, transfer.clone());
        self.book(&json!({ "account": account, "type": "payment", "amount": amount, "fee": 0, "currency": currency, "source": payment }));
        transfer
    }

    /// Transfers what was captured to the account of the host, which pays the commission.
    pub(super) fn divide(&mut self, intent: &Value, amount: i64, fee: i64) {
        let account = &intent["transfer_data"]["destination"];
        if account.is_null() {
            return;
        }
        let transfer = self.transfer(account, &intent["transfer_group"], amount, &intent["currency"]);
        let id = intent["id"].as_str().expect("an id");
        let fee_id = (fee > 0).then(|| self.new_id("fee"));
        if let Some(fee_id) = &fee_id {
            let fee = json!({ "id": fee_id, "object": "application_fee", "amount": fee, "amount_refunded": 0, "currency": intent["currency"], "account": account });
            self.balances.last_mut().expect("the transfer")["fee"] = fee["amount"].clone();
            self.fees.insert(fee_id.clone(), fee);
        }
        let charge = &mut self.intents.get_mut(id).expect("it is known")["latest_charge"];
        (charge["transfer"], charge["application_fee"]) = (transfer["id"].clone(), json!(fee_id));
    }

    fn reverse(&mut self, id: &str, amount: i64) -> Answer {
        let Some(transfer) = self.transfers.get(id) else { return refuse(404, "resource_missing") };
        let reversed = transfer["amount_reversed"].as_i64().unwrap_or_default();
        if !(1..=transfer["amount"].as_i64().unwrap_or_default() - reversed).contains(&amount) {
            return refuse(400, "amount_too_large");
        }
        let reversal = json!({ "id": self.new_id("trr"), "amount": amount, "destination_payment_refund": self.new_id("pyr") });
        let transfer = self.transfers.get_mut(id).expect("it is known");
        transfer["amount_reversed"] = json!(reversed + amount);
        transfer["reversals"]["data"].as_array_mut().expect("a list").push(reversal.clone());
        let transfer = transfer.clone();
        self.book(&json!({
            "account": transfer["destination"], "type": "payment_refund", "amount": -amount, "fee": 0,
            "currency": transfer["currency"], "source": reversal["destination_payment_refund"],
        }));
        Answer::Json(200, reversal)
    }

    /// Takes a refund from the transfer that was made with the payment.
    pub(super) fn reverse_first(&mut self, intent: &Value, amount: i64) -> Result<(), Answer> {
        let Some(transfer) = intent["latest_charge"]["transfer"].as_str() else { return Err(refuse(400, "parameter_invalid")) };
        match self.reverse(transfer, amount) {
            Answer::Json(200, _) => Ok(()),
            refusal => Err(refusal),
        }
    }

    /// The amounts that hosts have, and that the operator has of them as its commission.
    pub(crate) fn shares(&self) -> (i64, i64) {
        let left = |of: &Value, back: &str| of["amount"].as_i64().unwrap_or_default() - of[back].as_i64().unwrap_or_default();
        let commission: i64 = self.fees.values().map(|fee| left(fee, "amount_refunded")).sum();
        (self.transfers.values().map(|one| left(one, "amount_reversed")).sum::<i64>() - commission, commission)
    }
}
