//! Groups and series of the histories, as the service lives through them.

use std::collections::BTreeSet;

use actions::booking_groups::{self, NewBookingGroup};
use actions::error::Error;
use actions::series::{self, LeftOut, NewSeries, NewSlots};
use domain::booking::{Booking, BookingStatus};
use domain::ids::BookingId;
use domain::problem::Code;
use domain::series::{Occurrence, OnClash};

use super::model::Model;
use super::real::{Real, code, quarters};
use super::steps::{Answer, DAY, Refused, SeriesTarget, Wish};

impl Real {
    pub(crate) async fn book_group(&mut self, wishes: &[(Wish, bool)]) -> Answer {
        let bookings: Vec<_> = wishes.iter().map(|(wish, hold)| self.new_booking(*wish, *hold)).collect();
        let (customer, organization_id) = (self.customer, self.organization);
        let new = NewBookingGroup { organization_id, note: String::new(), bookings: bookings.clone() };
        let booked = self.try_to(move |tx| booking_groups::create(tx, customer, &new)).await;
        let mut booked = booked.map_err(|error| of_group(&error, &[]))?;
        self.groups.push(booked.group.id);
        // They are answered by start; of those that are alike each is as good as another.
        let hold = bookings.iter().any(|wish| wish.hold);
        for wish in bookings {
            let is_it = |made: &Booking| {
                let is_held = made.status == BookingStatus::Held;
                let made = (made.resource_id, made.interval, made.quantity, is_held);
                made == (wish.resource_id, wish.slot.interval, wish.slot.quantity, hold)
            };
            let position = booked.bookings.iter().position(is_it).unwrap();
            self.made.push(booked.bookings.remove(position).id);
        }
        Ok(())
    }

    pub(crate) async fn confirm_group(&self, which: usize, model: &Model) -> Answer {
        let Some(id) = self.groups.get(which).copied() else { return Ok(()) };
        let customer = self.customer;
        let confirmed = self.try_to(move |tx| booking_groups::confirm(tx, customer, id)).await;
        confirmed.map(drop).map_err(|error| of_group(&error, &names(model, &model.groups[which])))
    }

    pub(crate) async fn cancel_group(&self, which: usize, chosen: Option<&[usize]>, model: &Model) -> Answer {
        let Some(id) = self.groups.get(which).copied() else { return Ok(()) };
        let chosen = chosen.map(|numbers| names(model, &model.chosen(which, numbers)));
        let customer = self.customer;
        let cancelled = self.try_to(move |tx| booking_groups::cancel(tx, customer, id, chosen.as_deref(), "")).await;
        cancelled.map(drop).map_err(|error| of_group(&error, &names(model, &model.groups[which])))
    }

    pub(crate) async fn book_series(&mut self, (wish, hold): (Wish, bool), count: i64, skips: bool) -> Answer {
        let rule = format!("FREQ=DAILY;COUNT={count}");
        let (first, recurrence) = (self.new_booking(wish, hold), rule.parse().unwrap());
        let new = NewSeries { first, rule, recurrence, on_clash: if skips { OnClash::Skip } else { OnClash::Refuse } };
        let customer = self.customer;
        let booked = self.try_to(move |tx| series::create(tx, customer, &new)).await;
        let booked = booked.map_err(|error| self.of_series(&error))?;
        // Whatever was not skipped stands.
        let starts = booked.bookings.iter().map(|booking| booking.interval.starts_at());
        let all: BTreeSet<_> = starts.chain(booked.series.skipped.iter().filter_map(|one| one.starts_at)).collect();
        let asked = (0..count).map(|day| self.interval(wish.from + day * DAY, wish.length).starts_at());
        assert_eq!(all, asked.collect());
        self.series.push(booked.series.id);
        self.made.extend(booked.bookings.iter().map(|booking| booking.id));
        Ok(())
    }

    pub(crate) async fn move_series(&self, which: usize, from: Option<usize>, to: SeriesTarget, model: &Model) -> Answer {
        let Some(id) = self.series.get(which).copied() else { return Ok(()) };
        let bookings = names(model, &model.series[which]);
        let from = from.map(|number| bookings[number % bookings.len()]);
        let (host, customer, start, resources) = (self.host, self.customer, self.start, self.resources);
        let moved = self.try_to(move |tx| match to {
            SeriesTarget::Confirm => series::confirm(tx, customer, id),
            SeriesTarget::Approve => series::approve(tx, host, id),
            SeriesTarget::Decline => series::decline(tx, host, id, from, ""),
            SeriesTarget::Cancel => series::cancel(tx, customer, id, from, ""),
            SeriesTarget::Reschedule(shift) => {
                let new = NewSlots {
                    operated_by: None,
                    start_time: shift.start.map(|quarter| (start + quarters(quarter)).to_chrono().time()),
                    shift_days: shift.days,
                    duration_minutes: shift.length.map(|length| 15 * length),
                    resource_id: shift.on.map(|on| resources[on]),
                    quantity: shift.quantity,
                    include_moved: shift.include_moved,
                    override_reason: None,
                };
                series::reschedule(tx, customer, id, from, &new).map(|moved| moved.whole)
            }
        });
        moved.await.map(drop).map_err(|error| self.of_series(&error))
    }

    pub(crate) async fn add_left_out(&mut self, which: usize, skips: bool, model: &Model) -> Answer {
        let Some(id) = self.series.get(which).copied() else { return Ok(()) };
        let on_clash = if skips { OnClash::Skip } else { OnClash::Refuse };
        let new = LeftOut {
            dates: None,
            on_clash,
            operated_by: None,
            hold: false,
            override_reason: None,
            accepted_terms: Vec::new(),
            refuses_prepaid: false,
        };
        let customer = self.customer;
        let added = self.try_to(move |tx| series::add(tx, customer, id, &new)).await.map_err(|error| self.of_series(&error))?;
        // Identifiers are in the order of creation.
        let is_new = |id: &BookingId| model.bookings.iter().all(|booked| booked.id != Some(*id));
        let new: BTreeSet<_> = added.bookings.iter().map(|booking| booking.id).filter(is_new).collect();
        self.made.extend(new);
        Ok(())
    }

    /// Which occurrences of a series were refused, by their days.
    fn of_series(&self, error: &Error) -> Refused {
        let Error::OccurrencesRefused(refused) = error else { return code(error).into() };
        let first_day = self.start.to_chrono().date_naive();
        let code = |one: &Occurrence| match one.violations.first() {
            Some(_) => Code::BookingRulesViolated,
            None if one.conflicts.is_empty() => panic!("nobody knows why: {one:?}"),
            None => Code::SlotUnavailable,
        };
        let mut parts: Vec<_> = refused.iter().map(|one| ((one.date - first_day).num_days(), code(one).as_str())).collect();
        parts.sort_unstable();
        Refused::Parts(parts)
    }
}

/// Which bookings of a group were refused, by their numbers in it.
fn of_group(error: &Error, group: &[BookingId]) -> Refused {
    let Error::BookingsRefused(refused) = error else { return code(error).into() };
    let mut parts = Vec::new();
    for one in refused {
        let made = (0..).zip(group).find_map(|(number, id)| (one.booking_id == Some(*id)).then_some(number));
        let asked = || one.pointer.as_deref()?.strip_prefix("/bookings/")?.parse().ok();
        parts.push((made.or_else(asked).unwrap(), one.code.as_str()));
    }
    parts.sort_unstable();
    Refused::Parts(parts)
}

/// By what names bookings of the model are known.
fn names(model: &Model, bookings: &[usize]) -> Vec<BookingId> {
    bookings.iter().map(|which| model.bookings[*which].id.unwrap()).collect()
}
