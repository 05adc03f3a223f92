# The parts that all mails share: the greeting, the parts around the text, the labels of the table, quantities, money and times.

greeting =
    { $name ->
        [none] Goedendag,
       *[other] Goedendag { $name },
    }

code = Of voer deze code in waar het programma erom vraagt:
preferences = U kunt kiezen welke e-mails van deze soort u ontvangt:

## Labels

label-what = Wat
label-quantity = Hoeveelheid
label-when = Wanneer
label-where = Waar
label-access = Toegang
label-contact = Contact
label-host = Aanbieder
label-customer = Klant
label-price = Prijs
label-total = Totaalprijs
label-fee = Toeslag
label-deposit = Waarborgsom
label-cancellation-fee = Annulering
label-before = Eerder
label-proposed = Voorgesteld
label-message = Bericht
label-reserved-until = Gereserveerd tot
label-respond-by = Antwoorden voor
label-confirm-by = Bevestigen voor
label-check-in-by = Inchecken voor
label-operator = Bediener
label-on-site = Ter plaatse
label-note = Opmerking
label-reason = Reden
label-in-order-from = Weer in gebruik vanaf
label-alternatives = Alternatieven
label-booking = Boeking
label-more = Meer
label-left-out = Weggelaten
label-not-moved = Niet verplaatst
label-requested = Aangevraagd
label-reserved = Gereserveerd
label-confirmed = Bevestigd
label-declined = Afgewezen
label-not-answered = Niet beantwoord
label-not-confirmed = Niet bevestigd
label-cancelled = Geannuleerd
label-still-reserved = Nog gereserveerd
label-still-requested = Nog aangevraagd
label-trainer = Trainer
label-about = Beschrijving
label-valid-until = Geldig tot
label-seats = Bezette plaatsen

## Values

more-bookings =
    { $count ->
        [one] één boeking
       *[other] { $count } boekingen
    }

no-reason = Er is geen reden opgegeven.

# $kind is the reason for the fee; $waived says whether it was waived.
fee =
    { $kind ->
        [late_cancellation] { $amount } voor de late annulering, in plaats van de prijs
        [no_show] { $amount } in plaats van de prijs, omdat niemand is gekomen
       *[overrun] { $amount } voor de tijd na het einde
    }{ $waived ->
        [yes] { " " }(kwijtgescholden)
       *[no] { "" }
    }

# $state says what became of the deposit.
deposit =
    { $state ->
        [held] { $amount }, na gebruik terugbetaald
        [returned] { $amount } terugbetaald
       *[kept] { $kept } van { $amount } ingehouden door de aanbieder, de rest terugbetaald
    }

cancellation-fee = kost { $amount } na { $after }

check-in-by = { $at }. Daarna is de rest van de tijd niet meer gereserveerd.

check-in-within =
    { $minutes ->
        [one] één minuut na het begin. Daarna is de rest van de tijd niet meer gereserveerd.
       *[other] { $minutes } minuten na het begin. Daarna is de rest van de tijd niet meer gereserveerd.
    }

kilometres-away = { $distance } km verderop

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
                [one] { $number } ruimte
               *[other] { $number } ruimtes
            }
            [storage] { $number ->
                [one] { $number } opslagplaats
               *[other] { $number } opslagplaatsen
            }
        }
        [m2] { $number } m²
        [m3] { $number } m³
        [pallet] { $number ->
            [one] { $number } palletplaats
           *[other] { $number } palletplaatsen
        }
        [shelf] { $number ->
            [one] { $number } plank
           *[other] { $number } planken
        }
    }

## Money

group-separator = { "." }
decimal-separator = { "," }
amount = { $currency } { $number }

## Times

# $weekday is mon to sun, $month 1 to 12.
month =
    { $month ->
       *[1] jan
        [2] feb
        [3] mrt
        [4] apr
        [5] mei
        [6] jun
        [7] jul
        [8] aug
        [9] sep
        [10] okt
        [11] nov
        [12] dec
    }

day =
    { $weekday ->
       *[mon] ma
        [tue] di
        [wed] wo
        [thu] do
        [fri] vr
        [sat] za
        [sun] zo
    } { $day } { month } { $year }

day-and-time = { day }, { $time }
day-of-month-and-time = { $day } { month }, { $time }
span-in-a-day = { $start }-{ $end }
span-over-days = { $start } - { $end }
zone = { $zone }, { $name }
zone-at-a-clock-change = { $zone }, van { $name } naar { $later }
in-zone = { $time } ({ $zone })
