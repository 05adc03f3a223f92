//! `/admin/facts` and `/admin/mails`: operators look into the queues, and try again what has failed.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::caller::{May, Searching, SignedIn};
use crate::json::Empty;
use crate::problem::Problem;
use crate::query::{Id, Several};
use crate::reply::Reply;
use crate::request::{Command, Read};
use crate::routes::Routes;
use actions::administration::queues;
use domain::email::Email;
use domain::fact::Subscriber;
use domain::ids::{FactId, MailId};
use domain::limits;
use domain::mail::MailStatus;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::administration::{Mail, PendingFact};

/// A fact that a subscriber has not received yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PendingFact)]
struct FactView {
    /// The identifier of the object.
    id: FactId,
    /// The subscriber.
    subscriber: Subscriber,
    /// The name of the event, such as `booking.cancel`.
    kind: String,
    /// The version of the format of the fact. A server leaves versions that it does not know to newer servers.
    version: i32,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The number of failed attempts.
    attempts: i32,
    /// The instant of the next attempt.
    next_attempt_at: UtcTime,
    /// The error of the latest attempt. Null: none has failed.
    #[schema(required)]
    last_error: Option<String>,
}

impl From<PendingFact> for FactView {
    fn from(fact: PendingFact) -> Self {
        let PendingFact { id, subscriber, kind, version, created_at, attempts, next_attempt_at, last_error } = fact;
        Self { id, subscriber, kind, version, created_at, attempts, next_attempt_at, last_error }
    }
}

/// A mail without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueuedMail)]
struct MailView {
    /// The identifier of the object.
    id: MailId,
    /// The fact that the mail is about.
    fact_id: FactId,
    /// The address of the reader.
    recipient: String,
    /// The name of the text.
    template: String,
    /// The state.
    status: MailStatus,
    /// The number of attempts.
    attempts: i32,
    /// The instant of the next attempt, if the mail is queued.
    next_attempt_at: UtcTime,
    /// The error of the latest attempt. Null: none has failed since the mail was queued, or it was sent.
    #[schema(required)]
    last_error: Option<String>,
    /// The instant of the event.
    created_at: UtcTime,
    /// The instant at which the mail server took it. Null: it was not sent.
    #[schema(required)]
    sent_at: Option<UtcTime>,
}

impl From<Mail> for MailView {
    fn from(mail: Mail) -> Self {
        let Mail { id, fact_id, recipient, template, status, attempts, next_attempt_at, last_error, created_at, sent_at } = mail;
        let recipient = recipient.to_string();
        Self { id, fact_id, recipient, template, status, attempts, next_attempt_at, last_error, created_at, sent_at }
    }
}

/// Filters for facts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FactsQuery {
    /// True: only those that a subscriber could not read. Default: false.
    #[serde(default)]
    is_failed: bool,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// Filters for mails.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MailsQuery {
    /// Only mails in these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<MailStatus>>)]
    status: Several<MailStatus>,
    /// Only mails to this address.
    #[param(value_type = Option<limits::EmailAddress>)]
    recipient: Option<String>,
    /// The order. Default: `-created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the facts that wait
///
/// For operators of the installation. A fact waits until its subscriber has made mails of it, normally for less than a second. The content
/// of a fact is not shown.
#[utoipa::path(operation_id = "list_pending_facts", tag = "admin", params(FactsQuery),
    responses((status = 200, body = Page<FactView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/facts")]
async fn list_facts(read: Read<Searching<SignedIn>, FactsQuery>) -> Result<Reply, Problem> {
    read.page_recorded(|tx, Searching(May { caller, .. }), query| {
        let (order, paging) =
            (query.order.unwrap_or(CreationOrder::CreatedAt), Paging::of(query.limit, query.cursor.as_deref())?);
        Ok(queues::list_facts(tx, caller, query.is_failed, order, &paging)?.map(FactView::from))
    })
    .await
}

/// Try a fact again
///
/// For operators of the installation. The fact is due at once, whatever its next attempt was. A fact that no subscriber waits for is not
/// found.
#[utoipa::path(operation_id = "retry_fact", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = FactView)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[post("/admin/facts/{id}/retry")]
async fn retry_fact(command: Command<SignedIn, Empty>, id: Id<FactId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| Reply::ok(&FactView::from(queues::retry_fact(tx, caller, id.0)?))).await
}

/// List mails
///
/// For operators of the installation: the mails of the last 30 days (by default), without their texts.
#[utoipa::path(operation_id = "list_mails", tag = "admin", params(MailsQuery),
    responses((status = 200, body = Page<MailView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/mails")]
async fn list_mails(read: Read<Searching<SignedIn>, MailsQuery>) -> Result<Reply, Problem> {
    read.page_recorded(|tx, Searching(May { caller, .. }), query| {
        let recipient = query.recipient.as_deref().map(|recipient| Email::read("recipient", recipient)).transpose()?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAtDescending);
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let filter = (query.status.0.as_slice(), recipient.as_ref());
        Ok(queues::list_mails(tx, caller, filter, order, &paging)?.map(MailView::from))
    })
    .await
}

/// Send a mail again
///
/// For operators of the installation. A mail that was given up is queued again, and one that waits for its next attempt is due at once. A
/// mail with a secret link that was given up cannot be sent again, because its token is deleted.
#[utoipa::path(operation_id = "retry_mail", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = MailView)), extensions(("x-problems" = json!([Code::Forbidden, Code::InvalidTransition]))))]
#[post("/admin/mails/{id}/retry")]
async fn retry_mail(command: Command<SignedIn, Empty>, id: Id<MailId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| Reply::ok(&MailView::from(queues::retry_mail(tx, caller, id.0)?))).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl Routes) {
    config.service(list_facts).service(retry_fact).service(list_mails).service(retry_mail);
}
