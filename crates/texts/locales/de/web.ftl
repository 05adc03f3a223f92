# Die Texte der Website.

web-nav =
    .skip = Zum Inhalt
    .label = Hauptmenü
    .home = Zur Startseite
    .find = Suchen
    .bookings = Meine Buchungen
    .manage = Verwalten
    .sign-in = Anmelden
    .sign-out = Abmelden
    .about = Firmen teilen freie Maschinen, Flächen und Lager mit Start-ups.
    .api = Für Programme: die API

web-front =
    .title = Maschinen, Flächen und Lager auf Stunden
    .lead = Finden Sie eine Maschine in Ihrer Nähe, sehen Sie, wann sie frei ist und was sie kostet, und buchen Sie sie sofort.
    .start-up = Start-ups buchen die Zeit, die sie brauchen, und zahlen nur dafür.
    .firm = Firmen verdienen mit Maschinen, die stillstehen, nach ihren eigenen Regeln.
    .makerspace = Makerspaces sehen, wer welche Maschine wann benutzt.
    .some = Jetzt im Angebot

web-catalogue =
    .title = Maschinen, Flächen und Lager finden
    .q = Suchwörter
    .kind = Art
    .any = Alle
    .city = Ort
    .search = Suchen
    .nothing = Es wurde nichts gefunden.
    .more = Mehr zeigen

web-kind =
    .machine = Maschine
    .floor_space = Fläche
    .storage = Lager

web-unit =
    .unit = Stück
    .m2 = m²
    .pallet = Paletten
    .shelf = Regalböden
    .m3 = m³

web-length =
    .minutes =
        { $count ->
            [one] { $count } Minute
           *[other] { $count } Minuten
        }
    .hours =
        { $count ->
            [one] { $count } Stunde
           *[other] { $count } Stunden
        }
    .days =
        { $count ->
            [one] { $count } Tag
           *[other] { $count } Tage
        }

web-weekday =
    .mon = Montag
    .tue = Dienstag
    .wed = Mittwoch
    .thu = Donnerstag
    .fri = Freitag
    .sat = Samstag
    .sun = Sonntag

web-rate =
    .hour = { $amount } je Stunde
    .day = { $amount } je Tag
    .booking = { $amount } je Buchung

web-price =
    .day = { $amount } für einen Tag, wo das günstiger ist
    .week = { $amount } für eine Woche, wo das günstiger ist
    .month = { $amount } für einen Monat, wo das günstiger ist
    .minimum = Mindestens { $amount } je Buchung
    .set-up = { $amount } einmalig für das Einrichten
    .deposit = Eine Kaution von { $amount }, die Sie zurückbekommen
    .bands = Manche Stunden haben andere Preise; jede Zeit unten zeigt ihren.
    .discounts = Es gibt Rabatte; der Preis vor der Buchung enthält Ihren.
    .donation = Der Anbieter schenkt einige Stunden im Monat.
    .includes-vat = Darin USt., { $percent } %
    .total = Summe

web-extra =
    .booking = { $amount } je Buchung
    .unit = { $amount } je Stück
    .hour = { $amount } je Stunde
    .day = { $amount } je Tag

web-rule =
    .lengths = Eine Buchung dauert von { $shortest } bis { $longest }.
    .starts = Sie beginnt um { $times }.
    .grid = Sie beginnt alle { $length } ab Mitternacht.
    .grid-from-opening = Sie beginnt alle { $length } ab der Öffnung.
    .shifts = Eine Buchung ist eine der festen Schichten unten.
    .notice = Buchen Sie mindestens { $length } im Voraus.
    .horizon = Buchen Sie höchstens { $length } im Voraus.
    .approval = Der Anbieter genehmigt jede Buchung.
    .payment = Zuerst wird bezahlt: Der Anbieter bestätigt die Buchung, wenn das Geld da ist.
    .certifications = Für die Bedienung der Maschine ist nötig: { $names }.
    .check-in = Melden Sie sich höchstens { $length } nach dem Beginn an, sonst endet die Buchung.
    .cut-off = Stornieren oder verschieben Sie eine Buchung mindestens { $length } vor ihrem Beginn.
    .cancellation-fee = Eine Stornierung weniger als { $length } vor dem Beginn kostet { $percent } % des Preises.
    .some-customers = Nur bestimmte Kunden können buchen.

web-resource =
    .out-of-order = Außer Betrieb
    .fault =
        { $until ->
            [none] Außer Betrieb: { $reason }
           *[other] Außer Betrieb bis { $until }: { $reason }
        }
    .withheld = Eine Buchung ist zurzeit nicht möglich.
    .prices = Preise
    .rules = Regeln
    .terms = Bedingungen des Anbieters:
    .hours = Öffnungszeiten
    .free = Freie Zeiten
    .free-to-move = Wählen Sie die neue Zeit
    .timezone = Alle Zeiten sind Ortszeiten von
    .day = Ab Tag
    .length = Dauer
    .quantity = Menge
    .show = Zeigen
    .earlier = Früher
    .later = Später
    .other-time = Eine andere Zeit wählen
    .from = Beginn
    .to = Ende
    .go-on = Weiter

web-free =
    .closed = Geschlossen
    .past = Vorbei
    .too-soon = Zu kurzfristig
    .too-far = Noch nicht buchbar
    .taken = Keine freie Zeit dieser Dauer

web-terms =
    .version = Fassung

web-sign-in =
    .title = Anmelden
    .email = E-Mail-Adresse
    .password = Passwort
    .code = Code Ihres Authenticators oder ein Wiederherstellungscode
    .button = Anmelden
    .forgot = Ein neues Passwort anfordern

web-account =
    .title = Ein Konto anlegen
    .about = Wir senden eine E-Mail mit einem Link, der Ihre Adresse bestätigt. Sie brauchen ihn, bevor Sie buchen.
    .name = Ihr Name
    .password = Wählen Sie ein Passwort
    .button = Konto anlegen
    .has-one = Ich habe ein Konto

web-organization =
    .title = Eine Organisation anlegen
    .about = Eine Organisation bucht und zahlt: Ihr Start-up, Ihre Firma oder Sie selbst.
    .name = Name der Organisation
    .kind = Art
    .startup = Start-up
    .firm = Firma
    .makerspace = Makerspace
    .button = Anlegen

web-book =
    .title = Buchen
    .deposit = Dazu kommt eine Kaution, die Sie zurückbekommen:
    .violations = So kann dies nicht gebucht werden:
    .sign-in = Melden Sie sich an, um zu buchen. Danach geht es hier weiter.
    .needs-organization = Sie buchen im Namen einer Organisation und gehören noch zu keiner.
    .organization = Im Namen von
    .operator = Wer die Maschine bedient
    .extras = Extras
    .coupon = Gutschein
    .note = Nachricht an den Anbieter
    .accept = Ich akzeptiere:
    .book = Kostenpflichtig buchen
    .request = Kostenpflichtig anfragen
    .hold = Nur für kurze Zeit halten
    .price = Preis neu berechnen

web-policy =
    .title = Stornieren und Verschieben
    .until = Sie können bis { $until } stornieren oder verschieben.
    .fee = Nach { $after } kostet eine Stornierung { $fee }.

web-status =
    .held = Gehalten
    .requested = Angefragt
    .confirmed = Bestätigt
    .in_use = In Benutzung
    .completed = Abgeschlossen
    .no_show = Nicht benutzt
    .cancelled = Storniert
    .declined = Abgelehnt
    .expired = Verfallen

web-bookings =
    .title = Meine Buchungen
    .next = Nächste
    .past = Vergangene
    .nothing = Es gibt keine Buchung.
    .parties = { $customer } bei { $host }

web-booking =
    .time = Zeit
    .place = Ort
    .customer = Kunde
    .quantity = Menge
    .expires = Verfällt ohne Bestätigung am
    .check-in-by = Anmelden bis
    .note = Nachricht
    .reason = Grund
    .owed = Zu zahlen
    .contact = Kontakt

web-next =
    .held = Die Zeit wird für Sie frei gehalten. Bestätigen Sie die Buchung, bevor sie verfällt.
    .held-host = Die Zeit wird für kurze Zeit für den Kunden gehalten.
    .requested = Der Anbieter ist gefragt und antwortet per E-Mail.
    .requested-host = Der Kunde wartet auf Ihre Antwort.
    .confirmed = Die Buchung ist bestätigt.
    .in-use = Die Buchung läuft. Melden Sie sich ab, wenn Sie fertig sind.
    .over = Es ist nichts zu tun.

web-move =
    .confirm = Die Buchung bestätigen
    .approve = Die Anfrage genehmigen
    .decline = Die Anfrage ablehnen
    .cancel = Die Buchung stornieren
    .check-in = Anmelden
    .check-out = Abmelden
    .no-show = Niemand ist gekommen
    .pay = Mit Karte zahlen
    .reschedule = Eine andere Zeit wählen
    .reason = Grund (freiwillig)

web-reschedule =
    .title = Die Buchung verschieben
    .old-time = Jetzt
    .new-time = Neu
    .about = Bevor ein höherer Preis gilt, werden Sie gefragt.
    .dearer = Zu dieser Zeit kostet die Buchung mehr:
    .button = Verschieben

web-pay =
    .title = Mit Karte zahlen
    .about = Die Zahlung findet bei Stripe statt. Danach kommen Sie hierher zurück.
    .button = Zahlen
    .back = Zurück zur Buchung

web-alternative = { $resource }: { $time }, { $price }
    .title = Stattdessen frei:

web-manage =
    .title = Verwalten
    .nothing = Sie verwalten noch keine Organisation.
    .day = Tag
    .site = Standort
    .waiting = Wartet auf Sie
    .nothing-waits = Keine Anfrage wartet auf eine Antwort.
    .due = Jetzt fällig: An- oder Abmeldung
    .no-site = Die Organisation hat noch keinen Standort.
    .timeline = Alle Ressourcen, Stunde für Stunde
    .resource = Ressource
    .status = Stand
    .bookings = Buchungen des Tages
    .blocked = Gesperrt

web-block =
    .link = Sperren
    .title = Eine Zeit sperren
    .about = Dann kann niemand buchen. Buchungen bleiben: Verschieben oder stornieren Sie sie zuerst.
    .reason = Grund, nur für Mitglieder des Anbieters
    .button = Die Zeit sperren
    .about-out-of-order = Kunden mit Buchungen erfahren es, und bis zur Reparatur bucht niemand.
    .out-of-order = Als außer Betrieb melden
    .in-order = Wieder in Ordnung

web-site =
    .title = Einen Standort anlegen
    .name = Name des Standorts
    .line1 = Straße und Nummer
    .line2 = Stockwerk, Tor (freiwillig)
    .postal-code = Postleitzahl
    .country = Land, zwei Buchstaben wie DE
    .latitude = Breitengrad, etwa 51.5155
    .longitude = Längengrad, etwa -0.0922
    .timezone = Zeitzone, etwa Europe/Berlin
    .hours-about = Zeiten wie 09:00-12:00, 13:00-17:00. Geschlossene Tage bleiben leer.
    .access = Wie Kunden hineinkommen (nur für bestätigte Kunden)
    .contact = Ansprechperson (nur für bestätigte Kunden)
    .hides-address = Die genaue Adresse nur bestätigten Kunden zeigen
    .button = Standort anlegen

web-per =
    .hour = Stunde
    .day = Tag
    .booking = Buchung

web-listing =
    .title = Angebote
    .new = Eine Ressource anbieten
    .edit = Bearbeiten
    .copy = Kopieren
    .what = Die Ressource
    .name = Name
    .category = Kategorie, etwa Laserschneider
    .description = Beschreibung
    .quantity = Wie viel es gibt
    .unit = Einheit
    .rate = Preis
    .per = je
    .currency = Währung, etwa EUR
    .minimum = Mindestpreis einer Buchung (freiwillig)
    .deposit = Kaution (freiwillig)
    .grid = Eine Buchung beginnt alle … Minuten
    .shortest = Kürzeste Buchung, in Minuten
    .longest = Längste Buchung, in Minuten
    .buffer = Frei nach jeder Buchung, in Minuten
    .notice = Mindestens so lange vorher gebucht, in Minuten
    .horizon = Höchstens so lange vorher gebucht, in Tagen
    .cut-off = Mindestens so lange vorher storniert, in Minuten
    .approval = Ich genehmige jede Buchung
    .private = Nur Mitglieder der Organisation sehen und buchen sie
    .about = Einen Entwurf sieht nur Ihre Organisation: Sehen Sie seine Seite an und bieten Sie ihn dann an.
    .draft = Entwurf
    .listed = Im Angebot
    .paused = Pausiert
    .retired = Zurückgezogen
    .button = Speichern und Seite ansehen
