//! Cards that customers save, and payments from them.

use serde_json::{Value, json};

use super::world::{Answer, Call, Card, World, found, refuse};

impl World {
    pub(super) fn make_owner(&mut self) -> Answer {
        let id = self.new_id("cus");
        self.owners.push(id.clone());
        Answer::Json(200, json!({ "id": id, "object": "customer" }))
    }

    pub(super) fn open_setup(&mut self, call: &Call, expires_at: i64) -> Answer {
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        if !self.owners.contains(&field("customer")) || !(1800..=86_400).contains(&(expires_at - self.now())) {
            return refuse(400, "parameter_invalid");
        }
        let id = self.new_id("cs_test");
        let session = json!({
            "id": id, "object": "checkout.session", "mode": "setup", "status": "open", "customer": field("customer"),
            "url": format!("https://checkout.stripe.example/c/{id}"), "payment_intent": null, "setup_intent": null,
            "expires_at": expires_at, "metadata": { "card_payment_id": field("metadata[card_payment_id]") },
            "success_url": field("success_url"), "cancel_url": field("cancel_url"),
            "message": field("custom_text[submit][message]"),
        });
        self.sessions.insert(id, session.clone());
        Answer::Json(200, session)
    }

    /// The customer saves a card on a page. Returns whether the bank agreed.
    pub(super) fn save_card(&mut self, session: &Value, card: Card) -> bool {
        if matches!(card, Card::Declined | Card::NotAuthenticated) {
            return false;
        }
        let (setup, method) = (self.new_id("seti"), self.new_id("pm"));
        let owner = session["customer"].as_str().expect("an owner").to_owned();
        self.cards.insert(method.clone(), (owner, card));
        let made = json!({ "id": setup, "object": "setup_intent", "status": "succeeded", "payment_method": method });
        self.setups.insert(setup.clone(), made);
        let session = self.sessions.get_mut(session["id"].as_str().expect("an id")).expect("it is known");
        (session["status"], session["url"], session["setup_intent"]) = (json!("complete"), Value::Null, json!(setup));
        let session = session.clone();
        self.happens("checkout.session.completed", &session);
        true
    }

    pub(super) fn show_cards(&self, call: &Call, path: &[&str]) -> Answer {
        match path {
            ["setup_intents", id] => found(self.setups.get(*id)),
            ["payment_intents"] => {
                let of_owner = self.intents.values().filter(|one| one["customer"] == call.fields["customer"]);
                Answer::Json(200, json!({ "object": "list", "data": of_owner.rev().collect::<Vec<_>>(), "has_more": false }))
            }
            _ => refuse(404, "url_unknown"),
        }
    }

    /// A payment without the customer.
    pub(super) fn charge(&mut self, call: &Call) -> Answer {
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        let number = |name: &str| field(name).parse::<i64>().unwrap_or_default();
        let Some((owner, card)) = self.cards.get(&field("payment_method")).cloned() else {
            return refuse(404, "resource_missing");
        };
        if owner != field("customer") || field("off_session") != "true" || field("confirm") != "true" {
            return refuse(400, "parameter_invalid");
        }
        if let Err(refusal) = self.check_destination(call) {
            return refusal;
        }
        let (id, amount) = (self.new_id("pi"), number("amount"));
        let refusal = match card {
            Card::SavedOnly => {
                Some(json!({ "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds" }))
            }
            Card::SavedWithAuthentication => Some(json!({ "type": "card_error", "code": "authentication_required" })),
            _ => None,
        };
        let intent = json!({
            "id": id, "object": "payment_intent", "amount": amount, "currency": field("currency"), "customer": owner,
            "status": if refusal.is_some() { "requires_payment_method" } else { "succeeded" },
            "amount_received": if refusal.is_some() { 0 } else { amount }, "amount_capturable": 0,
            "latest_charge": if refusal.is_some() { Value::Null } else { json!({ "id": format!("ch_{id}"), "captured": true }) },
            "metadata": { "card_payment_id": field("metadata[card_payment_id]") },
            "transfer_data": { "destination": call.fields.get("transfer_data[destination]") }, "transfer_group": call.fields.get("transfer_group"),
        });
        self.intents.insert(id, intent.clone());
        match refusal {
            Some(error) => Answer::Json(402, json!({ "error": error })),
            None => {
                self.divide(&intent, amount, number("application_fee_amount"));
                self.happens("payment_intent.succeeded", &intent);
                Answer::Json(200, intent)
            }
        }
    }
}
