//! Messages to people: the queue that they are sent from.

use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{CachedStatement, Conn, EitherConn, SameText, WriteConn, padded};
use super::error::StorageError;
use super::schema::{bookings, mail_topics, mails, members, organizations, resources, sites, users};
use domain::email::Email;
use domain::ids::{BookingId, FactId, Identifier as _, MailId, OrganizationId, UserId};
use domain::mail::MailStatus;
use domain::permissions::Role;
use domain::resource::{ResourceKind, Unit};
use domain::site::Disclosure;
use domain::time::UtcTime;

/// A mail that is to be sent now.
#[derive(Debug, Clone, Queryable)]
pub struct Mail {
    /// Its identifier.
    pub id: MailId,
    /// The recipient.
    pub recipient: Email,
    /// The letter, as JSON.
    pub context: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// When the event happened.
    pub created_at: UtcTime,
}

/// A mail to be queued.
#[derive(Debug, Insertable)]
#[diesel(table_name = mails)]
pub struct NewMail {
    /// Its identifier.
    pub id: MailId,
    /// The fact that it is about.
    pub fact_id: FactId,
    /// The recipient.
    pub recipient: Email,
    /// Which message it is; nobody gets one twice for the same event.
    pub template: String,
    /// The letter, as JSON.
    pub context: String,
    /// Its state.
    pub status: MailStatus,
    /// When it is to be sent.
    pub next_attempt_at: UtcTime,
    /// When the event happened.
    pub created_at: UtcTime,
    /// The bookings or the seat that it is about. Of two mails to one recipient with a common topic, the one that was queued first
    /// is sent first.
    #[diesel(skip_insertion)]
    pub topics: Vec<String>,
}

/// A topic of a mail to be queued.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = mail_topics)]
struct NewTopic {
    mail_id: MailId,
    recipient: Email,
    topic_id: String,
}

/// How many topics one statement inserts.
const TOPICS_AT_ONCE: usize = 1000;

/// Queues mails, except those that have been.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, mails: &[NewMail]) -> Result<(), StorageError> {
    let mut queued: Vec<MailId> = Vec::new();
    match conn.raw().either() {
        EitherConn::Pg(conn) => {
            queued = diesel::insert_into(mails::table)
                .values(mails)
                .on_conflict_do_nothing()
                .returning(mails::id)
                .get_results(conn)?;
        }
        EitherConn::Sqlite(conn) => {
            for mail in mails {
                if diesel::insert_into(mails::table).values(mail).on_conflict_do_nothing().execute(conn)? == 1 {
                    queued.push(mail.id);
                }
            }
        }
    }
    let queued = mails.iter().filter(|mail| queued.contains(&mail.id));
    let topics = queued.flat_map(|mail| {
        let topic =
            |topic_id: &String| NewTopic { mail_id: mail.id, recipient: mail.recipient.clone(), topic_id: topic_id.clone() };
        mail.topics.iter().map(topic)
    });
    let topics: Vec<NewTopic> = topics.collect();
    match conn.raw().either() {
        EitherConn::Pg(conn) => {
            for some in topics.chunks(TOPICS_AT_ONCE) {
                diesel::insert_into(mail_topics::table).values(some).execute(conn)?;
            }
        }
        // diesel would insert several one by one, too, in a savepoint of their own.
        EitherConn::Sqlite(conn) => {
            for topic in &topics {
                diesel::insert_into(mail_topics::table).values(topic).execute(conn)?;
            }
        }
    }
    Ok(())
}

/// The mail is queued. Written out, because a partial index serves only a query that names its condition.
fn is_queued() -> SqlLiteral<Bool> {
    sql("mails.status = 'queued'")
}

/// No mail that was queued before waits for the same recipient with a common topic. Mails that a server has claimed are queued until
/// their outcome is recorded.
fn is_next() -> SqlLiteral<Bool> {
    sql("NOT EXISTS (SELECT 1 FROM mail_topics AS own
        JOIN mail_topics AS earlier ON earlier.topic_id = own.topic_id AND earlier.recipient = own.recipient
            AND earlier.position < own.position
        JOIN mails AS waiting ON waiting.id = earlier.mail_id AND waiting.id <> own.mail_id AND waiting.status = 'queued'
        WHERE own.mail_id = mails.id)")
}

/// Whether a mail can be sent now.
///
/// # Errors
/// When the database fails.
pub fn has_due(conn: &mut Conn, now: UtcTime) -> Result<bool, StorageError> {
    let due = mails::table.filter(is_queued()).filter(mails::next_attempt_at.le(now)).filter(is_next());
    let has_due = CachedStatement(diesel::select(exists(due)));
    Ok(has_due.get_result(conn)?)
}

/// Claims mails that can be sent now for this transaction, until `until`: then they are due again, unless their outcome was recorded.
///
/// # Errors
/// When the database fails.
pub fn claim_due(conn: &mut WriteConn, now: UtcTime, until: UtcTime, limit: i64) -> Result<Vec<Mail>, StorageError> {
    let due = mails::table
        .filter(is_queued())
        .filter(mails::next_attempt_at.le(now))
        .filter(is_next())
        .order((mails::next_attempt_at, mails::id))
        .limit(limit)
        .select((mails::id, mails::recipient, mails::context, mails::attempts + 1, mails::created_at));
    let due: Vec<Mail> = match conn.raw().either() {
        EitherConn::Pg(conn) => CachedStatement(due.for_update().skip_locked()).load(conn)?,
        EitherConn::Sqlite(conn) => CachedStatement(due).load(conn)?,
    };
    let ids = padded(due.iter().map(|mail| mail.id));
    let claimed = (mails::next_attempt_at.eq(until), mails::attempts.eq(mails::attempts + 1));
    let change = CachedStatement(diesel::update(mails::table.filter(mails::id.eq_any(ids))).set(claimed));
    change.execute(conn.raw())?;
    Ok(due)
}

/// Claims mails again that this server has claimed and not sent yet, until `until`.
///
/// # Errors
/// When the database fails.
pub fn update_claimed(conn: &mut WriteConn, ids: &[MailId], until: UtcTime) -> Result<(), StorageError> {
    let queued = mails::table.filter(mails::id.eq_any(ids)).filter(is_queued());
    diesel::update(queued).set(mails::next_attempt_at.eq(until)).execute(conn.raw())?;
    Ok(())
}

/// Releases claimed mails that were not tried.
///
/// # Errors
/// When the database fails.
pub fn update_released(conn: &mut WriteConn, ids: &[MailId], now: UtcTime) -> Result<(), StorageError> {
    diesel::update(mails::table.filter(mails::id.eq_any(ids)).filter(is_queued()))
        .set((mails::next_attempt_at.eq(now), mails::attempts.eq(mails::attempts - 1)))
        .execute(conn.raw())?;
    Ok(())
}

/// Replaces the content of a mail.
///
/// # Errors
/// When the database fails.
pub fn update_context(conn: &mut WriteConn, id: MailId, context: &str) -> Result<(), StorageError> {
    diesel::update(mails::table.find(id)).set(mails::context.eq(context)).execute(conn.raw())?;
    Ok(())
}

/// Records that mails were sent.
///
/// # Errors
/// When the database fails.
pub fn update_sent(conn: &mut WriteConn, ids: &[MailId], now: UtcTime) -> Result<(), StorageError> {
    let sent = (mails::status.eq(MailStatus::Sent), mails::last_error.eq(None::<String>), mails::sent_at.eq(now));
    let change = CachedStatement(diesel::update(mails::table.filter(mails::id.eq_any(padded(ids.iter().copied())))).set(sent));
    change.execute(conn.raw())?;
    Ok(())
}

/// Records why a mail was not sent and when to try again, unless it has been tried again meanwhile.
///
/// # Errors
/// When the database fails.
pub fn update_delayed(conn: &mut WriteConn, mail: &Mail, error: &str, next_attempt_at: UtcTime) -> Result<(), StorageError> {
    diesel::update(mails::table.find(mail.id).filter(mails::attempts.eq(mail.attempts)))
        .filter(is_queued())
        .set((mails::last_error.eq(error), mails::next_attempt_at.eq(next_attempt_at)))
        .execute(conn.raw())?;
    Ok(())
}

/// Records that a mail is not tried again, unless it has been tried again meanwhile.
///
/// # Errors
/// When the database fails.
pub fn update_failed(conn: &mut WriteConn, mail: &Mail, error: &str) -> Result<(), StorageError> {
    diesel::update(mails::table.find(mail.id).filter(mails::attempts.eq(mail.attempts)))
        .filter(is_queued())
        .set((mails::status.eq(MailStatus::Failed), mails::last_error.eq(error)))
        .execute(conn.raw())?;
    Ok(())
}

/// The number of mails to a recipient that were made since an instant.
///
/// # Errors
/// When the database fails.
pub fn count_since(conn: &mut Conn, recipient: &Email, since: UtcTime) -> Result<i64, StorageError> {
    let recent = mails::table.filter(mails::recipient.eq(recipient)).filter(mails::id.ge(MailId::new(since.millis(), [0; 10])));
    struct Recent;
    Ok(SameText::<Recent, _>::new(recent.count()).get_result(conn)?)
}

/// The details of a booking that its facts do not contain.
#[derive(Debug, Clone, Queryable)]
pub struct BookingDetails {
    /// The organization that booked.
    pub customer: Party,
    /// The organization that owns the resource.
    pub host: Party,
    /// The user that booked.
    pub created_by: UserId,
    /// The name of the operator.
    pub operated_by: Option<String>,
    /// The note of the customer.
    pub note: String,
    /// The name of the resource.
    pub resource: String,
    /// The kind of the resource.
    pub kind: ResourceKind,
    /// The unit of its capacity.
    pub unit: Unit,
    /// Where it is.
    pub site: Place,
}

/// An organization on one side of a booking.
#[derive(Debug, Clone, Queryable)]
pub struct Party {
    /// Its identifier.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// The address that receives mail besides its managers; may be empty.
    pub contact_email: String,
    /// Since when its owner has agreed to receive mail there.
    pub contact_verified_at: Option<UtcTime>,
}

/// The site of a resource.
#[derive(Debug, Clone, Queryable)]
pub struct Place {
    /// The name of the site.
    pub name: String,
    /// Its street and number.
    pub line1: String,
    /// More of its address.
    pub line2: String,
    /// Its postal code.
    pub postal_code: String,
    /// Its city.
    pub city: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Its time zone.
    pub timezone: String,
    /// The readers that see the exact address.
    pub discloses_address: Disclosure,
    /// How to enter the site.
    pub access_notes: String,
    /// The contact at the site.
    pub contact: String,
}

type PlaceColumns = (
    sites::name,
    sites::line1,
    sites::line2,
    sites::postal_code,
    sites::city,
    sites::country,
    sites::timezone,
    sites::discloses_address,
    sites::access_notes,
    sites::contact,
);
/// The columns of a [`Place`].
pub(super) const PLACE: PlaceColumns = (
    sites::name,
    sites::line1,
    sites::line2,
    sites::postal_code,
    sites::city,
    sites::country,
    sites::timezone,
    sites::discloses_address,
    sites::access_notes,
    sites::contact,
);

/// The facts for a mail about this booking.
///
/// # Errors
/// When there is no such booking, or the database fails.
pub fn get_booking_details(conn: &mut Conn, id: BookingId) -> Result<BookingDetails, StorageError> {
    let hosts = diesel::alias!(organizations as hosts);
    let query = bookings::table
        .inner_join(resources::table)
        .inner_join(sites::table)
        .inner_join(organizations::table.on(organizations::id.eq(bookings::organization_id)))
        .inner_join(hosts.on(hosts.field(organizations::id).eq(bookings::host_organization_id)))
        .left_join(users::table.on(bookings::operated_by.eq(users::id.nullable())))
        .filter(bookings::id.eq(id))
        .select((
            (organizations::id, organizations::name, organizations::contact_email, organizations::contact_verified_at),
            hosts.fields((
                organizations::id,
                organizations::name,
                organizations::contact_email,
                organizations::contact_verified_at,
            )),
            bookings::created_by,
            users::name.nullable(),
            bookings::note,
            resources::name,
            resources::kind,
            resources::unit,
            PLACE,
        ));
    Ok(query.get_result(conn)?)
}

/// A person who can receive a notice about a booking.
#[derive(Debug, Clone, Queryable)]
pub struct PartyMember {
    /// The organization that the person is a member of.
    pub organization_id: OrganizationId,
    /// The user.
    pub user_id: UserId,
    /// The address.
    pub email: Email,
    /// The name.
    pub name: String,
}

/// Those of these people that are members of the customer, and all managers of the host; without those that have not verified
/// their address, except for the user who booked.
///
/// # Errors
/// When the database fails.
pub fn list_party_members(
    conn: &mut Conn,
    booking: &BookingDetails,
    people: &[UserId],
) -> Result<Vec<PartyMember>, StorageError> {
    let is_one = members::organization_id.eq(booking.customer.id).and(members::user_id.eq_any(padded(people.iter().copied())));
    let manages_host = members::organization_id.eq(booking.host.id).and(members::role.ne(Role::Booker));
    let query = members::table
        .inner_join(users::table)
        .filter(is_one.or(manages_host))
        .filter(users::email_verified_at.is_not_null().or(users::id.eq(booking.created_by)))
        .order((members::organization_id, members::user_id))
        .select((members::organization_id, members::user_id, users::email, users::name));
    let query = CachedStatement(query);
    Ok(query.load(conn)?)
}

/// A mail as its recipient sees it in the account.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
pub struct SentMail {
    /// The name of its text.
    pub template: String,
    /// Its state.
    pub status: MailStatus,
    /// When the event happened.
    pub created_at: UtcTime,
    /// When it was sent.
    #[schema(required)]
    pub sent_at: Option<UtcTime>,
}

/// The mails to an address that are still kept.
///
/// # Errors
/// When the database fails.
pub fn list_to(conn: &mut Conn, recipient: &Email) -> Result<Vec<SentMail>, StorageError> {
    let columns = (mails::template, mails::status, mails::created_at, mails::sent_at);
    Ok(mails::table.filter(mails::recipient.eq(recipient)).order(mails::id).select(columns).load(conn)?)
}
