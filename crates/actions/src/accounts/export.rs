//! The export of all stored data about a user.

use crate::error::Error;
use crate::{Caller, accounts};
use domain::booking::Booking;
use domain::booking::proposal::Proposal;
use domain::openid::Identity;
use storage::audit::{self as audit_log, UserAction};
use storage::booking_groups::{self, BookingGroup};
use storage::booking_proposals;
use storage::bookings;
use storage::certifications::{self, Certification};
use storage::db::ReadTx;
use storage::identities;
use storage::invitations::{self, Invitation};
use storage::mails::{self, SentMail};
use storage::members::{self, Membership};
use storage::one_time_tokens::{self, SentToken};
use storage::series::{self, Series};
use storage::sessions::{self, Session};
use storage::terms_acceptances::{self, Acceptance};
use storage::training_seats::{self, TrainingSeat};
use storage::users::User;
use storage::waitlist_entries::{self, WaitlistEntry};

/// All stored data about a user.
#[derive(Debug)]
pub struct Everything {
    /// The account.
    pub user: User,
    /// The organizations of the user, and the roles there.
    pub memberships: Vec<Membership>,
    /// The sessions of the user.
    pub sessions: Vec<Session>,
    /// The identities at providers with which the user signs in.
    pub identities: Vec<Identity>,
    /// The one-time tokens that were sent to the user.
    pub tokens: Vec<SentToken>,
    /// The invitations to the address of the user, if it is verified.
    pub invitations: Vec<Invitation>,
    /// The e-mails that were sent to the user.
    pub mails: Vec<SentMail>,
    /// The bookings that the user made.
    pub bookings: Vec<Booking>,
    /// The other slots for bookings that the user proposed.
    pub proposals: Vec<Proposal>,
    /// The booking groups that the user made.
    pub groups: Vec<BookingGroup>,
    /// The series that the user made.
    pub series: Vec<Series>,
    /// The waitlist entries of the user.
    pub waitlist: Vec<WaitlistEntry>,
    /// The terms that the user accepted.
    pub terms_acceptances: Vec<Acceptance>,
    /// The certifications of the user.
    pub certifications: Vec<Certification>,
    /// The seats in trainings that the user took.
    pub seats: Vec<TrainingSeat>,
    /// The actions of the user.
    pub deeds: Vec<UserAction>,
}

/// Returns all stored data about the caller.
///
/// # Errors
/// As [`accounts::get`].
pub fn export(tx: &mut ReadTx, caller: Caller) -> Result<Everything, Error> {
    let user = accounts::get(tx, caller)?;
    let memberships = members::list_of_user(&mut tx.conn, user.id)?;
    // The customers for which the user has booked: the user is a member, or the audit log shows that the user was one.
    let mut customers = audit_log::list_organizations(&mut tx.conn, user.id.as_str())?;
    customers.extend(memberships.iter().map(|membership| membership.organization_id));
    let proposals = booking_proposals::list_of_user(&mut tx.conn, user.id)?;
    let waitlist = waitlist_entries::list_of_user(&mut tx.conn, user.id, &customers, tx.now)?;
    Ok(Everything {
        memberships,
        sessions: sessions::list_of_user(&mut tx.conn, user.id)?,
        identities: identities::list(&mut tx.conn, user.id, None, i64::MAX)?,
        tokens: one_time_tokens::list_of_user(&mut tx.conn, user.id)?,
        invitations: match user.email_verified_at {
            Some(_) => invitations::list_to(&mut tx.conn, &user.email, None, None, i64::MAX)?,
            None => Vec::new(),
        },
        mails: mails::list_to(&mut tx.conn, &user.email)?,
        bookings: bookings::list_of_user(&mut tx.conn, user.id, &customers)?,
        proposals: proposals.into_iter().map(|proposal| proposal.at(tx.now)).collect(),
        groups: booking_groups::list_of_user(&mut tx.conn, user.id, &customers)?,
        series: series::list_of_user(&mut tx.conn, user.id, &customers)?,
        waitlist: waitlist.into_iter().map(|entry| entry.at(tx.now)).collect(),
        terms_acceptances: terms_acceptances::list_of_user(&mut tx.conn, user.id)?,
        certifications: certifications::list_of_user(&mut tx.conn, user.id, None, i64::MAX)?,
        seats: training_seats::list_of_user(&mut tx.conn, user.id)?,
        deeds: audit_log::list_of_user(&mut tx.conn, user.id)?,
        user,
    })
}
