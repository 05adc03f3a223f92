//! An account at Stripe: its objects, and how they change.

use std::collections::{BTreeMap, VecDeque};

use environment::clock::Clock;
use serde_json::{Value, json};

/// A call of the service.
pub(super) struct Call {
    pub(super) is_post: bool,
    pub(super) path: Vec<String>,
    pub(super) fields: BTreeMap<String, String>,
    pub(super) key: String,
    /// The account of a host in which it is.
    pub(super) account: String,
    pub(super) whole: String,
}

/// What the service gets.
#[derive(Clone)]
pub(super) enum Answer {
    Json(u16, Value),
    Text(String),
    Silence,
}

/// What a call meets, instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// All is well.
    None,
    /// Nothing is done, and Stripe fails.
    Fails,
    /// It is done, and Stripe fails.
    DoneAndFails,
    /// Nothing is done, and nobody answers.
    Silent,
    /// It is done, and nobody answers.
    DoneAndSilent,
    /// It is done, and the answer cannot be read.
    Nonsense,
    /// Nothing is done: there were too many calls.
    TooMany,
}

/// The card with which a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    /// The bank agrees. The reservation lasts for seven days.
    Good,
    /// The bank refuses.
    Declined,
    /// The bank agrees to save it, and refuses each payment without the customer.
    SavedOnly,
    /// As this, and wants the customer to authenticate.
    SavedWithAuthentication,
    /// The customer authenticates with 3-D Secure, and the bank agrees.
    Authenticated,
    /// The customer begins to authenticate and gives up.
    NotAuthenticated,
}

/// How long a reservation on a card lasts, in seconds.
pub(crate) const RESERVED: i64 = 7 * 86_400;

/// Shows an object, if there is one.
pub(super) fn found(object: Option<&Value>) -> Answer {
    match object {
        Some(object) => Answer::Json(200, object.clone()),
        None => refuse(404, "resource_missing"),
    }
}

/// An account.
#[derive(Default)]
pub(crate) struct World {
    /// The clock of the service.
    pub(crate) clock: Option<Clock>,
    /// The pages, payments, refunds and disputes, as Stripe shows them.
    pub(crate) sessions: BTreeMap<String, Value>,
    pub(crate) intents: BTreeMap<String, Value>,
    pub(crate) refunds: BTreeMap<String, Value>,
    pub(crate) disputes: BTreeMap<String, Value>,
    /// The accounts of hosts, the transfers to them, and the commission on payments.
    pub(crate) accounts: BTreeMap<String, Value>,
    pub(crate) transfers: BTreeMap<String, Value>,
    pub(crate) fees: BTreeMap<String, Value>,
    /// The changes of the balances of hosts, and their payouts.
    pub(crate) balances: Vec<Value>,
    pub(crate) payouts: BTreeMap<String, Value>,
    /// The acts of saving cards, by their identifiers, and the saved cards with their owners.
    pub(crate) setups: BTreeMap<String, Value>,
    pub(crate) cards: BTreeMap<String, (String, Card)>,
    pub(crate) owners: Vec<String>,
    /// What the next calls meet.
    pub(crate) faults: VecDeque<Fault>,
    /// Whether nothing works at all.
    pub(crate) is_down: bool,
    /// The events that nobody has sent.
    pub(crate) events: Vec<Value>,
    /// The answers to the commands with each key.
    keys: BTreeMap<String, (String, i64, Answer)>,
    count: usize,
}

pub(super) fn refuse(status: u16, code: &str) -> Answer {
    Answer::Json(status, json!({ "error": { "type": "invalid_request_error", "code": code, "message": "no" } }))
}

impl World {
    /// Now, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.as_ref().map_or(0, |clock| clock.now().to_chrono().timestamp())
    }

    pub(super) fn new_id(&mut self, kind: &str) -> String {
        self.count += 1;
        format!("{kind}_{:06}", self.count)
    }

    pub(super) fn happens(&mut self, kind: &str, object: &Value) {
        let id = self.new_id("evt");
        self.events.push(json!({ "id": id, "object": "event", "type": kind, "data": { "object": object } }));
    }

    /// Pages and reservations end with their time.
    pub(crate) fn tick(&mut self) {
        let now = self.now();
        let is_over =
            |object: &Value, status: &str, end: &Value| object["status"] == status && end.as_i64().is_some_and(|end| end <= now);
        let closed: Vec<_> = self.sessions.values().filter(|one| is_over(one, "open", &one["expires_at"])).cloned().collect();
        for session in closed {
            self.close(session["id"].as_str().expect("an id"));
        }
        let reserved = |one: &Value| one["latest_charge"]["payment_method_details"]["card"]["capture_before"].clone();
        let ended: Vec<_> =
            self.intents.values().filter(|one| is_over(one, "requires_capture", &reserved(one))).cloned().collect();
        for intent in ended {
            self.release(intent["id"].as_str().expect("an id"));
        }
    }

    pub(super) fn answer(&mut self, call: &Call) -> Answer {
        self.tick();
        if self.is_down {
            return Answer::Silence;
        }
        let fault = self.faults.pop_front().unwrap_or(Fault::None);
        let failed = Answer::Json(500, json!({ "error": { "type": "api_error", "message": "sorry" } }));
        match fault {
            // Failures are stored under the key of a command, too.
            Fault::Fails => return self.once(call, |_| failed),
            Fault::Silent => return Answer::Silence,
            Fault::TooMany => return refuse(429, "rate_limit"),
            _ => {}
        }
        let answer = self.once(call, |world| {
            let done = world.act(call);
            if fault == Fault::DoneAndFails { failed } else { done }
        });
        match fault {
            Fault::DoneAndSilent => Answer::Silence,
            Fault::Nonsense => Answer::Text("<html>Welcome to the wireless network</html>".to_owned()),
            _ => answer,
        }
    }

    /// A command with a key that was used brings its answer again, or is refused if it is another command.
    fn once(&mut self, call: &Call, act: impl FnOnce(&mut Self) -> Answer) -> Answer {
        if !call.is_post {
            return act(self);
        }
        assert!(!call.key.is_empty(), "a command without a key: {}", call.whole);
        let now = self.now();
        match self.keys.get(&call.key) {
            Some((_, at, _)) if now - at > 86_400 => {}
            Some((whole, _, answer)) if *whole == call.whole => return answer.clone(),
            Some(_) => {
                return Answer::Json(400, json!({ "error": { "type": "idempotency_error", "message": "another command" } }));
            }
            None => {}
        }
        let answer = act(self);
        self.keys.insert(call.key.clone(), (call.whole.clone(), now, answer.clone()));
        answer
    }

    fn act(&mut self, call: &Call) -> Answer {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.is_post, path.as_slice()) {
            (true, ["checkout", "sessions"]) => self.open(call),
            (false, ["checkout", "sessions", id]) => found(self.sessions.get(*id)),
            (true, ["checkout", "sessions", id, "expire"]) => match self.sessions.get(*id).map(|one| one["status"].clone()) {
                Some(status) if status == "open" => {
                    self.close(id);
                    found(self.sessions.get(*id))
                }
                Some(_) => refuse(400, "session_not_open"),
                None => refuse(404, "resource_missing"),
            },
            (false, ["payment_intents", id]) => self.show_intent(id, call),
            (true, ["payment_intents", id, "capture"]) => self.capture(id, call),
            (true, ["payment_intents", id, "cancel"]) => match self.intents.get(*id).map(|one| one["status"].clone()) {
                Some(status) if status == "requires_capture" || status == "requires_payment_method" => {
                    self.release(id);
                    found(self.intents.get(*id))
                }
                Some(_) => refuse(400, "payment_intent_unexpected_state"),
                None => refuse(404, "resource_missing"),
            },
            (true, ["refunds"]) => self.refund(call),
            (false, ["refunds"]) => self.list(call, &self.refunds),
            (false, ["disputes"]) => self.list(call, &self.disputes),
            _ => self.act_for_hosts(call, &path),
        }
    }

    fn list(&self, call: &Call, of: &BTreeMap<String, Value>) -> Answer {
        let data: Vec<_> = of.values().filter(|one| one["payment_intent"] == call.fields["payment_intent"]).collect();
        Answer::Json(200, json!({ "object": "list", "data": data, "has_more": false }))
    }

    fn open(&mut self, call: &Call) -> Answer {
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        let number = |name: &str| field(name).parse::<i64>().unwrap_or_default();
        let (amount, expires_at) = (number("line_items[0][price_data][unit_amount]"), number("expires_at"));
        let is_card_alone = field("payment_method_types[0]") == "card" && !call.fields.contains_key("payment_method_types[1]");
        if field("mode") == "setup" && is_card_alone {
            return self.open_setup(call, expires_at);
        }
        if field("mode") != "payment" || !is_card_alone || field("payment_intent_data[capture_method]") != "manual" {
            return refuse(400, "parameter_invalid");
        }
        if !(1800..=86_400).contains(&(expires_at - self.now())) {
            return refuse(400, "expires_at_invalid");
        }
        if let Err(refusal) = self.check_destination(call) {
            return refusal;
        }
        match amount {
            ..30 => return refuse(400, "amount_too_small"),
            100_000_000.. => return refuse(400, "amount_too_large"),
            _ => {}
        }
        let id = self.new_id("cs_test");
        let session = json!({
            "id": id, "object": "checkout.session", "status": "open", "url": format!("https://checkout.stripe.example/c/{id}"),
            "payment_intent": null, "expires_at": expires_at, "amount_total": amount,
            "currency": field("line_items[0][price_data][currency]"), "client_reference_id": field("client_reference_id"),
            "metadata": { "card_payment_id": field("payment_intent_data[metadata][card_payment_id]") },
            "success_url": field("success_url"), "cancel_url": field("cancel_url"),
            "destination": call.fields.get("payment_intent_data[transfer_data][destination]"),
            "transfer_group": call.fields.get("payment_intent_data[transfer_group]"),
        });
        self.sessions.insert(id, session.clone());
        Answer::Json(200, session)
    }

    fn close(&mut self, id: &str) {
        let session = self.sessions.get_mut(id).expect("it is known");
        (session["status"], session["url"]) = (json!("expired"), Value::Null);
        let session = session.clone();
        self.happens("checkout.session.expired", &session);
    }

    /// The customer pays on the page with this address. Returns whether the bank agreed.
    pub(crate) fn pay(&mut self, url: &str, card: Card) -> bool {
        let Some(session) = self.sessions.values().find(|one| one["url"] == url).cloned() else { return false };
        if session["mode"] == "setup" {
            return self.save_card(&session, card);
        }
        let reserved = self.now() + RESERVED;
        let id = match session["payment_intent"].as_str() {
            Some(id) => id.to_owned(),
            None => self.new_id("pi"),
        };
        let is_agreed = !matches!(card, Card::Declined | Card::NotAuthenticated);
        let status = match card {
            Card::Good | Card::Authenticated | Card::SavedOnly | Card::SavedWithAuthentication => "requires_capture",
            Card::Declined => "requires_payment_method",
            Card::NotAuthenticated => "requires_action",
        };
        let charge = json!({
            "id": format!("ch_{id}"), "captured": false, "payment_method_details": { "card": { "capture_before": reserved } },
        });
        let intent = json!({
            "id": id, "object": "payment_intent", "status": status, "amount": session["amount_total"], "currency": session["currency"],
            "amount_received": 0, "amount_capturable": if is_agreed { session["amount_total"].clone() } else { json!(0) },
            "latest_charge": if is_agreed { charge } else { Value::Null }, "metadata": session["metadata"],
            "transfer_data": { "destination": session["destination"] }, "transfer_group": session["transfer_group"],
        });
        self.intents.insert(id.clone(), intent.clone());
        let session_id = session["id"].as_str().expect("an id").to_owned();
        let session = self.sessions.get_mut(&session_id).expect("it is known");
        session["payment_intent"] = json!(id);
        if is_agreed {
            (session["status"], session["url"]) = (json!("complete"), Value::Null);
            let session = session.clone();
            self.happens("payment_intent.amount_capturable_updated", &intent);
            self.happens("checkout.session.completed", &session);
        } else {
            self.happens("payment_intent.payment_failed", &intent);
        }
        is_agreed
    }

    fn capture(&mut self, id: &str, call: &Call) -> Answer {
        let Some(intent) = self.intents.get_mut(id) else { return refuse(404, "resource_missing") };
        let capturable = intent["amount_capturable"].as_i64().unwrap_or_default();
        let amount: i64 = call.fields["amount_to_capture"].parse().unwrap_or_default();
        let fee: i64 = call.fields.get("application_fee_amount").map_or(0, |fee| fee.parse().unwrap_or(-1));
        if intent["status"] != "requires_capture" {
            return refuse(400, "payment_intent_unexpected_state");
        }
        let is_connected = intent["transfer_data"]["destination"].is_string();
        if !(1..=capturable).contains(&amount) || !(0..=amount).contains(&fee) || (fee > 0 && !is_connected) {
            return refuse(400, "amount_too_large");
        }
        (intent["status"], intent["amount_received"], intent["amount_capturable"]) =
            (json!("succeeded"), json!(amount), json!(0));
        intent["latest_charge"]["captured"] = json!(true);
        let intent = intent.clone();
        self.divide(&intent, amount, fee);
        self.happens("payment_intent.succeeded", &intent);
        Answer::Json(200, intent)
    }

    fn release(&mut self, id: &str) {
        let intent = self.intents.get_mut(id).expect("it is known");
        (intent["status"], intent["amount_capturable"]) = (json!("canceled"), json!(0));
        let intent = intent.clone();
        self.happens("payment_intent.canceled", &intent);
    }

    /// The sum of the refunds of a payment that have not failed.
    pub(crate) fn refunded(&self, intent: &str) -> i64 {
        let of_intent = self.refunds.values().filter(|one| one["payment_intent"] == intent && one["status"] != "failed");
        of_intent.filter_map(|one| one["amount"].as_i64()).sum()
    }

    fn refund(&mut self, call: &Call) -> Answer {
        let (intent, amount) = (call.fields["payment_intent"].clone(), call.fields["amount"].parse().unwrap_or_default());
        let id = call.fields.get("metadata[card_refund_id]").cloned();
        let is_reversing = call.fields.get("reverse_transfer").is_some_and(|value| value == "true");
        self.refund_now(&intent, amount, id.as_deref(), is_reversing)
    }

    /// Somebody pays a part of a payment back.
    fn refund_now(&mut self, intent: &str, amount: i64, ours: Option<&str>, is_reversing: bool) -> Answer {
        let Some(of) = self.intents.get(intent).cloned() else { return refuse(404, "resource_missing") };
        let rest = of["amount_received"].as_i64().unwrap_or_default() - self.refunded(intent);
        let is_disputed = self.disputes.values().any(|one| one["payment_intent"] == intent && one["status"] != "won");
        match amount {
            _ if is_disputed => return refuse(400, "charge_disputed"),
            _ if rest == 0 => return refuse(400, "charge_already_refunded"),
            amount if !(1..=rest).contains(&amount) => return refuse(400, "amount_too_large"),
            _ => {}
        }
        if is_reversing && let Err(refusal) = self.reverse_first(&of, amount) {
            return refusal;
        }
        let id = self.new_id("re");
        let metadata = ours.map_or(json!({}), |ours| json!({ "card_refund_id": ours }));
        let refund = json!({
            "id": id, "object": "refund", "status": "succeeded", "amount": amount, "currency": of["currency"], "payment_intent": intent,
            "metadata": metadata,
        });
        self.refunds.insert(id, refund.clone());
        self.happens("refund.created", &refund);
        Answer::Json(200, refund)
    }

    /// Somebody pays a part of a payment back in the dashboard.
    pub(crate) fn refund_in_dashboard(&mut self, intent: &str, amount: i64) {
        assert!(matches!(self.refund_now(intent, amount, None, false), Answer::Json(200, _)), "it is refused");
    }

    /// The bank sends a refund back.
    pub(crate) fn fail_refund(&mut self, id: &str) {
        let refund = self.refunds.get_mut(id).expect("it is known");
        refund["status"] = json!("failed");
        let refund = refund.clone();
        self.happens("refund.failed", &refund);
    }

    /// The customer demands a payment back from its bank.
    pub(crate) fn dispute(&mut self, intent: &str) -> String {
        let id = self.new_id("dp");
        let of = &self.intents[intent];
        let amount = of["amount_received"].as_i64().unwrap_or_default() - self.refunded(intent);
        let dispute = json!({
            "id": id, "object": "dispute", "status": "needs_response", "amount": amount, "currency": of["currency"],
            "payment_intent": intent,
        });
        self.disputes.insert(id.clone(), dispute.clone());
        self.happens("charge.dispute.created", &dispute);
        id
    }

    /// The bank decides.
    pub(crate) fn decide(&mut self, dispute: &str, is_won: bool) {
        let dispute = self.disputes.get_mut(dispute).expect("it is known");
        dispute["status"] = json!(if is_won { "won" } else { "lost" });
        let dispute = dispute.clone();
        self.happens("charge.dispute.closed", &dispute);
    }
}
