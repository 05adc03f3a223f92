# Mails about bookings. The variables are described in the English texts.
#
# { operator-role } is a feminine noun, so that its articles are known. { see-or-cancel }, { see-reschedule-or-cancel } and
# { choose-operator-or-cancel } begin a sentence.

-do-nothing = Sie müssen nichts tun.

subject =
    { $scope ->
       *[one] { $word }: { $resource }, { $span }
        [several] { $word }: { $resource }, { $count } Buchungen
        [series] { $word }: { $resource }, { times } ab { $span }
        [group] { $word }: { $resource }, { $span }{ and-more }
    }

times =
    { $count ->
        [one] ein Termin
       *[other] { $count } Termine
    }

and-more =
    { $others ->
        [0] { "" }
       *[other] { " " }und { $others } weitere
    }

bookings-together =
    { $count ->
        [one] eine Buchung
       *[other] { $count } Buchungen
    }

of-the-group-are =
    { $count ->
        [one] ist eine
       *[other] sind { $count }
    }

# Stands in front of every `call`, so that a text mentions only entries that are attached.
calendar-update =
    { $update ->
       *[none] { "" }
        [enter] { $entries ->
            [one] Der Kalendereintrag ist angehängt.
           *[other] Die Kalendereinträge sind angehängt.
        }
        [change] { $entries ->
            [one] Wenn die Buchung in Ihrem Kalender steht, aktualisiert der Anhang sie dort.
           *[other] Die Anhänge aktualisieren die Buchungen in Ihrem Kalender.
        }
        [remove] { $entries ->
            [one] Der Anhang entfernt die Buchung aus Ihrem Kalender.
           *[other] Die Anhänge entfernen die Buchungen aus Ihrem Kalender.
        }
    }

# The title of the calendar entry of a host, who has many customers.
calendar-title-of-host = { $resource }, { $customer }

see-or-cancel =
    { $changeable ->
       *[always] Buchung ansehen oder stornieren
        [until] Buchung ansehen oder (bis { $until }) stornieren
        [no_more] Buchung ansehen
    }

see-reschedule-or-cancel =
    { $changeable ->
       *[always] Buchung ansehen, verschieben oder stornieren
        [until] Buchung ansehen oder (bis { $until }) verschieben oder stornieren
        [no_more] Buchung ansehen
    }

choose-operator-or-cancel =
    { $changeable ->
       *[always] Eine andere { operator-role } wählen oder die Buchung stornieren
        [until] Eine andere { operator-role } wählen oder die Buchung (bis { $until }) stornieren
        [no_more] Eine andere { operator-role } wählen
    }

# The role of the member of the customer that comes: a machine has an operator, a space has not.
operator-role =
    { $role ->
       *[operator] Bedienperson
        [on_site] Person vor Ort
    }

# This member, by name if the name is known.
operator-name =
    { $operator ->
        [none] Die Person
       *[other] { $operator }
    }

## Requests

requested-customer = Angefragt
    .intro =
        { $scope ->
           *[one] Sie haben bei { $host } { $resource } angefragt. Die Zeit ist für Sie reserviert, bis { $host } antwortet.
            [series] Sie haben bei { $host } { $resource } angefragt ({ times }). Die Zeiten sind für Sie reserviert, bis { $host } antwortet.
            [group] Sie haben { bookings-together } zusammen angefragt. Die Zeiten sind für Sie reserviert, bis die Anbieter antworten.
        }
    .call =
        { $scope ->
           *[one] Sie müssen jetzt nichts tun. Wir senden Ihnen eine E-Mail, wenn der Anbieter antwortet. Anfrage ansehen oder zurückziehen:
            [series] Sie müssen jetzt nichts tun. Wir senden Ihnen eine E-Mail, wenn der Anbieter antwortet. Anfragen ansehen oder zurückziehen:
            [group] Sie müssen jetzt nichts tun. Wir senden Ihnen eine E-Mail, wenn ein Anbieter antwortet. Anfragen ansehen oder zurückziehen:
        }

requested-host = Bitte antworten
    .intro =
        { $scope ->
           *[one] { $customer } möchte { $resource } buchen. Die Zeit ist für { $customer } reserviert, bis Sie antworten.
            [series] { $customer } möchte { $resource } buchen ({ times }). Die Zeiten sind für { $customer } reserviert, bis Sie antworten.
            [group] { $customer } hat { bookings-together } zusammen angefragt. Die Zeiten sind für { $customer } reserviert, bis Sie antworten.
        }
    .call =
        { $scope ->
           *[one] Genehmigen Sie die Anfrage hier oder lehnen Sie sie ab:
            [series] Genehmigen Sie die Anfragen hier oder lehnen Sie sie ab, zusammen oder einzeln:
            [group] Genehmigen Sie die Anfragen hier oder lehnen Sie sie ab, zusammen oder einzeln:
        }

request_rescheduled-customer = Verschoben
    .intro =
        { $by ->
           *[customer] Ihre Anfrage bei { $host } für { $resource } wurde geändert. Die Zeit ist für Sie reserviert, bis { $host } antwortet.
            [host] { $host } hat Ihre Anfrage für { $resource } geändert. Die Zeit ist für Sie reserviert, bis { $host } antwortet.
        }
    .call = Sie müssen jetzt nichts tun. Wir senden Ihnen eine E-Mail, wenn der Anbieter antwortet. Anfrage ansehen oder zurückziehen:

request_rescheduled-host = Bitte antworten
    .intro = { $customer } hat eine Anfrage für { $resource } geändert. Die Zeit ist für { $customer } reserviert, bis Sie antworten.
    .call = Genehmigen Sie die Anfrage hier oder lehnen Sie sie ab:

partly_requested-customer = Gebucht
    .intro = Sie haben { bookings-together } zusammen vorgenommen. Einige sind Anfragen, auf die der Anbieter noch antworten muss. Alle Zeiten sind für Sie reserviert.
    .call = Wir senden Ihnen eine E-Mail, wenn ein Anbieter antwortet. Buchungen ansehen, verschieben oder stornieren:

partly_requested-host = Bitte antworten
    .intro = { $customer } hat { bookings-together } zusammen vorgenommen. Einige sind Anfragen; ihre Zeiten sind für { $customer } reserviert, bis Sie antworten.
    .call = Genehmigen Sie die Anfragen hier oder lehnen Sie sie ab, zusammen oder einzeln:

declined-customer = Abgelehnt
    .intro =
        { $scope ->
           *[one] { $host } hat Ihre Anfrage für { $resource } abgelehnt.
            [series] { $host } hat Ihre Anfragen für { $resource } abgelehnt.
            [group] Sie haben mehrere Buchungen zusammen vorgenommen; { $count ->
                [one] eine davon wurde
               *[other] { $count } davon wurden
            } abgelehnt.
        }
    .call =
        { $scope ->
           *[one] Eine andere Zeit oder einen anderen Ort suchen:
            [series] Die übrigen Buchungen der Serie ansehen und andere Zeiten suchen:
            [group] Die übrigen Buchungen ansehen und andere Zeiten suchen:
        }

declined-host = Abgelehnt
    .intro =
        { $scope ->
           *[one] Die Anfrage von { $customer } für { $resource } ist abgelehnt. Die Zeit kann wieder gebucht werden.
            [series] Die Anfragen von { $customer } für { $resource } sind abgelehnt. Die Zeiten können wieder gebucht werden.
            [group] Von den Buchungen, die { $customer } zusammen vorgenommen hat, { of-the-group-are } abgelehnt. Die Zeiten können wieder gebucht werden.
        }
    .call =
        { $scope ->
           *[one] Wir haben { $customer } informiert. Sie müssen nichts tun. Anfrage ansehen:
            [series] Wir haben { $customer } informiert. Sie müssen nichts tun. Die übrigen Buchungen der Serie ansehen:
            [group] Wir haben { $customer } informiert. Sie müssen nichts tun. Die übrigen Buchungen ansehen:
        }

expired-customer = Nicht beantwortet
    .intro =
        { $scope ->
           *[one] { $host } hat nicht rechtzeitig auf Ihre Anfrage für { $resource } geantwortet. Die Zeit ist nicht mehr für Sie reserviert.
            [series] { $host } hat nicht rechtzeitig auf Ihre Anfragen für { $resource } geantwortet. Die Zeiten sind nicht mehr für Sie reserviert.
            [group] Sie haben mehrere Buchungen zusammen vorgenommen. Der Anbieter hat auf { $count ->
                [one] eine davon
               *[other] { $count } davon
            } nicht rechtzeitig geantwortet. Die Zeiten sind nicht mehr für Sie reserviert.
        }
    .call =
        { $scope ->
           *[one] Eine andere Zeit oder einen anderen Ort suchen:
            [series] Die übrigen Buchungen der Serie ansehen und andere Zeiten suchen:
            [group] Die übrigen Buchungen ansehen und andere Zeiten suchen:
        }

expired-host = Nicht beantwortet
    .intro =
        { $scope ->
           *[one] Niemand hat rechtzeitig auf die Anfrage von { $customer } für { $resource } geantwortet. Die Zeit kann wieder gebucht werden.
            [series] Niemand hat rechtzeitig auf die Anfragen von { $customer } für { $resource } geantwortet. Die Zeiten können wieder gebucht werden.
            [group] { $customer } hat mehrere Buchungen zusammen vorgenommen. Niemand hat auf { $count ->
                [one] eine davon
               *[other] { $count } davon
            } rechtzeitig geantwortet. Die Zeiten können wieder gebucht werden.
        }
    .call =
        { $scope ->
           *[one] Wir haben { $customer } informiert. Anfrage ansehen:
            [series] Wir haben { $customer } informiert. Die übrigen Buchungen der Serie ansehen:
            [group] Wir haben { $customer } informiert. Die übrigen Buchungen ansehen:
        }

## Holds

payment_due-customer = Bitte bezahlen
    .intro =
        { $scope ->
           *[one] { $resource } bei { $host } ist für begrenzte Zeit für Sie reserviert. Sie müssen bezahlen, bevor { $host } die Buchung bestätigt.
            [series] { $resource } bei { $host } ist für begrenzte Zeit für Sie reserviert ({ times }). Sie müssen bezahlen, bevor { $host } die Buchungen bestätigt.
            [group] Sie haben { bookings-together } zusammen vorgenommen. Sie sind für begrenzte Zeit für Sie reserviert; jede Buchung, die bis dahin nicht bestätigt ist, verfällt.{ confirm-rest }
        }
    .call =
        { $scope ->
           *[one] Bezahlen Sie rechtzeitig. Der Anbieter bestätigt die Buchung, wenn Ihre Zahlung eingegangen ist, und wir senden Ihnen eine E-Mail. Buchung ansehen oder stornieren:
            [series] Bezahlen Sie rechtzeitig. Der Anbieter bestätigt die Buchungen, wenn Ihre Zahlung eingegangen ist. Buchungen ansehen oder stornieren:
            [group] Buchungen ansehen, Ihre bestätigen oder stornieren:
        }

# Which bookings of a group still wait, and for whom; stands after a sentence.
confirm-rest =
    { $payment ->
        [all] { " " }Eine Buchung, die zuerst bezahlt werden muss, bestätigt der Anbieter, wenn Ihre Zahlung eingegangen ist.
        [some] { " " }Eine Buchung, die zuerst bezahlt werden muss, bestätigt der Anbieter, wenn Ihre Zahlung eingegangen ist. Die anderen müssen Sie selbst bestätigen.
        [unpaid] { " " }Die anderen müssen Sie selbst bestätigen.
       *[none] { "" }
    }

payment_due-host = Zahlung erwartet
    .intro =
        { $scope ->
           *[one] { $customer } möchte { $resource } buchen und muss zuerst bezahlen. Die Zeit ist für begrenzte Zeit für { $customer } reserviert.
            [series] { $customer } möchte { $resource } buchen ({ times }) und muss zuerst bezahlen. Die Zeiten sind für begrenzte Zeit für { $customer } reserviert.
            [group] { $customer } hat { bookings-together } zusammen vorgenommen und muss zuerst bezahlen. Die Zeiten sind für begrenzte Zeit für { $customer } reserviert.
        }
    .call =
        { $scope ->
           *[one] Bestätigen Sie die Buchung hier, wenn die Zahlung eingegangen ist. Wenn Sie sie nicht rechtzeitig bestätigen, verfällt sie:
            [series] Bestätigen Sie die Buchungen hier, wenn die Zahlung eingegangen ist. Wenn Sie sie nicht rechtzeitig bestätigen, verfallen sie:
            [group] Bestätigen Sie die Buchungen hier, wenn ihre Zahlung eingegangen ist. Wenn Sie sie nicht rechtzeitig bestätigen, verfallen sie:
        }

payment_failed-customer = Noch nicht bezahlt
    .intro = { $host } hat Ihre Buchung von { $resource } bestätigt, aber Ihre Bank hat die Zahlung mit der gespeicherten Karte abgelehnt oder möchte, dass Sie sich ausweisen. Die Buchung ist für begrenzte Zeit für Sie reserviert.
    .call = Bezahlen Sie rechtzeitig, mit derselben oder einer anderen Karte. Sonst verfällt die Buchung. Bezahlen oder stornieren:

payment_failed-operator = Noch nicht bezahlt
    .intro = Die Zahlung für { $resource }, das Sie bedienen, ist fehlgeschlagen. Die Buchung ist für begrenzte Zeit reserviert und wird wieder bestätigt, wenn sie bezahlt ist.
    .call = Wir schreiben Ihnen, wenn sie bezahlt ist. Buchung ansehen:

payment_failed-host = Zahlung fehlgeschlagen
    .intro = Die Bank von { $customer } hat die Zahlung für { $resource } mit der gespeicherten Karte abgelehnt. Die Buchung ist nicht mehr bestätigt: Die Zeit ist für begrenzte Zeit für { $customer } reserviert.
    .call = Sie müssen nichts tun. Die Buchung wird bestätigt, wenn { $customer } mit Karte bezahlt hat. Bezahlt { $customer } Sie auf einem anderen Weg, bestätigen Sie die Buchung hier:

hold_rescheduled-customer = Verschoben
    .intro =
        { $by ->
            [host] { $host } hat die Buchung von { $resource } geändert, die für Sie reserviert ist.
           *[customer] Die Buchung von { $resource } bei { $host }, die für Sie reserviert ist, wurde geändert.
        }
    .call =
        { $payment ->
            [none] Wenn Sie die geänderte Buchung möchten, bestätigen Sie sie rechtzeitig. Hier bestätigen oder stornieren:
           *[all] Bezahlen Sie den neuen Preis rechtzeitig. Der Anbieter bestätigt dann die Buchung, und wir senden Ihnen eine E-Mail. Buchung ansehen oder stornieren:
        }

hold_rescheduled-host = Zahlung erwartet
    .intro = { $customer } hat eine Buchung von { $resource } geändert und muss zuerst bezahlen. Die neue Zeit ist für begrenzte Zeit für { $customer } reserviert.
    .call = Bestätigen Sie die Buchung hier, wenn der neue Preis bezahlt ist. Wenn Sie sie nicht rechtzeitig bestätigen, verfällt sie:

hold_expired-customer =
    { $scope ->
       *[one] Nicht mehr reserviert
        [series] Nicht mehr reserviert
        [several] Nicht mehr reserviert
        [group] Nicht bestätigt
    }
    .intro =
        { $scope ->
           *[one] { $resource } bei { $host } ist nicht mehr für Sie reserviert, weil die Buchung nicht rechtzeitig bestätigt wurde.
            [series] { $resource } bei { $host } ist nicht mehr für Sie reserviert, weil die Buchungen nicht rechtzeitig bestätigt wurden.
            [several] { $resource } bei { $host } ist nicht mehr für Sie reserviert, weil die Buchungen nicht rechtzeitig bestätigt wurden.
            [group] Sie haben mehrere Buchungen zusammen vorgenommen; { $count ->
                [one] eine davon wurde
               *[other] { $count } davon wurden
            } nicht rechtzeitig bestätigt. Die Zeiten sind nicht mehr für Sie reserviert.
        }
    .call =
        { $scope ->
           *[one] Diese oder eine andere Zeit oder einen anderen Ort suchen:
            [series] Die übrigen Buchungen der Serie ansehen und andere Zeiten suchen:
            [several] Diese oder andere Zeiten oder Orte suchen:
            [group] Die übrigen Buchungen ansehen und andere Zeiten suchen:
        }
    .outro =
        { $payment ->
            [none] { "" }
           *[all] Wenn Sie schon bezahlt haben, wenden Sie sich bitte an den Anbieter.
        }

hold_expired-host =
    { $scope ->
       *[one] Nicht bezahlt
        [series] Nicht bezahlt
        [several] Nicht bezahlt
        [group] Nicht bestätigt
    }
    .intro =
        { $scope ->
           *[one] { $resource } ist nicht mehr für { $customer } reserviert, weil niemand die Zahlung rechtzeitig bestätigt hat.
            [series] { $resource } ist nicht mehr für { $customer } reserviert, weil niemand die Zahlung rechtzeitig bestätigt hat.
            [several] { $resource } ist nicht mehr für { $customer } reserviert, weil niemand die Zahlung rechtzeitig bestätigt hat.
            [group] { $customer } hat mehrere Buchungen zusammen vorgenommen; { $count ->
                [one] eine davon wurde
               *[other] { $count } davon wurden
            } nicht rechtzeitig bestätigt. Die Zeiten können wieder gebucht werden.
        }
    .call =
        { $scope ->
           *[one] Wir haben { $customer } informiert. Die Zeit kann wieder gebucht werden. Buchung ansehen:
            [series] Wir haben { $customer } informiert. Die Zeiten können wieder gebucht werden. Die übrigen Buchungen der Serie ansehen:
            [several] Wir haben { $customer } informiert. Die Zeiten können wieder gebucht werden. Buchungen ansehen:
            [group] Wir haben { $customer } informiert. Sie müssen nichts tun. Die übrigen Buchungen ansehen:
        }

hold_cancelled-customer = Nicht mehr reserviert
    .intro =
        { $by ->
            [host] { $host } reserviert { $resource } nicht mehr für Sie.
           *[customer] Sie haben die Buchung von { $resource } bei { $host } storniert. Die Zeit ist nicht mehr für Sie reserviert.
        }
    .call = Sie müssen nichts tun. Eine andere Zeit oder einen anderen Ort suchen:
    .outro =
        { $by ->
            [host] Wenn Sie dafür auf der Warteliste standen, stehen Sie nicht mehr darauf. Sie können sich wieder eintragen.
           *[customer] { "" }
        }

hold_cancelled-host = Nicht mehr reserviert
    .intro = { $resource } ist nicht mehr für { $customer } reserviert. Die Zeit kann wieder gebucht werden.
    .call = Sie müssen nichts tun. Buchung ansehen:

hold_displaced-customer = Nicht mehr reserviert
    .intro =
        { $scope ->
           *[one] { $host } kann { $resource } zu einer Zeit nicht anbieten, die für Sie reserviert war. Die Zeit ist nicht mehr für Sie reserviert.
            [several] { $host } kann { $resource } zu Zeiten nicht anbieten, die für Sie reserviert waren. Die Zeiten sind nicht mehr für Sie reserviert.
        }
    .call = Eine andere Zeit oder einen anderen Ort suchen:
    .outro = Wenn Sie dafür auf der Warteliste standen, stehen Sie weiterhin darauf.

## Offers

host_offer-customer = Ihnen angeboten
    .intro = { $host } bietet Ihnen { $resource } an und reserviert es für begrenzte Zeit für Sie.
    .call =
        { $payment ->
            [none] Wenn Sie das Angebot möchten, bestätigen Sie es rechtzeitig; die Buchung ist damit bestätigt. Hier bestätigen oder stornieren:
           *[all] Wenn Sie das Angebot möchten, bezahlen Sie rechtzeitig. Der Anbieter bestätigt die Buchung, wenn Ihre Zahlung eingegangen ist. Buchung ansehen oder stornieren:
        }

host_offer-host = Zahlung erwartet
    .intro = Sie haben { $customer } { $resource } angeboten; { $customer } muss zuerst bezahlen. Die Zeit ist für begrenzte Zeit für { $customer } reserviert.
    .call = Bestätigen Sie die Buchung hier, wenn die Zahlung eingegangen ist. Wenn Sie sie nicht rechtzeitig bestätigen, verfällt sie:

host_offer_expired-host = Nicht angenommen
    .intro =
        { $scope ->
           *[one] Sie haben { $customer } { $resource } angeboten. { $customer } hat die Buchung nicht rechtzeitig bestätigt; die Zeit ist nicht mehr reserviert.
            [several] Sie haben { $customer } { $resource } angeboten. { $customer } hat die Buchungen nicht rechtzeitig bestätigt; die Zeiten sind nicht mehr reserviert.
        }
    .call =
        { $scope ->
           *[one] Die Zeit kann wieder gebucht werden. Buchung ansehen:
            [several] Die Zeiten können wieder gebucht werden. Buchungen ansehen:
        }

waitlist_offer-customer = Ein Zeitfenster ist frei
    .intro = Sie stehen auf der Warteliste für { $resource } bei { $host }. Ein Zeitfenster ist frei und für begrenzte Zeit für Sie reserviert.
    .call =
        { $payment ->
           *[none] { $approval ->
                [yes] Wenn Sie es möchten, bestätigen Sie es rechtzeitig. Der Anbieter wird dann um Genehmigung gebeten. Hier bestätigen oder stornieren:
               *[no] Wenn Sie es möchten, bestätigen Sie es rechtzeitig. Sonst wird das Zeitfenster der nächsten Person auf der Warteliste angeboten. Hier bestätigen oder stornieren:
            }
            [all] Wenn Sie es möchten, bezahlen Sie rechtzeitig. Der Anbieter bestätigt die Buchung, wenn Ihre Zahlung eingegangen ist. Buchung ansehen oder stornieren:
        }

waitlist_offer-host = Zahlung erwartet
    .intro = { $customer } steht auf der Warteliste für { $resource }. Ein Zeitfenster ist frei und für { $customer } reserviert; { $customer } muss zuerst bezahlen.
    .call = Bestätigen Sie die Buchung hier, wenn die Zahlung eingegangen ist. Wenn Sie sie nicht rechtzeitig bestätigen, wird das Zeitfenster der nächsten Person auf der Warteliste angeboten:

waitlist_offer_expired-customer = Angebot abgelaufen
    .intro = Sie standen auf der Warteliste für { $resource } bei { $host }. Das Zeitfenster, das für Sie reserviert war, wurde nicht rechtzeitig bestätigt.
    .call =
        { $stays ->
            [yes] Das Zeitfenster wird der nächsten Person auf der Warteliste angeboten. Sie bleiben auf der Warteliste und behalten Ihren Platz. Wenn auch das nächste Angebot abläuft, stehen Sie nicht mehr darauf. Eine andere Zeit suchen:
           *[no] Das Zeitfenster wird der nächsten Person auf der Warteliste angeboten, und Sie stehen nicht mehr darauf. Wieder eintragen oder eine andere Zeit suchen:
        }

waitlist_offer_expired-host = Nicht bezahlt
    .intro = { $customer } stand auf der Warteliste für { $resource }. Niemand hat die Zahlung für das angebotene Zeitfenster rechtzeitig bestätigt.
    .call = Wir haben { $customer } informiert. Das Zeitfenster wird der nächsten Person auf der Warteliste angeboten. Buchung ansehen:

## Confirmed bookings

confirmed-customer = Bestätigt
    .intro =
        { $scope ->
           *[one] Ihre Buchung von { $resource } bei { $host } ist bestätigt.
            [series] Ihre Buchungen von { $resource } bei { $host } ({ times }) sind bestätigt.
            [group] { $part ->
               *[no] Sie haben { bookings-together } zusammen vorgenommen; alle sind bestätigt.
                [yes] Von den Buchungen, die Sie zusammen vorgenommen haben, { of-the-group-are } jetzt bestätigt.{ confirm-rest }
            }
        }
    .call =
        { $scope ->
           *[one] { see-or-cancel }:
            [series] Buchungen ansehen, verschieben oder stornieren:
            [group] Buchungen ansehen, verschieben oder stornieren:
        }
    .outro =
        { $scope ->
           *[one] Wenn sich Ihre Pläne ändern, stornieren Sie bitte früh, damit andere die Zeit nutzen können.
            [series] { "" }
            [group] { "" }
        }

confirmed-operator = Sie sind die { operator-role }
    .intro =
        { $scope ->
           *[one] { $customer } hat { $resource } bei { $host } gebucht und Sie als { operator-role } benannt.
            [series] { $customer } hat { $resource } bei { $host } gebucht ({ times }) und Sie als { operator-role } benannt.
            [group] { $customer } hat { bookings-together } zusammen vorgenommen und Sie als { operator-role } benannt.
        }
    .call =
        { $scope ->
           *[one] Buchung ansehen:
            [series] Buchungen ansehen:
            [group] Buchungen ansehen:
        }
    .outro =
        { $scope ->
           *[one] Wenn Sie nicht kommen können, sagen Sie es bitte der Person, die gebucht hat, damit sie eine andere { operator-role } benennen kann.
            [series] Wenn Sie nicht kommen können, sagen Sie es bitte der Person, die gebucht hat, damit sie eine andere { operator-role } benennen kann.
            [group] Wenn Sie nicht kommen können, sagen Sie es bitte der Person, die gebucht hat, damit sie eine andere { operator-role } benennen kann.
        }

confirmed-host = Gebucht
    .intro =
        { $scope ->
           *[one] { $customer } hat { $resource } gebucht.
            [series] { $customer } hat { $resource } gebucht ({ times }).
            [group] { $customer } hat { bookings-together } zusammen vorgenommen.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Buchung ansehen:
            [series] { -do-nothing } Buchungen ansehen:
            [group] { -do-nothing } Buchungen ansehen:
        }

reminder-customer = Erinnerung
    .intro = Ihre Buchung von { $resource } bei { $host } beginnt bald.
    .call = Checken Sie hier ein, wenn Sie vor Ort sind. { see-reschedule-or-cancel }:
    .outro = Wenn sich Ihre Pläne geändert haben, stornieren Sie bitte, damit andere die Zeit nutzen können.

reminder-operator = Erinnerung
    .intro = { $customer } hat { $resource } bei { $host } gebucht und Sie als { operator-role } benannt. Die Buchung beginnt bald.
    .call = Checken Sie hier ein, wenn Sie vor Ort sind:
    .outro = Wenn Sie nicht kommen können, sagen Sie es bitte der Person, die gebucht hat, damit sie eine andere { operator-role } benennen kann.

rescheduled-customer = Verschoben
    .intro =
        { $scope ->
           *[one] { $by ->
                [host] { $host } hat Ihre Buchung von { $resource } geändert.
               *[customer] Ihre Buchung von { $resource } bei { $host } wurde geändert.
            }
            [series] Ihre Buchungen von { $resource } bei { $host } haben neue Zeiten.
        }
    .call =
        { $scope ->
           *[one] { see-or-cancel }:
            [series] Buchungen ansehen, verschieben oder stornieren:
        }

rescheduled-operator = Verschoben
    .intro =
        { $scope ->
           *[one] Die Buchung von { $resource } bei { $host }, in der Sie die { operator-role } sind, wurde geändert.
            [series] Die Buchungen von { $resource } bei { $host }, in denen Sie die { operator-role } sind, haben neue Zeiten.
        }
    .call =
        { $scope ->
           *[one] Buchung ansehen:
            [series] Buchungen ansehen:
        }

rescheduled-host = Verschoben
    .intro =
        { $scope ->
           *[one] Die Buchung von { $resource } durch { $customer } wurde geändert.
            [series] Die Buchungen von { $resource } durch { $customer } haben neue Zeiten.
        }
    .call =
        { $scope ->
           *[one] Buchung ansehen:
            [series] Buchungen ansehen:
        }

## Proposals

proposed-customer = Andere Zeit vorgeschlagen
    .intro = { $host } schlägt ein anderes Zeitfenster für Ihre Buchung von { $resource } vor. Die Buchung bleibt, wie sie ist, bis Sie annehmen.
    .call = Vorschlag annehmen oder ablehnen:

proposed-host = Andere Zeit vorgeschlagen
    .intro = { $customer } schlägt ein anderes Zeitfenster für die Buchung von { $resource } vor. Die Buchung bleibt, wie sie ist, bis Sie annehmen.
    .call = Vorschlag annehmen oder ablehnen:

proposal_accepted-customer = Verschoben
    .intro =
        { $proposer ->
           *[host] Sie haben den Vorschlag von { $host } angenommen. Ihre Buchung von { $resource } ist verschoben.
            [customer] { $host } hat Ihren Vorschlag angenommen. Ihre Buchung von { $resource } ist verschoben.
        }
    .call = { see-or-cancel }:

proposal_accepted-operator = Verschoben
    .intro = Die Buchung von { $resource } bei { $host }, in der Sie die { operator-role } sind, ist verschoben.
    .call = Buchung ansehen:

proposal_accepted-host = Verschoben
    .intro =
        { $proposer ->
           *[host] { $customer } hat Ihren Vorschlag angenommen. Die Buchung von { $resource } ist verschoben.
            [customer] Sie haben den Vorschlag von { $customer } angenommen. Die Buchung von { $resource } ist verschoben.
        }
    .call = Buchung ansehen:

proposal_declined-customer = Vorschlag abgelehnt
    .intro = { $host } hat das Zeitfenster abgelehnt, das Sie für Ihre Buchung von { $resource } vorgeschlagen haben. Die Buchung bleibt, wie sie ist.
    .call = Buchung ansehen:

proposal_declined-host = Vorschlag abgelehnt
    .intro = { $customer } hat das Zeitfenster abgelehnt, das Sie für die Buchung von { $resource } vorgeschlagen haben. Die Buchung bleibt, wie sie ist.
    .call = Buchung ansehen:

proposal_withdrawn-customer = Vorschlag zurückgezogen
    .intro = { $host } schlägt kein anderes Zeitfenster mehr für Ihre Buchung von { $resource } vor. Die Buchung bleibt, wie sie ist.
    .call = { -do-nothing } Buchung ansehen:

proposal_withdrawn-host = Vorschlag zurückgezogen
    .intro = { $customer } schlägt kein anderes Zeitfenster mehr für die Buchung von { $resource } vor. Die Buchung bleibt, wie sie ist.
    .call = { -do-nothing } Buchung ansehen:

proposal_lapsed-customer = Vorschlag abgelaufen
    .intro = Niemand hat das Zeitfenster rechtzeitig angenommen, das für Ihre Buchung von { $resource } bei { $host } vorgeschlagen war. Die Buchung bleibt, wie sie ist.
    .call = { -do-nothing } Buchung ansehen:

proposal_lapsed-host = Vorschlag abgelaufen
    .intro = Niemand hat das Zeitfenster rechtzeitig angenommen, das für die Buchung von { $resource } durch { $customer } vorgeschlagen war. Die Buchung bleibt, wie sie ist.
    .call = { -do-nothing } Buchung ansehen:

## Cancelled

cancelled-customer = Storniert
    .intro =
        { $scope ->
           *[one] Ihre Buchung von { $resource } bei { $host } ist storniert.
            [series] Ihre Buchungen von { $resource } bei { $host } sind storniert.
            [group] Von den Buchungen, die Sie zusammen vorgenommen haben, { of-the-group-are } storniert.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Eine andere Zeit oder einen anderen Ort suchen:
            [series] { -do-nothing } Die übrigen Buchungen der Serie ansehen:
            [group] Die übrigen Buchungen ansehen:
        }

cancelled-operator = Storniert
    .intro =
        { $scope ->
           *[one] Die Buchung von { $resource } bei { $host }, in der Sie die { operator-role } waren, ist storniert.
            [series] Die Buchungen von { $resource } bei { $host }, in denen Sie die { operator-role } waren, sind storniert.
            [group] Von den Buchungen von { $customer }, in denen Sie die { operator-role } waren, { of-the-group-are } storniert.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Andere Angebote suchen:
            [series] Die übrigen Buchungen der Serie ansehen:
            [group] Die übrigen Buchungen ansehen:
        }

cancelled-host = Storniert
    .intro =
        { $scope ->
           *[one] Die Buchung von { $resource } durch { $customer } ist storniert. Die Zeit kann wieder gebucht werden.
            [series] Die Buchungen von { $resource } durch { $customer } sind storniert. Die Zeiten können wieder gebucht werden.
            [group] Von den Buchungen, die { $customer } zusammen vorgenommen hat, { of-the-group-are } storniert. Die Zeiten können wieder gebucht werden.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Buchung ansehen:
            [series] { -do-nothing } Die übrigen Buchungen der Serie ansehen:
            [group] { -do-nothing } Die übrigen Buchungen ansehen:
        }

displaced-customer = Storniert
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $host } kann { $resource } zur Zeit Ihrer Buchung nicht anbieten. Ihre Buchung ist storniert.
               *[no] { $host } kann { $resource } zur Zeit Ihrer Anfrage nicht anbieten. Ihre Anfrage ist storniert.
            }
            [several] { $host } kann { $resource } zu den Zeiten Ihrer Buchungen nicht anbieten. Ihre Buchungen sind storniert.
        }
    .call = Eine andere Zeit oder einen anderen Ort suchen:

displaced-operator = Storniert
    .intro =
        { $scope ->
           *[one] { $host } kann { $resource } zur Zeit einer Buchung nicht anbieten, in der Sie die { operator-role } waren. Die Buchung ist storniert.
            [several] { $host } kann { $resource } zu den Zeiten von Buchungen nicht anbieten, in denen Sie die { operator-role } waren. Die Buchungen sind storniert.
        }
    .call = { -do-nothing } Andere Angebote suchen:

displaced-host = Storniert
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $resource } ist zur Zeit einer Buchung gesperrt oder geschlossen. Die Buchung ist storniert.
               *[no] { $resource } ist zur Zeit einer Anfrage gesperrt oder geschlossen. Die Anfrage ist storniert.
            }
            [several] { $resource } ist zu den Zeiten von Buchungen gesperrt oder geschlossen. Die Buchungen sind storniert.
        }
    .call =
        { $scope ->
           *[one] Wir haben den Kunden informiert. { -do-nothing } Die stornierte Buchung ansehen:
            [several] Wir haben die Kunden informiert. { -do-nothing } Die stornierten Buchungen ansehen:
        }

## At the machine

missed-customer = Versäumt
    .intro = Niemand hat für Ihre Buchung von { $resource } bei { $host } eingecheckt. Der Rest der Zeit ist nicht mehr für Sie reserviert.
    .call = Wenn das ein Irrtum ist, wenden Sie sich bitte an den Anbieter. Buchung ansehen:

missed-host = Versäumt
    .intro = { $customer } hat für die Buchung von { $resource } nicht eingecheckt. Der Rest der Zeit kann wieder gebucht werden.
    .call = Wir haben { $customer } informiert. { -do-nothing } Buchung ansehen:

overrun-customer = Die Zeit ist um
    .intro = Die Zeit Ihrer Buchung von { $resource } bei { $host } ist um, und niemand hat ausgecheckt.
    .call = Bitte machen Sie Platz für die nächste Buchung und checken Sie hier aus:

overrun-operator = Die Zeit ist um
    .intro = Die Zeit der Buchung von { $resource } bei { $host }, in der Sie die { operator-role } sind, ist um, und niemand hat ausgecheckt.
    .call = Bitte machen Sie Platz für die nächste Buchung und checken Sie hier aus:

overrun-host = Die Zeit ist um
    .intro = Die Zeit der Buchung von { $resource } durch { $customer } ist um, und niemand hat ausgecheckt.
    .call = Wir haben den Kunden der nächsten Buchung informiert. Buchung ansehen oder auschecken:

delayed-customer = Beginnt vielleicht später
    .intro = Die Buchung von { $resource } bei { $host } vor Ihrer ist um, aber es hat noch niemand ausgecheckt.
    .call = Ihre Buchung bleibt gültig; vielleicht müssen Sie einen Moment warten. Buchung ansehen oder verschieben:

delayed-operator = Beginnt vielleicht später
    .intro = Die Buchung von { $resource } bei { $host } vor der, in der Sie die { operator-role } sind, ist um, aber es hat noch niemand ausgecheckt.
    .call = Ihre Buchung bleibt gültig; vielleicht müssen Sie einen Moment warten. Buchung ansehen:

out_of_order-customer = Außer Betrieb
    .intro =
        { $scope ->
           *[one] { $resource } bei { $host } ist außer Betrieb. Ihre Buchung bleibt gültig, aber vielleicht können Sie sie nicht nutzen.
            [several] { $resource } bei { $host } ist außer Betrieb. Ihre Buchungen bleiben gültig, aber vielleicht können Sie sie nicht nutzen.
        }
    .call =
        { $scope ->
           *[one] Der Anbieter versucht, die Störung rechtzeitig zu beheben. { see-reschedule-or-cancel }:
            [several] Der Anbieter versucht, die Störung rechtzeitig zu beheben. Buchungen ansehen, verschieben oder stornieren:
        }

out_of_order-operator = Außer Betrieb
    .intro =
        { $scope ->
           *[one] { $resource } bei { $host } ist außer Betrieb. Sie sind die { operator-role } einer Buchung und können sie vielleicht nicht nutzen.
            [several] { $resource } bei { $host } ist außer Betrieb. Sie sind die { operator-role } von Buchungen und können sie vielleicht nicht nutzen.
        }
    .call =
        { $scope ->
           *[one] Wir haben die Person informiert, die gebucht hat. Buchung ansehen:
            [several] Wir haben die Person informiert, die gebucht hat. Buchungen ansehen:
        }

out_of_order-host = Außer Betrieb
    .intro =
        { $scope ->
           *[one] { $resource } ist außer Betrieb und ist gebucht.
            [several] { $resource } ist außer Betrieb und ist { $count }-mal gebucht.
        }
    .call =
        { $scope ->
           *[one] Wir haben den Kunden informiert. Buchung ansehen, verschieben oder stornieren:
            [several] Wir haben die Kunden informiert. Buchungen ansehen, verschieben oder stornieren:
        }

back_in_order-customer = Wieder in Betrieb
    .intro =
        { $scope ->
           *[one] { $resource } bei { $host } funktioniert wieder, wenn Ihre Buchung beginnt.
            [several] { $resource } bei { $host } funktioniert wieder, wenn Ihre Buchungen beginnen.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Buchung ansehen:
            [several] { -do-nothing } Buchungen ansehen:
        }

back_in_order-operator = Wieder in Betrieb
    .intro =
        { $scope ->
           *[one] { $resource } bei { $host } funktioniert wieder, wenn die Buchung beginnt, in der Sie die { operator-role } sind.
            [several] { $resource } bei { $host } funktioniert wieder, wenn die Buchungen beginnen, in denen Sie die { operator-role } sind.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Buchung ansehen:
            [several] { -do-nothing } Buchungen ansehen:
        }

back_in_order-host = Wieder in Betrieb
    .intro =
        { $scope ->
           *[one] { $resource } funktioniert wieder, wenn die Buchung beginnt.
            [several] { $resource } funktioniert wieder, wenn die { $count } Buchungen beginnen.
        }
    .call =
        { $scope ->
           *[one] Wir haben den Kunden informiert. { -do-nothing } Buchung ansehen:
            [several] Wir haben die Kunden informiert. { -do-nothing } Buchungen ansehen:
        }

## Operators

uncertified-customer = Nicht zertifiziert
    .intro = { operator-name } sollte in Ihrer Buchung die { operator-role } von { $resource } bei { $host } sein und hat die erforderliche Zertifizierung nicht mehr.
    .call = Die Buchung bleibt gültig, aber die { operator-role } kann nicht einchecken. { choose-operator-or-cancel }:

uncertified-host = Nicht zertifiziert
    .intro = { operator-name } sollte in der Buchung durch { $customer } die { operator-role } von { $resource } sein und hat die erforderliche Zertifizierung nicht mehr.
    .call = Die Buchung bleibt gültig. Wir haben { $customer } gebeten, eine andere { operator-role } zu wählen. Buchung ansehen oder stornieren:

replaced-former_operator = Nicht mehr benötigt
    .intro = Sie sind nicht mehr die { operator-role } von { $resource } bei { $host }, weil { $customer } jemand anderen benannt hat.
    .call = { -do-nothing } Buchung ansehen:

operator_left-customer = Wählen Sie eine andere { operator-role }
    .intro =
        { $scope ->
           *[one] { operator-name } sollte die { operator-role } von { $resource } sein und ist kein Mitglied von { $customer } mehr. Wählen Sie eine andere { operator-role } für diese Buchung.
            [several] { operator-name } sollte die { operator-role } von { $resource } sein und ist kein Mitglied von { $customer } mehr. Wählen Sie eine andere { operator-role } für diese Buchungen.
        }
    .call =
        { $scope ->
           *[one] Die Buchung bleibt gültig. { choose-operator-or-cancel }:
            [several] Die Buchungen bleiben gültig. Eine andere { operator-role } wählen oder die Buchungen stornieren:
        }

## Fees

overrun_fee-customer = Gebühr
    .intro = Ihre Buchung von { $resource } bei { $host } wurde nach ihrem Ende ausgecheckt. Die Zeit nach dem Ende kostet eine Gebühr.
    .call = Wenn das ein Irrtum ist, wenden Sie sich bitte an den Anbieter. Buchung ansehen:

fee_waived-customer = Gebühr erlassen
    .intro = { $host } hat die Gebühr für Ihre Buchung von { $resource } erlassen.
    .call = { -do-nothing } Buchung ansehen:

deposit_returned-customer = Kaution
    .intro = { $host } hält die Kaution für Ihre Buchung von { $resource } nicht länger zurück.
    .call = Wenn Sie nicht einverstanden sind, wenden Sie sich bitte an den Anbieter. Buchung ansehen:

# One mail about many changes, for a reader who has had many mails within an hour. $count is their number.
digest =
    { $count ->
        [one] Eine weitere Änderung Ihrer Buchungen
       *[other] { $count } Änderungen Ihrer Buchungen
    }
    .intro =
        { $count ->
            [one] Sie haben innerhalb einer Stunde viele E-Mails erhalten, deshalb hat diese E-Mail gewartet. Es geht um die folgende Änderung. Ein Kalendereintrag ist angehängt, wenn die Änderung Ihren Kalender betrifft.
           *[other] Sie haben innerhalb einer Stunde viele E-Mails erhalten, deshalb geht es in dieser E-Mail um { $count } Änderungen von Buchungen und Schulungen, die älteste zuerst. Die angehängten Kalendereinträge zeigen jeweils den neuesten Stand.
        }
    .call = Ihre Buchungen ansehen:
