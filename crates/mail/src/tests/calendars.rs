//! The calendar entries of all letters, as calendar programs read them.

use std::collections::BTreeMap;

use super::letters::{BOOKING, booking, digest, letter, letters, notices, one};
use super::{itip, read};
use crate::letter::LetterContent;
use crate::notice::{NotifiedBooking, Scope};
use domain::notification::{Notice, Recipient};

#[test]
fn every_calendar_entry_of_every_letter_is_a_request_or_a_cancellation_as_calendar_programs_want_it() {
    let mut found = BTreeMap::new();
    for letter in letters().iter().chain(notices().iter().step_by(13)) {
        let read = read(letter);
        // The entry of a letter about one booking stands in two places.
        let objects: Vec<_> =
            read.calendars.iter().filter_map(|(method, text)| Some(itip::read(method.as_ref()?, text))).collect();
        for object in &objects {
            assert_eq!(object.attendees, ["ada@example.org"]);
            assert_eq!((&*object.uid, &*object.stamp), (&*format!("{BOOKING}@share.example"), "20261130T090000Z"));
            assert_eq!((&*object.start, &*object.end), ("20261201T090000Z", "20261201T110000Z"));
            assert!(object.sequence >= 1 && !object.summary.is_empty(), "{object:?}");
            found.insert(letter.template(), object.method.clone());
        }
        let is_notice = matches!(letter.content, LetterContent::Notice(_));
        assert!(!is_notice || read.text.contains("attach") != objects.is_empty(), "{}", read.text);
        let (is_single, copies) = (objects.len() == 1, read.calendars.len() - objects.len());
        assert_eq!(copies, usize::from(is_single), "{}", letter.template());
    }
    let methods: Vec<_> = ["booking", "group", "series"]
        .iter()
        .flat_map(|scope| {
            let request = ["confirmed", "rescheduled", "proposal_accepted"].into_iter().map(|notice| (notice, "REQUEST"));
            let cancel = ["cancelled", "displaced", "payment_failed"].into_iter().map(|notice| (notice, "CANCEL"));
            let all = request.chain(cancel).flat_map(|one| ["customer", "host", "operator"].map(|reader| (one, reader)));
            all.chain([(("replaced", "CANCEL"), "former_operator")])
                .map(move |((notice, method), reader)| (format!("{scope}_{notice}_{reader}"), method.to_owned()))
        })
        .chain([("digest".to_owned(), "CANCEL".to_owned())])
        .chain(["changed", "seat_taken"].map(|event| (format!("training_{event}"), "REQUEST".to_owned())))
        .chain(["cancelled", "seat_cancelled", "seat_removed"].map(|event| (format!("training_{event}"), "CANCEL".to_owned())))
        .collect();
    assert_eq!(found, methods.into_iter().collect());
}

#[test]
fn a_digest_has_the_latest_entry_of_each_booking() {
    let change = |notice, id: &str, calendar_sequence| {
        let mut notice = booking(notice, Recipient::Host);
        (notice.first.booking_id, notice.first.calendar_sequence) = (id.parse().unwrap(), calendar_sequence);
        letter(notice).content
    };
    let other = BOOKING.replace("001", "002");
    let read = read(&digest(vec![
        change(Notice::Confirmed, BOOKING, 0),
        change(Notice::Confirmed, &other, 0),
        change(Notice::Cancelled, BOOKING, 1),
    ]));
    let objects: Vec<_> = read.calendars.iter().filter_map(|(method, text)| Some(itip::read(method.as_ref()?, text))).collect();
    let found: Vec<_> =
        objects.iter().map(|object| (object.method.as_str(), object.sequence, object.uid.contains(&other))).collect();
    assert_eq!(found, [("CANCEL", 1, false), ("REQUEST", 0, true)]);
}

#[test]
fn each_of_several_bookings_is_a_calendar_object_of_its_own() {
    let mut notice = booking(Notice::Confirmed, Recipient::Customer);
    notice.scope = Scope::Several { more: 0 };
    notice.others = (2..=200).map(|number| NotifiedBooking { calendar_sequence: number, ..one(Notice::Confirmed) }).collect();
    let read = read(&letter(notice));
    assert_eq!(read.parts[..4], ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]);
    // Large providers refuse a message of more than 250 parts.
    assert_eq!(read.parts[4..], vec!["text/calendar; method=REQUEST"; 200]);
    let sequences: Vec<_> = read.calendars.iter().map(|(_, text)| itip::read("REQUEST", text).sequence).collect();
    assert_eq!(sequences, [3].into_iter().chain(2..=200).collect::<Vec<_>>());
}
