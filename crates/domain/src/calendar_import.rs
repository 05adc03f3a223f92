//! Calendar imports: calendars of a host outside of this service, whose events become blocks of a resource.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::availability::conflicts;
use super::ids::{BlockId, CalendarClashId, CalendarImportId, ResourceId, UserId};
use super::interval::{Interval, without};
use super::limits::LONGEST_DAYS;
use super::network::{self, Network};
use super::slot::Slot;
use super::time::UtcTime;
use crate::said::Said;

/// How far ahead events become blocks.
pub const AHEAD: TimeDelta = TimeDelta::days(400);

/// The largest number of times of a calendar that become blocks.
pub const MOST_TIMES: usize = 5000;

/// The largest number of events of which it is kept why they are not understood.
pub const MOST_PROBLEMS: usize = 20;

/// The largest number of characters of the title of an event that is kept.
pub const LONGEST_TITLE: usize = 200;

/// The largest number of calendar imports of an organization.
pub const MOST_IMPORTS: usize = 100;

/// The shortest time between two refreshes that somebody asks for.
pub const REFRESH_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// The longest time between two attempts to read a calendar that fails.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);

/// How long a calendar can fail before the managers of the host are told.
pub const FAILS_LONG: TimeDelta = TimeDelta::hours(24);

/// After this time a calendar is read as a whole, also if its server says that it has not changed: the time ahead has moved on.
pub const READ_WHOLE_AFTER: TimeDelta = TimeDelta::hours(24);

/// The fields of a calendar import that managers of the host set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarImportFields {
    /// The name, which is the reason of its blocks.
    pub name: String,
    /// The address of the calendar.
    pub url: String,
    /// The quantity that each block takes; none: the whole capacity.
    pub quantity: Option<i32>,
}

/// A calendar import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarImport {
    /// Its identifier.
    pub id: CalendarImportId,
    /// The resource that its blocks are for.
    pub resource_id: ResourceId,
    /// The fields that managers of the host set.
    pub fields: CalendarImportFields,
    /// When the calendar was read last.
    pub refreshed_at: Option<UtcTime>,
    /// When it was last asked for.
    pub attempted_at: Option<UtcTime>,
    /// When it is asked for next.
    pub next_attempt_at: UtcTime,
    /// Why the last attempt failed; empty if it did not.
    pub error: String,
    /// The number of failed attempts since the calendar was read.
    pub failures: i32,
    /// When the first of them failed.
    pub failing_since: Option<UtcTime>,
    /// The content of the calendar when it was read last, in numbers.
    pub report: Report,
    /// The user who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

/// The content of a calendar when it was read last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The number of times at which its events make somebody busy.
    pub times: usize,
    /// The number of later times that were left out, because there are too many.
    pub left_out: usize,
    /// Events that are not understood, or only in part.
    pub problems: Vec<Problem>,
}

/// An event that is not understood, or only in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CalendarEventProblem)]
pub struct Problem {
    /// The title of the event.
    pub title: String,
    /// The part that is not understood.
    pub reason: String,
}

/// A time at which an event of a calendar makes somebody busy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusyTime {
    /// The time.
    pub interval: Interval,
    /// Names the event and, if it repeats, the occurrence, in each version of the calendar.
    pub key: String,
    /// The title of the event.
    pub title: String,
}

/// The key of a name of any length: 32 characters.
pub fn key_of(name: &str) -> String {
    Sha256::digest(name).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// An event that blocks nothing, because bookings are in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarClash {
    /// Its identifier.
    pub id: CalendarClashId,
    /// The import.
    pub calendar_import_id: CalendarImportId,
    /// The key of the event.
    pub key: String,
    /// The time of the event.
    pub interval: Interval,
    /// The title of the event.
    pub title: String,
    /// When the clash was found.
    pub created_at: UtcTime,
}

/// A block of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedBlock {
    /// The block.
    pub id: BlockId,
    /// The key of its event, and its number if the event has several blocks.
    pub key: String,
    /// The time and quantity.
    pub slot: Slot,
    /// The reason.
    pub reason: String,
}

/// A block that an import wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedBlock {
    /// As [`ImportedBlock::key`].
    pub key: String,
    /// The time.
    pub interval: Interval,
    /// The event.
    pub time: BusyTime,
}

/// The slots that take capacity of a resource beside the blocks of an import.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Everything.
    pub all: Vec<Slot>,
    /// The blocks only.
    pub blocks: Vec<Slot>,
}

/// Returns the blocks for the times of a calendar, which must be in order, and the times that bookings are in the way of.
///
/// While any event takes place, the quantity is blocked once: events that overlap share the time, and what other blocks of the host already
/// block needs no second block. An event with a booking in its way blocks nothing. Times that are over by `now` are left out.
pub fn wanted(
    times: &[BusyTime],
    beside: &Beside,
    (capacity, quantity): (i32, i32),
    now: UtcTime,
) -> (Vec<WantedBlock>, Vec<BusyTime>) {
    let (all, blocks) = (Nearby::new(&beside.all), Nearby::new(&beside.blocks));
    let short = |nearby: &Nearby, within: Interval| -> Vec<Interval> {
        let conflicts = conflicts(&nearby.overlapping(within), within, capacity, quantity);
        conflicts.iter().filter_map(|conflict| Interval::new(conflict.starts_at(), conflict.ends_at()).ok()).collect()
    };
    let (mut wanted, mut clashes) = (Vec::new(), Vec::new());
    // Up to here the times before are blocked, without a gap from the start of the time at hand on.
    let mut covered_until = UtcTime::EARLIEST;
    for time in times {
        let blocked = short(&blocks, time.interval);
        if short(&all, time.interval).iter().any(|taken| !without(*taken, blocked.clone()).is_empty()) {
            clashes.push(time.clone());
            continue;
        }
        let left = Interval::new(time.interval.starts_at().max(covered_until), time.interval.ends_at());
        covered_until = covered_until.max(time.interval.ends_at());
        let pieces = left.into_iter().flat_map(|left| without(left, blocked.clone())).flat_map(chunks);
        let pieces = pieces.enumerate().filter(|(_, piece)| piece.ends_at() > now);
        wanted.extend(pieces.map(|(number, interval)| {
            let key = if number == 0 { time.key.clone() } else { format!("{}-{number}", time.key) };
            WantedBlock { key, interval, time: time.clone() }
        }));
    }
    clashes.retain(|clash| clash.interval.ends_at() > now);
    (wanted, clashes)
}

/// The parts of a span that are no longer than a block can be.
fn chunks(span: Interval) -> impl Iterator<Item = Interval> {
    let mut rest = Some(span);
    std::iter::from_fn(move || {
        let span = rest?;
        let ends_at = span.ends_at().min(span.starts_at() + TimeDelta::days(LONGEST_DAYS));
        rest = Interval::new(ends_at, span.ends_at()).ok();
        Interval::new(span.starts_at(), ends_at).ok()
    })
}

/// Slots, of which those near a time are found quickly.
struct Nearby {
    /// By start.
    slots: Vec<Slot>,
    longest: TimeDelta,
}

impl Nearby {
    fn new(slots: &[Slot]) -> Self {
        let mut slots = slots.to_vec();
        slots.sort_unstable_by_key(|slot| slot.interval);
        let longest = slots.iter().map(|slot| slot.interval.duration()).max().unwrap_or_default();
        Self { slots, longest }
    }

    fn overlapping(&self, within: Interval) -> Vec<Slot> {
        let first = self.slots.partition_point(|slot| slot.interval.starts_at() < within.starts_at() - self.longest);
        let near = self.slots.iter().skip(first).take_while(|slot| slot.interval.starts_at() < within.ends_at());
        near.filter(|slot| slot.interval.overlaps(within)).copied().collect()
    }
}

/// A change of the blocks of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockChange {
    /// A block is no longer wanted.
    Remove(BlockId),
    /// A block gets another key, time, quantity or reason.
    Move(BlockId, WantedBlock),
    /// A block is new.
    Add(WantedBlock),
}

/// Returns the changes that make the wanted blocks of those that there are. A block whose event has another key now, and the same time, stays:
/// some programs name all events anew each time. Changes that free time come before those that claim it.
pub fn changes(known: &[ImportedBlock], wanted: Vec<WantedBlock>, quantity: i32, reason: &str) -> Vec<BlockChange> {
    let mut by_key: HashMap<&str, &ImportedBlock> = known.iter().map(|block| (block.key.as_str(), block)).collect();
    let is_same = |block: &ImportedBlock, wanted: &WantedBlock| {
        block.slot == Slot { interval: wanted.interval, quantity } && block.reason == reason
    };
    let (mut moved, mut new) = (Vec::new(), Vec::new());
    for wanted in wanted {
        match by_key.remove(wanted.key.as_str()) {
            Some(block) if is_same(block, &wanted) => {}
            Some(block) => moved.push((block, wanted)),
            None => new.push(wanted),
        }
    }
    let mut by_time: HashMap<Interval, Vec<&ImportedBlock>> = HashMap::new();
    for block in by_key.into_values() {
        by_time.entry(block.slot.interval).or_default().push(block);
    }
    let mut added = Vec::new();
    for wanted in new {
        match by_time.get_mut(&wanted.interval).and_then(Vec::pop) {
            Some(block) => moved.push((block, wanted)),
            None => added.push(wanted),
        }
    }
    // A block that only gets shorter frees time.
    moved.sort_by_key(|(block, wanted)| !block.slot.interval.contains(wanted.interval));
    let mut left: Vec<_> = by_time.into_values().flatten().collect();
    left.sort_unstable_by_key(|block| (block.slot.interval, block.id));
    let removed = left.into_iter().map(|block| BlockChange::Remove(block.id));
    let moved = moved.into_iter().map(|(block, wanted)| BlockChange::Move(block.id, wanted));
    removed.chain(moved).chain(added.into_iter().map(BlockChange::Add)).collect()
}

/// The pause before the next attempt: the usual one, longer after failures, and up to a tenth shorter or longer, so that not all calendars are
/// asked for at one time. `random` is any number.
pub fn pause(every: TimeDelta, failures: i32, random: u16) -> TimeDelta {
    let longer = 1_i32 << (failures - 1).clamp(0, 16);
    let pause = every.checked_mul(longer).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE.max(every));
    pause + pause / 10 * (i32::from(random % 201) - 100) / 100
}

/// Returns the address at which a calendar is asked for. `webcal://` is HTTPS.
pub fn plain_url(url: &str) -> String {
    let rest = url.get(..9).filter(|scheme| scheme.eq_ignore_ascii_case("webcal://")).and(url.get(9..));
    rest.map_or_else(|| url.to_owned(), |rest| format!("https://{rest}"))
}

/// The host in an address, which is no secret.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// Checks the address of a calendar, as far as that is possible without looking its name up.
///
/// # Errors
/// The end of a sentence about the address.
pub fn check_url(url: &str, allowed: &[Network]) -> Result<(), Said> {
    network::check_url(&plain_url(url), allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier as _;
    use crate::oracle::{at, between};

    fn hours(from: i64, to: i64) -> Interval {
        let midnight = at("2026-12-01T00:00:00Z");
        Interval::new(midnight + TimeDelta::hours(from), midnight + TimeDelta::hours(to)).unwrap()
    }

    fn time(key: &str, from: i64, to: i64) -> BusyTime {
        BusyTime { interval: hours(from, to), key: key.to_owned(), title: String::new() }
    }

    fn slots(of: &[(i64, i64, i32)]) -> Vec<Slot> {
        of.iter().map(|(from, to, quantity)| Slot { interval: hours(*from, *to), quantity: *quantity }).collect()
    }

    /// The pieces for some times, and the keys of clashes, where `bookings` and `blocks` take something of a capacity of 1.
    fn pieces(
        times: &[BusyTime],
        bookings: &[(i64, i64, i32)],
        blocks: &[(i64, i64, i32)],
    ) -> (Vec<(String, Interval)>, Vec<String>) {
        let blocks = slots(blocks);
        let beside = Beside { all: [slots(bookings), blocks.clone()].concat(), blocks };
        let (wanted, clashes) = wanted(times, &beside, (1, 1), hours(0, 1).starts_at());
        let wanted = wanted.into_iter().map(|wanted| (wanted.key, wanted.interval)).collect();
        (wanted, clashes.into_iter().map(|clash| clash.key).collect())
    }

    #[test]
    fn an_event_is_blocked_as_a_whole_or_not_at_all() {
        let times = [time("a", 8, 12), time("b", 10, 14)];
        let key = |key: &str| key.to_owned();
        assert_eq!(pieces(&times, &[], &[]), (vec![(key("a"), hours(8, 12)), (key("b"), hours(12, 14))], vec![]));
        // The booking is in the way of the first event only; the second one then takes all of its time.
        assert_eq!(pieces(&times, &[(8, 9, 1)], &[]), (vec![(key("b"), hours(10, 14))], vec![key("a")]));
        assert_eq!(pieces(&times, &[(11, 12, 1)], &[]), (vec![], vec![key("a"), key("b")]));
        assert_eq!(pieces(&times, &[(6, 8, 1), (14, 15, 1)], &[]).1, [""; 0]);
        // Other blocks of the host are no reason to leave the rest free.
        let expected = vec![(key("a"), hours(8, 9)), (key("a-1"), hours(10, 12)), (key("b"), hours(12, 13))];
        assert_eq!(pieces(&times, &[], &[(9, 10, 1), (13, 20, 1)]), (expected, vec![]));
        assert_eq!(pieces(&times, &[], &[(0, 24, 1)]), (vec![], vec![]));
    }

    #[test]
    fn a_long_event_has_several_blocks_and_what_is_over_has_none() {
        let year = between("2026-01-01T00:00:00Z", "2028-06-01T00:00:00Z");
        let times = [BusyTime { interval: year, key: "a".to_owned(), title: String::new() }, time("b", -3, -2)];
        let (found, _) = pieces(&times, &[], &[]);
        let found: Vec<_> = found.iter().map(|(key, piece)| (key.as_str(), piece.minutes() / 1440)).collect();
        assert_eq!(found, [("a", 366), ("a-1", 366), ("a-2", 150)]);
    }

    fn block(number: u8, key: &str, from: i64, to: i64) -> ImportedBlock {
        let slot = Slot { interval: hours(from, to), quantity: 1 };
        ImportedBlock { id: BlockId::new(1, [number; 10]), key: key.to_owned(), slot, reason: "Plan".to_owned() }
    }

    fn want(key: &str, from: i64, to: i64) -> WantedBlock {
        WantedBlock { key: key.to_owned(), interval: hours(from, to), time: time(key, from, to) }
    }

    #[test]
    fn only_what_differs_changes_and_time_is_freed_first() {
        let known = [block(1, "a", 8, 9), block(2, "b", 9, 12), block(3, "c", 12, 13), block(4, "d", 14, 15)];
        assert_eq!(changes(&known, vec![want("a", 8, 9), want("b", 9, 12), want("c", 12, 13), want("d", 14, 15)], 1, "Plan"), []);
        let wanted = vec![want("a", 8, 10), want("b", 10, 12), want("e", 14, 15), want("f", 16, 17)];
        let (b, a) = (BlockChange::Move(known[1].id, want("b", 10, 12)), BlockChange::Move(known[0].id, want("a", 8, 10)));
        // The last event has another key now, and keeps its block.
        let d = BlockChange::Move(known[3].id, want("e", 14, 15));
        assert_eq!(
            changes(&known, wanted, 1, "Plan"),
            [BlockChange::Remove(known[2].id), b, d, a, BlockChange::Add(want("f", 16, 17))]
        );
        assert_eq!(changes(&known[..1], vec![want("a", 8, 9)], 2, "Plan").len(), 1);
        assert_eq!(changes(&known[..1], vec![want("a", 8, 9)], 1, "Other").len(), 1);
    }

    #[test]
    fn failures_make_pauses_longer_up_to_six_hours() {
        let every = TimeDelta::minutes(15);
        for (failures, random, seconds) in [
            (0, 100, 900),
            (0, 0, 810),
            (0, 200, 990),
            (1, 100, 900),
            (2, 100, 1800),
            (5, 100, 14_400),
            (6, 100, 21_600),
            (i32::MAX, 100, 21_600),
        ] {
            assert_eq!(pause(every, failures, random).num_seconds(), seconds, "{failures} {random}");
        }
        assert_eq!(pause(TimeDelta::days(1), 3, 100), TimeDelta::days(1));
    }

    #[test]
    fn an_address_of_a_calendar_is_https_or_webcal() {
        for (url, is_right) in [
            ("https://example.org/a.ics", true),
            ("webcal://example.org/a.ics", true),
            ("WEBCAL://example.org/a.ics", true),
            ("http://example.org/a.ics", false),
            ("webcal://127.0.0.1/", false),
            ("webcal:", false),
            ("\u{e4}\u{e4}\u{e4}\u{e4}\u{e4}", false),
        ] {
            assert_eq!(check_url(url, &[]).is_ok(), is_right, "{url}");
        }
        assert_eq!((host_of("https://a.example.org/b?c"), plain_url("webcal://a/b").as_str()), ("a.example.org", "https://a/b"));
    }

    proptest! {
        #[test]
        fn blocks_cover_what_they_can_and_never_more_than_is_free(
            mut times in proptest::collection::vec((0..40_i64, 1..12_i64), 0..8),
            bookings in proptest::collection::vec((0..50_i64, 1..6_i64, 1..3_i32), 0..4),
            blocks in proptest::collection::vec((0..50_i64, 1..6_i64, 1..3_i32), 0..4),
            (capacity, quantity) in (1..4_i32).prop_flat_map(|capacity| (Just(capacity), 1..=capacity)),
        ) {
            times.sort_unstable();
            let times: Vec<_> = times.iter().enumerate().map(|(number, (from, length))| time(&number.to_string(), *from, from + length)).collect();
            let long = |of: &[(i64, i64, i32)]| slots(&of.iter().map(|(from, length, quantity)| (*from, from + length, *quantity)).collect::<Vec<_>>());
            let (bookings, blocks) = (long(&bookings), long(&blocks));
            let beside = Beside { all: [bookings.clone(), blocks.clone()].concat(), blocks: blocks.clone() };
            let (found, clashes) = wanted(&times, &beside, (capacity, quantity), hours(-1, 0).starts_at());
            let taken = |of: &[Slot], hour: Interval| of.iter().filter(|slot| slot.interval.overlaps(hour)).map(|slot| slot.quantity).sum::<i32>();
            let is_short = |of: &[Slot], hour: Interval| taken(of, hour) > capacity - quantity;
            for time in &times {
                let all = (0..52).map(|hour| hours(hour, hour + 1)).filter(|hour| time.interval.overlaps(*hour));
                let clashing = all.clone().any(|hour| is_short(&beside.all, hour) && !is_short(&blocks, hour));
                prop_assert_eq!(clashes.iter().any(|clash| clash.key == time.key), clashing);
                for hour in all.filter(|_| !clashing) {
                    let pieces = found.iter().filter(|wanted| wanted.interval.overlaps(hour)).count();
                    prop_assert_eq!(pieces, usize::from(!is_short(&blocks, hour)), "{:?}", hour);
                }
            }
            for wanted in &found {
                prop_assert!(wanted.time.interval.contains(wanted.interval) && !clashes.contains(&wanted.time));
            }
            let keys: std::collections::BTreeSet<_> = found.iter().map(|wanted| &wanted.key).collect();
            prop_assert_eq!(keys.len(), found.len());
        }
    }
}
