//! Histories that are told step by step: those in which the service once differed from the model, and those of what chance seldom
//! comes to.

use super::model::Rules;
use super::model_money::Fees;
use super::steps::{DAY, Response, SeriesTarget, Shift, Step, Target, Wish};

/// The capacity of the first resource, the rules of both, and the steps.
type History = (i32, [Rules; 2], Vec<Step>);

/// Rules that forbid and cost nothing.
const FREE: Rules = Rules {
    buffers: (0, 0),
    requires_approval: false,
    hold: 1,
    offer: 1,
    no_show: None,
    alone: false,
    most: None,
    guard: 0,
    fees: Fees { cancellation: None, grace: (0, 0), no_show: 0, overrun: 0, deposit: 0 },
};

const fn wish(from: i64, length: i64) -> Wish {
    Wish { on: 0, from, length, quantity: 1 }
}

const fn book(wish: Wish) -> Step {
    Step::Book { wish, hold: false }
}

const fn customer(which: usize, to: Target) -> Step {
    Step::Move { which, to, by_host: false, suits: false }
}

const fn propose(which: usize, wish: Wish, by_host: bool) -> Step {
    Step::Propose { which, wish, by_host, answer_by: None }
}

/// A response by the party that can make it.
const fn respond(which: usize, response: Response) -> Step {
    Step::Respond { which, response, by_host: false, overrides: false }
}

/// Histories in which the service once differed from the model.
pub(crate) fn found() -> Vec<History> {
    let out_of_order = || Step::Break { on: 0, until: None };
    vec![
        // A booking of a series that moved by a proposal did not count as moved alone.
        (
            2,
            [FREE; 2],
            vec![
                Step::BookSeries { wish: wish(DAY, 1), hold: false, count: 2, skips: false },
                propose(0, wish(1, 1), false),
                respond(0, Response::Accept),
            ],
        ),
        // A deposit could not be returned in the buffer after a booking that had ended.
        (
            1,
            [Rules { buffers: (0, 1), fees: Fees { deposit: 1000, ..FREE.fees }, ..FREE }; 2],
            vec![book(wish(1, 1)), Step::Wait { quarters: 2 }, Step::ReturnDeposit { which: 0, kept: 0 }],
        ),
        // The same notice again left an entry in the queue whose time had passed.
        (
            1,
            [Rules { requires_approval: true, ..FREE }; 2],
            vec![
                book(wish(1, 3)),
                out_of_order(),
                Step::Join { wish: wish(1, 3), slack: 0, taken: Some(0) },
                Step::Wait { quarters: 3 },
                out_of_order(),
            ],
        ),
    ]
}

/// Histories of what chance seldom comes to.
pub(crate) fn told() -> Vec<History> {
    let fees = Fees { cancellation: Some([(8, 50), (4, 100)]), grace: (0, 0), no_show: 50, overrun: 100, deposit: 1000 };
    let elsewhere = |from| Wish { on: 1, from, length: 1, quantity: 1 };
    vec![
        // A late cancellation, an overrun, a no-show that is waived and one that is not.
        (
            1,
            [Rules { no_show: Some(1), guard: 2, fees, ..FREE }; 2],
            vec![
                book(wish(4, 2)),
                Step::Wait { quarters: 1 },
                customer(0, Target::Cancel),
                book(wish(4, 2)),
                Step::Wait { quarters: 3 },
                customer(1, Target::CheckIn),
                Step::Wait { quarters: 3 },
                book(wish(7, 1)),
                customer(1, Target::CheckOut),
                Step::ReturnDeposit { which: 1, kept: 500 },
                book(wish(8, 1)),
                Step::Wait { quarters: 3 },
                Step::Waive { which: 2 },
                Step::ReturnDeposit { which: 2, kept: 0 },
                book(wish(12, 2)),
                Step::Wait { quarters: 5 },
            ],
        ),
        // Hours and credit pay for bookings, a fee keeps hours, and a coupon is used as often as it can be.
        (
            4,
            [Rules { no_show: Some(1), fees, ..FREE }; 2],
            vec![
                Step::Buy { hours: true, quarters: 12 },
                Step::Buy { hours: false, quarters: 4 },
                book(wish(5, 4)),
                Step::Wait { quarters: 1 },
                customer(0, Target::Cancel),
                book(wish(2, 4)),
                book(wish(4, 4)),
                book(wish(6, 4)),
                Step::BookWithCoupon { wish: wish(8, 2) },
                Step::BookWithCoupon { wish: wish(8, 2) },
                Step::BookWithCoupon { wish: wish(DAY, 2) },
                customer(5, Target::Cancel),
                Step::BookWithCoupon { wish: wish(DAY, 2) },
                customer(2, Target::Reschedule(wish(4, 2))),
                customer(2, Target::Cancel),
                Step::Wait { quarters: 9 },
            ],
        ),
        // What is out of order is mended, a series cannot move to a time of which a part is taken, and two offers lapse.
        (
            1,
            [FREE; 2],
            vec![
                Step::Break { on: 0, until: None },
                Step::Mend { on: 0 },
                book(wish(DAY + 6, 2)),
                Step::BookSeries { wish: wish(2, 2), hold: false, count: 2, skips: false },
                Step::MoveSeries {
                    which: 0,
                    from: None,
                    to: SeriesTarget::Reschedule(Shift {
                        start: Some(6),
                        days: 0,
                        length: None,
                        on: None,
                        quantity: None,
                        include_moved: false,
                    }),
                },
                Step::Join { wish: wish(DAY + 6, 2), slack: 0, taken: None },
                customer(0, Target::Cancel),
                Step::Wait { quarters: 2 },
                Step::RunJobs,
                Step::Wait { quarters: 1 },
                Step::RunJobs,
                Step::Wait { quarters: 2 },
            ],
        ),
        // All that can become of proposals.
        (
            1,
            [FREE; 2],
            vec![
                book(wish(DAY, 2)),
                book(wish(DAY + 4, 2)),
                propose(0, wish(DAY + 4, 1), false),
                propose(0, wish(DAY + 8, 2), true),
                propose(0, wish(DAY + 9, 2), false),
                respond(1, Response::Decline),
                propose(0, wish(DAY + 8, 2), true),
                respond(2, Response::Withdraw),
                propose(0, wish(DAY + 8, 2), true),
                respond(3, Response::Accept),
                Step::Propose { which: 0, wish: wish(DAY + 10, 1), by_host: true, answer_by: Some(1) },
                Step::Wait { quarters: 1 },
                propose(1, wish(DAY + 12, 2), false),
                customer(1, Target::Cancel),
            ],
        ),
        // One operator, and a quota of both resources together.
        (
            1,
            [Rules { alone: true, most: Some(4), ..FREE }; 2],
            vec![
                book(wish(1, 2)),
                book(elsewhere(1)),
                book(wish(4, 3)),
                Step::BookGroup { wishes: vec![(elsewhere(1), false), (elsewhere(8), false)] },
                Step::BookSeries { wish: wish(8, 3), hold: false, count: 2, skips: true },
                Step::Join { wish: wish(4, 3), slack: 0, taken: None },
            ],
        ),
    ]
}
