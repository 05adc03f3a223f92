# De teksten van de website.

web-nav =
    .skip = Naar de inhoud
    .label = Hoofdmenu
    .home = Naar de startpagina
    .find = Zoeken
    .bookings = Mijn boekingen
    .manage = Beheren
    .sign-in = Inloggen
    .sign-out = Uitloggen
    .about = Bedrijven delen vrije machines, vloerruimte en opslag met start-ups.
    .api = Voor programma’s: de API

web-front =
    .title = Machines, vloerruimte en opslag per uur
    .lead = Vind een machine in de buurt, zie wanneer ze vrij is en wat ze kost, en boek ze meteen.
    .start-up = Start-ups boeken de tijd die ze nodig hebben, en betalen alleen daarvoor.
    .firm = Bedrijven verdienen aan machines die stilstaan, met hun eigen regels.
    .makerspace = Makerspaces zien wie welke machine gebruikt, en wanneer.
    .some = Nu in het aanbod

web-catalogue =
    .title = Machines, vloerruimte en opslag zoeken
    .q = Zoekwoorden
    .kind = Soort
    .any = Alle
    .city = Plaats
    .search = Zoeken
    .nothing = Er is niets gevonden.
    .more = Meer tonen

web-kind =
    .machine = Machine
    .floor_space = Vloerruimte
    .storage = Opslag

web-unit =
    .unit = stuks
    .m2 = m²
    .pallet = pallets
    .shelf = planken
    .m3 = m³

web-length =
    .minutes =
        { $count ->
            [one] { $count } minuut
           *[other] { $count } minuten
        }
    .hours = { $count } uur
    .days =
        { $count ->
            [one] { $count } dag
           *[other] { $count } dagen
        }

web-weekday =
    .mon = Maandag
    .tue = Dinsdag
    .wed = Woensdag
    .thu = Donderdag
    .fri = Vrijdag
    .sat = Zaterdag
    .sun = Zondag

web-rate =
    .hour = { $amount } per uur
    .day = { $amount } per dag
    .booking = { $amount } per boeking

web-price =
    .day = { $amount } voor een dag, als dat goedkoper is
    .week = { $amount } voor een week, als dat goedkoper is
    .month = { $amount } voor een maand, als dat goedkoper is
    .minimum = Minstens { $amount } per boeking
    .set-up = { $amount } eenmalig voor het instellen
    .deposit = Een waarborg van { $amount }, die u terugkrijgt
    .bands = Sommige uren hebben andere prijzen; elk tijdstip hieronder toont de zijne.
    .discounts = Er zijn kortingen; de prijs voor u boekt bevat de uwe.
    .donation = De aanbieder schenkt enkele uren per maand.
    .includes-vat = Waarvan btw, { $percent } %
    .total = Totaal

web-extra =
    .booking = { $amount } per boeking
    .unit = { $amount } per stuk
    .hour = { $amount } per uur
    .day = { $amount } per dag

web-rule =
    .lengths = Een boeking duurt van { $shortest } tot { $longest }.
    .starts = Ze begint om { $times }.
    .grid = Ze begint elke { $length } vanaf middernacht.
    .grid-from-opening = Ze begint elke { $length } vanaf de opening.
    .shifts = Een boeking is een van de vaste diensten hieronder.
    .notice = Boek minstens { $length } vooraf.
    .horizon = Boek hoogstens { $length } vooraf.
    .approval = De aanbieder keurt elke boeking goed.
    .payment = Eerst betalen: de aanbieder bevestigt de boeking als de betaling binnen is.
    .certifications = Wie de machine bedient, heeft nodig: { $names }.
    .check-in = Meld u hoogstens { $length } na het begin aan, anders vervalt de boeking.
    .cut-off = Annuleer of verplaats een boeking minstens { $length } voor het begin.
    .cancellation-fee = Annuleren minder dan { $length } voor het begin kost { $percent } % van de prijs.
    .some-customers = Alleen bepaalde klanten kunnen dit boeken.

web-resource =
    .out-of-order = Buiten gebruik
    .fault =
        { $until ->
            [none] Buiten gebruik: { $reason }
           *[other] Buiten gebruik tot { $until }: { $reason }
        }
    .withheld = Het kan nu niet geboekt worden.
    .prices = Prijzen
    .rules = Regels
    .terms = Voorwaarden van de aanbieder:
    .hours = Openingstijden
    .free = Vrije tijden
    .free-to-move = Kies de nieuwe tijd
    .timezone = Alle tijden zijn plaatselijke tijden van
    .day = Vanaf dag
    .length = Duur
    .quantity = Hoeveelheid
    .show = Tonen
    .earlier = Eerder
    .later = Later
    .other-time = Een andere tijd kiezen
    .from = Begin
    .to = Einde
    .go-on = Verder

web-free =
    .closed = Gesloten
    .past = Voorbij
    .too-soon = Te kort dag om te boeken
    .too-far = Kan nog niet geboekt worden
    .taken = Geen vrije tijd van deze duur

web-terms =
    .version = Versie

web-sign-in =
    .title = Inloggen
    .email = E-mailadres
    .password = Wachtwoord
    .code = Code van uw authenticator, of een herstelcode
    .button = Inloggen
    .forgot = Een nieuw wachtwoord aanvragen

web-account =
    .title = Een account aanmaken
    .about = We sturen een e-mail met een link die uw adres bevestigt. U hebt die nodig voor u boekt.
    .name = Uw naam
    .password = Kies een wachtwoord
    .button = Account aanmaken
    .has-one = Ik heb een account

web-organization =
    .title = Een organisatie toevoegen
    .about = Een organisatie boekt en betaalt: uw start-up, uw bedrijf, of uzelf.
    .name = Naam van de organisatie
    .kind = Soort
    .startup = Start-up
    .firm = Bedrijf
    .makerspace = Makerspace
    .button = Toevoegen

web-book =
    .title = Boeken
    .deposit = Daarbij komt een waarborg, die u terugkrijgt:
    .violations = Dit kan zo niet geboekt worden:
    .sign-in = Log in om te boeken. Daarna gaat u hier verder.
    .needs-organization = U boekt in naam van een organisatie, en u hoort nog bij geen.
    .organization = In naam van
    .operator = Bediener van de machine
    .extras = Extra’s
    .coupon = Kortingscode
    .note = Bericht aan de aanbieder
    .accept = Ik aanvaard:
    .book = Betalend boeken
    .request = Betalend aanvragen
    .hold = Alleen even vasthouden
    .price = Prijs opnieuw berekenen

web-policy =
    .title = Annuleren en verplaatsen
    .until = U kunt annuleren of verplaatsen tot { $until }.
    .fee = Na { $after } kost annuleren { $fee }.

web-status =
    .held = Vastgehouden
    .requested = Aangevraagd
    .confirmed = Bevestigd
    .in_use = In gebruik
    .completed = Voltooid
    .no_show = Niet gebruikt
    .cancelled = Geannuleerd
    .declined = Geweigerd
    .expired = Verlopen

web-bookings =
    .title = Mijn boekingen
    .next = Volgende
    .past = Voorbije
    .nothing = Er is geen boeking.
    .parties = { $customer } bij { $host }

web-booking =
    .time = Tijd
    .place = Plaats
    .customer = Klant
    .quantity = Hoeveelheid
    .expires = Vervalt zonder bevestiging op
    .check-in-by = Aanmelden uiterlijk
    .note = Bericht
    .reason = Reden
    .owed = Te betalen
    .contact = Contact

web-next =
    .held = De tijd wordt voor u vrijgehouden. Bevestig de boeking voor ze vervalt.
    .held-host = De tijd wordt even voor de klant vrijgehouden.
    .requested = De aanbieder is gevraagd en antwoordt per e-mail.
    .requested-host = De klant wacht op uw antwoord.
    .confirmed = De boeking is bevestigd.
    .in-use = De boeking is in gebruik. Meld u af als u klaar bent.
    .over = Er is niets te doen.

web-move =
    .confirm = De boeking bevestigen
    .approve = De aanvraag goedkeuren
    .decline = De aanvraag weigeren
    .cancel = De boeking annuleren
    .check-in = Aanmelden
    .check-out = Afmelden
    .no-show = Niemand is gekomen
    .pay = Met kaart betalen
    .reschedule = Een andere tijd kiezen
    .reason = Reden (optioneel)

web-reschedule =
    .title = De boeking verplaatsen
    .old-time = Nu
    .new-time = Nieuw
    .about = Voor een hogere prijs geldt, wordt u gevraagd.
    .dearer = Op die tijd kost de boeking meer:
    .button = Verplaatsen

web-pay =
    .title = Met kaart betalen
    .about = De betaling gebeurt bij Stripe. Daarna komt u hier terug.
    .button = Betalen
    .back = Terug naar de boeking

web-alternative = { $resource }: { $time }, { $price }
    .title = In plaats daarvan vrij:

web-manage =
    .title = Beheren
    .nothing = U beheert nog geen organisatie.
    .day = Dag
    .site = Locatie
    .waiting = Wacht op u
    .nothing-waits = Er wacht geen aanvraag op antwoord.
    .due = Nu te doen: aan- of afmelden
    .no-site = De organisatie heeft nog geen locatie.
    .timeline = Alles, uur per uur
    .resource = Wat
    .status = Status
    .bookings = Boekingen van de dag
    .blocked = Geblokkeerd

web-block =
    .link = Blokkeren
    .title = Een tijd blokkeren
    .about = Niemand kan het dan boeken. Boekingen blijven: verplaats of annuleer ze eerst.
    .reason = Reden, alleen voor leden van de aanbieder
    .button = De tijd blokkeren
    .about-out-of-order = Klanten met boekingen krijgen bericht, en niemand boekt het tot het weer in orde is.
    .out-of-order = Als buiten gebruik markeren
    .in-order = Het is weer in orde

web-site =
    .title = Een locatie toevoegen
    .name = Naam van de locatie
    .line1 = Straat en nummer
    .line2 = Verdieping, poort (optioneel)
    .postal-code = Postcode
    .country = Land, twee letters zoals NL
    .latitude = Breedtegraad, zoals 51.5155
    .longitude = Lengtegraad, zoals -0.0922
    .timezone = Tijdzone, zoals Europe/Amsterdam
    .hours-about = Tijden zoals 09:00-12:00, 13:00-17:00. Laat gesloten dagen leeg.
    .access = Hoe klanten binnenkomen (alleen voor bevestigde klanten)
    .contact = Contactpersoon (alleen voor bevestigde klanten)
    .hides-address = Toon het precieze adres alleen aan bevestigde klanten
    .button = Locatie toevoegen

web-per =
    .hour = uur
    .day = dag
    .booking = boeking

web-listing =
    .title = Aanbod
    .new = Iets aanbieden
    .edit = Bewerken
    .copy = Kopiëren
    .what = Het aanbod
    .name = Naam
    .category = Categorie, zoals lasersnijder
    .description = Beschrijving
    .quantity = Hoeveel er is
    .unit = Eenheid
    .rate = Prijs
    .per = per
    .currency = Munt, zoals EUR
    .minimum = Laagste prijs van een boeking (optioneel)
    .deposit = Waarborg (optioneel)
    .grid = Een boeking begint elke … minuten
    .shortest = Kortste boeking, in minuten
    .longest = Langste boeking, in minuten
    .buffer = Vrij na elke boeking, in minuten
    .notice = Minstens zo lang vooraf geboekt, in minuten
    .horizon = Hoogstens zo lang vooraf geboekt, in dagen
    .cut-off = Minstens zo lang vooraf geannuleerd, in minuten
    .approval = Ik keur elke boeking goed
    .private = Alleen leden van de organisatie zien en boeken het
    .about = Een concept ziet alleen uw organisatie: bekijk de pagina en zet het dan in het aanbod.
    .draft = Concept
    .listed = In het aanbod
    .paused = Gepauzeerd
    .retired = Uit het aanbod
    .button = Bewaren en de pagina bekijken
