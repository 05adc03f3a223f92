//! What happened to a booking, in words.

use super::letter::{BookingLetter, Side};
use domain::event::Happened;

/// What is said of a booking: the first word of the subject, what happened, what to do next, and what else there is to say.
pub(super) struct Words {
    pub(super) word: &'static str,
    pub(super) intro: String,
    pub(super) call: &'static str,
    pub(super) outro: &'static str,
}

/// Puts what happened to a booking into words for its reader. What is told of several bookings together holds for all of them.
pub(super) fn words(letter: &BookingLetter) -> Words {
    let BookingLetter { host, customer, resource, .. } = letter;
    let is_in_calendar = letter.facts.is_in_calendar;
    let waits_for_host = letter.facts.expires_at.is_some();
    let (word, intro, call, outro) = match (letter.happened, letter.side) {
        (Happened::Requested, Side::Customer | Side::Operator) => (
            "Requested",
            format!("You have asked {host} for {resource}. The time is kept for you until they answer."),
            "You need not do anything: we write again when they have answered. To see the request or to withdraw it:",
            "",
        ),
        (Happened::Requested, Side::Host) => (
            "Please answer",
            format!("{customer} would like to book {resource}. The time is kept for them until you answer."),
            "Approve or decline the request here:",
            "",
        ),
        (Happened::Confirmed, Side::Customer) => (
            "Confirmed",
            format!("Your booking of {resource} at {host} is confirmed."),
            "The calendar entry is attached. To see the booking or to cancel it:",
            "Should your plans change, please cancel early, so that others can use the time.",
        ),
        (Happened::Confirmed, Side::Host) => (
            "Booked",
            format!("{customer} has booked {resource}."),
            "The calendar entry is attached; you need not do anything. To see the booking:",
            "",
        ),
        (Happened::Confirmed, Side::Operator) => (
            "Named",
            format!("{customer} has booked {resource} at {host}, and you are to operate it."),
            "The calendar entry is attached. To see the booking:",
            "Should you be unable to come, please tell who has booked it, so that they can name somebody else.",
        ),
        (Happened::Replaced, _) => (
            "Not needed",
            format!("You are not to operate {resource} at {host} any more: {customer} has named somebody else."),
            "The attachment takes it out of your calendar; you need not do anything. To see the booking:",
            "",
        ),
        (Happened::OperatorLeft, _) => (
            "Name somebody",
            format!("Who was to operate what you have booked has left {customer}."),
            "It stays booked. To name somebody else, or to cancel it:",
            "",
        ),
        (Happened::Cancelled, Side::Operator) => (
            "Cancelled",
            format!("The booking of {resource} at {host}, which you were to operate, is cancelled."),
            "The attachment takes it out of your calendar; you need not do anything. To see what else there is:",
            "",
        ),
        (Happened::Cancelled, Side::Customer) if letter.facts.is_hold => (
            "Not kept any more",
            match letter.facts.is_by_host {
                true => format!("{host} does not keep {resource} for you any more."),
                false => format!("{resource} at {host} is not kept for you any more, as you wished."),
            },
            "You need not do anything. To see what else there is:",
            if letter.facts.is_by_host {
                "If you had waited for it in line, you are out of the line, and can join it again."
            } else {
                ""
            },
        ),
        (Happened::Cancelled, Side::Host) if letter.facts.is_hold => (
            "Not kept any more",
            format!("{resource} is not kept for {customer} any more. The time can be booked again."),
            "You need not do anything. To see the booking:",
            "",
        ),
        (Happened::Displaced, Side::Customer) if letter.facts.is_hold => (
            "Not kept any more",
            format!("{host} needs {resource} at a time that was kept for you."),
            "To see what else there is:",
            "If you had waited for it in line, you still do.",
        ),
        (Happened::Cancelled, Side::Customer) => (
            "Cancelled",
            format!("Your booking of {resource} at {host} is cancelled."),
            match is_in_calendar {
                true => "The attachment takes it out of your calendar. To see what else there is:",
                false => "You need not do anything. To see what else there is:",
            },
            "",
        ),
        (Happened::Cancelled, Side::Host) => (
            "Cancelled",
            format!("The booking of {resource} by {customer} is cancelled. The time can be booked again."),
            match is_in_calendar {
                true => "The attachment takes it out of your calendar; you need not do anything. To see the booking:",
                false => "You need not do anything. To see the booking:",
            },
            "",
        ),
        (Happened::Displaced, Side::Customer) => (
            "Cancelled",
            format!("{host} needs {resource} at a time that you had booked. Your booking then is cancelled."),
            "What stood in your calendar, the attachment takes out. To see what else there is:",
            "",
        ),
        (Happened::Displaced, Side::Operator) => (
            "Cancelled",
            format!("{host} needs {resource} at a time that you were to operate it. The booking then is cancelled."),
            "The attachment takes it out of your calendar; you need not do anything. To see what else there is:",
            "",
        ),
        (Happened::Displaced, Side::Host) => (
            "Cancelled",
            format!("{resource} is blocked. What was booked of it then is cancelled."),
            "Who had booked it has been told; you need not do anything. To see what is cancelled:",
            "",
        ),
        (Happened::OutOfOrder, Side::Customer) => (
            "Out of order",
            format!("{resource} at {host} is out of order. What you have booked stands, but it may not be possible then."),
            "The host will try to mend it in time. To see what is booked, to move or to cancel it:",
            "",
        ),
        (Happened::OutOfOrder, Side::Operator) => (
            "Out of order",
            format!("{resource} at {host} is out of order. You are to operate it, which may not be possible then."),
            "Who has booked it has been warned, too. To see what is booked:",
            "",
        ),
        (Happened::OutOfOrder, Side::Host) => (
            "Out of order",
            format!("{resource} is out of order, and it is booked."),
            "Who has booked it has been warned. To see what is booked, to move or to cancel it:",
            "",
        ),
        (Happened::BackInOrder, Side::Customer | Side::Operator) => (
            "Back in order",
            format!("{resource} at {host} will be in order when you have booked it, after all."),
            "You need not do anything. To see what is booked:",
            "",
        ),
        (Happened::BackInOrder, Side::Host) => (
            "Back in order",
            format!("{resource} will be in order when it is booked, after all."),
            "Who has booked it has been told; you need not do anything. To see what is booked:",
            "",
        ),
        (Happened::Held, Side::Customer | Side::Operator) => (
            "Please pay",
            format!("{resource} at {host} is kept for you for a while. Payment comes first."),
            "Pay in time: the host confirms the booking when your payment has arrived, and we write again. To see it or to let it go:",
            "",
        ),
        (Happened::Held, Side::Host) => (
            "Payment expected",
            format!("{customer} would like to book {resource}, and payment comes first. It is kept for them for a while."),
            "Confirm it here when the payment has arrived, and in time, for then the time can be booked again:",
            "",
        ),
        (Happened::HoldExpired, Side::Host) if letter.facts.is_offered && !letter.facts.requires_payment => (
            "Not taken",
            format!(
                "{resource} was offered to {customer} and is not kept for them any more: they have not confirmed it in time."
            ),
            "The time can be booked again. To see the booking:",
            "",
        ),
        (Happened::HoldExpired, Side::Host) => (
            "Not paid",
            format!("{resource} is not kept for {customer} any more: nobody has confirmed in time that it is paid."),
            "They have been told. The time can be booked again. To see the booking:",
            "",
        ),
        (Happened::HoldExpired, _) => (
            "Not kept any more",
            format!("{resource} at {host} is not kept for you any more: it was not confirmed in time."),
            "To look for it again, or for another time or place:",
            if letter.facts.requires_payment { "If you have paid already, please talk to the host." } else { "" },
        ),
        (Happened::Offered, Side::Host) if letter.facts.is_offered => (
            "Payment expected",
            format!("{resource} is offered to {customer} by you, and kept for them for a while. Payment comes first."),
            "Confirm it here when the payment has arrived, and in time, for then the time can be booked again:",
            "",
        ),
        (Happened::Offered, _) if letter.facts.is_offered => (
            "Offered to you",
            format!("{host} offers {resource} to you, and keeps it for you for a while."),
            match letter.facts.requires_payment {
                true => {
                    "If you want it, pay in time: the host confirms it when your payment has arrived. To see it or to let it go:"
                }
                false => "If you want it, confirm it in time; then it is booked. Confirm it or let it go here:",
            },
            "",
        ),
        (Happened::Offered, Side::Host) => (
            "Payment expected",
            format!("{customer} has waited for {resource}: a slot is free and kept for them for a while. Payment comes first."),
            "Confirm it here when the payment has arrived, and in time, for then it is the turn of whoever comes next:",
            "",
        ),
        (Happened::Offered, _) => (
            "A place is free",
            format!("You have waited for {resource} at {host}: a slot is free, and it is kept for you for a while."),
            match (letter.facts.requires_payment, letter.facts.requires_approval) {
                (true, _) => {
                    "If you want it, pay in time: the host confirms it when your payment has arrived. To see it or to let it go:"
                }
                (false, true) => {
                    "If you want it, confirm it in time, which asks the host to approve it. Confirm it or let it go here:"
                }
                (false, false) => {
                    "If you want it, confirm it in time; else it is the turn of whoever comes next. Confirm it or let it go here:"
                }
            },
            "",
        ),
        (Happened::OfferLapsed, Side::Host) => (
            "Not paid",
            format!("{customer} had waited for {resource}, and nobody has confirmed in time that the slot offered is paid."),
            "They have been told, and it is the turn of whoever comes next. To see the booking:",
            "",
        ),
        (Happened::OfferLapsed, _) => (
            "Your turn is over",
            format!("You have waited for {resource} at {host}, and the slot that was kept for you was not confirmed in time."),
            "It is the turn of whoever comes next; you are out of the line. To join it again, or to look for another time:",
            "",
        ),
        (Happened::Declined, Side::Customer | Side::Operator) => (
            "Declined",
            format!("{host} cannot give you {resource} at the time that you asked for."),
            "To look for another time or place:",
            "",
        ),
        (Happened::Declined, Side::Host) => (
            "Declined",
            format!("The request of {customer} for {resource} is declined. The time can be booked again."),
            "They have been told; you need not do anything. To see the request:",
            "",
        ),
        (Happened::Reminder, Side::Customer | Side::Host) => (
            "Reminder",
            format!("Your booking of {resource} at {host} starts soon."),
            "Check in here when you are there. To see the booking, to move or to cancel it:",
            "Should your plans have changed, please cancel, so that others can use the time.",
        ),
        (Happened::Reminder, Side::Operator) => (
            "Reminder",
            format!("{customer} has booked {resource} at {host}, you are to operate it, and it starts soon."),
            "Check in here when you are there:",
            "Should you be unable to come, please tell who has booked it, so that they can name somebody else.",
        ),
        (Happened::Rescheduled, Side::Operator) => (
            "Moved",
            format!("The booking of {resource} at {host}, which you are to operate, has changed."),
            "If it is in your calendar, the attachment brings it up to date there. To see the booking:",
            "",
        ),
        (Happened::Rescheduled, Side::Customer) if letter.facts.is_hold => (
            "Moved",
            match letter.facts.is_by_host {
                true => format!("{host} has changed what is kept for you of {resource}."),
                false => format!("What is kept for you of {resource} at {host} has changed."),
            },
            match letter.facts.requires_payment {
                true => {
                    "Pay in time what it costs now: the host confirms it then, and we write again. To see it or to let it go:"
                }
                false => "If you want it as it is now, confirm it in time. Confirm it or let it go here:",
            },
            "",
        ),
        (Happened::Rescheduled, Side::Host) if letter.facts.is_hold => (
            "Payment expected",
            format!("{customer} would like {resource}, but otherwise than before. It is kept for them, and payment comes first."),
            "Confirm it here when what it costs now is paid, and in time:",
            "",
        ),
        (Happened::Rescheduled, Side::Customer) if waits_for_host => (
            "Moved",
            format!("What you have asked {host} for has changed. The time of {resource} is kept for you until they answer."),
            "You need not do anything: we write again when they have answered. To see the request or to withdraw it:",
            "",
        ),
        (Happened::Rescheduled, Side::Host) if waits_for_host => (
            "Please answer",
            format!(
                "{customer} would like to book {resource}, but otherwise than asked for before. The time is kept until you answer."
            ),
            "Approve or decline the request here:",
            "",
        ),
        (Happened::Rescheduled, Side::Customer) => (
            "Moved",
            match letter.facts.is_by_host {
                true => format!("{host} has changed your booking of {resource}."),
                false => format!("Your booking of {resource} at {host} has changed."),
            },
            "If it is in your calendar, the attachment brings it up to date there. To see the booking or to cancel it:",
            "",
        ),
        (Happened::Rescheduled, Side::Host) => (
            "Moved",
            format!("The booking of {resource} by {customer} has changed."),
            "If it is in your calendar, the attachment brings it up to date there. To see the booking:",
            "",
        ),
        (Happened::Expired, Side::Customer | Side::Operator) => (
            "Not answered",
            format!("{host} has not answered your request for {resource} in time. The time is not kept for you any more."),
            "To look for another time or place:",
            "",
        ),
        (Happened::Expired, Side::Host) => (
            "Not answered",
            format!("The request of {customer} for {resource} was not answered in time. The time can be booked again."),
            "They have been told. To see the request:",
            "",
        ),
        (Happened::Missed, Side::Customer | Side::Operator) => (
            "Missed",
            format!(
                "Nobody has come for your booking of {resource} at {host}. What was left of the time is not kept for you any more."
            ),
            "If that is a mistake, please talk to the host. To see the booking:",
            "",
        ),
        (Happened::Missed, Side::Host) => (
            "Missed",
            format!("{customer} has not come for the booking of {resource}. What was left of the time can be booked again."),
            "They have been told; you need not do anything. To see the booking:",
            "",
        ),
        (Happened::Overrun, Side::Customer | Side::Operator) => (
            "Time is over",
            format!("The time of your booking of {resource} at {host} is over, and nobody has checked out."),
            "Please make room for the next and check out here:",
            "",
        ),
        (Happened::Overrun, Side::Host) => (
            "Time is over",
            format!("The time of the booking of {resource} by {customer} is over, and nobody has checked out."),
            "Whoever comes next has been told. To see the booking or to check it out:",
            "",
        ),
        (Happened::Uncertified, Side::Customer | Side::Operator) => (
            "Not certified",
            format!("Who was to operate {resource} at {host} in your booking is no longer certified for it."),
            "The booking stands, but they cannot check in. To name somebody else, or to cancel it:",
            "",
        ),
        (Happened::Uncertified, Side::Host) => (
            "Not certified",
            format!("Who was to operate {resource} in the booking by {customer} is no longer certified for it."),
            "The booking stands; they have been told to name somebody else. To see it or to cancel it:",
            "",
        ),
        (Happened::Delayed, _) => (
            "May start late",
            format!("Whoever uses {resource} at {host} before you has not left yet, though their time is over."),
            "Your booking stands; you may have to wait for a moment. To see it or to move it:",
            "",
        ),
    };
    Words { word, intro, call, outro }
}
