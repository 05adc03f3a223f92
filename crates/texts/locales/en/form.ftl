# The parts that all mails share: the greeting, the parts around the text, the labels of the table, quantities, money and times.

greeting =
    { $name ->
        [none] Hello,
       *[other] Hello { $name },
    }

code = Or enter this code where the program asks for it:
preferences = You can choose which mails of this kind you receive:

## Labels

label-what = What
label-quantity = How much
label-when = When
label-where = Where
label-access = Access
label-contact = Contact
label-host = Host
label-customer = Customer
label-price = Price
label-total = Price together
label-fee = Fee
label-deposit = Deposit
label-cancellation-fee = Cancellation
label-before = Before
label-proposed = Proposed
label-message = Message
label-reserved-until = Reserved until
label-respond-by = Respond by
label-confirm-by = Confirm by
label-check-in-by = Check in by
label-operator = Operator
label-on-site = On site
label-note = Note
label-reason = Reason
label-in-order-from = In order from
label-alternatives = Alternatives
label-booking = Booking
label-more = More
label-left-out = Left out
label-not-moved = Not moved
label-requested = Requested
label-reserved = Reserved
label-confirmed = Confirmed
label-declined = Declined
label-not-answered = Not answered
label-not-confirmed = Not confirmed
label-cancelled = Cancelled
label-still-reserved = Still reserved
label-still-requested = Still requested
label-trainer = Trainer
label-about = About it
label-valid-until = Valid until
label-seats = Seats taken

## Values

more-bookings =
    { $count ->
        [one] one booking
       *[other] { $count } bookings
    }

no-reason = No reason was given.

# $kind is the reason for the fee; $waived says whether it was waived.
fee =
    { $kind ->
        [late_cancellation] { $amount } for the late cancellation, in place of the price
        [no_show] { $amount } in place of the price, because nobody came
       *[overrun] { $amount } for the time after the end
    }{ $waived ->
        [yes] { " " }(waived)
       *[no] { "" }
    }

# $state says what became of the deposit.
deposit =
    { $state ->
        [held] { $amount }, returned after the use
        [returned] { $amount } returned
       *[kept] { $kept } of { $amount } kept by the host, the rest returned
    }

cancellation-fee = costs { $amount } after { $after }

check-in-by = { $at }. After that, the rest of the time is no longer reserved.

check-in-within =
    { $minutes ->
        [one] one minute after the start. After that, the rest of the time is no longer reserved.
       *[other] { $minutes } minutes after the start. After that, the rest of the time is no longer reserved.
    }

kilometres-away = { $distance } km away

# A label and its value in one line.
labelled = { $label }: { $value }

# $kind is the kind of the resource.
quantity =
    { $unit ->
       *[unit] { $kind ->
           *[machine] { $number ->
                [one] { $number } machine
               *[other] { $number } machines
            }
            [floor_space] { $number ->
                [one] { $number } space
               *[other] { $number } spaces
            }
            [storage] { $number ->
                [one] { $number } storage place
               *[other] { $number } storage places
            }
        }
        [m2] { $number } m²
        [m3] { $number } m³
        [pallet] { $number ->
            [one] { $number } pallet place
           *[other] { $number } pallet places
        }
        [shelf] { $number ->
            [one] { $number } shelf
           *[other] { $number } shelves
        }
    }

## Money

group-separator = { "," }
decimal-separator = { "." }
amount = { $number } { $currency }

## Times

# $weekday is mon to sun, $month 1 to 12.
month =
    { $month ->
       *[1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
        [12] Dec
    }

day =
    { $weekday ->
       *[mon] Mon
        [tue] Tue
        [wed] Wed
        [thu] Thu
        [fri] Fri
        [sat] Sat
        [sun] Sun
    } { $day } { month } { $year }

day-and-time = { day }, { $time }
day-of-month-and-time = { $day } { month }, { $time }
span-in-a-day = { $start }-{ $end }
span-over-days = { $start } - { $end }
zone = { $zone }, { $name }
zone-at-a-clock-change = { $zone }, from { $name } to { $later }
in-zone = { $time } ({ $zone })
