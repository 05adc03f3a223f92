//! The money that customers owe a host: their balances, the invoices that are not paid, the form that issues one, and the payment of one, as it
//! is recorded by hand.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::listings::{decimal, read_amount};
use super::parts::{choices, read_day, read_number, tabs};
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, form_name, read_id, text, unless_refused};
use crate::sent::{Parameters, Sent};
use crate::team::parts::Tab;
use crate::visit::Visit;
use actions::invoices::{self, Listed, NewInvoice, Uninvoiced};
use actions::ledger::{self, Balance};
use actions::open_invoices::InvoiceNow;
use actions::payments;
use api::caller::{ManageMoney, View, ViewMoney};
use api::invoices::xml;
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{InvoiceId, OrganizationId};
use domain::invoice::{Invoice, InvoiceKind};
use domain::ledger::Account;
use domain::limits;
use domain::money::Money;
use domain::open_invoices::InvoiceState;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::payment::{NewPayment, PaymentMethod};
use domain::permissions::Permission;
use domain::said::said;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// The ways in which a payment that is recorded by hand can have been made.
const METHODS: [PaymentMethod; 4] = [PaymentMethod::BankTransfer, PaymentMethod::Cash, PaymentMethod::Card, PaymentMethod::Other];

/// The parameters of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    /// The state of the invoices; else those that are overdue and those that are open.
    state: String,
    cursor: Option<String>,
}

/// The balance of a customer.
struct Owed {
    customer: String,
    amount: String,
    since: String,
}

/// An invoice in a list.
struct Row {
    href: String,
    number: String,
    customer: String,
    due: String,
    total: String,
    open: String,
}

/// The invoices in a state.
struct Section {
    name: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The fields of the form that issues an invoice.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Issued {
    /// The customer and the currency, as `customer:currency`.
    customer: String,
    due_days: String,
    form: String,
}

impl Issued {
    fn read(&self) -> Result<NewInvoice, InvalidFields> {
        let mut fields = Fields::default();
        let customer = self.customer.split_once(':');
        let customer = customer.and_then(|(id, currency)| Some((id.parse().ok()?, currency.parse().ok()?)));
        let customer = fields.take("/customer", customer.ok_or(said!("must be chosen")));
        let days = fields.take("/due_days", read_number(&self.due_days)).flatten();
        let days = days.and_then(|days| fields.number("/due_days", i64::from(days), limits::DueDays::RANGE));
        fields.finish(|| {
            let (customer_id, currency) = customer?;
            Some(NewInvoice {
                customer_id,
                booking_id: None,
                currency: Some(currency),
                due_days: days.map(i64::unsigned_abs),
                includes_free: false,
                ended_before: None,
            })
        })
    }
}

#[derive(Template)]
#[template(path = "manage_debts.html")]
struct DebtsPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    is_paid: bool,
    problem: Option<Explained>,
    owed: Vec<Owed>,
    /// The customers to whom an invoice can be issued.
    customers: Vec<Choice>,
    wanted: Issued,
    form: String,
    sections: Vec<Section>,
}

fn state_name(texts: &Texts, state: InvoiceState) -> String {
    texts.attribute_text("web-invoice-state", state.as_str())
}

fn row(texts: &Texts, now: &InvoiceNow) -> Row {
    Row {
        href: format!("/manage/invoices/{}", now.invoice.id),
        number: now.invoice.number(),
        customer: now.invoice.content.buyer.name.clone(),
        due: when::day(texts, now.invoice.due_on),
        total: amount(texts, now.invoice.total),
        open: amount(texts, now.open),
    }
}

async fn list(
    visit: &Visit,
    id: OrganizationId,
    asked: Asked,
    (wanted, refused): (Issued, Option<Problem>),
) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewMoney, ManageMoney)>()?;
    let asked_state: Option<InvoiceState> = asked.state.parse().ok();
    let load = move |tx: &mut ReadTx| {
        actions::authorize(tx, caller, id, Permission::ViewMoney, false)?;
        let (states, paging, order) = match asked_state {
            Some(state) => (vec![state], Paging::of(None, asked.cursor.as_deref())?, CreationOrder::CreatedAtDescending),
            None => (vec![InvoiceState::Overdue, InvoiceState::Open], Paging::of(None, None)?, CreationOrder::CreatedAt),
        };
        let mut found = Vec::new();
        for state in states {
            let listed = Listed { is_received: false, state: Some(state) };
            found.push((state, invoices::list(tx, caller, id, listed, order, &paging)?));
        }
        let (balances, customers) = match asked_state {
            Some(_) => (Vec::new(), Vec::new()),
            None => {
                let balances = ledger::balances(tx, caller, id, None, &Paging::of(Some(200), None)?)?.items;
                (balances, unless_refused(invoices::list_uninvoiced(tx, caller, id))?.unwrap_or_default())
            }
        };
        Ok((found, balances, customers))
    };
    let (found, balances, customers) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let path = format!("/manage/{id}/invoices");
    let section = |(state, page): (InvoiceState, domain::paging::Page<InvoiceNow>)| {
        // A list of one state has the latest first, so it begins anew.
        let next = match (asked_state, page.next_cursor) {
            (_, None) => None,
            (None, Some(_)) => Some(address(&path, &[("state", state.as_str())])),
            (Some(_), Some(cursor)) => Some(address(&path, &[("state", state.as_str()), ("cursor", &cursor)])),
        };
        Section { name: state_name(&texts, state), rows: page.items.iter().map(|now| row(&texts, now)).collect(), next }
    };
    let owes = |balance: &&Balance| balance.account == Account::Receivable && balance.balance.amount != 0;
    let owed = |balance: &Balance| Owed {
        customer: balance.customer_name.clone().unwrap_or_default(),
        amount: amount(&texts, balance.balance),
        since: balance.owed_since.map(|since| when::day(&texts, since.to_chrono().date_naive())).unwrap_or_default(),
    };
    let customer = |one: Uninvoiced| {
        let value = format!("{}:{}", one.customer_id, one.currency.as_str());
        Choice { is_chosen: value == wanted.customer, text: format!("{}, {}", one.name, one.currency.as_str()), value }
    };
    let page = DebtsPage {
        frame: visit.frame(text(&texts, "web-debts.title")),
        tabs: tabs(&texts, id, "web-debts.title"),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        customers: customers.into_iter().map(customer).collect(),
        form: form_name(&wanted.form),
        wanted,
        is_paid: asked_state == Some(InvoiceState::Paid),
        owed: balances.iter().filter(owes).map(owed).collect(),
        sections: found.into_iter().map(section).collect(),
        path,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn issue(visit: &Visit, id: OrganizationId, wanted: Issued) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewMoney, ManageMoney)>()?;
    let issued = async {
        let new = wanted.read()?;
        let issue = move |tx: &mut Tx<'_>| {
            let issued = invoices::issue(tx, caller, id, &new)?;
            let first = issued.first().map(|issued| format!("/manage/invoices/{}?done=issued", issued.invoice.id));
            Ok(first.unwrap_or_else(|| format!("/manage/{id}/invoices")))
        };
        visit.create(Cost::Heavy, &wanted.form, issue).await
    };
    match issued.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => list(visit, id, Asked::default(), (wanted, Some(problem))).await,
    }
}

/// The fields of the form, and the parameter of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    amount: String,
    method: String,
    paid_on: String,
    reference: String,
    form: String,
    done: String,
}

impl Wanted {
    fn read(&self, invoice: &Invoice) -> Result<NewPayment, InvalidFields> {
        let mut fields = Fields::default();
        let currency = invoice.total.currency;
        let amount = fields.take("/amount", read_amount(&self.amount, currency));
        let amount = amount.and_then(|amount| fields.number("/amount", amount, limits::PaidAmount::RANGE));
        let method = METHODS.into_iter().find(|method| method.as_str() == self.method);
        let method = fields.take("/method", method.ok_or(said!("must be chosen")));
        let day = fields
            .take("/paid_on", read_day(&self.paid_on).and_then(|day| day.ok_or(said!("must be a date such as 2026-12-24"))));
        let paid_on = day.and_then(|day| fields.date("/paid_on", day));
        let reference = fields.line("/reference", &self.reference, limits::Line::RANGE);
        fields.finish(|| {
            Some(NewPayment {
                customer_id: invoice.customer_id,
                booking_id: None,
                invoice_id: Some(invoice.id),
                is_refund: false,
                amount: Money { amount: amount?, currency },
                method: method?,
                paid_on: paid_on?,
                reference: reference?,
            })
        })
    }
}

#[derive(Template)]
#[template(path = "manage_invoice.html")]
struct InvoicePage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    facts: Vec<(String, String)>,
    lines: Vec<(String, String)>,
    /// The document as a file.
    pdf: String,
    /// The same for accounting programs; none if there is no form for it.
    xml: Option<String>,
    can_pay: bool,
    currency: String,
    methods: Vec<Choice>,
    wanted: Wanted,
    form: String,
}

async fn show(visit: &Visit, id: InvoiceId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewMoney, ManageMoney)>()?;
    let load = move |tx: &mut ReadTx| {
        let now = invoices::get(tx, caller, id)?;
        // The customer has the invoice as well, and not this page.
        actions::authorize(tx, caller, now.invoice.organization_id, Permission::ManageMoney, true)?;
        Ok((now, tx.now))
    };
    let (shown, at) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let InvoiceNow { invoice, open, state, reminders } = shown;
    let day = |at: UtcTime| when::day(&texts, at.to_chrono().date_naive());
    let facts = [
        ("web-booking.customer", invoice.content.buyer.name.clone()),
        ("web-manage.status", state_name(&texts, state)),
        ("web-debts.issued", when::day(&texts, invoice.issued_on)),
        ("web-debts.due", when::day(&texts, invoice.due_on)),
        ("web-price.total", amount(&texts, invoice.total)),
        ("web-debts.open", amount(&texts, open)),
        ("web-debts.reminded", reminders.iter().map(|reminder| day(reminder.sent_at)).collect::<Vec<_>>().join("; ")),
    ];
    let line = |line: &domain::invoice::InvoiceLine| (line.description.clone(), amount(&texts, line.net));
    let currency = invoice.total.currency;
    let method = |method: PaymentMethod| texts.attribute_text("web-payment", method.as_str());
    let page = InvoicePage {
        frame: visit.frame(format!("{} {}", text(&texts, "web-debts.invoice"), invoice.number())),
        path: format!("/manage/invoices/{id}"),
        tabs: tabs(&texts, invoice.organization_id, "web-debts.title"),
        done: texts.attribute_text("web-debts-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        facts: facts.into_iter().filter(|(_, fact)| !fact.is_empty()).map(|(name, fact)| (text(&texts, name), fact)).collect(),
        lines: invoice.content.lines.iter().map(line).collect(),
        pdf: format!("/invoices/{id}"),
        xml: xml(&invoice).is_ok().then(|| format!("/invoices/{id}/xml")),
        can_pay: invoice.kind == InvoiceKind::Invoice && open.amount > 0,
        currency: currency.as_str().to_owned(),
        methods: choices(&METHODS, |one| one.as_str(), &wanted.method, method),
        form: form_name(&wanted.form),
        wanted: match refused.is_some() || !wanted.amount.is_empty() {
            true => wanted,
            false => {
                Wanted { amount: decimal(open.amount, currency), paid_on: at.to_chrono().date_naive().to_string(), ..wanted }
            }
        },
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn pay(visit: &Visit, id: InvoiceId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewMoney, ManageMoney)>()?;
    let made = async {
        let load = move |tx: &mut ReadTx| {
            let now = invoices::get(tx, caller, id)?;
            actions::authorize(tx, caller, now.invoice.organization_id, Permission::ManageMoney, true)?;
            Ok(now.invoice)
        };
        let invoice = visit.page.read(load).await?;
        let new = wanted.read(&invoice)?;
        let record = move |tx: &mut Tx<'_>| {
            payments::record(tx, caller, invoice.organization_id, new.clone())?;
            Ok(format!("/manage/invoices/{id}?done=paid"))
        };
        visit.create(Cost::Light, &wanted.form, record).await
    };
    match made.await {
        Ok(address) => Ok(visit.lead_to(&address)),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/{id}/invoices")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>, typed: Parameters<Issued>| {
                visit.shown(async { list(&visit, read_id(&id)?, asked, (typed.0, None)).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Issued>| {
                let made = async { issue(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/{id}/invoices"), &sent.query, made)
            }),
    );
    config.service(
        web::resource("/manage/invoices/{id}")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { pay(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/invoices/{id}"), &sent.query, made)
            }),
    );
}
