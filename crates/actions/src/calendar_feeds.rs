//! Calendar feeds: a user makes a secret address, from which calendar programs read what the user may see.

use serde_json::json;

use super::bookings::access::parties;
use super::error::Error;
use super::record::audit;
use super::{Caller, authorize, in_name_of, resources, sites, standing_of};
use domain::booking::Side;
use domain::calendar_feed::{AHEAD, CalendarFeed, Certainty, FeedEntry, KEPT, MOST_ENTRIES, MOST_FEEDS, Subject};
use domain::ids::{CalendarFeedId, OrganizationId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash};
use storage::blocks::{self, Block};
use storage::db::{ReadTx, Tx};
use storage::training_seats::ScheduledSeat;
use storage::{bookings, calendar_feeds, organizations, training_seats, users};

/// Makes a feed for the caller, and returns it with its secret, which is not stored.
///
/// # Errors
/// `not_found` and `forbidden` for bookings that the caller does not see, `invalid_transition` if the user has the largest number of
/// feeds.
pub fn create(tx: &mut Tx<'_>, caller: Caller, subject: Subject) -> Result<(CalendarFeed, SecretToken), Error> {
    named(tx, caller, subject)?;
    // Of two requests at the same time, the second one counts the feed of the first.
    users::lock(tx.conn, caller.user_id)?;
    if usize::try_from(calendar_feeds::count(tx.conn, caller.user_id)?).is_ok_and(|count| count >= MOST_FEEDS) {
        let detail = said!("A user can have at most {most} calendar feeds. Delete one that no program reads.", most = MOST_FEEDS);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let secret = SecretToken::new(rand::random());
    let feed = CalendarFeed { id: tx.new_id(), user_id: caller.user_id, subject, created_at: tx.now, last_used_at: None };
    calendar_feeds::insert(tx.conn, &feed, &TokenHash::of(secret.expose()))?;
    note(tx, caller, &feed, "calendar_feed.create")?;
    Ok((feed, secret))
}

/// Lists the feeds of the caller.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut ReadTx, caller: Caller, order: CreationOrder, paging: &Paging) -> Result<Page<CalendarFeed>, Error> {
    let rows = calendar_feeds::list(&mut tx.conn, caller.user_id, paging.by_id(order))?;
    Ok(paging.page(rows, |feed| feed.id.to_string()))
}

/// Returns the name of the subject of a feed; none if the caller may no longer see it, so that the feed has ended.
///
/// # Errors
/// When the database fails.
pub fn name(tx: &mut ReadTx, caller: Caller, subject: Subject) -> Result<Option<String>, Error> {
    match named(tx, caller, subject) {
        Ok(name) => Ok(Some(name)),
        Err(Error::Refused(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Deletes a feed of the caller: its address is unknown from now on.
///
/// # Errors
/// `not_found`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: CalendarFeedId) -> Result<(), Error> {
    let feed = calendar_feeds::get(tx.conn, caller.user_id, id)?;
    calendar_feeds::delete(tx.conn, id)?;
    note(tx, caller, &feed, "calendar_feed.delete")
}

fn note(tx: &mut Tx<'_>, caller: Caller, feed: &CalendarFeed, action: &str) -> Result<(), Error> {
    let (organization, of) = match feed.subject {
        Subject::User => (None, json!({})),
        Subject::Organization(id) => (Some(id), json!({ "organization_id": id })),
        Subject::Site(id) => (Some(storage::sites::get(tx.conn, id)?.organization_id), json!({ "site_id": id })),
        Subject::Resource(id) => (Some(storage::resources::get(tx.conn, id)?.organization_id), json!({ "resource_id": id })),
    };
    audit(tx, caller.principal(), organization, action, ("calendar_feed", feed.id.as_str()), &of)
}

/// The content of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The feed.
    pub feed: CalendarFeed,
    /// The name of its subject.
    pub name: String,
    /// Its entries.
    pub entries: Vec<FeedEntry>,
}

/// Returns what the feed with this secret contains now, as far as its user may see it.
///
/// # Errors
/// `not_found` if there is no such feed of this subject, or its user may no longer see the subject.
pub fn read(tx: &mut ReadTx, subject: Subject, secret: &TokenHash) -> Result<Content, Error> {
    let feed = calendar_feeds::find(&mut tx.conn, secret)?.filter(|feed| feed.subject == subject).ok_or_else(Error::not_found)?;
    let caller = in_name_of(feed.user_id);
    // The error says nothing of the user, such as the role.
    let name = named(tx, caller, subject).map_err(|error| match error {
        Error::Refused(..) => Error::not_found(),
        error => error,
    })?;
    let mut entries = booked(tx, caller, subject)?;
    let (from, to) = (tx.now - KEPT, tx.now + AHEAD);
    if sees_blocks(tx, caller, subject)? {
        let blocks = blocks::list_named(&mut tx.conn, subject, (from, to), MOST_ENTRIES)?;
        entries.extend(blocks.into_iter().map(block));
    }
    if subject == Subject::User {
        let seats = training_seats::list_scheduled(&mut tx.conn, feed.user_id, from, MOST_ENTRIES)?;
        entries.extend(seats.into_iter().map(seat));
    }
    Ok(Content { feed, name, entries })
}

/// Writes that a feed is read now.
///
/// # Errors
/// When the database fails.
pub fn note_use(tx: &mut Tx<'_>, id: CalendarFeedId) -> Result<(), Error> {
    Ok(calendar_feeds::update_used(tx.conn, id, tx.now)?)
}

/// The name of the subject, if the caller may see its bookings: those of an organization as a member, those of a site or a resource as a
/// manager of the host.
fn named(tx: &mut ReadTx, caller: Caller, subject: Subject) -> Result<String, Error> {
    match subject {
        Subject::User => {
            let user = users::get(&mut tx.conn, caller.user_id)?;
            if user.suspended_at.is_some() { Err(Error::refused(Code::AccountSuspended)) } else { Ok(user.name) }
        }
        Subject::Organization(id) => {
            authorize(tx, caller, id, Permission::View, true)?;
            Ok(organizations::get(&mut tx.conn, id)?.fields().name)
        }
        Subject::Site(id) => {
            let (site, _) = sites::get(tx, Some(caller), id)?;
            check_manager(tx, caller, site.organization_id)?;
            Ok(site.fields.name)
        }
        Subject::Resource(id) => {
            let resource = resources::get(tx, Some(caller), id)?;
            check_manager(tx, caller, resource.organization_id)?;
            Ok(resource.fields.name)
        }
    }
}

fn manages(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<bool, Error> {
    let standing = standing_of(tx, caller, host)?;
    Ok(caller.may(standing.as_ref(), Permission::ManageBookings))
}

fn check_manager(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<(), Error> {
    match manages(tx, caller, host)? {
        true => Ok(()),
        false => Err(Error::Refused(Code::Forbidden, said!("Only managers of the host can do this."))),
    }
}

/// The entries of bookings that the caller is a party to.
fn booked(tx: &mut ReadTx, caller: Caller, subject: Subject) -> Result<Vec<FeedEntry>, Error> {
    let (mut customers, mut hosts) = match subject {
        Subject::Organization(id) => parties(tx, caller, Some(id))?,
        Subject::User | Subject::Site(_) | Subject::Resource(_) => parties(tx, caller, None)?,
    };
    match subject {
        Subject::User => hosts.clear(),
        Subject::Site(_) | Subject::Resource(_) => customers.clear(),
        Subject::Organization(_) => {}
    }
    let filter = bookings::Filter {
        customers: customers.clone(),
        hosts,
        site: if let Subject::Site(id) = subject { Some(id) } else { None },
        resource: if let Subject::Resource(id) = subject { Some(id) } else { None },
        person: (subject == Subject::User).then_some(caller.user_id),
        from: Some(tx.now - KEPT),
        to: Some(tx.now + AHEAD),
        ..bookings::Filter::default()
    };
    let found = bookings::list(&mut tx.conn, &filter, None, tx.now, None, MOST_ENTRIES)?;
    let side = |customer: &OrganizationId| if customers.contains(customer) { Side::Customer } else { Side::Host };
    let entries = found.into_iter().map(|booking| booking.at(tx.now));
    let entries = entries.filter_map(|booking| FeedEntry::of_booking(&booking, side(&booking.organization_id)));
    Ok(entries.filter(|entry| entry.certainty != Certainty::Cancelled || entry.updated_at > tx.now - KEPT).collect())
}

/// Whether the caller, who sees the subject, sees its blocks, too.
fn sees_blocks(tx: &mut ReadTx, caller: Caller, subject: Subject) -> Result<bool, Error> {
    match subject {
        Subject::User => Ok(false),
        Subject::Organization(id) => manages(tx, caller, id),
        Subject::Site(_) | Subject::Resource(_) => Ok(true),
    }
}

fn block((block, resource): (Block, String)) -> FeedEntry {
    FeedEntry {
        id: block.id.to_string(),
        sequence: i32::try_from(block.revision).unwrap_or(i32::MAX),
        updated_at: block.created_at,
        starts_at: block.slot.interval.starts_at(),
        ends_at: block.slot.interval.ends_at(),
        certainty: Certainty::Confirmed,
        title: resource,
        place: String::new(),
        note: block.reason,
    }
}

fn seat(seat: ScheduledSeat) -> FeedEntry {
    FeedEntry {
        id: seat.id.to_string(),
        sequence: seat.calendar_sequence,
        updated_at: seat.created_at,
        starts_at: seat.starts_at,
        ends_at: seat.ends_at,
        certainty: Certainty::Confirmed,
        title: format!("{}, {}", seat.training, seat.organization),
        place: seat.site,
        note: String::new(),
    }
}
