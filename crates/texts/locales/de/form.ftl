# The parts that all mails share: the greeting, the parts around the text, the labels of the table, quantities, money and times.

greeting =
    { $name ->
        [none] Guten Tag,
       *[other] Guten Tag { $name },
    }

code = Oder geben Sie diesen Code dort ein, wo das Programm danach fragt:
preferences = Sie können wählen, welche E-Mails dieser Art Sie erhalten:

## Labels

label-what = Was
label-quantity = Menge
label-when = Wann
label-where = Wo
label-access = Zugang
label-contact = Kontakt
label-host = Anbieter
label-customer = Kunde
label-price = Preis
label-total = Gesamtpreis
label-fee = Gebühr
label-deposit = Kaution
label-cancellation-fee = Stornierung
label-before = Bisher
label-proposed = Vorgeschlagen
label-message = Nachricht
label-reserved-until = Reserviert bis
label-respond-by = Antworten bis
label-confirm-by = Bestätigen bis
label-check-in-by = Einchecken bis
label-operator = Bedienperson
label-on-site = Vor Ort
label-note = Anmerkung
label-reason = Grund
label-in-order-from = Wieder in Betrieb ab
label-alternatives = Alternativen
label-booking = Buchung
label-more = Weitere
label-left-out = Ausgelassen
label-not-moved = Nicht verschoben
label-requested = Angefragt
label-reserved = Reserviert
label-confirmed = Bestätigt
label-declined = Abgelehnt
label-not-answered = Nicht beantwortet
label-not-confirmed = Nicht bestätigt
label-cancelled = Storniert
label-still-reserved = Noch reserviert
label-still-requested = Noch angefragt
label-trainer = Schulungsleitung
label-about = Beschreibung
label-valid-until = Gültig bis
label-seats = Belegte Plätze

## Values

more-bookings =
    { $count ->
        [one] eine Buchung
       *[other] { $count } Buchungen
    }

no-reason = Es wurde kein Grund angegeben.

# $kind is the reason for the fee; $waived says whether it was waived.
fee =
    { $kind ->
        [late_cancellation] { $amount } für die späte Stornierung, anstelle des Preises
        [no_show] { $amount } anstelle des Preises, weil niemand gekommen ist
       *[overrun] { $amount } für die Zeit nach dem Ende
    }{ $waived ->
        [yes] { " " }(erlassen)
       *[no] { "" }
    }

# $state says what became of the deposit.
deposit =
    { $state ->
        [held] { $amount }, wird nach der Nutzung zurückgezahlt
        [returned] { $amount } zurückgezahlt
       *[kept] { $kept } von { $amount } behält der Anbieter ein, der Rest wird zurückgezahlt
    }

cancellation-fee = kostet { $amount } nach { $after }

check-in-by = { $at }. Danach ist der Rest der Zeit nicht mehr reserviert.

check-in-within =
    { $minutes ->
        [one] eine Minute nach dem Beginn. Danach ist der Rest der Zeit nicht mehr reserviert.
       *[other] { $minutes } Minuten nach dem Beginn. Danach ist der Rest der Zeit nicht mehr reserviert.
    }

kilometres-away = { $distance } km entfernt

# A label and its value in one line.
labelled = { $label }: { $value }

# $kind is the kind of the resource.
quantity =
    { $unit ->
       *[unit] { $kind ->
           *[machine] { $number ->
                [one] { $number } Maschine
               *[other] { $number } Maschinen
            }
            [floor_space] { $number ->
                [one] { $number } Fläche
               *[other] { $number } Flächen
            }
            [storage] { $number ->
                [one] { $number } Lagerplatz
               *[other] { $number } Lagerplätze
            }
        }
        [m2] { $number } m²
        [m3] { $number } m³
        [pallet] { $number ->
            [one] { $number } Palettenplatz
           *[other] { $number } Palettenplätze
        }
        [shelf] { $number ->
            [one] { $number } Regalboden
           *[other] { $number } Regalböden
        }
    }

## Money

group-separator = { "." }
decimal-separator = { "," }
amount = { $number } { $currency }

## Times

# $weekday is mon to sun, $month 1 to 12.
month =
    { $month ->
       *[1] Jan.
        [2] Feb.
        [3] März
        [4] Apr.
        [5] Mai
        [6] Juni
        [7] Juli
        [8] Aug.
        [9] Sept.
        [10] Okt.
        [11] Nov.
        [12] Dez.
    }

day =
    { $weekday ->
       *[mon] Mo.
        [tue] Di.
        [wed] Mi.
        [thu] Do.
        [fri] Fr.
        [sat] Sa.
        [sun] So.
    }, { $day }. { month } { $year }

day-and-time = { day }, { $time }
day-of-month-and-time = { $day }. { month }, { $time }
span-in-a-day = { $start }-{ $end }
span-over-days = { $start } - { $end }
zone = { $zone }, { $name }
zone-at-a-clock-change = { $zone }, von { $name } zu { $later }
in-zone = { $time } ({ $zone })
