# The parts that all mails share: the greeting, the parts around the text, the labels of the table, quantities, money and times.

greeting =
    { $name ->
        [none] Bonjour,
       *[other] Bonjour { $name },
    }

code = Ou saisissez ce code là où le programme le demande :
preferences = Vous pouvez choisir les e-mails de ce type que vous recevez :

## Labels

label-what = Objet
label-quantity = Quantité
label-when = Quand
label-where = Lieu
label-access = Accès
label-contact = Contact
label-host = Prestataire
label-customer = Client
label-price = Prix
label-total = Prix total
label-fee = Frais
label-deposit = Caution
label-cancellation-fee = Annulation
label-before = Avant
label-proposed = Proposé
label-message = Message
label-reserved-until = Retenu jusqu’au
label-respond-by = Répondre avant le
label-confirm-by = Confirmer avant le
label-check-in-by = Arrivée à enregistrer avant le
label-operator = Conducteur de machine
label-on-site = Sur place
label-note = Remarque
label-reason = Motif
label-in-order-from = En service à partir du
label-alternatives = Autres possibilités
label-booking = Réservation
label-more = Autres
label-left-out = Non réservés
label-not-moved = Non déplacés
label-requested = Demande
label-reserved = Retenue
label-confirmed = Confirmée
label-declined = Refusée
label-not-answered = Sans réponse
label-not-confirmed = Non confirmée
label-cancelled = Annulée
label-still-reserved = Encore retenue
label-still-requested = Encore demandée
label-trainer = Formateur
label-about = Description
label-valid-until = Valable jusqu’au
label-seats = Places prises

## Values

more-bookings =
    { $count ->
        [one] une réservation
       *[other] { $count } réservations
    }

no-reason = Aucun motif n’a été donné.

# $kind is the reason for the fee; $waived says whether it was waived.
fee =
    { $kind ->
        [late_cancellation] { $amount } pour l’annulation tardive, à la place du prix
        [no_show] { $amount } à la place du prix, car personne n’est venu
       *[overrun] { $amount } pour le temps après la fin
    }{ $waived ->
        [yes] { " " }(annulés)
       *[no] { "" }
    }

# $state says what became of the deposit.
deposit =
    { $state ->
        [held] { $amount }, rendus après l’utilisation
        [returned] { $amount } rendus
       *[kept] { $kept } sur { $amount } gardés par le prestataire, le reste est rendu
    }

cancellation-fee = coûte { $amount } après le { $after }

check-in-by = { $at }. Après, le reste du créneau n’est plus retenu.

check-in-within =
    { $minutes ->
        [one] une minute après le début. Après, le reste du créneau n’est plus retenu.
       *[other] { $minutes } minutes après le début. Après, le reste du créneau n’est plus retenu.
    }

kilometres-away = à { $distance } km

# A label and its value in one line.
labelled = { $label } : { $value }

# $kind is the kind of the resource.
quantity =
    { $unit ->
       *[unit] { $kind ->
           *[machine] { $number ->
                [one] { $number } machine
               *[other] { $number } machines
            }
            [floor_space] { $number ->
                [one] { $number } espace
               *[other] { $number } espaces
            }
            [storage] { $number ->
                [one] { $number } emplacement de stockage
               *[other] { $number } emplacements de stockage
            }
        }
        [m2] { $number } m²
        [m3] { $number } m³
        [pallet] { $number ->
            [one] { $number } emplacement de palette
           *[other] { $number } emplacements de palette
        }
        [shelf] { $number ->
            [one] { $number } étagère
           *[other] { $number } étagères
        }
    }

## Money

group-separator = { " " }
decimal-separator = { "," }
amount = { $number } { $currency }

## Times

# $weekday is mon to sun, $month 1 to 12.
month =
    { $month ->
       *[1] janv.
        [2] févr.
        [3] mars
        [4] avr.
        [5] mai
        [6] juin
        [7] juil.
        [8] août
        [9] sept.
        [10] oct.
        [11] nov.
        [12] déc.
    }

day =
    { $weekday ->
       *[mon] lun.
        [tue] mar.
        [wed] mer.
        [thu] jeu.
        [fri] ven.
        [sat] sam.
        [sun] dim.
    } { $day ->
        [1] 1er
       *[other] { $day }
    } { month } { $year }

day-and-time = { day }, { $time }
day-of-month-and-time =
    { $day ->
        [1] 1er
       *[other] { $day }
    } { month }, { $time }
span-in-a-day = { $start }-{ $end }
span-over-days = { $start } - { $end }
zone = { $zone }, { $name }
zone-at-a-clock-change = { $zone }, de { $name } à { $later }
in-zone = { $time } ({ $zone })
