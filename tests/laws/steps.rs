//! What can happen in a random history.

use domain::block::{BlockScope, OnBookings};
use proptest::prelude::*;

/// How many quarters of an hour of each day a history looks at,
pub(crate) const QUARTERS: i64 = 10;
/// of how many that a day has.
pub(crate) const DAY: i64 = 96;

/// Something of one of the two resources, the first (0) or the other (1), for some quarters of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) on: usize,
    pub(crate) from: i64,
    pub(crate) length: i64,
    pub(crate) quantity: i32,
}

impl Wish {
    /// The same some days later.
    pub(crate) const fn later(self, days: i64) -> Self {
        Self { from: self.from + days * DAY, ..self }
    }
}

/// A step. `BookSoon` books what starts now or a quarter later. `Buy` buys hours, or credit, for so many quarters. What `suits` is done
/// with a booking that is where it can be done, by the host or for the customer. A customer joins the line for a slot that is `taken` if
/// one is named. `WaitFor` waits until just before, just when or just after something happens to a booking by itself, to one of those to
/// which it happens next. A proposal is responded to `by_host` or not: before the step is aimed, true stands for the party that cannot.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Book { wish: Wish, hold: bool },
    BookSoon { wish: Wish },
    BookWithCoupon { wish: Wish },
    Buy { hours: bool, quarters: i64 },
    Move { which: usize, to: Target, by_host: bool, suits: bool },
    BookGroup { wishes: Vec<(Wish, bool)> },
    ConfirmGroup { which: usize },
    CancelGroup { which: usize, chosen: Option<Vec<usize>> },
    BookSeries { wish: Wish, hold: bool, count: i64, skips: bool },
    MoveSeries { which: usize, from: Option<usize>, to: SeriesTarget },
    AddLeftOut { which: usize, skips: bool },
    Block { wish: Wish, count: i64, on_bookings: OnBookings },
    Unblock { which: usize, scope: BlockScope },
    Break { on: usize, until: Option<i64> },
    Mend { on: usize },
    Link { from: usize, link: Link },
    Unlink { from: usize },
    SetCapacity { on: usize, capacity: i32 },
    Join { wish: Wish, slack: i64, taken: Option<usize> },
    Leave { which: usize },
    Wait { quarters: i64 },
    WaitFor { which: usize, edge: Edge, offset: i64 },
    RunJobs,
    Propose { which: usize, wish: Wish, by_host: bool, answer_by: Option<i64> },
    Respond { which: usize, response: Response, by_host: bool, overrides: bool },
    Waive { which: usize },
    ReturnDeposit { which: usize, kept: i64 },
}

/// What becomes of a proposal by one of the parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Response {
    Accept,
    Decline,
    Withdraw,
}

/// When something happens to a booking by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Edge {
    Start,
    Lapse,
    End,
    /// The end of its buffer.
    Close,
}

/// What a claim on one resource means for the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Link {
    Takes(i32),
    Excludes,
}

/// What is done with a booking.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Confirm,
    Approve,
    Decline,
    Cancel,
    Reschedule(Wish),
    CheckIn,
    CheckOut,
    NoShow,
}

/// What is done with the bookings of a series.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SeriesTarget {
    Confirm,
    Approve,
    Decline,
    Cancel,
    Reschedule(Shift),
}

/// New slots for the bookings of a series; what is left out stays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    /// The quarter of the day that they start at.
    pub(crate) start: Option<i64>,
    pub(crate) days: i64,
    pub(crate) length: Option<i64>,
    pub(crate) on: Option<usize>,
    pub(crate) quantity: Option<i32>,
    /// Whether what was moved alone moves, too.
    pub(crate) include_moved: bool,
}

/// What is answered to a step: nothing special, or what was refused.
pub(crate) type Answer = Result<(), Refused>;

/// The code of what was refused, or of each part of it with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    Whole(&'static str),
    Parts(Vec<(i64, &'static str)>),
}

impl Refused {
    /// The same as the service says it: its refusals name several rules, and the model one of them.
    pub(crate) fn in_general(self) -> Self {
        match self {
            Self::Whole(code) => Self::Whole(in_general(code)),
            Self::Parts(parts) => Self::Parts(parts.into_iter().map(|(number, code)| (number, in_general(code))).collect()),
        }
    }
}

/// The code of the refusal for a rule.
pub(crate) fn in_general(code: &'static str) -> &'static str {
    if RULES.contains(&code) { "booking_rules_violated" } else { code }
}

/// The rules that the model names.
const RULES: [&str; 3] = ["quota_exceeded", "operator_busy", "still_in_use"];

impl From<&'static str> for Refused {
    fn from(code: &'static str) -> Self {
        Self::Whole(code)
    }
}

fn day() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 2 => Just(1), 1 => Just(2)]
}

fn wish() -> impl Strategy<Value = Wish> {
    let on = prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    let quantity = prop_oneof![3 => Just(1), 2 => Just(2), 1 => Just(3)];
    (on, day(), 0..QUARTERS, 1..6_i64, quantity).prop_map(|(on, day, from, length, quantity)| {
        let wish = Wish { on, from, length, quantity };
        wish.later(day)
    })
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        2 => Just(Target::Confirm),
        1 => Just(Target::Approve),
        1 => Just(Target::Decline),
        1 => Just(Target::Cancel),
        3 => wish().prop_map(Target::Reschedule),
        3 => Just(Target::CheckIn),
        2 => Just(Target::CheckOut),
        1 => Just(Target::NoShow),
    ]
}

fn series_target() -> impl Strategy<Value = SeriesTarget> {
    let place = (prop::option::weighted(0.2, 0..2_usize), prop::option::weighted(0.2, 1..4_i32));
    let shift = (prop::option::of(0..QUARTERS), -1..2_i64, prop::option::of(1..6_i64), place, any::<bool>());
    let shift = shift.prop_map(|(start, days, length, (on, quantity), include_moved)| Shift {
        start,
        days,
        length,
        on,
        quantity,
        include_moved,
    });
    prop_oneof![
        1 => Just(SeriesTarget::Confirm),
        1 => Just(SeriesTarget::Approve),
        1 => Just(SeriesTarget::Decline),
        1 => Just(SeriesTarget::Cancel),
        4 => shift.prop_map(SeriesTarget::Reschedule),
    ]
}

fn scope() -> impl Strategy<Value = BlockScope> {
    prop_oneof![Just(BlockScope::One), Just(BlockScope::Following), Just(BlockScope::All)]
}

fn on_bookings() -> impl Strategy<Value = OnBookings> {
    prop_oneof![Just(OnBookings::Refuse), Just(OnBookings::Cancel), Just(OnBookings::OfferAlternatives)]
}

impl Step {
    /// What is tried, in a word or two.
    pub(crate) fn name(&self) -> String {
        let word = |text: String| text.split(['(', ' ']).next().unwrap_or_default().to_owned();
        match self {
            Self::Move { to, by_host, .. } => {
                let differs = matches!(to, Target::Confirm | Target::Cancel | Target::Reschedule(_));
                word(format!("{to:?}")) + if *by_host && differs { " by host" } else { "" }
            }
            Self::Propose { by_host: true, .. } => "Propose by host".to_owned(),
            Self::Respond { response, overrides, by_host, .. } => {
                format!("{response:?}Proposal{}", if *overrides && *by_host { " overriding" } else { "" })
            }
            Self::MoveSeries { to, .. } => format!("Series{}", word(format!("{to:?}"))),
            Self::Link { link, .. } => word(format!("{link:?}")),
            step => word(format!("{step:?}")),
        }
    }
}

fn booking_step() -> impl Strategy<Value = Step> {
    let by_host = prop_oneof![2 => Just(false), 1 => Just(true)];
    let suits = prop_oneof![1 => Just(false), 2 => Just(true)];
    (0..64_usize, target(), by_host, suits).prop_map(|(which, to, by_host, suits)| Step::Move { which, to, by_host, suits })
}

fn waiting_step() -> impl Strategy<Value = Step> {
    let edge = prop_oneof![Just(Edge::Start), Just(Edge::Lapse), Just(Edge::End), Just(Edge::Close)];
    prop_oneof![
        3 => (1..3_i64).prop_map(|quarters| Step::Wait { quarters }),
        1 => (DAY - 8..DAY).prop_map(|quarters| Step::Wait { quarters }),
        6 => (0..3_usize, edge, -1..2_i64).prop_map(|(which, edge, offset)| Step::WaitFor { which, edge, offset }),
    ]
}

fn proposal_step() -> impl Strategy<Value = Step> {
    let respond = |response| {
        (0..64_usize, prop::bool::weighted(0.1), any::<bool>()).prop_map(move |(which, by_host, overrides)| Step::Respond {
            which,
            response,
            by_host,
            overrides,
        })
    };
    let propose = (0..64_usize, wish(), any::<bool>(), prop::option::weighted(0.4, 0..4_i64));
    prop_oneof![
        5 => propose.prop_map(|(which, wish, by_host, answer_by)| Step::Propose { which, wish, by_host, answer_by }),
        5 => respond(Response::Accept),
        1 => respond(Response::Decline),
        1 => respond(Response::Withdraw),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let group = prop::collection::vec((wish(), any::<bool>()), 2..4);
    let chosen = prop::option::of(prop::collection::vec(0..3_usize, 1..3));
    let link = prop_oneof![2 => (1..3_i32).prop_map(Link::Takes), 1 => Just(Link::Excludes)];
    let count = prop_oneof![2 => Just(1_i64), 1 => 2..4_i64];
    let until = prop::option::of((day(), 0..QUARTERS).prop_map(|(day, from)| day * DAY + from));
    prop_oneof![
        5 => (wish(), any::<bool>()).prop_map(|(wish, hold)| Step::Book { wish, hold }),
        2 => wish().prop_map(|wish| Step::BookSoon { wish }),
        2 => wish().prop_map(|wish| Step::BookWithCoupon { wish }),
        1 => (any::<bool>(), 1..12_i64).prop_map(|(hours, quarters)| Step::Buy { hours, quarters }),
        16 => booking_step(),
        2 => group.prop_map(|wishes| Step::BookGroup { wishes }),
        1 => (0..64_usize).prop_map(|which| Step::ConfirmGroup { which }),
        1 => (0..64_usize, chosen).prop_map(|(which, chosen)| Step::CancelGroup { which, chosen }),
        2 => (wish(), any::<bool>(), 2..5_i64, any::<bool>())
            .prop_map(|(wish, hold, count, skips)| Step::BookSeries { wish, hold, count, skips }),
        3 => (0..64_usize, prop::option::of(0..4_usize), series_target())
            .prop_map(|(which, from, to)| Step::MoveSeries { which, from, to }),
        2 => (0..64_usize, any::<bool>()).prop_map(|(which, skips)| Step::AddLeftOut { which, skips }),
        3 => (wish(), count, on_bookings())
            .prop_map(|(wish, count, on_bookings)| Step::Block { wish, count, on_bookings }),
        2 => (0..64_usize, scope()).prop_map(|(which, scope)| Step::Unblock { which, scope }),
        1 => (0..2_usize, until).prop_map(|(on, until)| Step::Break { on, until }),
        1 => (0..2_usize).prop_map(|on| Step::Mend { on }),
        2 => (0..2_usize, link).prop_map(|(from, link)| Step::Link { from, link }),
        2 => (0..2_usize).prop_map(|from| Step::Unlink { from }),
        1 => (0..2_usize, 1..5_i32).prop_map(|(on, capacity)| Step::SetCapacity { on, capacity }),
        5 => (wish(), 0..6_i64, prop::option::weighted(0.67, 0..64_usize))
            .prop_map(|(wish, slack, taken)| Step::Join { wish, slack, taken }),
        1 => (0..64_usize).prop_map(|which| Step::Leave { which }),
        4 => waiting_step(),
        1 => Just(Step::RunJobs),
        6 => proposal_step(),
        1 => (0..64_usize).prop_map(|which| Step::Waive { which }),
        1 => (0..64_usize, prop_oneof![Just(0), 0..1100_i64]).prop_map(|(which, kept)| Step::ReturnDeposit { which, kept }),
    ]
}
