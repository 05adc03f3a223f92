//! `/admin`: the work of operators of the installation.

mod organizations;
mod parameters;
mod queues;
mod users;

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::audit::EntryView;
use super::caller::{May, Searching, SignedIn};
use super::problem::Problem;
use super::query::Several;
use super::reply::Reply;
use super::request::{NoQuery, Read};
use actions::administration::{self, Figures};
use domain::booking::BookingStatus;
use domain::ids::{ApiKeyId, UserId};
use domain::ledger::Account;
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::resource::ResourceStatus;
use domain::time::UtcTime;
use storage::audit;

/// The number of resources in a state.
#[derive(Debug, Serialize, ToSchema)]
struct ResourceCount {
    /// The state.
    status: ResourceStatus,
    /// The number of resources in this state.
    count: i64,
}

/// The number of bookings in a state.
#[derive(Debug, Serialize, ToSchema)]
struct BookingCount {
    /// The state.
    status: BookingStatus,
    /// The number of bookings in this state.
    count: i64,
}

/// The lengths of the queues.
#[derive(Debug, Serialize, ToSchema)]
struct Queues {
    /// The number of facts that a subscriber has not received yet.
    pending_facts: i64,
    /// The number of those that could not be read.
    unreadable_facts: i64,
    /// The instant at which the oldest of the pending facts was recorded. Null: none is pending.
    #[schema(required)]
    oldest_pending_at: Option<UtcTime>,
    /// The number of mails to be sent, or tried again.
    queued_mails: i64,
    /// The number of mails that were given up.
    failed_mails: i64,
}

/// The balance of an account of all hosts together.
#[derive(Debug, Serialize, ToSchema)]
struct AccountBalance {
    /// The account, as in the ledgers of hosts.
    account: Account,
    /// The debits less the credits.
    balance: Money,
}

/// The figures of the installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InstallationFigures)]
struct FiguresView {
    /// The number of users.
    users: i64,
    /// The number of users that are suspended.
    suspended_users: i64,
    /// The number of organizations that are not closed.
    organizations: i64,
    /// The number of these organizations that are suspended.
    suspended_organizations: i64,
    /// The numbers of resources by state.
    resources: Vec<ResourceCount>,
    /// The numbers of bookings by state.
    bookings: Vec<BookingCount>,
    /// The lengths of the queues.
    queues: Queues,
    /// The balances of the accounts of all hosts together, by currency and account.
    money: Vec<AccountBalance>,
}

impl From<Figures> for FiguresView {
    fn from(Figures { counts, queues, money }: Figures) -> Self {
        let amount = |sum: i128| i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX });
        let money = money.into_iter().map(|((currency, account), sum)| {
            let amount = amount(sum.debits.saturating_sub(sum.credits));
            AccountBalance { account, balance: Money { amount, currency } }
        });
        Self {
            users: counts.users,
            suspended_users: counts.suspended_users,
            organizations: counts.organizations,
            suspended_organizations: counts.suspended_organizations,
            resources: counts.resources.into_iter().map(|(status, count)| ResourceCount { status, count }).collect(),
            bookings: counts.bookings.into_iter().map(|(status, count)| BookingCount { status, count }).collect(),
            queues: Queues {
                pending_facts: queues.pending_facts,
                unreadable_facts: queues.unreadable_facts,
                oldest_pending_at: queues.oldest_pending_at,
                queued_mails: queues.queued_mails,
                failed_mails: queues.failed_mails,
            },
            money: money.collect(),
        }
    }
}

/// Get the figures of the installation
///
/// For operators of the installation.
#[utoipa::path(operation_id = "get_installation_figures", tag = "admin", responses((status = 200, body = FiguresView)),
    extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/figures")]
async fn figures(read: Read<Searching<SignedIn>>) -> Result<Reply, Problem> {
    read.run_recorded(|tx, Searching(May { caller, .. }), _: &NoQuery| {
        Reply::ok(&FiguresView::from(administration::figures(tx, caller)?))
    })
    .await
}

/// Filters for the audit log of the installation.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AllAuditQuery {
    /// Only actions of this user.
    user_id: Option<UserId>,
    /// Only actions of this API key.
    api_key_id: Option<ApiKeyId>,
    /// Only actions from this instant on.
    from: Option<UtcTime>,
    /// Only actions before this instant.
    to: Option<UtcTime>,
    /// Only actions on these kinds of object, such as `booking`. Several kinds: send the parameter several times, or divide them by
    /// commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    object: Several<String>,
    /// Only actions on the object with this identifier.
    object_id: Option<String>,
    /// Only these actions, such as `user.suspend`. Several actions: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    action: Several<String>,
    /// The order. Default: `-created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the audit log of the installation
///
/// For operators of the installation. The log has the actions in all organizations and those of no organization, such as sign-ins and
/// the work of operators.
#[utoipa::path(operation_id = "list_installation_audit", tag = "admin", params(AllAuditQuery),
    responses((status = 200, body = Page<EntryView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/audit")]
async fn list_audit(read: Read<Searching<SignedIn>, AllAuditQuery>) -> Result<Reply, Problem> {
    read.page_recorded(|tx, Searching(May { caller, .. }), query| {
        let &AllAuditQuery { user_id, api_key_id, from, to, ref object, ref object_id, ref action, order, limit, ref cursor } =
            query;
        let (objects, actions) = (object.0.clone(), action.0.clone());
        let object_id = object_id.clone();
        let filter = audit::Filter { user_id, api_key_id, from, to, objects, object_id, actions };
        let (order, paging) = (order.unwrap_or(CreationOrder::CreatedAtDescending), Paging::of(limit, cursor.as_deref())?);
        Ok(administration::list_audit(tx, caller, &filter, order, &paging)?.map(EntryView::from))
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(figures).service(list_audit);
    organizations::configure(config);
    users::configure(config);
    queues::configure(config);
}
