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
    .coupon = Kortingscode (alleen voor deze boeking, niet bij herhaling of in een klus)
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
    .host-moves = De aanbieder heeft deze boeking goedgekeurd. Vraag de aanbieder om haar te verplaatsen, of annuleer en boek opnieuw.

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
    .back = Terug

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
    .edit = De blokkering bewerken
    .remove = De blokkering verwijderen
    .imported = Een agenda-import heeft deze blokkering gemaakt. Wijzig de afspraak in die agenda, of verwijder de import.

# After a form of a block.
web-block-done =
    .saved = De blokkering is opgeslagen.

web-site =
    .title = Een locatie toevoegen
    .name = Naam van de locatie
    .line1 = Straat en nummer
    .line2 = Verdieping, poort (optioneel)
    .postal-code = Postcode
    .city = Plaats
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

web-openid =
    .title = Of log in met

web-me =
    .title = Mijn account
    .language = Taal van pagina’s en e-mails
    .browser-language = Pagina’s zoals de browser vraagt, e-mails in het Engels
    .save = Opslaan
    .more = Inloggen, meldingen en gegevens
    .verified = bevestigd
    .not-verified = niet bevestigd
    .change = Wijzigen
    .on = Aan
    .off = Uit
    .sessions = Waar u bent ingelogd
    .identities = Accounts elders waarmee u inlogt
    .notifications = De e-mails die u krijgt
    .data = Alles downloaden, of het account verwijderen
    .invitations = Uitnodigingen voor u
    .accept = Aannemen
    .organizations = Mijn organisaties
    .no-organization = U hoort nog bij geen organisatie. Maak er een aan, of vraag een collega u uit te nodigen.

web-me-done =
    .saved = Uw wijzigingen zijn opgeslagen.
    .email = We hebben een link naar het nieuwe adres gestuurd, en een bericht naar het huidige als dat bevestigd is. Uw account heeft het nieuwe adres zodra u de link opent.
    .verify = We hebben de link opnieuw gestuurd.
    .password = Uw wachtwoord is gewijzigd, en uw andere sessies zijn beëindigd.
    .session = Daar uitgelogd.
    .identity = U kunt er niet meer mee inloggen.
    .factor-removed = De tweede factor is verwijderd. Het wachtwoord is genoeg om in te loggen.
    .accepted = U hebt de uitnodiging aangenomen.
    .left = U hebt de organisatie verlaten.
    .closed = De organisatie is gesloten.

web-me-email =
    .title = E-mailadres
    .present = Uw adres is
    .not-verified = U hebt het nog niet bevestigd: open de link in de e-mail die we u stuurden.
    .verify = De link opnieuw sturen
    .about = We sturen een link naar het nieuwe adres, en een bericht naar het huidige. Er verandert niets voordat u de link opent.
    .new = Nieuw adres
    .button = De link sturen

web-me-password =
    .title = Wachtwoord
    .about = Al uw andere sessies eindigen als u het wijzigt.
    .current = Huidig wachtwoord
    .new = Nieuw wachtwoord, moeilijk te raden
    .button = Het wachtwoord wijzigen
    .none = Nog geen wachtwoord, of vergeten? Krijg een link per e-mail

web-me-notifications =
    .title = Meldingen
    .about = E-mails over uw account, en over wat anderen aan uw boekingen veranderen, worden altijd gestuurd.
    .kinds = E-mails die ik wil
    .reminders = Herinner mij zo lang voor het begin (hoogstens drie)

web-me-sessions =
    .title = Sessies
    .about = Elke keer inloggen is een sessie. Beëindig sessies die u niet kent, en wijzig dan uw wachtwoord.
    .device = Programma
    .network = Netwerk
    .began = Ingelogd
    .used = Laatst gebruikt
    .current = Deze sessie
    .unknown = Onbekend programma
    .end = Beëindigen
    .end-others = Alle andere sessies beëindigen

web-me-identities =
    .title = Inloggen met andere accounts
    .about = U kunt hier inloggen met een account dat u elders hebt, zoals dat van uw bedrijf.
    .nothing = Er is geen ander account gekoppeld.
    .provider = Aanbieder
    .linked = Gekoppeld
    .remove = Verwijderen
    .providers = Om er een te koppelen, logt u uit en logt u ermee in. Het moet het adres van dit account bewijzen. U kunt accounts koppelen bij:

web-me-factor =
    .title = Tweede factor
    .about = Met een tweede factor is bij het inloggen naast het wachtwoord een code van een app op uw telefoon nodig.
    .is-on = De tweede factor staat aan.
    .is-off = De tweede factor staat uit. Installeer eerst een authenticator-app op uw telefoon.
    .change = Nieuwe herstelcodes krijgen, of de tweede factor verwijderen
    .about-change = Nieuwe herstelcodes vervangen de eerdere. In een organisatie die een tweede factor eist, kunt u zonder niets doen.
    .renew = Nieuwe herstelcodes krijgen
    .remove = De tweede factor verwijderen
    .begin = Instellen
    .setup-title = De tweede factor instellen
    .scan = Scan deze afbeelding met de app.
    .picture = QR-code met het geheim voor de app
    .type = Of typ het geheim in de app:
    .open = Of open de app op dit apparaat
    .prove = Typ de code die de app nu toont.
    .code = Code van de app, 6 cijfers
    .confirm = De tweede factor aanzetten
    .codes-title = Uw herstelcodes
    .codes-about = Elk van deze codes vervangt één keer een code van de app. Print of noteer ze nu en bewaar ze op een veilige plaats: ze worden niet nog eens getoond.
    .codes-kept = Ik heb ze bewaard

web-me-data =
    .title = Mijn gegevens
    .export = Uw gegevens downloaden
    .about-export = Eén bestand met alles wat de dienst over u bewaart, in JSON, dat andere programma’s lezen.
    .download = Downloaden
    .about-delete = De volgende pagina zegt wat er met wat gebeurt, en vraagt om uw wachtwoord.
    .delete = Mijn account verwijderen …

web-me-delete =
    .title = Uw account verwijderen
    .lead = Dit kan niet ongedaan worden gemaakt.
    .goes = Uw naam, uw adres en al uw andere gegevens worden verwijderd, en al uw sessies eindigen.
    .leaves = U verlaat uw organisaties. Bent u de enige eigenaar van een organisatie, maak dan eerst een ander lid eigenaar, of sluit haar.
    .stays = De boekingen van uw organisaties blijven. Ze houden een kenmerk in plaats van uw naam, net als de logboeken. Verzonden e-mails blijven enkele weken bewaard.
    .button = Mijn account voorgoed verwijderen
    .keep = Mijn account houden
    .done = Uw account is verwijderd
    .gone = Bedankt dat u hier was.

web-role =
    .owner = Eigenaar
    .manager = Beheerder
    .booker = Boeker

web-role-about =
    .owner = Eigenaar: doet alles, ook voor leden en de organisatie zelf
    .manager = Beheerder: zorgt voor aanbod, agenda’s, boekingen, prijzen en trainingen
    .booker = Boeker: boekt en betaalt voor de organisatie

web-team =
    .title = Team
    .pages = Pagina’s van de organisatie
    .data = Gegevens van de organisatie
    .description = Beschrijving
    .website = Webadres
    .contact = Contactadres
    .about-contact = Dit adres krijgt ook de e-mails over boekingen. We sturen er eerst een link naartoe, zodat een lezer instemt.
    .unproved = wacht op de link die we daarheen stuurden
    .factor = Leden hebben een tweede factor nodig
    .about-factor = Leden zonder kunnen hier niets doen tot ze hem hebben ingesteld. U hebt er eerst zelf een nodig.
    .factor-yes = Nodig voor alle leden
    .factor-no = Niet nodig
    .members = Leden
    .name = Naam
    .role = Rol
    .since = Lid sinds
    .you = u
    .invite = Iemand uitnodigen
    .about-invite = Het adres krijgt een e-mail met een link, die 14 dagen geldig is.
    .send = De uitnodiging sturen
    .invitations = Uitnodigingen die wachten
    .offer = Uitgenodigd als
    .sent = Verstuurd
    .expires = Geldig tot
    .expired = verlopen
    .resend = Opnieuw sturen
    .withdraw = Intrekken
    .leave-link = De organisatie verlaten …
    .change-role = De rol wijzigen
    .hand-over = De organisatie overdragen
    .about-hand-over = Dit lid wordt eigenaar, en u wordt beheerder. U krijgt allebei een e-mail.
    .leave = De organisatie verlaten
    .about-leave = U kunt niet meer voor haar handelen. Boekingen die u zou bedienen blijven, en hebben een andere bediener nodig.
    .remove = Uit de organisatie verwijderen
    .about-remove = Dit lid kan niet meer voor de organisatie handelen. Boekingen blijven; die dit lid zou bedienen, hebben een andere bediener nodig.
    .close = De organisatie sluiten
    .about-close = Haar aanbod wordt gestopt, haar uitnodigingen ingetrokken, en alle leden gaan weg, ook u. Boekingen die voorbij zijn, facturen en het logboek blijven. Boekingen en trainingen die nog niet voorbij zijn, moeten eerst worden geannuleerd.
    .keep = De organisatie houden

web-team-done =
    .saved = De wijzigingen zijn opgeslagen.
    .invited = De uitnodiging is verstuurd.
    .resent = De uitnodiging is opnieuw verstuurd. De eerdere link werkt niet meer.
    .withdrawn = De uitnodiging is ingetrokken.
    .role = De rol is gewijzigd.
    .hand-over = De organisatie is overgedragen. U bent nu beheerder.
    .remove = Het lid is verwijderd.
    .revoked = De sleutel is ingetrokken. Zijn volgende verzoek wordt geweigerd.
    .shown-before = Dit formulier is eerder verstuurd, en het geheim is toen getoond. Hebt u het niet bewaard, maak dan een nieuw.
    .deleted = De webhook is verwijderd.
    .sending = Het wordt verstuurd. Laad deze pagina opnieuw om het resultaat te zien.

web-keys =
    .title = API-sleutels
    .about = Een programma handelt met een sleutel voor de organisatie, binnen de bereiken van de sleutel.
    .nothing = Er is nog geen sleutel.
    .begins = Begint met
    .scopes = Bereiken: wat de sleutel kan
    .ends = Geldig tot
    .unused = Nooit
    .revoked = Ingetrokken
    .expired = Verlopen
    .for-ever = Zonder einde
    .revoke = Intrekken
    .new = Een sleutel maken
    .name = Het programma dat hem gebruikt
    .valid = Geldig gedurende
    .made = Uw API-sleutel
    .made-about = Kopieer de sleutel nu naar uw programma: hij wordt niet nog eens getoond.
    .kept = Ik heb het gekopieerd

web-webhooks =
    .title = Webhooks
    .about = De dienst stuurt de gebeurtenissen van de organisatie naar de adressen van uw programma’s.
    .nothing = Er is nog geen webhook.
    .url = Adres
    .types = Gebeurtenissen om te sturen; alle als u er geen kiest
    .new = Een webhook toevoegen
    .made = Het geheim van de webhook
    .made-about = Met dit geheim controleert uw programma of een gebeurtenis van hier komt. Kopieer het nu: het wordt niet nog eens getoond.
    .on = Gebeurtenissen worden gestuurd
    .off = Uit
    .disabled = Uitgezet, omdat de ontvanger drie dagen faalde
    .failing = De ontvanger faalt sinds
    .all-types = Alle
    .events = Gebeurtenissen
    .test = Een test sturen
    .enable = Aanzetten
    .disable = Uitzetten
    .delete = Verwijderen
    .deliveries = Onlangs gestuurd
    .no-deliveries = Er is nog niets gestuurd. Stuur een test.
    .event = Gebeurtenis
    .outcome = Resultaat
    .waits = Wacht
    .replay = Opnieuw sturen

web-audit =
    .title = Logboek
    .about = Alles wat is gewijzigd, het laatste eerst. Regels komen er alleen bij, en worden ondertekend. Tijden zijn in UTC.
    .when = Wanneer
    .who = Wie
    .what = Wat, zoals booking of booking.cancel
    .action = Actie
    .object = Object
    .from = Vanaf dag
    .to = Tot en met dag
    .detail = Details
    .anybody = Iedereen
    .key = API-sleutel
    .service = De dienst
    .deleted = Een verwijderd account
    .nothing = Geen regel voldoet hieraan.
    .export = Downloaden als JSON-regels
    .about-export = Het bestand heeft de regels van deze filters, hoogstens de laatste 10.000. Andere programma’s kunnen er elke regel mee controleren.

web-mail-status =
    .queued = Wacht
    .sent = Verstuurd
    .failed = Opgegeven

web-admin =
    .title = Installatie
    .organizations = Organisaties
    .users = Gebruikers
    .mails = E-mails
    .facts = Wachtende gebeurtenissen
    .resources = Aanbod
    .bookings = Boekingen
    .money = Saldi van alle verhuurders samen
    .suspended-users = Geblokkeerde gebruikers
    .suspended-organizations = Geblokkeerde organisaties
    .queued-mails = Wachtende e-mails
    .failed-mails = Opgegeven e-mails
    .pending-facts = Gebeurtenissen die nog niet zijn doorgegeven
    .unreadable-facts = Gebeurtenissen die niet konden worden gelezen
    .waiting-webhooks = Webhooks waarheen nog gebeurtenissen moeten
    .failing-webhooks = Webhooks met een falende ontvanger
    .disabled-webhooks = Webhooks die zijn uitgezet
    .failing-imports = Agenda-imports die mislukken
    .oldest = Oudste wachtende gebeurtenis
    .recorded = Elke keer kijken komt in het logboek.
    .q = Naam, e-mailadres of kenmerk
    .suspended = Geblokkeerd
    .not-suspended = Niet geblokkeerd
    .closed = Gesloten
    .created = Aangemaakt
    .operator = Beheert de installatie
    .yes = Ja
    .reason = Reden, die de betrokkenen in een e-mail lezen
    .suspend = Blokkeren
    .about-organization = Haar aanbod wordt verborgen, ze krijgt en maakt geen nieuwe boekingen, en plaatsen op haar wachtlijsten vervallen. Bevestigde boekingen blijven, en beide partijen kunnen ze annuleren. Facturen en betalingen gaan door.
    .about-user = Alle sessies van de gebruiker eindigen, en inloggen wordt geweigerd. De API-sleutels van de gebruiker en de links in e-mails werken niet meer. Boekingen blijven.
    .reinstate = Weer toelaten
    .about-reinstate = Alles werkt weer als voorheen. De betrokkenen krijgen een e-mail.
    .about-factor = Voor een gebruiker die de authenticator en de herstelcodes kwijt is. Controleer eerst of het deze persoon is: daarna is het wachtwoord genoeg. Alle sessies eindigen.
    .about-mails = De e-mails van de laatste 30 dagen, zonder hun tekst. Een e-mail wordt vanzelf opnieuw geprobeerd, en na vijf dagen opgegeven.
    .about-facts = Een gebeurtenis wacht tot e-mails, webhooks en streams haar hebben, normaal minder dan een seconde.
    .empty = Hier is niets.
    .recipient = Ontvanger
    .subscriber = Wacht op
    .kind = Soort
    .next-attempt = Volgende poging
    .attempts = Pogingen
    .error = Laatste fout
    .retry = Opnieuw proberen

web-admin-done =
    .retried = Het wordt nu opnieuw geprobeerd.

# The pictures of a resource, for its host.
web-pictures =
    .title = Foto’s
    .resource = De pagina van het object
    .nothing = Er is nog geen foto. Wat mensen zien, boeken ze liever: voeg er een toe.
    .order = De eerste foto staat in de lijsten.
    .description = Wat er op de foto staat, voor mensen die haar niet zien
    .save = Tekst opslaan
    .up = Naar voren
    .down = Naar achteren
    .remove = Verwijderen
    .add = Foto toevoegen
    .about = PNG, JPEG of WebP van hoogstens 10 MB. De plaats en de camera in het bestand worden niet bewaard.
    .file = Foto
    .full = Er zijn 12 foto’s, het grootste aantal. Verwijder er een voordat u een andere toevoegt.
# De pagina's van klanten: wachtlijst, reeksen, meerdere dingen tegelijk, facturen, agendafeeds.
web-waitlist =
    .title = Op de wachtlijst
    .taken = Deze tijd is bezet.
    .about = U wacht op een plek binnen deze tijden. Komt er een vrij, dan krijgt u een e-mail en blijft die plek een tijdje voor u gereserveerd. Wachten kost niets.
    .answer = Tijd om op een aanbod te antwoorden:
    .sign-in = Log in om op de wachtlijst te komen. Daarna gaat deze pagina verder waar u bent.
    .from = Niet eerder dan
    .to = Klaar vóór
    .button = Op de wachtlijst zetten

web-waits =
    .title = Wachtlijst
    .bookings = Boekingen
    .within = { $length } binnen { $time }
    .is-waiting = Wacht
    .is-offered = U aangeboden
    .waiting =
        { $ahead ->
            [0] U bent als eerste aan de beurt. U krijgt een e-mail zodra er een plek vrij is.
            [one] Er is één ander vóór u. U krijgt een e-mail zodra er een plek vrij is.
           *[other] Er zijn { $ahead } anderen vóór u. U krijgt een e-mail zodra er een plek vrij is.
        }
    .offered = Er is een plek voor u gereserveerd tot { $until }. Bevestig die voor dat moment; anders gaat de plek naar de volgende.
    .look = Aanbod bekijken en bevestigen
    .leave = Niet meer wachten

web-repeats =
    .daily =
        { $count ->
            [one] Elke dag
           *[other] Om de { $count } dagen
        }
    .weekly =
        { $count ->
            [one] Elke week
           *[other] Om de { $count } weken
        }
    .monthly =
        { $count ->
            [one] Elke maand
           *[other] Om de { $count } maanden
        }

web-repeat =
    .title = Boeking herhalen
    .lead = Kies hoe vaak. Daarna ziet u elke datum met de prijs, voordat u boekt.
    .button = Herhalen
    .frequency = Herhalen
    .interval = Alleen elke … keer (1: elke keer)
    .weekdays = Op deze dagen, bij wekelijkse herhaling
    .count = Aantal boekingen
    .until = Of tot en met, in plaats van het aantal (optioneel)
    .show = Alle data tonen
    .dates = De data
    .price = Prijs
    .free = Vrij
    .refused = Niet mogelijk
    .taken = Deze tijd is bezet.
    .all =
        { $all ->
            [one] De datum is vrij.
           *[other] Alle { $all } data zijn vrij.
        }
    .some = { $bookable } van de { $all } data kunnen worden geboekt. De andere vallen weg.
    .none = Geen van deze data kan worden geboekt.
    .book =
        { $bookable ->
            [one] Eén datum betalend boeken
           *[other] { $bookable } data betalend boeken
        }
    .request =
        { $bookable ->
            [one] Eén datum betalend aanvragen
           *[other] { $bookable } data betalend aanvragen
        }

# Boekingen die samen zijn gemaakt: een reeks of een groep.
web-together =
    .group =
        { $count ->
            [one] Eén boeking voor een klus
           *[other] { $count } boekingen voor een klus
        }
    .about-group = Samen geboekt
    .bookings = De boekingen
    .other-time = Een andere tijd kiezen
    .more = Alle boekingen
    .pay = Alles met kaart betalen
    .confirm = Reserveringen bevestigen
    .approve = Aanvragen goedkeuren
    .decline =
        { $count ->
            [one] Aanvraag afwijzen
           *[other] Aanvragen afwijzen
        }
    .cancel =
        { $count ->
            [one] Overgebleven boeking annuleren
           *[other] Alle overgebleven boekingen annuleren
        }
    .from = Vanaf deze boeking
    .skipped = Data die niet zijn geboekt

web-job =
    .title = Meerdere dingen tegelijk boeken
    .about = Alles wordt geboekt, of niets. Voeg toe wat u voor de klus nodig hebt en boek dan.
    .nothing = Er is nog niets gekozen. Zoek iets, kies een tijd en druk op “Aan een klus toevoegen”.
    .add = Aan een klus toevoegen
    .more = Nog iets toevoegen
    .change = Wijzigen
    .remove = Verwijderen
    .note = Bericht aan alle aanbieders
    .book = Alles betalend boeken
    .refused = Wijzig of verwijder wat niet mogelijk is. Daarna kunt u boeken.
    .aside =
        { $count ->
            [one] U hebt één ding voor een klus klaargezet.
           *[other] U hebt { $count } dingen voor een klus klaargezet.
        }
    .back = Terug naar de klus

web-invoices =
    .title = Facturen
    .forbidden = Eigenaars en beheerders van een organisatie zien de facturen. U bent geen van beide.
    .payable = Nu met kaart te betalen
    .received = Ontvangen facturen
    .nothing = Er is nog geen factuur. De aanbieder stuurt er een na uw boekingen.
    .number = Nummer
    .host = Van
    .issued = Datum
    .due = Vervaldatum
    .total = Bedrag
    .open = Nog te betalen

web-invoice-kind =
    .invoice = Factuur
    .credit_note = Creditnota

web-invoice-state =
    .open = Te betalen
    .overdue = Te laat
    .paid = Betaald
    .credited = Gecrediteerd

web-feeds =
    .title = Agendafeeds
    .about = Een agendaprogramma, op een telefoon of een computer, kan uw boekingen tonen: het abonneert zich op een adres dat u hier maakt.
    .made = Het adres van de nieuwe feed
    .once = Kopieer het nu: het wordt niet nog eens getoond. Iedereen die het adres heeft, ziet de boekingen.
    .list = Uw feeds
    .own = Mijn eigen boekingen
    .ended = Voor u niet meer beschikbaar
    .used =
        { $used ->
            [none] Gemaakt op { $created }, nog niet gelezen
           *[other] Gemaakt op { $created }, laatst gelezen op { $used }
        }
    .delete = Deze feed beëindigen
    .new = Nieuwe feed
    .what = De boekingen van
    .button = Adres maken

# The kinds of certification of a host.
web-kinds =
    .title = Certificeringen
    .about = Voor de bediening van een object kan een certificering nodig zijn. U verleent ze aan een persoon, of aan allen die een training volgen.
    .nothing = Er is nog geen soort certificering. Voeg hieronder de eerste toe.
    .kind = Certificering
    .valid = Geldig
    .for-ever = zonder einde
    .never = Verloopt niet
    .in-use = In gebruik
    .retired = Beëindigd: wordt niet meer verleend
    .new = Soort certificering toevoegen
    .add = Toevoegen
    .name = Naam, zoals laserveiligheid
    .description = Wat wordt aangeleerd en getoetst
    .days = Hoeveel dagen geldig (leeg: zonder einde)
    .owner = Vastgelegd door
    .grant = Iemand certificeren
    .about-grant = De persoon krijgt een e-mail. Een adres zonder account krijgt een uitnodiging, en is gecertificeerd zodra die is aanvaard.
    .until = Laatste dag waarop ze geldig is, in UTC (leeg: zoals gewoonlijk)
    .held = Gecertificeerde personen
    .nobody = Nog niemand is gecertificeerd.
    .person = Persoon
    .granted = Verleend
    .expires = Verloopt
    .revoke = Intrekken
    .reason = Reden, die de persoon in een e-mail leest (optioneel)
    .edit = Bewerken
    .about-edit = Verleende certificeringen blijven zoals ze zijn.
    .retire = Deze soort beëindigen
    .about-retire = Ze wordt niet meer verleend. Wie gecertificeerd is, blijft dat. Geen object mag ze eisen, en er mag geen training voor gepland zijn.
    .restore = Weer gebruiken

web-kinds-done =
    .saved = De certificering is opgeslagen.
    .granted = De persoon is gecertificeerd.
    .invited = Het adres heeft nog geen account: we hebben een uitnodiging gestuurd.
    .revoked = De certificering is ingetrokken.

web-certification =
    .valid = Geldig
    .expired = Verlopen
    .revoked = Ingetrokken

web-certified =
    .title = Mijn certificeringen
    .about = Wat u mag bedienen, en uw plaatsen in trainingen
    .nothing = U hebt nog geen certificering. Neem een plaats in een training.
    .seats = Mijn plaatsen in trainingen
    .no-seat = U hebt geen plaats in een komende training.

web-training-status =
    .scheduled = Gepland
    .held = Voorbij, met aanwezigheid
    .cancelled = Geannuleerd

web-seat =
    .booked = Heeft een plaats
    .attended = Was aanwezig
    .absent = Was afwezig
    .cancelled = Gaf de plaats op

# Trainings, for their host and for people who take a seat.
web-trainings =
    .title = Trainingen
    .coming = Komende trainingen
    .all = Alle trainingen
    .none-coming = Er is geen training gepland. Vraag het de aanbieder.
    .nothing = Er is geen training.
    .no-kind = Een training leidt tot een certificering. Voeg eerst een soort certificering toe.
    .training = Training
    .new = Training plannen
    .edit = Training bewerken
    .about-edit = Wie een plaats heeft, behoudt de prijs. Over een andere tijd, plaats, naam of lesgever krijgen zij een e-mail.
    .kind = Certificering
    .name = Naam van de training
    .description = Beschrijving: wat men moet weten en meebrengen
    .trainer = Lesgever
    .zone = De tijden zijn plaatselijke tijden van de locatie.
    .seats = Plaatsen
    .price = Prijs
    .price-of-seat = Prijs van een plaats (leeg: gratis)
    .free = Gratis
    .free-seats =
        { $count ->
            [one] { $count } plaats vrij
           *[other] { $count } plaatsen vrij
        }
    .full = Geen plaats meer vrij
    .about-full = Een plaats die iemand opgeeft, is hier meteen vrij.
    .public = De pagina voor deelnemers
    .manage = Deze training beheren
    .people = Personen met een plaats
    .nobody = Nog niemand heeft een plaats.
    .remove = Plaats terugnemen
    .reason = Reden, die zij in een e-mail lezen (optioneel)
    .attendance = Aanwezigheid
    .later = U noteert ze hier zodra de training begonnen is.
    .about-attendance = Wie aanwezig was, is gecertificeerd. U noteert het één keer.
    .attended = Aanwezig
    .record = Aanwezigheid opslaan
    .cancel = Training annuleren
    .about-cancel = Iedereen met een plaats krijgt een e-mail. Een factuur voor een plaats wordt met een creditnota teruggenomen.
    .get-certified = Laat u certificeren in een training:
    .certified = U bent gecertificeerd tot
    .take = Plaats nemen
    .take-for-fee = Plaats nemen tegen betaling
    .sign-in = Meld u aan om een plaats te nemen.
    .about-price = Een organisatie krijgt meteen een factuur met de btw van de aanbieder. Eerst wordt haar tegoed bij de aanbieder gebruikt.
    .paid-with-prepaid = Betaald met tegoed
    .payer = Betaald door
    .at-host = Mijzelf, rechtstreeks aan de aanbieder
    .your-seat = U hebt een plaats
    .about-give-up = Kunt u niet komen, geef de plaats dan op voor de training begint: anderen wachten, en een factuur wordt teruggenomen.
    .give-up = Plaats opgeven

web-trainings-done =
    .saved = De training is opgeslagen.
    .attendance = De aanwezigheid is opgeslagen.
    .remove = De plaats is teruggenomen.
    .cancel = De training is geannuleerd.
    .taken = U hebt een plaats. We hebben u een e-mail met een agenda-afspraak gestuurd.
    .given-up = U hebt de plaats opgegeven.

# The fee and the deposit of a booking, for managers of the host.
web-charges =
    .title = Toeslag en waarborg
    .booking = Terug naar de boeking
    .fee = Toeslag
    .waived = Toeslag kwijtgescholden omdat
    .deposit = Waarborg
    .returned = Waarborg teruggegeven
    .kept = Waarborg ingehouden
    .kept-for = { $amount }: { $reason }
    .waive = Toeslag kwijtschelden
    .about-waive = De klant is de toeslag niet meer verschuldigd, en leest de reden in een e-mail. Dit kan niet ongedaan worden gemaakt.
    .reason = Reden
    .return = Waarborg teruggeven
    .about-return = U geeft alles terug, of houdt met een reden een deel in. De klant krijgt een e-mail. Een latere teruggave vervangt een eerdere.
    .keep = Bedrag dat u inhoudt
    .reason-kept = Reden, nodig als u een deel inhoudt
    .early = U geeft de waarborg hier terug zodra de boeking voorbij is.

web-charges-done =
    .waive = De toeslag is kwijtgescholden.
    .return = De teruggave van de waarborg is vastgelegd.

web-fee =
    .late_cancellation = late annulering
    .no_show = niemand kwam
    .overrun = langer dan geboekt

# A manager books for a customer.
web-offer =
    .link = Boeken voor een klant
    .title = Boeken voor een klant
    .about = De tijd wordt vastgehouden voor de klant, die een e-mail krijgt en de boeking bevestigt binnen
    .block = De tijd blokkeren
    .nobody = U kunt boeken voor klanten die eerder bij u boekten of uw voorwaarden aanvaardden. Er is er nog geen.
    .customer = Klant en persoon
    .override = Reden om van een regel af te wijken (alleen als het nodig is)
    .price = Prijs, zonder afspraken met de klant:
    .button = Vasthouden voor de klant

# The waitlist, as the host sees it.
web-waiting =
    .title = Wachtlijst
    .about = Zodra er tijd vrijkomt, krijgt de eerste klant wie het past een aanbod per e-mail.
    .nobody = Niemand wacht.
    .window = Tussen
    .ahead = Ervoor
    .waits = Wacht
    .offered = Heeft een aanbod

# The money that customers owe a host.
web-debts =
    .title = Facturen
    .unpaid = Niet betaald
    .paid = Betaald
    .owed = Verschuldigd door klanten
    .about-owed = Bevestigde boekingen en toeslagen min betalingen, op een factuur of niet.
    .amount = Bedrag
    .since = Sinds
    .invoices = Facturen
    .none = Er is geen zulke factuur.
    .invoice = Factuur
    .issued = Uitgegeven
    .due = Vervalt
    .open = Nog te betalen
    .reminded = Herinneringen verstuurd
    .lines = Regels van de factuur
    .line = Regel
    .net = Zonder btw
    .record = Betaling vastleggen
    .about-record = De klant heeft u buiten deze dienst betaald.
    .method = Betaald met
    .paid-on = Betaald op
    .reference = Referentie, zoals die van de bank (optioneel)

web-debts-done =
    .paid = De betaling is vastgelegd.
    .issued = De factuur is gemaakt, en de klant krijgt hem per e-mail.

web-payment =
    .bank_transfer = Overschrijving
    .cash = Contant
    .card = Kaart, aan uw eigen terminal
    .other = Anders

# The week of a site.
web-week =
    .tab = Week
    .title = Week van een locatie
    .caption = Alles, dag per dag
    .earlier = Vorige week
    .later = Volgende week
    .nothing = De locatie heeft nog niets om te boeken.

# De cijfers van een verhuurder.
web-month = { month } { $year }

web-figures =
    .title = Cijfers
    .month = Maand
    .from = Vanaf dag
    .to = Tot en met dag
    .by = Opgeteld per
    .about = De aangeboden uren zijn die van wat nu aangeboden wordt, met de huidige uren en hoeveelheid. Tijden zijn vermenigvuldigd met de hoeveelheid: één uur van drie machines is drie uur.
    .nothing = Er valt nog niets te tellen. Bied eerst iets aan:
    .hours = Uren
    .offered = Aangeboden
    .booked = Geboekt
    .used = Gebruikt
    .idle = Onbenut
    .share = Geboekt van het aanbod
    .bookings = Boekingen
    .no-shows = Niet verschenen
    .income = Inkomsten zonder btw
    .total = Totaal
    .table = Uren en inkomsten als tabel
    .about-hours = Staven voor de aangeboden, geboekte, gebruikte en onbenutte uren. De tabel hieronder heeft de getallen.
    .about-own-hours = Staven voor de aangeboden, geboekte, gebruikte en onbenutte uren, elke regel op eigen schaal: de langste staaf neemt de hele breedte. De tabel hieronder heeft de getallen.
    .about-income = Een staaf voor elk inkomen. De tabel hieronder heeft de bedragen.
    .export = Downloaden als CSV

# De import van resources uit een tabel.
web-import =
    .title = Importeren uit CSV
    .about = Een tabel heeft een rij per resource. Bewaar ze als CSV in UTF-8 of kopieer ze uit een spreadsheet. Verplicht zijn kind, name, currency, rate en per; bedragen schrijft u als 24,50.
    .template = Een tabel om in te vullen downloaden
    .file = CSV-bestand, hoogstens 500 resources en 1 MB
    .table = Of de tabel als tekst, die u hier kunt verbeteren
    .check = De rijen bekijken
    .rows = De rijen
    .row = Rij
    .found = Wordt geïmporteerd, of fouten
    .ready = Te importeren rijen: { $count }.
    .wrong = Rijen met fouten: { $wrong } van { $count }. Er wordt niets geïmporteerd zolang niet alles klopt.
    .draft = Zonder status is elke resource eerst een concept, dat alleen uw organisatie ziet.
    .import = Alle rijen importeren

# Live wijzigingen op de dag van een locatie, en formulieren waarvan het object intussen veranderd is.
web-live =
    .changed = Er is iets veranderd.
    .show = Tonen
    .updated = De pagina toont nu wat veranderd is.

web-changed =
    .title = De verschillen
    .about = Er is iets veranderd sinds u het formulier opende. Er is nog niets bewaard. Vergelijk, verbeter het formulier hieronder en bewaar opnieuw.
    .field = Veld
    .stored = Nu bewaard
    .typed = Uw formulier

# The timeline of a site, in which a manager drags bookings.
web-timeline =
    .about = Sleep een balk om een boeking of een blokkering te verplaatsen, of het rechteruiteinde om het einde te veranderen. Sleep over vrije tijd om die voor een klant te boeken of te blokkeren. Verplaatst u een boeking, dan stijgt de prijs niet. De tabel en de lijst hieronder doen hetzelfde zonder muis.
    .moved = De boeking is verplaatst:
    .price = Ze kost nu
    .before = eerst:
    .refused = De boeking is niet verplaatst.
    .failed = De boeking is niet verplaatst, omdat de dienst niet bereikbaar was. Probeer het opnieuw.
    .moved-block = De blokkering is verplaatst:
    .refused-block = De blokkering is niet verplaatst.
    .failed-block = De blokkering is niet verplaatst, omdat de dienst niet bereikbaar was. Probeer het opnieuw.
    .stays = Een blokkering blijft bij haar machine of ruimte. Verwijder ze, en blokkeer de andere.
    .leave = Zo laten
    .free = Vrije tijd:
    .twice = { $time } tweemaal
    .skipped = { $time } overgeslagen

# The form that edits a site.
web-site-edit =
    .title = De locatie bewerken
    .sites = Locaties
    .exceptions = Dagen met andere openingstijden
    .about-exceptions = Een regel per dag: de datum, de tijden, die u bij een gesloten dag weglaat, en een reden tussen haakjes. Bijvoorbeeld 2026-12-24 09:00-12:00 (kerstavond).
    .outside = Als boekingen buiten de nieuwe tijden vallen
    .closing = Zulke boekingen
    .reason = Reden, voor de klanten van geannuleerde boekingen

web-closing =
    .refuse = Niet opslaan, en tonen dat ze er zijn
    .keep = Laten staan
    .cancel = Annuleren
    .offer_alternatives = Annuleren, en de klanten andere tijden aanbieden

# The form that issues an invoice, and the files of one.
web-issue =
    .title = Een factuur maken
    .about = Deze klanten hebben boekingen die voorbij zijn en nog op geen factuur staan. De factuur bevat ze allemaal. Is een klant minder schuldig dan u gefactureerd hebt, dan corrigeert een creditnota dat.
    .days = Dagen tot de vervaldag (niet verplicht)
    .button = De factuur maken
    .nothing = Alle boekingen die voorbij zijn, staan op een factuur.
    .pdf = De pdf downloaden
    .xml = De XML (UBL) voor boekhoudprogramma’s downloaden

# Finding what is near a place and free at a time, as a list and on a map.
web-found =
    .near = In de buurt van
    .city = Plaats, of 51.5,-0.1
    .radius = Binnen
    .km = { $km } km
    .day = Vrij op
    .from = Van
    .to = Tot
    .distance = { $km } km hiervandaan
    .book = { $time } boeken voor { $price }
    .nothing-free = Niets van wat u zoekt is op dat moment vrij.
    .any-time = Zonder tijd zoeken
    .near-me = Bij mij in de buurt
    .no-position = Uw browser weet niet waar u bent, of mag het niet zeggen. Typ een plaats.
    .views = Manieren om te tonen wat er gevonden is
    .list = Lijst
    .map = Kaart
    .map-of = Kaart van de plaatsen
    .zoom-in = Inzoomen
    .zoom-out = Uitzoomen
