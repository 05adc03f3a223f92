//! The readers of letters: which letters they have switched off, and the language that they read.

use std::collections::HashMap;

use domain::email::Email;
use domain::fact::Event;
use domain::language::Language;
use mail::letter::Letter;
use storage::connection::Conn;
use storage::error::StorageError;
use storage::{contacts, invitations, users};

/// Leaves out the letters that their recipients have switched off, and writes the others in the languages of their readers: that of
/// the user with the address; else that of the owner of the organization with the address; else that of the user who acted.
pub(super) fn for_readers(
    conn: &mut Conn,
    event: &Event,
    addressed: Vec<(Email, Letter)>,
) -> Result<Vec<(Email, Letter)>, StorageError> {
    if addressed.is_empty() {
        return Ok(addressed);
    }
    let emails: Vec<_> = addressed.iter().map(|(email, _)| email.clone()).collect();
    let users =
        users::list_choices(conn, &emails)?.into_iter().map(|(email, preferences, language)| (email, (preferences, language)));
    let users: HashMap<_, _> = users.collect();
    let others: Vec<_> = emails.into_iter().filter(|email| !users.contains_key(email)).collect();
    let (organizations, by) = match others.is_empty() {
        true => (HashMap::new(), None),
        false => (contacts::find_languages(conn, &others)?, find_actor_language(conn, event)?),
    };
    let mut letters = Vec::new();
    for (email, mut letter) in addressed {
        let (preferences, language) = match users.get(&email) {
            Some((preferences, language)) => (Some(preferences), *language),
            None => (None, organizations.get(&email).copied().flatten().or(by)),
        };
        if letter.category().zip(preferences).is_none_or(|(category, preferences)| preferences.wants(category)) {
            letter.locale = language.map(Into::into).unwrap_or_default();
            letters.push((email, letter));
        }
    }
    Ok(letters)
}

/// The language of the user who asked for a letter to an address that may have no account.
fn find_actor_language(conn: &mut Conn, event: &Event) -> Result<Option<Language>, StorageError> {
    let user = match event {
        Event::EmailChangeRequested { user_id, .. } => *user_id,
        Event::InvitationSent { invitation_id, .. } => match invitations::find(conn, *invitation_id)? {
            Some(invitation) => invitation.invited_by,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    match users::get(conn, user) {
        Err(StorageError::NotFound) => Ok(None),
        user => Ok(user?.language),
    }
}
