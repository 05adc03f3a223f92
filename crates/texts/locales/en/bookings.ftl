# Mails about bookings.
#
# A message is named after its notice and its recipient (domain/notification.rs). Its value is the first part of the subject;
# `intro` says what happened, `call` stands in front of the link, `outro` is optional.
#
# $scope      one (booking), several (bookings of one recipient), series, group (bookings made together)
# $count      the number of bookings
# $resource   the name of the resource; of the first booking, if there are several
# $host       the organization that owns the resource
# $customer   the organization that books
# $operator   the name of the operator; may be empty
# $by         host, customer: which side made the change
# $proposer   host, customer: which side made the proposal
# $payment    all, some, none: which of the bookings the host confirms when the payment has arrived
# $approval   yes, no: whether the host approves the booking after the customer has confirmed it
# $calendar   yes, no: whether the booking was agreed, so that it is in the calendars of both parties
# $update     none, enter, change, remove: how the attached calendar entries change the calendar of the reader
# $entries    the number of attached calendar entries
# $role       operator, on_site: the role of $operator
# $part       yes, no: whether other bookings of the group were confirmed or still wait
# $changeable always, until, no_more: whether the customer can cancel or reschedule it at any time before its start, only until
#             $until, or no more

-do-nothing = You don't have to do anything.

subject =
    { $scope ->
       *[one] { $word }: { $resource }, { $span }
        [several] { $word }: { $resource }, { $count } bookings
        [series] { $word }: { $resource }, { times } from { $span }
        [group] { $word }: { $resource }, { $span }{ and-more }
    }

times =
    { $count ->
        [one] once
       *[other] { $count } times
    }

and-more =
    { $others ->
        [0] { "" }
       *[other] { " " }and { $others } more
    }

bookings-together =
    { $count ->
        [one] one booking
       *[other] { $count } bookings
    }

of-the-group-are =
    { $count ->
        [one] one booking is
       *[other] { $count } bookings are
    }

# Stands in front of every `call`, so that a text mentions only entries that are attached.
calendar-update =
    { $update ->
       *[none] { "" }
        [enter] { $entries ->
            [one] The calendar entry is attached.
           *[other] The calendar entries are attached.
        }
        [change] { $entries ->
            [one] If the booking is in your calendar, the attachment updates it there.
           *[other] The attachments update the bookings in your calendar.
        }
        [remove] { $entries ->
            [one] The attached calendar update removes the booking from your calendar.
           *[other] The attached calendar updates remove the bookings from your calendar.
        }
    }

# The title of the calendar entry of a host, who has many customers.
calendar-title-of-host = { $resource }, { $customer }

see-or-cancel =
    { $changeable ->
       *[always] see or cancel the booking
        [until] see or cancel the booking (until { $until })
        [no_more] see the booking
    }

see-reschedule-or-cancel =
    { $changeable ->
       *[always] see, reschedule or cancel the booking
        [until] see, reschedule or cancel the booking (until { $until })
        [no_more] see the booking
    }

choose-operator-or-cancel =
    { $changeable ->
       *[always] choose another { operator-role } or cancel the booking
        [until] choose another { operator-role } or cancel the booking (until { $until })
        [no_more] choose another { operator-role }
    }

# The role of the member of the customer that comes: a machine has an operator, a space has not.
operator-role =
    { $role ->
       *[operator] operator
        [on_site] person on site
    }

# This member, by name if the name is known.
operator-name =
    { $operator ->
        [none] The person
       *[other] { $operator }
    }

## Requests

requested-customer = Requested
    .intro =
        { $scope ->
           *[one] You asked { $host } for { $resource }. The time is reserved for you until { $host } responds.
            [series] You asked { $host } for { $resource }, { times }. The times are reserved for you until { $host } responds.
            [group] You asked for { bookings-together } together. The times are reserved for you until the hosts respond.
        }
    .call =
        { $scope ->
           *[one] You don't have to do anything now. We will e-mail you when the host responds. To see or withdraw the request:
            [series] You don't have to do anything now. We will e-mail you when the host responds. To see or withdraw the requests:
            [group] You don't have to do anything now. We will e-mail you when a host responds. To see or withdraw the requests:
        }

requested-host = Please respond
    .intro =
        { $scope ->
           *[one] { $customer } asks to book { $resource }. The time is reserved for { $customer } until you respond.
            [series] { $customer } asks to book { $resource }, { times }. The times are reserved for { $customer } until you respond.
            [group] { $customer } asks for { bookings-together } together. The times are reserved for { $customer } until you respond.
        }
    .call =
        { $scope ->
           *[one] Approve or decline the request here:
            [series] Approve or decline the requests here, together or one by one:
            [group] Approve or decline the requests here, together or one by one:
        }

request_rescheduled-customer = Moved
    .intro =
        { $by ->
           *[customer] Your request to { $host } for { $resource } has changed. The time is reserved for you until { $host } responds.
            [host] { $host } has changed your request for { $resource }. The time is reserved for you until { $host } responds.
        }
    .call = You don't have to do anything now. We will e-mail you when the host responds. To see or withdraw the request:

request_rescheduled-host = Please respond
    .intro = { $customer } has changed a request to book { $resource }. The time is reserved for { $customer } until you respond.
    .call = Approve or decline the request here:

partly_requested-customer = Booked
    .intro = You made { bookings-together } together. Some are requests that wait for their host to respond. All times are reserved for you.
    .call = We will e-mail you when a host responds. To see, reschedule or cancel the bookings:

partly_requested-host = Please respond
    .intro = { $customer } made { bookings-together } together. Some are requests; their times are reserved for { $customer } until you respond.
    .call = Approve or decline the requests here, together or one by one:

declined-customer = Declined
    .intro =
        { $scope ->
           *[one] { $host } declined your request for { $resource }.
            [series] { $host } declined your requests for { $resource }.
            [group] You made several bookings together; { $count ->
                [one] one of them was
               *[other] { $count } of them were
            } declined.
        }
    .call =
        { $scope ->
           *[one] To look for another time or place:
            [series] To see the remaining bookings of the series and look for other times:
            [group] To see the remaining bookings and look for other times:
        }

declined-host = Declined
    .intro =
        { $scope ->
           *[one] The request of { $customer } for { $resource } is declined. The time can be booked again.
            [series] The requests of { $customer } for { $resource } are declined. The times can be booked again.
            [group] { $customer } made several bookings together; { of-the-group-are } declined. The times can be booked again.
        }
    .call =
        { $scope ->
           *[one] We have told { $customer }. You don't have to do anything. To see the request:
            [series] We have told { $customer }. You don't have to do anything. To see the remaining bookings of the series:
            [group] We have told { $customer }. You don't have to do anything. To see the remaining bookings:
        }

expired-customer = Not answered
    .intro =
        { $scope ->
           *[one] { $host } did not respond to your request for { $resource } in time. The time is no longer reserved for you.
            [series] { $host } did not respond to your requests for { $resource } in time. The times are no longer reserved for you.
            [group] You made several bookings together. The host did not respond to { $count ->
                [one] one of them
               *[other] { $count } of them
            } in time. The times are no longer reserved for you.
        }
    .call =
        { $scope ->
           *[one] To look for another time or place:
            [series] To see the remaining bookings of the series and look for other times:
            [group] To see the remaining bookings and look for other times:
        }

expired-host = Not answered
    .intro =
        { $scope ->
           *[one] Nobody responded to the request of { $customer } for { $resource } in time. The time can be booked again.
            [series] Nobody responded to the requests of { $customer } for { $resource } in time. The times can be booked again.
            [group] { $customer } made several bookings together. Nobody responded to { $count ->
                [one] one of them
               *[other] { $count } of them
            } in time. The times can be booked again.
        }
    .call =
        { $scope ->
           *[one] We have told { $customer }. To see the request:
            [series] We have told { $customer }. To see the remaining bookings of the series:
            [group] We have told { $customer }. To see the remaining bookings:
        }

## Holds

payment_due-customer = Please pay
    .intro =
        { $scope ->
           *[one] { $resource } at { $host } is reserved for you for a limited time. You must pay before { $host } confirms the booking.
            [series] { $resource } at { $host } is reserved for you for a limited time, { times }. You must pay before { $host } confirms the bookings.
            [group] You made { bookings-together } together. They are reserved for you for a limited time; every booking that is not confirmed by then expires.{ confirm-rest }
        }
    .call =
        { $scope ->
           *[one] Pay in time. The host confirms the booking when your payment has arrived, and we will e-mail you. To see or cancel it:
            [series] Pay in time. The host confirms the bookings when your payment has arrived. To see or cancel them:
            [group] To see the bookings, confirm yours or cancel them:
        }

# Which bookings of a group still wait, and for whom; stands after a sentence.
confirm-rest =
    { $payment ->
        [all] { " " }The host confirms a booking that must be paid first when your payment has arrived.
        [some] { " " }The host confirms a booking that must be paid first when your payment has arrived. You must confirm the others yourself.
        [unpaid] { " " }You must confirm the others yourself.
       *[none] { "" }
    }

payment_due-host = Payment expected
    .intro =
        { $scope ->
           *[one] { $customer } wants to book { $resource } and must pay first. The time is reserved for { $customer } for a limited time.
            [series] { $customer } wants to book { $resource }, { times }, and must pay first. The times are reserved for { $customer } for a limited time.
            [group] { $customer } made { bookings-together } together that must be paid first. The times are reserved for { $customer } for a limited time.
        }
    .call =
        { $scope ->
           *[one] Confirm the booking here when the payment has arrived. If you do not confirm it in time, it expires:
            [series] Confirm the bookings here when the payment has arrived. If you do not confirm them in time, they expire:
            [group] Confirm the bookings here when their payment has arrived. If you do not confirm them in time, they expire:
        }

payment_failed-customer = Not paid yet
    .intro = { $host } has confirmed your booking of { $resource }, but your bank refused the payment from the saved card, or wants you to authenticate. The booking is reserved for you for a limited time.
    .call = Pay in time, with the same card or another one. Otherwise the booking expires. To pay or cancel it:

payment_failed-operator = Not paid yet
    .intro = The payment for { $resource }, which you operate, has failed. The booking is reserved for a limited time, and confirmed again when it is paid.
    .call = We will e-mail you when it is paid. To see the booking:

payment_failed-host = Payment failed
    .intro = The bank of { $customer } refused the payment for { $resource } from the saved card. The booking is no longer confirmed: the time is reserved for { $customer } for a limited time.
    .call = You don't have to do anything. The booking is confirmed when { $customer } has paid by card; if it pays you in another way, confirm the booking here:

hold_rescheduled-customer = Moved
    .intro =
        { $by ->
            [host] { $host } has changed the booking of { $resource } that is reserved for you.
           *[customer] The booking of { $resource } at { $host } that is reserved for you has changed.
        }
    .call =
        { $payment ->
            [none] If you want the changed booking, confirm it in time. Confirm or cancel it here:
           *[all] Pay the new price in time. The host confirms the booking then, and we will e-mail you. To see or cancel it:
        }

hold_rescheduled-host = Payment expected
    .intro = { $customer } has changed a booking of { $resource } and must pay first. The new time is reserved for { $customer } for a limited time.
    .call = Confirm the booking here when its new price is paid. If you do not confirm it in time, it expires:

hold_expired-customer =
    { $scope ->
       *[one] No longer reserved
        [series] No longer reserved
        [several] No longer reserved
        [group] Not confirmed
    }
    .intro =
        { $scope ->
           *[one] { $resource } at { $host } is no longer reserved for you, because the booking was not confirmed in time.
            [series] { $resource } at { $host } is no longer reserved for you, because the bookings were not confirmed in time.
            [several] { $resource } at { $host } is no longer reserved for you, because the bookings were not confirmed in time.
            [group] You made several bookings together; { $count ->
                [one] one of them was
               *[other] { $count } of them were
            } not confirmed in time. The times are no longer reserved for you.
        }
    .call =
        { $scope ->
           *[one] To look for this or another time or place:
            [series] To see the remaining bookings of the series and look for other times:
            [several] To look for these or other times or places:
            [group] To see the remaining bookings and look for other times:
        }
    .outro =
        { $payment ->
            [none] { "" }
           *[all] If you have already paid, please contact the host.
        }

hold_expired-host =
    { $scope ->
       *[one] Not paid
        [series] Not paid
        [several] Not paid
        [group] Not confirmed
    }
    .intro =
        { $scope ->
           *[one] { $resource } is no longer reserved for { $customer }, because nobody confirmed the payment in time.
            [series] { $resource } is no longer reserved for { $customer }, because nobody confirmed the payment in time.
            [several] { $resource } is no longer reserved for { $customer }, because nobody confirmed the payment in time.
            [group] { $customer } made several bookings together; { $count ->
                [one] one of them was
               *[other] { $count } of them were
            } not confirmed in time. The times can be booked again.
        }
    .call =
        { $scope ->
           *[one] We have told { $customer }. The time can be booked again. To see the booking:
            [series] We have told { $customer }. The times can be booked again. To see the remaining bookings of the series:
            [several] We have told { $customer }. The times can be booked again. To see the bookings:
            [group] We have told { $customer }. You don't have to do anything. To see the remaining bookings:
        }

hold_cancelled-customer = No longer reserved
    .intro =
        { $by ->
            [host] { $host } no longer reserves { $resource } for you.
           *[customer] You cancelled the booking of { $resource } at { $host }. The time is no longer reserved for you.
        }
    .call = You don't have to do anything. To look for another time or place:
    .outro =
        { $by ->
            [host] If you were on the waitlist for it, you are no longer on it. You can join it again.
           *[customer] { "" }
        }

hold_cancelled-host = No longer reserved
    .intro = { $resource } is no longer reserved for { $customer }. The time can be booked again.
    .call = You don't have to do anything. To see the booking:

hold_displaced-customer = No longer reserved
    .intro =
        { $scope ->
           *[one] { $host } cannot offer { $resource } at a time that was reserved for you. The time is no longer reserved for you.
            [several] { $host } cannot offer { $resource } at times that were reserved for you. The times are no longer reserved for you.
        }
    .call = To look for another time or place:
    .outro = If you were on the waitlist for it, you are still on it.

## Offers

host_offer-customer = Offered to you
    .intro = { $host } offers { $resource } to you and reserves it for you for a limited time.
    .call =
        { $payment ->
            [none] If you want it, confirm it in time; the booking is then confirmed. Confirm or cancel it here:
           *[all] If you want it, pay in time. The host confirms the booking when your payment has arrived. To see or cancel it:
        }

host_offer-host = Payment expected
    .intro = You offered { $resource } to { $customer }, who must pay first. The time is reserved for { $customer } for a limited time.
    .call = Confirm the booking here when the payment has arrived. If you do not confirm it in time, it expires:

host_offer_expired-host = Not accepted
    .intro =
        { $scope ->
           *[one] You offered { $resource } to { $customer }. { $customer } did not confirm it in time, so it is no longer reserved.
            [several] You offered { $resource } to { $customer }. { $customer } did not confirm the bookings in time, so they are no longer reserved.
        }
    .call =
        { $scope ->
           *[one] The time can be booked again. To see the booking:
            [several] The times can be booked again. To see the bookings:
        }

waitlist_offer-customer = A slot is free
    .intro = You are on the waitlist for { $resource } at { $host }. A slot is free, and it is reserved for you for a limited time.
    .call =
        { $payment ->
           *[none] { $approval ->
                [yes] If you want it, confirm it in time. The host is then asked to approve it. Confirm or cancel it here:
               *[no] If you want it, confirm it in time. Otherwise the slot is offered to the next on the waitlist. Confirm or cancel it here:
            }
            [all] If you want it, pay in time. The host confirms the booking when your payment has arrived. To see or cancel it:
        }

waitlist_offer-host = Payment expected
    .intro = { $customer } is on the waitlist for { $resource }. A slot is free and reserved for { $customer }, who must pay first.
    .call = Confirm the booking here when the payment has arrived. If you do not confirm it in time, the slot is offered to the next on the waitlist:

waitlist_offer_expired-customer = Offer expired
    .intro = You were on the waitlist for { $resource } at { $host }. The slot that was reserved for you was not confirmed in time.
    .call =
        { $stays ->
            [yes] The slot is offered to the next on the waitlist. You stay on the waitlist and keep your place. If the next offer expires too, you are no longer on it. To look for another time:
           *[no] The slot is offered to the next on the waitlist, and you are no longer on it. To join it again or look for another time:
        }

waitlist_offer_expired-host = Not paid
    .intro = { $customer } was on the waitlist for { $resource }. Nobody confirmed the payment for the offered slot in time.
    .call = We have told { $customer }. The slot is offered to the next on the waitlist. To see the booking:

## Confirmed bookings

confirmed-customer = Confirmed
    .intro =
        { $scope ->
           *[one] Your booking of { $resource } at { $host } is confirmed.
            [series] Your bookings of { $resource } at { $host }, { times }, are confirmed.
            [group] { $part ->
               *[no] You made { bookings-together } together, and all are confirmed.
                [yes] Of the bookings that you made together, { of-the-group-are } now confirmed.{ confirm-rest }
            }
        }
    .call =
        { $scope ->
           *[one] To { see-or-cancel }:
            [series] To see, reschedule or cancel the bookings:
            [group] To see, reschedule or cancel the bookings:
        }
    .outro =
        { $scope ->
           *[one] If your plans change, please cancel early, so that others can use the time.
            [series] { "" }
            [group] { "" }
        }

confirmed-operator = You are the { operator-role }
    .intro =
        { $scope ->
           *[one] { $customer } booked { $resource } at { $host } and named you as the { operator-role }.
            [series] { $customer } booked { $resource } at { $host }, { times }, and named you as the { operator-role }.
            [group] { $customer } made { bookings-together } together and named you as the { operator-role }.
        }
    .call =
        { $scope ->
           *[one] To see the booking:
            [series] To see the bookings:
            [group] To see the bookings:
        }
    .outro =
        { $scope ->
           *[one] If you cannot come, please tell the person who made the booking, so that they can name another { operator-role }.
            [series] If you cannot come, please tell the person who made the bookings, so that they can name another { operator-role }.
            [group] If you cannot come, please tell the person who made the bookings, so that they can name another { operator-role }.
        }

confirmed-host = Booked
    .intro =
        { $scope ->
           *[one] { $customer } booked { $resource }.
            [series] { $customer } booked { $resource }, { times }.
            [group] { $customer } made { bookings-together } together.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } To see the booking:
            [series] { -do-nothing } To see the bookings:
            [group] { -do-nothing } To see the bookings:
        }

reminder-customer = Reminder
    .intro = Your booking of { $resource } at { $host } starts soon.
    .call = Check in here when you are there. To { see-reschedule-or-cancel }:
    .outro = If your plans have changed, please cancel, so that others can use the time.

reminder-operator = Reminder
    .intro = { $customer } booked { $resource } at { $host } and named you as the { operator-role }. The booking starts soon.
    .call = Check in here when you are there:
    .outro = If you cannot come, please tell the person who made the booking, so that they can name another { operator-role }.

rescheduled-customer = Moved
    .intro =
        { $scope ->
           *[one] { $by ->
                [host] { $host } has changed your booking of { $resource }.
               *[customer] Your booking of { $resource } at { $host } has changed.
            }
            [series] Your bookings of { $resource } at { $host } have new times.
        }
    .call =
        { $scope ->
           *[one] To { see-or-cancel }:
            [series] To see, reschedule or cancel the bookings:
        }

rescheduled-operator = Moved
    .intro =
        { $scope ->
           *[one] The booking of { $resource } at { $host }, of which you are the { operator-role }, has changed.
            [series] The bookings of { $resource } at { $host }, of which you are the { operator-role }, have new times.
        }
    .call =
        { $scope ->
           *[one] To see the booking:
            [series] To see the bookings:
        }

rescheduled-host = Moved
    .intro =
        { $scope ->
           *[one] The booking of { $resource } by { $customer } has changed.
            [series] The bookings of { $resource } by { $customer } have new times.
        }
    .call =
        { $scope ->
           *[one] To see the booking:
            [series] To see the bookings:
        }

## Proposals

proposed-customer = Another time proposed
    .intro = { $host } proposes another slot for your booking of { $resource }. The booking stays as it is until you accept.
    .call = To accept or decline the proposal:

proposed-host = Another time proposed
    .intro = { $customer } proposes another slot for the booking of { $resource }. The booking stays as it is until you accept.
    .call = To accept or decline the proposal:

proposal_accepted-customer = Moved
    .intro =
        { $proposer ->
           *[host] You accepted the proposal of { $host }. Your booking of { $resource } has moved.
            [customer] { $host } accepted your proposal. Your booking of { $resource } has moved.
        }
    .call = To { see-or-cancel }:

proposal_accepted-operator = Moved
    .intro = The booking of { $resource } at { $host }, of which you are the { operator-role }, has moved.
    .call = To see the booking:

proposal_accepted-host = Moved
    .intro =
        { $proposer ->
           *[host] { $customer } accepted your proposal. The booking of { $resource } has moved.
            [customer] You accepted the proposal of { $customer }. The booking of { $resource } has moved.
        }
    .call = To see the booking:

proposal_declined-customer = Proposal declined
    .intro = { $host } declined the slot that you proposed for your booking of { $resource }. The booking stays as it is.
    .call = To see the booking:

proposal_declined-host = Proposal declined
    .intro = { $customer } declined the slot that you proposed for the booking of { $resource }. The booking stays as it is.
    .call = To see the booking:

proposal_withdrawn-customer = Proposal withdrawn
    .intro = { $host } no longer proposes another slot for your booking of { $resource }. The booking stays as it is.
    .call = { -do-nothing } To see the booking:

proposal_withdrawn-host = Proposal withdrawn
    .intro = { $customer } no longer proposes another slot for the booking of { $resource }. The booking stays as it is.
    .call = { -do-nothing } To see the booking:

proposal_lapsed-customer = Proposal lapsed
    .intro = Nobody accepted the slot that was proposed for your booking of { $resource } at { $host } in time. The booking stays as it is.
    .call = { -do-nothing } To see the booking:

proposal_lapsed-host = Proposal lapsed
    .intro = Nobody accepted the slot that was proposed for the booking of { $resource } by { $customer } in time. The booking stays as it is.
    .call = { -do-nothing } To see the booking:

## Cancelled

cancelled-customer = Cancelled
    .intro =
        { $scope ->
           *[one] Your booking of { $resource } at { $host } is cancelled.
            [series] Your bookings of { $resource } at { $host } are cancelled.
            [group] Of the bookings that you made together, { of-the-group-are } cancelled.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } To look for another time or place:
            [series] { -do-nothing } To see the remaining bookings of the series:
            [group] To see the remaining bookings:
        }

cancelled-operator = Cancelled
    .intro =
        { $scope ->
           *[one] The booking of { $resource } at { $host }, of which you were the { operator-role }, is cancelled.
            [series] The bookings of { $resource } at { $host }, of which you were the { operator-role }, are cancelled.
            [group] Of the bookings of { $customer } of which you were the { operator-role }, { of-the-group-are } cancelled.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } To look for other offers:
            [series] To see the remaining bookings of the series:
            [group] To see the remaining bookings:
        }

cancelled-host = Cancelled
    .intro =
        { $scope ->
           *[one] The booking of { $resource } by { $customer } is cancelled. The time can be booked again.
            [series] The bookings of { $resource } by { $customer } are cancelled. The times can be booked again.
            [group] Of the bookings that { $customer } made together, { of-the-group-are } cancelled. The times can be booked again.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } To see the booking:
            [series] { -do-nothing } To see the remaining bookings of the series:
            [group] { -do-nothing } To see the remaining bookings:
        }

displaced-customer = Cancelled
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $host } cannot offer { $resource } at the time of your booking. Your booking is cancelled.
               *[no] { $host } cannot offer { $resource } at the time of your request. Your request is cancelled.
            }
            [several] { $host } cannot offer { $resource } at the times of your bookings. Your bookings are cancelled.
        }
    .call = To look for another time or place:

displaced-operator = Cancelled
    .intro =
        { $scope ->
           *[one] { $host } cannot offer { $resource } at the time of a booking of which you were the { operator-role }. The booking is cancelled.
            [several] { $host } cannot offer { $resource } at the times of bookings of which you were the { operator-role }. The bookings are cancelled.
        }
    .call = { -do-nothing } To look for other offers:

displaced-host = Cancelled
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $resource } is blocked or closed at the time of a booking. The booking is cancelled.
               *[no] { $resource } is blocked or closed at the time of a request. The request is cancelled.
            }
            [several] { $resource } is blocked or closed at the times of bookings. The bookings are cancelled.
        }
    .call =
        { $scope ->
           *[one] We have told the customer. { -do-nothing } To see the cancelled booking:
            [several] We have told the customers. { -do-nothing } To see the cancelled bookings:
        }

## At the machine

missed-customer = Missed
    .intro = Nobody checked in for your booking of { $resource } at { $host }. The rest of the time is no longer reserved for you.
    .call = If this is a mistake, please contact the host. To see the booking:

missed-host = Missed
    .intro = { $customer } did not check in for the booking of { $resource }. The rest of the time can be booked again.
    .call = We have told { $customer }. { -do-nothing } To see the booking:

overrun-customer = Time is over
    .intro = The time of your booking of { $resource } at { $host } is over, and nobody has checked out.
    .call = Please make room for the next booking and check out here:

overrun-operator = Time is over
    .intro = The time of the booking of { $resource } at { $host } of which you are the { operator-role } is over, and nobody has checked out.
    .call = Please make room for the next booking and check out here:

overrun-host = Time is over
    .intro = The time of the booking of { $resource } by { $customer } is over, and nobody has checked out.
    .call = We have told the customer of the next booking. To see the booking or check it out:

delayed-customer = May start late
    .intro = The booking of { $resource } at { $host } before yours is over, but nobody has checked out yet.
    .call = Your booking remains valid; you may have to wait for a moment. To see or reschedule it:

delayed-operator = May start late
    .intro = The booking of { $resource } at { $host } before the one of which you are the { operator-role } is over, but nobody has checked out yet.
    .call = Your booking remains valid; you may have to wait for a moment. To see it:

out_of_order-customer = Out of order
    .intro =
        { $scope ->
           *[one] { $resource } at { $host } is out of order. Your booking remains valid, but you may not be able to use it.
            [several] { $resource } at { $host } is out of order. Your bookings remain valid, but you may not be able to use them.
        }
    .call =
        { $scope ->
           *[one] The host will try to repair it in time. To { see-reschedule-or-cancel }:
            [several] The host will try to repair it in time. To see, reschedule or cancel the bookings:
        }

out_of_order-operator = Out of order
    .intro =
        { $scope ->
           *[one] { $resource } at { $host } is out of order. You are the { operator-role } of a booking and may not be able to use it.
            [several] { $resource } at { $host } is out of order. You are the { operator-role } of bookings and may not be able to use them.
        }
    .call =
        { $scope ->
           *[one] We have told the person who made the booking. To see the booking:
            [several] We have told the person who made the bookings. To see the bookings:
        }

out_of_order-host = Out of order
    .intro =
        { $scope ->
           *[one] { $resource } is out of order, and it is booked.
            [several] { $resource } is out of order, and it is booked { $count } times.
        }
    .call =
        { $scope ->
           *[one] We have told the customer. To see, reschedule or cancel the booking:
            [several] We have told the customers. To see, reschedule or cancel the bookings:
        }

back_in_order-customer = Back in order
    .intro =
        { $scope ->
           *[one] { $resource } at { $host } will work again when your booking starts.
            [several] { $resource } at { $host } will work again when your bookings start.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } To see the booking:
            [several] { -do-nothing } To see the bookings:
        }

back_in_order-operator = Back in order
    .intro =
        { $scope ->
           *[one] { $resource } at { $host } will work again when the booking of which you are the { operator-role } starts.
            [several] { $resource } at { $host } will work again when the bookings of which you are the { operator-role } start.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } To see the booking:
            [several] { -do-nothing } To see the bookings:
        }

back_in_order-host = Back in order
    .intro =
        { $scope ->
           *[one] { $resource } will work again when its booking starts.
            [several] { $resource } will work again when its { $count } bookings start.
        }
    .call =
        { $scope ->
           *[one] We have told the customer. { -do-nothing } To see the booking:
            [several] We have told the customers. { -do-nothing } To see the bookings:
        }

## Operators

uncertified-customer = Not certified
    .intro = { operator-name }, who was going to be the { operator-role } of { $resource } at { $host } in your booking, no longer has the required certification.
    .call = The booking remains valid, but the { operator-role } cannot check in. To { choose-operator-or-cancel }:

uncertified-host = Not certified
    .intro = { operator-name }, who was going to be the { operator-role } of { $resource } in the booking by { $customer }, no longer has the required certification.
    .call = The booking remains valid. We have asked { $customer } to choose another { operator-role }. To see or cancel the booking:

replaced-former_operator = Not needed
    .intro = You are no longer the { operator-role } of { $resource } at { $host }, because { $customer } has named somebody else.
    .call = { -do-nothing } To see the booking:

operator_left-customer = Choose another { operator-role }
    .intro =
        { $scope ->
           *[one] { operator-name }, who was going to be the { operator-role } of { $resource }, is no longer a member of { $customer }. Choose another { operator-role } for this booking.
            [several] { operator-name }, who was going to be the { operator-role } of { $resource }, is no longer a member of { $customer }. Choose another { operator-role } for these bookings.
        }
    .call =
        { $scope ->
           *[one] The booking remains valid. To { choose-operator-or-cancel }:
            [several] The bookings remain valid. To choose another { operator-role } or cancel the bookings:
        }

## Fees

overrun_fee-customer = Fee
    .intro = Your booking of { $resource } at { $host } was checked out after its end. The time after the end costs a fee.
    .call = If this is a mistake, please contact the host. To see the booking:

fee_waived-customer = Fee waived
    .intro = { $host } has waived the fee of your booking of { $resource }.
    .call = { -do-nothing } To see the booking:

deposit_returned-customer = Deposit
    .intro = { $host } no longer holds the deposit of your booking of { $resource }.
    .call = If you do not agree, please contact the host. To see the booking:

# One mail about many changes, for a reader who has had many mails within an hour. $count is their number.
digest =
    { $count ->
        [one] One more change of your bookings
       *[other] { $count } changes of your bookings
    }
    .intro =
        { $count ->
            [one] You had many mails within an hour, so this mail waited. It is about the following change. A calendar entry is attached if the change concerns your calendar.
           *[other] You had many mails within an hour, so this mail is about { $count } changes of bookings and trainings, the oldest first. The attached calendar entries show the latest state of each.
        }
    .call = To see your bookings:
