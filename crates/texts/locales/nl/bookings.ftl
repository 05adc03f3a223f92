# Mails about bookings. The variables are described in the English texts.
#
# { operator-role } is a noun with the article "de". { see-or-cancel }, { see-reschedule-or-cancel } and
# { choose-operator-or-cancel } begin a sentence.

-do-nothing = U hoeft niets te doen.

subject =
    { $scope ->
       *[one] { $word }: { $resource }, { $span }
        [several] { $word }: { $resource }, { $count } boekingen
        [series] { $word }: { $resource }, { times } vanaf { $span }
        [group] { $word }: { $resource }, { $span }{ and-more }
    }

times =
    { $count ->
        [one] één keer
       *[other] { $count } keer
    }

and-more =
    { $others ->
        [0] { "" }
       *[other] { " " }en nog { $others }
    }

bookings-together =
    { $count ->
        [one] één boeking
       *[other] { $count } boekingen
    }

of-the-group-are =
    { $count ->
        [one] is er één
       *[other] zijn er { $count }
    }

# Stands in front of every `call`, so that a text mentions only entries that are attached.
calendar-update =
    { $update ->
       *[none] { "" }
        [enter] { $entries ->
            [one] De agenda-afspraak is bijgevoegd.
           *[other] De agenda-afspraken zijn bijgevoegd.
        }
        [change] { $entries ->
            [one] Als de boeking in uw agenda staat, werkt de bijlage die daar bij.
           *[other] De bijlagen werken de boekingen in uw agenda bij.
        }
        [remove] { $entries ->
            [one] De bijlage verwijdert de boeking uit uw agenda.
           *[other] De bijlagen verwijderen de boekingen uit uw agenda.
        }
    }

# The title of the calendar entry of a host, who has many customers.
calendar-title-of-host = { $resource }, { $customer }

see-or-cancel =
    { $changeable ->
       *[always] De boeking bekijken of annuleren
        [until] De boeking bekijken of (tot { $until }) annuleren
        [no_more] De boeking bekijken
    }

see-reschedule-or-cancel =
    { $changeable ->
       *[always] De boeking bekijken, verplaatsen of annuleren
        [until] De boeking bekijken of (tot { $until }) verplaatsen of annuleren
        [no_more] De boeking bekijken
    }

choose-operator-or-cancel =
    { $changeable ->
       *[always] Een andere { operator-role } kiezen of de boeking annuleren
        [until] Een andere { operator-role } kiezen of de boeking (tot { $until }) annuleren
        [no_more] Een andere { operator-role } kiezen
    }

# The role of the member of the customer that comes: a machine has an operator, a space has not.
operator-role =
    { $role ->
       *[operator] bediener
        [on_site] persoon ter plaatse
    }

# This member, by name if the name is known.
operator-name =
    { $operator ->
        [none] De persoon
       *[other] { $operator }
    }

## Requests

requested-customer = Aangevraagd
    .intro =
        { $scope ->
           *[one] U hebt { $resource } aangevraagd bij { $host }. De tijd is voor u gereserveerd tot { $host } antwoordt.
            [series] U hebt { $resource } aangevraagd bij { $host } ({ times }). De tijden zijn voor u gereserveerd tot { $host } antwoordt.
            [group] U hebt { bookings-together } samen aangevraagd. De tijden zijn voor u gereserveerd tot de aanbieders antwoorden.
        }
    .call =
        { $scope ->
           *[one] U hoeft nu niets te doen. We sturen u een e-mail wanneer de aanbieder antwoordt. De aanvraag bekijken of intrekken:
            [series] U hoeft nu niets te doen. We sturen u een e-mail wanneer de aanbieder antwoordt. De aanvragen bekijken of intrekken:
            [group] U hoeft nu niets te doen. We sturen u een e-mail wanneer een aanbieder antwoordt. De aanvragen bekijken of intrekken:
        }

requested-host = Gelieve te antwoorden
    .intro =
        { $scope ->
           *[one] { $customer } wil { $resource } boeken. De tijd is voor { $customer } gereserveerd tot u antwoordt.
            [series] { $customer } wil { $resource } boeken ({ times }). De tijden zijn voor { $customer } gereserveerd tot u antwoordt.
            [group] { $customer } heeft { bookings-together } samen aangevraagd. De tijden zijn voor { $customer } gereserveerd tot u antwoordt.
        }
    .call =
        { $scope ->
           *[one] Keur de aanvraag hier goed of wijs haar af:
            [series] Keur de aanvragen hier goed of wijs ze af, samen of één voor één:
            [group] Keur de aanvragen hier goed of wijs ze af, samen of één voor één:
        }

request_rescheduled-customer = Verplaatst
    .intro =
        { $by ->
           *[customer] Uw aanvraag bij { $host } voor { $resource } is gewijzigd. De tijd is voor u gereserveerd tot { $host } antwoordt.
            [host] { $host } heeft uw aanvraag voor { $resource } gewijzigd. De tijd is voor u gereserveerd tot { $host } antwoordt.
        }
    .call = U hoeft nu niets te doen. We sturen u een e-mail wanneer de aanbieder antwoordt. De aanvraag bekijken of intrekken:

request_rescheduled-host = Gelieve te antwoorden
    .intro = { $customer } heeft een aanvraag voor { $resource } gewijzigd. De tijd is voor { $customer } gereserveerd tot u antwoordt.
    .call = Keur de aanvraag hier goed of wijs haar af:

partly_requested-customer = Geboekt
    .intro = U hebt { bookings-together } samen gemaakt. Sommige zijn aanvragen waarop de aanbieder nog moet antwoorden. Alle tijden zijn voor u gereserveerd.
    .call = We sturen u een e-mail wanneer een aanbieder antwoordt. De boekingen bekijken, verplaatsen of annuleren:

partly_requested-host = Gelieve te antwoorden
    .intro = { $customer } heeft { bookings-together } samen gemaakt. Sommige zijn aanvragen; hun tijden zijn voor { $customer } gereserveerd tot u antwoordt.
    .call = Keur de aanvragen hier goed of wijs ze af, samen of één voor één:

declined-customer = Afgewezen
    .intro =
        { $scope ->
           *[one] { $host } heeft uw aanvraag voor { $resource } afgewezen.
            [series] { $host } heeft uw aanvragen voor { $resource } afgewezen.
            [group] U hebt meerdere boekingen samen gemaakt; { $count ->
                [one] één daarvan is
               *[other] { $count } daarvan zijn
            } afgewezen.
        }
    .call =
        { $scope ->
           *[one] Een andere tijd of plaats zoeken:
            [series] De overige boekingen van de reeks bekijken en andere tijden zoeken:
            [group] De overige boekingen bekijken en andere tijden zoeken:
        }

declined-host = Afgewezen
    .intro =
        { $scope ->
           *[one] De aanvraag van { $customer } voor { $resource } is afgewezen. De tijd kan weer worden geboekt.
            [series] De aanvragen van { $customer } voor { $resource } zijn afgewezen. De tijden kunnen weer worden geboekt.
            [group] Van de boekingen die { $customer } samen heeft gemaakt, { of-the-group-are } afgewezen. De tijden kunnen weer worden geboekt.
        }
    .call =
        { $scope ->
           *[one] We hebben { $customer } op de hoogte gebracht. U hoeft niets te doen. De aanvraag bekijken:
            [series] We hebben { $customer } op de hoogte gebracht. U hoeft niets te doen. De overige boekingen van de reeks bekijken:
            [group] We hebben { $customer } op de hoogte gebracht. U hoeft niets te doen. De overige boekingen bekijken:
        }

expired-customer = Niet beantwoord
    .intro =
        { $scope ->
           *[one] { $host } heeft niet op tijd geantwoord op uw aanvraag voor { $resource }. De tijd is niet meer voor u gereserveerd.
            [series] { $host } heeft niet op tijd geantwoord op uw aanvragen voor { $resource }. De tijden zijn niet meer voor u gereserveerd.
            [group] U hebt meerdere boekingen samen gemaakt. De aanbieder heeft op { $count ->
                [one] één daarvan
               *[other] { $count } daarvan
            } niet op tijd geantwoord. De tijden zijn niet meer voor u gereserveerd.
        }
    .call =
        { $scope ->
           *[one] Een andere tijd of plaats zoeken:
            [series] De overige boekingen van de reeks bekijken en andere tijden zoeken:
            [group] De overige boekingen bekijken en andere tijden zoeken:
        }

expired-host = Niet beantwoord
    .intro =
        { $scope ->
           *[one] Niemand heeft op tijd geantwoord op de aanvraag van { $customer } voor { $resource }. De tijd kan weer worden geboekt.
            [series] Niemand heeft op tijd geantwoord op de aanvragen van { $customer } voor { $resource }. De tijden kunnen weer worden geboekt.
            [group] { $customer } heeft meerdere boekingen samen gemaakt. Niemand heeft op { $count ->
                [one] één daarvan
               *[other] { $count } daarvan
            } op tijd geantwoord. De tijden kunnen weer worden geboekt.
        }
    .call =
        { $scope ->
           *[one] We hebben { $customer } op de hoogte gebracht. De aanvraag bekijken:
            [series] We hebben { $customer } op de hoogte gebracht. De overige boekingen van de reeks bekijken:
            [group] We hebben { $customer } op de hoogte gebracht. De overige boekingen bekijken:
        }

## Holds

payment_due-customer = Gelieve te betalen
    .intro =
        { $scope ->
           *[one] { $resource } bij { $host } is voor beperkte tijd voor u gereserveerd. U moet betalen voordat { $host } de boeking bevestigt.
            [series] { $resource } bij { $host } is voor beperkte tijd voor u gereserveerd ({ times }). U moet betalen voordat { $host } de boekingen bevestigt.
            [group] U hebt { bookings-together } samen gemaakt. Ze zijn voor beperkte tijd voor u gereserveerd; elke boeking die dan niet is bevestigd, vervalt.{ confirm-rest }
        }
    .call =
        { $scope ->
           *[one] Betaal op tijd. De aanbieder bevestigt de boeking wanneer uw betaling is ontvangen, en we sturen u een e-mail. De boeking bekijken of annuleren:
            [series] Betaal op tijd. De aanbieder bevestigt de boekingen wanneer uw betaling is ontvangen. De boekingen bekijken of annuleren:
            [group] De boekingen bekijken, uw boekingen bevestigen of annuleren:
        }

# Which bookings of a group still wait, and for whom; stands after a sentence.
confirm-rest =
    { $payment ->
        [all] { " " }De aanbieder bevestigt een boeking die eerst moet worden betaald, wanneer uw betaling is ontvangen.
        [some] { " " }De aanbieder bevestigt een boeking die eerst moet worden betaald, wanneer uw betaling is ontvangen. De andere moet u zelf bevestigen.
        [unpaid] { " " }De andere moet u zelf bevestigen.
       *[none] { "" }
    }

payment_due-host = Betaling verwacht
    .intro =
        { $scope ->
           *[one] { $customer } wil { $resource } boeken en moet eerst betalen. De tijd is voor beperkte tijd voor { $customer } gereserveerd.
            [series] { $customer } wil { $resource } boeken ({ times }) en moet eerst betalen. De tijden zijn voor beperkte tijd voor { $customer } gereserveerd.
            [group] { $customer } heeft { bookings-together } samen gemaakt en moet eerst betalen. De tijden zijn voor beperkte tijd voor { $customer } gereserveerd.
        }
    .call =
        { $scope ->
           *[one] Bevestig de boeking hier wanneer de betaling is ontvangen. Als u de boeking niet op tijd bevestigt, vervalt zij:
            [series] Bevestig de boekingen hier wanneer de betaling is ontvangen. Als u de boekingen niet op tijd bevestigt, vervallen ze:
            [group] Bevestig de boekingen hier wanneer hun betaling is ontvangen. Als u de boekingen niet op tijd bevestigt, vervallen ze:
        }

payment_failed-customer = Nog niet betaald
    .intro = { $host } heeft uw boeking van { $resource } bevestigd, maar uw bank heeft de betaling met de opgeslagen kaart geweigerd of wil dat u zich legitimeert. De boeking is voor beperkte tijd voor u gereserveerd.
    .call = Betaal op tijd, met dezelfde of een andere kaart. Anders vervalt de boeking. Betalen of annuleren:

payment_failed-operator = Nog niet betaald
    .intro = De betaling voor { $resource }, dat u bedient, is mislukt. De boeking is voor beperkte tijd gereserveerd en wordt weer bevestigd als ze betaald is.
    .call = We mailen u als ze betaald is. De boeking bekijken:

payment_failed-host = Betaling mislukt
    .intro = De bank van { $customer } heeft de betaling voor { $resource } met de opgeslagen kaart geweigerd. De boeking is niet meer bevestigd: de tijd is voor beperkte tijd voor { $customer } gereserveerd.
    .call = U hoeft niets te doen. De boeking wordt bevestigd als { $customer } met de kaart heeft betaald. Betaalt { $customer } u op een andere manier, bevestig de boeking dan hier:

hold_rescheduled-customer = Verplaatst
    .intro =
        { $by ->
            [host] { $host } heeft de boeking van { $resource } gewijzigd die voor u is gereserveerd.
           *[customer] De boeking van { $resource } bij { $host } die voor u is gereserveerd, is gewijzigd.
        }
    .call =
        { $payment ->
            [none] Als u de gewijzigde boeking wilt, bevestig haar dan op tijd. Hier bevestigen of annuleren:
           *[all] Betaal de nieuwe prijs op tijd. De aanbieder bevestigt dan de boeking, en we sturen u een e-mail. De boeking bekijken of annuleren:
        }

hold_rescheduled-host = Betaling verwacht
    .intro = { $customer } heeft een boeking van { $resource } gewijzigd en moet eerst betalen. De nieuwe tijd is voor beperkte tijd voor { $customer } gereserveerd.
    .call = Bevestig de boeking hier wanneer de nieuwe prijs is betaald. Als u de boeking niet op tijd bevestigt, vervalt zij:

hold_expired-customer =
    { $scope ->
       *[one] Niet meer gereserveerd
        [series] Niet meer gereserveerd
        [several] Niet meer gereserveerd
        [group] Niet bevestigd
    }
    .intro =
        { $scope ->
           *[one] { $resource } bij { $host } is niet meer voor u gereserveerd, omdat de boeking niet op tijd is bevestigd.
            [series] { $resource } bij { $host } is niet meer voor u gereserveerd, omdat de boekingen niet op tijd zijn bevestigd.
            [several] { $resource } bij { $host } is niet meer voor u gereserveerd, omdat de boekingen niet op tijd zijn bevestigd.
            [group] U hebt meerdere boekingen samen gemaakt; { $count ->
                [one] één daarvan is
               *[other] { $count } daarvan zijn
            } niet op tijd bevestigd. De tijden zijn niet meer voor u gereserveerd.
        }
    .call =
        { $scope ->
           *[one] Deze of een andere tijd of plaats zoeken:
            [series] De overige boekingen van de reeks bekijken en andere tijden zoeken:
            [several] Deze of andere tijden of plaatsen zoeken:
            [group] De overige boekingen bekijken en andere tijden zoeken:
        }
    .outro =
        { $payment ->
            [none] { "" }
           *[all] Als u al hebt betaald, neem dan contact op met de aanbieder.
        }

hold_expired-host =
    { $scope ->
       *[one] Niet betaald
        [series] Niet betaald
        [several] Niet betaald
        [group] Niet bevestigd
    }
    .intro =
        { $scope ->
           *[one] { $resource } is niet meer voor { $customer } gereserveerd, omdat niemand de betaling op tijd heeft bevestigd.
            [series] { $resource } is niet meer voor { $customer } gereserveerd, omdat niemand de betaling op tijd heeft bevestigd.
            [several] { $resource } is niet meer voor { $customer } gereserveerd, omdat niemand de betaling op tijd heeft bevestigd.
            [group] { $customer } heeft meerdere boekingen samen gemaakt; { $count ->
                [one] één daarvan is
               *[other] { $count } daarvan zijn
            } niet op tijd bevestigd. De tijden kunnen weer worden geboekt.
        }
    .call =
        { $scope ->
           *[one] We hebben { $customer } op de hoogte gebracht. De tijd kan weer worden geboekt. De boeking bekijken:
            [series] We hebben { $customer } op de hoogte gebracht. De tijden kunnen weer worden geboekt. De overige boekingen van de reeks bekijken:
            [several] We hebben { $customer } op de hoogte gebracht. De tijden kunnen weer worden geboekt. De boekingen bekijken:
            [group] We hebben { $customer } op de hoogte gebracht. U hoeft niets te doen. De overige boekingen bekijken:
        }

hold_cancelled-customer = Niet meer gereserveerd
    .intro =
        { $by ->
            [host] { $host } reserveert { $resource } niet meer voor u.
           *[customer] U hebt de boeking van { $resource } bij { $host } geannuleerd. De tijd is niet meer voor u gereserveerd.
        }
    .call = U hoeft niets te doen. Een andere tijd of plaats zoeken:
    .outro =
        { $by ->
            [host] Als u hiervoor op de wachtlijst stond, staat u er niet meer op. U kunt zich opnieuw aanmelden.
           *[customer] { "" }
        }

hold_cancelled-host = Niet meer gereserveerd
    .intro = { $resource } is niet meer voor { $customer } gereserveerd. De tijd kan weer worden geboekt.
    .call = U hoeft niets te doen. De boeking bekijken:

hold_displaced-customer = Niet meer gereserveerd
    .intro =
        { $scope ->
           *[one] { $host } kan { $resource } niet aanbieden op een tijd die voor u was gereserveerd. De tijd is niet meer voor u gereserveerd.
            [several] { $host } kan { $resource } niet aanbieden op tijden die voor u waren gereserveerd. De tijden zijn niet meer voor u gereserveerd.
        }
    .call = Een andere tijd of plaats zoeken:
    .outro = Als u hiervoor op de wachtlijst stond, staat u er nog op.

## Offers

host_offer-customer = Aan u aangeboden
    .intro = { $host } biedt u { $resource } aan en reserveert de tijd voor beperkte tijd voor u.
    .call =
        { $payment ->
            [none] Als u het aanbod wilt, bevestig het dan op tijd; de boeking is dan bevestigd. Hier bevestigen of annuleren:
           *[all] Als u het aanbod wilt, betaal dan op tijd. De aanbieder bevestigt de boeking wanneer uw betaling is ontvangen. De boeking bekijken of annuleren:
        }

host_offer-host = Betaling verwacht
    .intro = U hebt { $resource } aangeboden aan { $customer }; { $customer } moet eerst betalen. De tijd is voor beperkte tijd voor { $customer } gereserveerd.
    .call = Bevestig de boeking hier wanneer de betaling is ontvangen. Als u de boeking niet op tijd bevestigt, vervalt zij:

host_offer_expired-host = Niet aanvaard
    .intro =
        { $scope ->
           *[one] U hebt { $resource } aangeboden aan { $customer }. { $customer } heeft de boeking niet op tijd bevestigd; de tijd is niet meer gereserveerd.
            [several] U hebt { $resource } aangeboden aan { $customer }. { $customer } heeft de boekingen niet op tijd bevestigd; de tijden zijn niet meer gereserveerd.
        }
    .call =
        { $scope ->
           *[one] De tijd kan weer worden geboekt. De boeking bekijken:
            [several] De tijden kunnen weer worden geboekt. De boekingen bekijken:
        }

waitlist_offer-customer = Er is een tijdvak vrij
    .intro = U staat op de wachtlijst voor { $resource } bij { $host }. Er is een tijdvak vrij, en het is voor beperkte tijd voor u gereserveerd.
    .call =
        { $payment ->
           *[none] { $approval ->
                [yes] Als u het wilt, bevestig het dan op tijd. De aanbieder wordt dan om goedkeuring gevraagd. Hier bevestigen of annuleren:
               *[no] Als u het wilt, bevestig het dan op tijd. Anders wordt het tijdvak aangeboden aan de volgende op de wachtlijst. Hier bevestigen of annuleren:
            }
            [all] Als u het wilt, betaal dan op tijd. De aanbieder bevestigt de boeking wanneer uw betaling is ontvangen. De boeking bekijken of annuleren:
        }

waitlist_offer-host = Betaling verwacht
    .intro = { $customer } staat op de wachtlijst voor { $resource }. Er is een tijdvak vrij en voor { $customer } gereserveerd; { $customer } moet eerst betalen.
    .call = Bevestig de boeking hier wanneer de betaling is ontvangen. Als u de boeking niet op tijd bevestigt, wordt het tijdvak aangeboden aan de volgende op de wachtlijst:

waitlist_offer_expired-customer = Aanbod verlopen
    .intro = U stond op de wachtlijst voor { $resource } bij { $host }. Het tijdvak dat voor u was gereserveerd, is niet op tijd bevestigd.
    .call =
        { $stays ->
            [yes] Het tijdvak wordt aangeboden aan de volgende op de wachtlijst. U blijft op de wachtlijst en houdt uw plaats. Als ook het volgende aanbod verloopt, staat u er niet meer op. Een andere tijd zoeken:
           *[no] Het tijdvak wordt aangeboden aan de volgende op de wachtlijst, en u staat er niet meer op. U opnieuw aanmelden of een andere tijd zoeken:
        }

waitlist_offer_expired-host = Niet betaald
    .intro = { $customer } stond op de wachtlijst voor { $resource }. Niemand heeft de betaling voor het aangeboden tijdvak op tijd bevestigd.
    .call = We hebben { $customer } op de hoogte gebracht. Het tijdvak wordt aangeboden aan de volgende op de wachtlijst. De boeking bekijken:

## Confirmed bookings

confirmed-customer = Bevestigd
    .intro =
        { $scope ->
           *[one] Uw boeking van { $resource } bij { $host } is bevestigd.
            [series] Uw boekingen van { $resource } bij { $host } ({ times }) zijn bevestigd.
            [group] { $part ->
               *[no] U hebt { bookings-together } samen gemaakt; alle zijn bevestigd.
                [yes] Van de boekingen die u samen hebt gemaakt, { of-the-group-are } nu bevestigd.{ confirm-rest }
            }
        }
    .call =
        { $scope ->
           *[one] { see-or-cancel }:
            [series] De boekingen bekijken, verplaatsen of annuleren:
            [group] De boekingen bekijken, verplaatsen of annuleren:
        }
    .outro =
        { $scope ->
           *[one] Als uw plannen veranderen, annuleer dan vroeg, zodat anderen de tijd kunnen gebruiken.
            [series] { "" }
            [group] { "" }
        }

confirmed-operator = U bent de { operator-role }
    .intro =
        { $scope ->
           *[one] { $customer } heeft { $resource } bij { $host } geboekt en u aangewezen als { operator-role }.
            [series] { $customer } heeft { $resource } bij { $host } geboekt ({ times }) en u aangewezen als { operator-role }.
            [group] { $customer } heeft { bookings-together } samen gemaakt en u aangewezen als { operator-role }.
        }
    .call =
        { $scope ->
           *[one] De boeking bekijken:
            [series] De boekingen bekijken:
            [group] De boekingen bekijken:
        }
    .outro =
        { $scope ->
           *[one] Als u niet kunt komen, laat dat dan weten aan de persoon die heeft geboekt, zodat die een andere { operator-role } kan aanwijzen.
            [series] Als u niet kunt komen, laat dat dan weten aan de persoon die heeft geboekt, zodat die een andere { operator-role } kan aanwijzen.
            [group] Als u niet kunt komen, laat dat dan weten aan de persoon die heeft geboekt, zodat die een andere { operator-role } kan aanwijzen.
        }

confirmed-host = Geboekt
    .intro =
        { $scope ->
           *[one] { $customer } heeft { $resource } geboekt.
            [series] { $customer } heeft { $resource } geboekt ({ times }).
            [group] { $customer } heeft { bookings-together } samen gemaakt.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } De boeking bekijken:
            [series] { -do-nothing } De boekingen bekijken:
            [group] { -do-nothing } De boekingen bekijken:
        }

reminder-customer = Herinnering
    .intro = Uw boeking van { $resource } bij { $host } begint binnenkort.
    .call = Check hier in wanneer u er bent. { see-reschedule-or-cancel }:
    .outro = Als uw plannen zijn veranderd, annuleer dan, zodat anderen de tijd kunnen gebruiken.

reminder-operator = Herinnering
    .intro = { $customer } heeft { $resource } bij { $host } geboekt en u aangewezen als { operator-role }. De boeking begint binnenkort.
    .call = Check hier in wanneer u er bent:
    .outro = Als u niet kunt komen, laat dat dan weten aan de persoon die heeft geboekt, zodat die een andere { operator-role } kan aanwijzen.

rescheduled-customer = Verplaatst
    .intro =
        { $scope ->
           *[one] { $by ->
                [host] { $host } heeft uw boeking van { $resource } gewijzigd.
               *[customer] Uw boeking van { $resource } bij { $host } is gewijzigd.
            }
            [series] Uw boekingen van { $resource } bij { $host } hebben nieuwe tijden.
        }
    .call =
        { $scope ->
           *[one] { see-or-cancel }:
            [series] De boekingen bekijken, verplaatsen of annuleren:
        }

rescheduled-operator = Verplaatst
    .intro =
        { $scope ->
           *[one] De boeking van { $resource } bij { $host } waarvan u de { operator-role } bent, is gewijzigd.
            [series] De boekingen van { $resource } bij { $host } waarvan u de { operator-role } bent, hebben nieuwe tijden.
        }
    .call =
        { $scope ->
           *[one] De boeking bekijken:
            [series] De boekingen bekijken:
        }

rescheduled-host = Verplaatst
    .intro =
        { $scope ->
           *[one] De boeking van { $resource } door { $customer } is gewijzigd.
            [series] De boekingen van { $resource } door { $customer } hebben nieuwe tijden.
        }
    .call =
        { $scope ->
           *[one] De boeking bekijken:
            [series] De boekingen bekijken:
        }

## Proposals

proposed-customer = Andere tijd voorgesteld
    .intro = { $host } stelt een ander tijdvak voor uw boeking van { $resource } voor. De boeking blijft zoals ze is tot u aanvaardt.
    .call = Het voorstel aanvaarden of afwijzen:

proposed-host = Andere tijd voorgesteld
    .intro = { $customer } stelt een ander tijdvak voor de boeking van { $resource } voor. De boeking blijft zoals ze is tot u aanvaardt.
    .call = Het voorstel aanvaarden of afwijzen:

proposal_accepted-customer = Verplaatst
    .intro =
        { $proposer ->
           *[host] U hebt het voorstel van { $host } aanvaard. Uw boeking van { $resource } is verplaatst.
            [customer] { $host } heeft uw voorstel aanvaard. Uw boeking van { $resource } is verplaatst.
        }
    .call = { see-or-cancel }:

proposal_accepted-operator = Verplaatst
    .intro = De boeking van { $resource } bij { $host } waarvan u de { operator-role } bent, is verplaatst.
    .call = De boeking bekijken:

proposal_accepted-host = Verplaatst
    .intro =
        { $proposer ->
           *[host] { $customer } heeft uw voorstel aanvaard. De boeking van { $resource } is verplaatst.
            [customer] U hebt het voorstel van { $customer } aanvaard. De boeking van { $resource } is verplaatst.
        }
    .call = De boeking bekijken:

proposal_declined-customer = Voorstel afgewezen
    .intro = { $host } heeft het tijdvak afgewezen dat u voor uw boeking van { $resource } hebt voorgesteld. De boeking blijft zoals ze is.
    .call = De boeking bekijken:

proposal_declined-host = Voorstel afgewezen
    .intro = { $customer } heeft het tijdvak afgewezen dat u voor de boeking van { $resource } hebt voorgesteld. De boeking blijft zoals ze is.
    .call = De boeking bekijken:

proposal_withdrawn-customer = Voorstel ingetrokken
    .intro = { $host } stelt geen ander tijdvak meer voor uw boeking van { $resource } voor. De boeking blijft zoals ze is.
    .call = { -do-nothing } De boeking bekijken:

proposal_withdrawn-host = Voorstel ingetrokken
    .intro = { $customer } stelt geen ander tijdvak meer voor de boeking van { $resource } voor. De boeking blijft zoals ze is.
    .call = { -do-nothing } De boeking bekijken:

proposal_lapsed-customer = Voorstel verlopen
    .intro = Niemand heeft op tijd het tijdvak aanvaard dat voor uw boeking van { $resource } bij { $host } was voorgesteld. De boeking blijft zoals ze is.
    .call = { -do-nothing } De boeking bekijken:

proposal_lapsed-host = Voorstel verlopen
    .intro = Niemand heeft op tijd het tijdvak aanvaard dat voor de boeking van { $resource } door { $customer } was voorgesteld. De boeking blijft zoals ze is.
    .call = { -do-nothing } De boeking bekijken:

## Cancelled

cancelled-customer = Geannuleerd
    .intro =
        { $scope ->
           *[one] Uw boeking van { $resource } bij { $host } is geannuleerd.
            [series] Uw boekingen van { $resource } bij { $host } zijn geannuleerd.
            [group] Van de boekingen die u samen hebt gemaakt, { of-the-group-are } geannuleerd.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Een andere tijd of plaats zoeken:
            [series] { -do-nothing } De overige boekingen van de reeks bekijken:
            [group] De overige boekingen bekijken:
        }

cancelled-operator = Geannuleerd
    .intro =
        { $scope ->
           *[one] De boeking van { $resource } bij { $host } waarvan u de { operator-role } was, is geannuleerd.
            [series] De boekingen van { $resource } bij { $host } waarvan u de { operator-role } was, zijn geannuleerd.
            [group] Van de boekingen van { $customer } waarvan u de { operator-role } was, { of-the-group-are } geannuleerd.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } Ander aanbod zoeken:
            [series] De overige boekingen van de reeks bekijken:
            [group] De overige boekingen bekijken:
        }

cancelled-host = Geannuleerd
    .intro =
        { $scope ->
           *[one] De boeking van { $resource } door { $customer } is geannuleerd. De tijd kan weer worden geboekt.
            [series] De boekingen van { $resource } door { $customer } zijn geannuleerd. De tijden kunnen weer worden geboekt.
            [group] Van de boekingen die { $customer } samen heeft gemaakt, { of-the-group-are } geannuleerd. De tijden kunnen weer worden geboekt.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } De boeking bekijken:
            [series] { -do-nothing } De overige boekingen van de reeks bekijken:
            [group] { -do-nothing } De overige boekingen bekijken:
        }

displaced-customer = Geannuleerd
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $host } kan { $resource } niet aanbieden op de tijd van uw boeking. Uw boeking is geannuleerd.
               *[no] { $host } kan { $resource } niet aanbieden op de tijd van uw aanvraag. Uw aanvraag is geannuleerd.
            }
            [several] { $host } kan { $resource } niet aanbieden op de tijden van uw boekingen. Uw boekingen zijn geannuleerd.
        }
    .call = Een andere tijd of plaats zoeken:

displaced-operator = Geannuleerd
    .intro =
        { $scope ->
           *[one] { $host } kan { $resource } niet aanbieden op de tijd van een boeking waarvan u de { operator-role } was. De boeking is geannuleerd.
            [several] { $host } kan { $resource } niet aanbieden op de tijden van boekingen waarvan u de { operator-role } was. De boekingen zijn geannuleerd.
        }
    .call = { -do-nothing } Ander aanbod zoeken:

displaced-host = Geannuleerd
    .intro =
        { $scope ->
           *[one] { $calendar ->
                [yes] { $resource } is geblokkeerd of gesloten op de tijd van een boeking. De boeking is geannuleerd.
               *[no] { $resource } is geblokkeerd of gesloten op de tijd van een aanvraag. De aanvraag is geannuleerd.
            }
            [several] { $resource } is geblokkeerd of gesloten op de tijden van boekingen. De boekingen zijn geannuleerd.
        }
    .call =
        { $scope ->
           *[one] We hebben de klant op de hoogte gebracht. { -do-nothing } De geannuleerde boeking bekijken:
            [several] We hebben de klanten op de hoogte gebracht. { -do-nothing } De geannuleerde boekingen bekijken:
        }

## At the machine

missed-customer = Gemist
    .intro = Niemand heeft ingecheckt voor uw boeking van { $resource } bij { $host }. De rest van de tijd is niet meer voor u gereserveerd.
    .call = Als dit een vergissing is, neem dan contact op met de aanbieder. De boeking bekijken:

missed-host = Gemist
    .intro = { $customer } heeft niet ingecheckt voor de boeking van { $resource }. De rest van de tijd kan weer worden geboekt.
    .call = We hebben { $customer } op de hoogte gebracht. { -do-nothing } De boeking bekijken:

overrun-customer = De tijd is voorbij
    .intro = De tijd van uw boeking van { $resource } bij { $host } is voorbij, en niemand heeft uitgecheckt.
    .call = Maak plaats voor de volgende boeking en check hier uit:

overrun-operator = De tijd is voorbij
    .intro = De tijd van de boeking van { $resource } bij { $host } waarvan u de { operator-role } bent, is voorbij, en niemand heeft uitgecheckt.
    .call = Maak plaats voor de volgende boeking en check hier uit:

overrun-host = De tijd is voorbij
    .intro = De tijd van de boeking van { $resource } door { $customer } is voorbij, en niemand heeft uitgecheckt.
    .call = We hebben de klant van de volgende boeking op de hoogte gebracht. De boeking bekijken of uitchecken:

delayed-customer = Begint misschien later
    .intro = De boeking van { $resource } bij { $host } vóór de uwe is voorbij, maar niemand heeft nog uitgecheckt.
    .call = Uw boeking blijft geldig; misschien moet u even wachten. De boeking bekijken of verplaatsen:

delayed-operator = Begint misschien later
    .intro = De boeking van { $resource } bij { $host } vóór die waarvan u de { operator-role } bent, is voorbij, maar niemand heeft nog uitgecheckt.
    .call = Uw boeking blijft geldig; misschien moet u even wachten. De boeking bekijken:

out_of_order-customer = Buiten gebruik
    .intro =
        { $scope ->
           *[one] { $resource } bij { $host } is buiten gebruik. Uw boeking blijft geldig, maar misschien kunt u haar niet gebruiken.
            [several] { $resource } bij { $host } is buiten gebruik. Uw boekingen blijven geldig, maar misschien kunt u ze niet gebruiken.
        }
    .call =
        { $scope ->
           *[one] De aanbieder probeert de storing op tijd te verhelpen. { see-reschedule-or-cancel }:
            [several] De aanbieder probeert de storing op tijd te verhelpen. De boekingen bekijken, verplaatsen of annuleren:
        }

out_of_order-operator = Buiten gebruik
    .intro =
        { $scope ->
           *[one] { $resource } bij { $host } is buiten gebruik. U bent de { operator-role } van een boeking en kunt haar misschien niet gebruiken.
            [several] { $resource } bij { $host } is buiten gebruik. U bent de { operator-role } van boekingen en kunt ze misschien niet gebruiken.
        }
    .call =
        { $scope ->
           *[one] We hebben de persoon die heeft geboekt op de hoogte gebracht. De boeking bekijken:
            [several] We hebben de persoon die heeft geboekt op de hoogte gebracht. De boekingen bekijken:
        }

out_of_order-host = Buiten gebruik
    .intro =
        { $scope ->
           *[one] { $resource } is buiten gebruik en is geboekt.
            [several] { $resource } is buiten gebruik en is { $count } keer geboekt.
        }
    .call =
        { $scope ->
           *[one] We hebben de klant op de hoogte gebracht. De boeking bekijken, verplaatsen of annuleren:
            [several] We hebben de klanten op de hoogte gebracht. De boekingen bekijken, verplaatsen of annuleren:
        }

back_in_order-customer = Weer in gebruik
    .intro =
        { $scope ->
           *[one] { $resource } bij { $host } werkt weer wanneer uw boeking begint.
            [several] { $resource } bij { $host } werkt weer wanneer uw boekingen beginnen.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } De boeking bekijken:
            [several] { -do-nothing } De boekingen bekijken:
        }

back_in_order-operator = Weer in gebruik
    .intro =
        { $scope ->
           *[one] { $resource } bij { $host } werkt weer wanneer de boeking begint waarvan u de { operator-role } bent.
            [several] { $resource } bij { $host } werkt weer wanneer de boekingen beginnen waarvan u de { operator-role } bent.
        }
    .call =
        { $scope ->
           *[one] { -do-nothing } De boeking bekijken:
            [several] { -do-nothing } De boekingen bekijken:
        }

back_in_order-host = Weer in gebruik
    .intro =
        { $scope ->
           *[one] { $resource } werkt weer wanneer de boeking begint.
            [several] { $resource } werkt weer wanneer de { $count } boekingen beginnen.
        }
    .call =
        { $scope ->
           *[one] We hebben de klant op de hoogte gebracht. { -do-nothing } De boeking bekijken:
            [several] We hebben de klanten op de hoogte gebracht. { -do-nothing } De boekingen bekijken:
        }

## Operators

uncertified-customer = Niet gecertificeerd
    .intro = { operator-name } zou in uw boeking de { operator-role } van { $resource } bij { $host } zijn en heeft de vereiste certificering niet meer.
    .call = De boeking blijft geldig, maar de { operator-role } kan niet inchecken. { choose-operator-or-cancel }:

uncertified-host = Niet gecertificeerd
    .intro = { operator-name } zou in de boeking door { $customer } de { operator-role } van { $resource } zijn en heeft de vereiste certificering niet meer.
    .call = De boeking blijft geldig. We hebben { $customer } gevraagd een andere { operator-role } te kiezen. De boeking bekijken of annuleren:

replaced-former_operator = Niet meer nodig
    .intro = U bent niet meer de { operator-role } van { $resource } bij { $host }, omdat { $customer } iemand anders heeft aangewezen.
    .call = { -do-nothing } De boeking bekijken:

operator_left-customer = Kies een andere { operator-role }
    .intro =
        { $scope ->
           *[one] { operator-name } zou de { operator-role } van { $resource } zijn en is geen lid meer van { $customer }. Kies een andere { operator-role } voor deze boeking.
            [several] { operator-name } zou de { operator-role } van { $resource } zijn en is geen lid meer van { $customer }. Kies een andere { operator-role } voor deze boekingen.
        }
    .call =
        { $scope ->
           *[one] De boeking blijft geldig. { choose-operator-or-cancel }:
            [several] De boekingen blijven geldig. Een andere { operator-role } kiezen of de boekingen annuleren:
        }

## Fees

overrun_fee-customer = Toeslag
    .intro = Uw boeking van { $resource } bij { $host } is na het einde uitgecheckt. De tijd na het einde kost een toeslag.
    .call = Als dit een vergissing is, neem dan contact op met de aanbieder. De boeking bekijken:

fee_waived-customer = Toeslag kwijtgescholden
    .intro = { $host } heeft de toeslag voor uw boeking van { $resource } kwijtgescholden.
    .call = { -do-nothing } De boeking bekijken:

deposit_returned-customer = Waarborgsom
    .intro = { $host } houdt de waarborgsom voor uw boeking van { $resource } niet langer vast.
    .call = Als u het niet eens bent, neem dan contact op met de aanbieder. De boeking bekijken:

# One mail about many changes, for a reader who has had many mails within an hour. $count is their number.
digest =
    { $count ->
        [one] Nog een wijziging van uw boekingen
       *[other] { $count } wijzigingen van uw boekingen
    }
    .intro =
        { $count ->
            [one] U hebt binnen een uur veel e-mails gekregen, daarom heeft deze e-mail gewacht. Hij gaat over de volgende wijziging. Een agenda-afspraak is bijgevoegd als de wijziging uw agenda betreft.
           *[other] U hebt binnen een uur veel e-mails gekregen, daarom gaat deze e-mail over { $count } wijzigingen van boekingen en trainingen, de oudste eerst. De bijgevoegde agenda-afspraken tonen telkens de laatste stand.
        }
    .call = Uw boekingen bekijken:
