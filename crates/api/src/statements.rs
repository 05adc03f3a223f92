//! `/organizations/{id}/statement`: the accounts of a host in a period.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{May, Searching, ViewMoney};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Read;
use actions::statements::{self, AccountPeriod, Statement, Wanted};
use domain::fields::{Fields, InvalidFields};
use domain::ids::OrganizationId;
use domain::ledger::{Account, Purpose};
use domain::limits::LONGEST_DAYS;
use domain::money::{Currency, Money};
use domain::pricing::TaxCategory;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use domain::wall_clock::timezone;
use storage::ledger::Moved;

/// An account in a period.
#[derive(Debug, Serialize, ToSchema)]
struct StatementAccount {
    /// The account. Accounts that each customer has are added up.
    account: Account,
    /// The balance at the beginning of the period.
    opening: Money,
    /// The sum of the amounts that debit the account in the period.
    debits: Money,
    /// The sum of the amounts that credit it.
    credits: Money,
    /// The balance at the end of the period: now, if it has not ended.
    closing: Money,
}

/// All movements of one kind in a period.
#[derive(Debug, Serialize, ToSchema)]
struct StatementMovement {
    /// The reason.
    purpose: Purpose,
    /// The account that the amount debits.
    debit: Account,
    /// The account that the amount credits.
    credit: Account,
    /// The category of VAT. Null: the host charges no VAT, or the movements are payments.
    #[schema(required)]
    tax_category: Option<TaxCategory>,
    /// Its rate, in hundredths of a percent. Null where `tax_category` is null.
    tax_rate: Option<i64>,
    /// The sum of the amounts.
    amount: Money,
    /// The number of rows of the ledger.
    rows: i64,
}

/// A statement of a host: its accounts at the beginning and at the end of a period, and the movements between.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statement)]
pub(super) struct StatementView {
    /// The host.
    host_organization_id: OrganizationId,
    /// The zone of the dates, as an IANA name.
    timezone: &'static str,
    /// The beginning of the period.
    from: UtcTime,
    /// The end of the period.
    to: UtcTime,
    /// The accounts that have been used until the end of the period, an entry for each currency.
    accounts: Vec<StatementAccount>,
    /// The movements in the period, added up by reason, accounts, VAT and currency.
    movements: Vec<StatementMovement>,
}

/// An amount of a statement: at most what fits into one.
fn money(amount: i128, currency: Currency) -> Money {
    let amount = amount.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    Money { amount: i64::try_from(amount).unwrap_or_default(), currency }
}

impl StatementView {
    fn new(host_organization_id: OrganizationId, statement: Statement) -> Self {
        let Statement { timezone, period, accounts, moved } = statement;
        let account = |((account, currency), sums): ((Account, Currency), AccountPeriod)| StatementAccount {
            account,
            opening: money(sums.opening, currency),
            debits: money(sums.debits, currency),
            credits: money(sums.credits, currency),
            closing: money(sums.closing, currency),
        };
        let movement = |Moved { debit, credit, purpose, tax, currency, amount, rows }| {
            let (tax_category, tax_rate) = Option::unzip(tax);
            StatementMovement { purpose, debit, credit, tax_category, tax_rate, amount: money(amount, currency), rows }
        };
        Self {
            host_organization_id,
            timezone: timezone.name(),
            from: period.starts_at(),
            to: period.ends_at(),
            accounts: accounts.into_iter().map(account).collect(),
            movements: moved.into_iter().map(movement).collect(),
        }
    }
}

/// The period of a statement.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatementQuery {
    /// The first date.
    #[param(value_type = String, format = Date)]
    from: NaiveDate,
    /// The date after the last one. The period has 366 days at most.
    #[param(value_type = String, format = Date)]
    to: NaiveDate,
    /// The zone of the dates, as an IANA name. Default: that of the first site of the host; `UTC` if it has no site.
    timezone: Option<String>,
    /// Only the amounts between the host and this customer. Default: all.
    #[param(value_type = Option<String>)]
    customer_organization_id: Option<OrganizationId>,
}

impl StatementQuery {
    fn read(&self) -> Result<Wanted, InvalidFields> {
        let mut fields = Fields::default();
        let days = (self.to - self.from).num_days();
        if !(1..=LONGEST_DAYS).contains(&days) {
            fields.refuse("to", "out_of_range", said!("must be 1 to {most_days} days after from", most_days = LONGEST_DAYS));
        }
        let (from, to) = (fields.date("from", self.from), fields.date("to", self.to));
        let timezone = self.timezone.as_ref().and_then(|name| fields.take("timezone", timezone(name)));
        fields.finish(|| Some(Wanted { from: from?, to: to?, timezone, customer: self.customer_organization_id }))
    }
}

/// Get a statement of a host
///
/// For managers of the host: the balance of each account at the beginning and at the end of a period, such as a month, and the movements
/// between, added up. The rows themselves are in `GET /organizations/{id}/ledger`.
#[utoipa::path(operation_id = "get_statement", tag = "money", params(("id" = String, Path), StatementQuery),
    responses((status = 200, body = StatementView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/statement")]
pub(super) async fn get_one(
    read: Read<Searching<May<ViewMoney>>, StatementQuery>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    read.run(move |tx, Searching(May { caller, .. }), query| {
        Reply::ok(&StatementView::new(id.0, statements::get(tx, caller, id.0, query.read()?)?))
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_one);
}
