//! `/organizations/{id}/events`: the events of an organization.

use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, web};
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use super::bookings::BookingView;
use super::caller::{May, Searching, ViewEvents};
use super::card_payments::CardPaymentView;
use super::event_streams::Listening;
use super::invoices::InvoiceView;
use super::notation;
use super::payments::PaymentView;
use super::prepaid::PrepaidView;
use super::problem::Problem;
use super::query::{Id, Several};
use super::reply::Reply;
use super::request::{PageRequest, Read};
use super::resources::ResourceView;
use super::state::State;
use super::turns::Asker;
use actions::Caller;
use actions::error::Error;
use actions::organization_events::{self, EventObject, OrganizationEvent};
use domain::fields::Fields;
use domain::ids::{EventId, OrganizationId};
use domain::limits;
use domain::order::CreationOrder;
use domain::organization_event::EventType;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// An event of an organization: a change of a booking, of a resource, or of money, that concerns it as the host or as the customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventView {
    /// The identifier of the object. Later events have larger identifiers.
    id: EventId,
    /// The type.
    r#type: EventType,
    /// The instant of the change.
    timestamp: UtcTime,
    /// The object that has changed.
    data: EventData,
}

/// The object that has changed: one of these, by the first part of the type.
#[derive(Debug, Serialize, ToSchema)]
struct EventData {
    /// The version of the object: each change of a booking raises it. An invoice keeps the version 1.
    version: i64,
    /// The booking as it was directly after the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = BookingView, required = false)]
    booking: Option<BookingView>,
    /// The invoice or credit note, with what is paid of it at the time of reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = InvoiceView, required = false)]
    invoice: Option<InvoiceView>,
    /// The payment, as it is at the time of reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = PaymentView, required = false)]
    payment: Option<PaymentView>,
    /// The prepaid credit, as it is at the time of reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = PrepaidView, required = false)]
    prepaid: Option<PrepaidView>,
    /// The payment by card, as it is at the time of reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CardPaymentView, required = false)]
    card_payment: Option<CardPaymentView>,
    /// The resource, as it is at the time of reading. Its version stays the same if only its blocks have changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ResourceView, required = false)]
    resource: Option<ResourceView>,
}

impl From<EventObject> for EventData {
    fn from(object: EventObject) -> Self {
        let none =
            Self { version: 1, booking: None, invoice: None, payment: None, prepaid: None, card_payment: None, resource: None };
        match object {
            EventObject::Booking(it) => Self { version: it.revision, booking: Some((*it).into()), ..none },
            EventObject::Invoice(it) => Self { invoice: Some((*it).into()), ..none },
            EventObject::Payment(it) => Self { version: it.revision, payment: Some((*it).into()), ..none },
            EventObject::Prepaid(it) => Self { version: it.prepaid.revision, prepaid: Some((*it).into()), ..none },
            EventObject::Resource(it) => Self { version: it.revision, resource: Some((*it).into()), ..none },
            EventObject::CardPayment(it) => Self { version: it.payment.revision, card_payment: Some((*it).into()), ..none },
        }
    }
}

impl From<OrganizationEvent> for EventView {
    fn from(OrganizationEvent { id, kind, happened_at, object }: OrganizationEvent) -> Self {
        Self { id, r#type: kind, timestamp: happened_at, data: object.into() }
    }
}

/// Writes an event as JSON, as the list of events shows it.
///
/// # Errors
/// None in practice: every event can be written.
pub fn to_json(event: OrganizationEvent) -> serde_json::Result<String> {
    serde_json::to_string(&EventView::from(event))
}

/// Filters for events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Only events of these types, such as `booking.confirm`. Several types: send the parameter several times, or divide them by commas.
    /// Default: all types.
    #[serde(default)]
    #[param(value_type = Option<Vec<EventType>>)]
    r#type: Several<EventType>,
    /// Only the events that come after the event with this identifier in the order of the list. Default: from the first event on.
    after: Option<EventId>,
    /// The order. Default: `created_at`, the oldest first. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the page after `after`.
    cursor: Option<String>,
}

/// List the events of an organization
///
/// For managers of the organization. The events of a booking come in the order of its changes. Events are kept for 30 days by default. To get only new
/// events, send the identifier of the last event that you have as `after`.
///
/// With `Accept: text/event-stream` the response is a stream of server-sent events that does not end: each has the identifier of an event as
/// `id` and the event as `data`, in the form and order of the list. It begins after the event in the header `Last-Event-ID`, else after
/// `after`, else with the next event; `order`, `limit` and `cursor` have no effect. A comment comes every 15 seconds. The stream ends when
/// the access token expires, and within seconds when the right to read the events or the session of the user ends. A caller can have 10
/// streams at a time.
#[utoipa::path(operation_id = "list_events", tag = "events", params(("id" = String, Path),
        ("Last-Event-ID" = Option<String>, Header, description = "For a stream: the identifier of the last event that you have."), EventsQuery),
    responses((status = 200, content((Page<EventView> = "application/json"), (String = "text/event-stream")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/events")]
pub(super) async fn list(
    read: Read<Searching<May<ViewEvents>>, EventsQuery>,
    id: Id<OrganizationId>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut response = match notation::prefers(&req, "text/event-stream") {
        true => stream(read, id.0, &req).await?,
        false => page(read, id.0).await?.respond_to(&req),
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

async fn page(read: Read<Searching<May<ViewEvents>>, EventsQuery>, id: OrganizationId) -> Result<Reply, Problem> {
    read.page(move |tx, Searching(May { caller, .. }), query| {
        let mut paging = Paging::of(query.limit, query.cursor.as_deref())?;
        paging.after = paging.after.or_else(|| query.after.map(|after| after.to_string()));
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(organization_events::list(tx, caller, id, &query.r#type.0, order, &paging)?.map(EventView::from))
    })
    .await
}

/// How often a stream without events gets a comment, so that proxies keep it open.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many events a stream reads at once.
const BATCH: i64 = 100;

async fn stream(
    read: Read<Searching<May<ViewEvents>>, EventsQuery>,
    organization: OrganizationId,
    req: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Read { state, caller: Searching(May { caller, .. }), query, asker, .. } = read;
    let mut fields = Fields::default();
    let last = req.headers().get("last-event-id").map(|id| fields.take("Last-Event-ID", id.to_str().unwrap_or_default().parse()));
    let after = fields.finish(|| Some(last.flatten().or(query.after)))?;
    let asked = Asked { organization, types: query.r#type.0, after, has_content: true };
    open(state, (caller, asker), asked).await
}

/// Returns a stream for a page of an organization: it says when a booking or a resource was created or has changed, and not which one. It
/// ends as other streams do.
///
/// # Errors
/// `not_signed_in`, `not_found`, `forbidden`, `email_not_verified`, `too_many_requests`.
pub async fn stream_changes(
    page: &PageRequest,
    caller: Caller,
    organization: OrganizationId,
    after: Option<EventId>,
) -> Result<HttpResponse, Problem> {
    let is_shown = |kind: &EventType| ["booking.", "resource."].iter().any(|noun| kind.as_str().starts_with(noun));
    let types = EventType::ALL.iter().copied().filter(is_shown).collect();
    let asked = Asked { organization, types, after, has_content: false };
    open(page.state.clone(), (caller, page.asker()), asked).await
}

/// The events of a stream.
struct Asked {
    organization: OrganizationId,
    types: Vec<EventType>,
    /// The stream begins after this event. None: with the next event.
    after: Option<EventId>,
    /// Whether it has the events, or only says that there are some.
    has_content: bool,
}

async fn open(state: web::Data<State>, (caller, asker): (Caller, Asker), asked: Asked) -> Result<HttpResponse, Problem> {
    let Asked { organization, types, after, has_content } = asked;
    let look = move |tx: &mut ReadTx| {
        organization_events::check_right(tx, caller, organization)?;
        after.map_or_else(|| organization_events::find_last(tx), Ok)
    };
    let after = state.db.read(state.clock.now(), look).await?;
    let listening = state.streams.add(asker, caller, organization)?;
    // An access token is not looked up again, so its stream does not outlive it.
    let lifetime = Duration::from_secs(60 * u64::from(state.config.auth.access_token_minutes));
    let ends_at = caller.key.is_none().then(|| Instant::now() + lifetime);
    let reader = Reader { state, organization, types, after, has_content, listening, ends_at, is_awake: true, is_new: true };
    let chunks = unfold(reader, |mut reader| async move { Some((reader.next().await?, reader)) });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Neither this service nor a proxy may wait for more before it passes an event on.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(chunks))
}

/// The reader of a stream.
struct Reader {
    state: web::Data<State>,
    organization: OrganizationId,
    types: Vec<EventType>,
    after: EventId,
    has_content: bool,
    listening: Listening,
    ends_at: Option<Instant>,
    /// Whether there may be events to read.
    is_awake: bool,
    /// Whether nothing was sent yet.
    is_new: bool,
}

impl Reader {
    /// The next part of the stream. None at its end.
    async fn next(&mut self) -> Option<Result<web::Bytes, Error>> {
        if std::mem::take(&mut self.is_new) {
            return Some(Ok(web::Bytes::from_static(b"retry: 2000\n\n")));
        }
        loop {
            if self.is_awake {
                match self.read().await {
                    Ok(text) if text.is_empty() => {}
                    Ok(text) => return Some(Ok(text.into())),
                    Err(error) => return Some(Err(error)),
                }
            }
            let end = async {
                match self.ends_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                is_open = self.listening.woken() => self.is_awake = if is_open { true } else { return None },
                () = end => return None,
                () = tokio::time::sleep(HEARTBEAT) => return Some(Ok(web::Bytes::from_static(b": heartbeat\n\n"))),
            }
        }
    }

    /// The next events as text.
    async fn read(&mut self) -> Result<String, Error> {
        let (organization, types, after, has_content) = (self.organization, self.types.clone(), self.after, self.has_content);
        let written = self.state.events.clone();
        let look = move |tx: &mut ReadTx| {
            let rows = organization_events::list_after(tx, organization, &types, after, BATCH)?;
            let (count, last) = (rows.len(), rows.last().map(|row| row.id));
            let text = if has_content {
                let events = written.load(tx, rows)?;
                events.iter().map(|event| format!("id: {}\ndata: {}\n\n", event.id, event.json)).collect()
            } else {
                last.map(|id| format!("id: {id}\ndata: changed\n\n")).unwrap_or_default()
            };
            Ok::<_, Error>((text, count, last))
        };
        let (text, count, last) = self.state.db.read(self.state.clock.now(), look).await?;
        self.is_awake = i64::try_from(count).is_ok_and(|count| count == BATCH);
        self.after = last.unwrap_or(self.after);
        Ok(text)
    }
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list);
}
