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
    .coupon = Gutschein (nur für diese eine Buchung, nicht für eine Wiederholung oder einen Auftrag)
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
    .host-moves = Der Anbieter hat diese Buchung genehmigt. Bitten Sie ihn, sie zu verschieben, oder stornieren Sie und buchen Sie noch einmal.

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
    .back = Zurück

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
    .edit = Die Sperre bearbeiten
    .remove = Die Sperre entfernen
    .imported = Ein Kalenderimport hat diese Sperre angelegt. Ändern Sie den Termin in seinem Kalender, oder löschen Sie den Import.

# After a form of a block.
web-block-done =
    .saved = Die Sperre ist gespeichert.

web-site =
    .title = Einen Standort anlegen
    .name = Name des Standorts
    .line1 = Straße und Nummer
    .line2 = Stockwerk, Tor (freiwillig)
    .postal-code = Postleitzahl
    .city = Ort
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

web-openid =
    .title = Oder anmelden mit

web-me =
    .title = Mein Konto
    .language = Sprache der Seiten und E-Mails
    .browser-language = Seiten wie im Browser eingestellt, E-Mails auf Englisch
    .save = Speichern
    .more = Anmeldung, Benachrichtigungen und Daten
    .verified = bestätigt
    .not-verified = nicht bestätigt
    .change = Ändern
    .on = Eingeschaltet
    .off = Ausgeschaltet
    .sessions = Wo Sie angemeldet sind
    .identities = Fremde Konten, mit denen Sie sich anmelden
    .notifications = Die E-Mails, die Sie erhalten
    .data = Alles herunterladen oder das Konto löschen
    .invitations = Einladungen an Sie
    .accept = Annehmen
    .organizations = Meine Organisationen
    .no-organization = Sie gehören noch zu keiner Organisation. Legen Sie eine an, oder lassen Sie sich von einer Kollegin oder einem Kollegen einladen.

web-me-done =
    .saved = Ihre Änderungen sind gespeichert.
    .email = Wir haben einen Link an die neue Adresse gesendet und einen Hinweis an die bisherige, wenn diese bestätigt ist. Ihr Konto hat die neue Adresse, sobald Sie den Link öffnen.
    .verify = Wir haben den Link noch einmal gesendet.
    .password = Ihr Passwort ist geändert, und Ihre anderen Sitzungen sind beendet.
    .session = Dort abgemeldet.
    .identity = Sie können sich damit nicht mehr anmelden.
    .factor-removed = Der zweite Faktor ist entfernt. Zum Anmelden genügt das Passwort.
    .accepted = Sie haben die Einladung angenommen.
    .left = Sie haben die Organisation verlassen.
    .closed = Die Organisation ist geschlossen.

web-me-email =
    .title = E-Mail-Adresse
    .present = Ihre Adresse ist
    .not-verified = Sie haben sie noch nicht bestätigt: Öffnen Sie den Link in der E-Mail, die wir Ihnen gesendet haben.
    .verify = Den Link noch einmal senden
    .about = Wir senden einen Link an die neue Adresse und einen Hinweis an die bisherige. Es ändert sich nichts, bevor Sie den Link öffnen.
    .new = Neue Adresse
    .button = Den Link senden

web-me-password =
    .title = Passwort
    .about = Alle anderen Sitzungen enden, wenn Sie es ändern.
    .current = Aktuelles Passwort
    .new = Neues Passwort, schwer zu erraten
    .button = Passwort ändern
    .none = Noch kein Passwort oder vergessen? Link per E-Mail erhalten

web-me-notifications =
    .title = Benachrichtigungen
    .about = E-Mails über Ihr Konto und darüber, was andere an Ihren Buchungen ändern, werden immer gesendet.
    .kinds = E-Mails, die ich möchte
    .reminders = So lange vor einem Beginn erinnern (höchstens drei)

web-me-sessions =
    .title = Sitzungen
    .about = Jede Anmeldung ist eine Sitzung. Beenden Sie die, die Sie nicht kennen, und ändern Sie dann Ihr Passwort.
    .device = Programm
    .network = Netz
    .began = Angemeldet
    .used = Zuletzt benutzt
    .current = Diese Sitzung
    .unknown = Unbekanntes Programm
    .end = Beenden
    .end-others = Alle anderen Sitzungen beenden

web-me-identities =
    .title = Anmeldung mit anderen Konten
    .about = Sie können sich hier mit einem Konto anmelden, das Sie anderswo haben, etwa dem Ihrer Firma.
    .nothing = Kein anderes Konto ist verknüpft.
    .provider = Anbieter
    .linked = Verknüpft
    .remove = Entfernen
    .providers = Um eines zu verknüpfen, melden Sie sich ab und damit wieder an. Es muss die Adresse dieses Kontos nachweisen. Sie können Konten verknüpfen bei:

web-me-factor =
    .title = Zweiter Faktor
    .about = Mit einem zweiten Faktor braucht die Anmeldung außer dem Passwort einen Code einer App auf Ihrem Telefon.
    .is-on = Der zweite Faktor ist eingeschaltet.
    .is-off = Der zweite Faktor ist ausgeschaltet. Installieren Sie zuerst eine Authenticator-App auf Ihrem Telefon.
    .change = Neue Wiederherstellungscodes erhalten oder den zweiten Faktor entfernen
    .about-change = Neue Wiederherstellungscodes ersetzen die früheren. In einer Organisation, die einen zweiten Faktor verlangt, können Sie ohne ihn nichts tun.
    .renew = Neue Wiederherstellungscodes erhalten
    .remove = Den zweiten Faktor entfernen
    .begin = Einrichten
    .setup-title = Den zweiten Faktor einrichten
    .scan = Scannen Sie dieses Bild mit der App.
    .picture = QR-Code mit dem Geheimnis für die App
    .type = Oder tippen Sie das Geheimnis in die App:
    .open = Oder öffnen Sie die App auf diesem Gerät
    .prove = Tippen Sie den Code, den die App jetzt zeigt.
    .code = Code der App, 6 Ziffern
    .confirm = Den zweiten Faktor einschalten
    .codes-title = Ihre Wiederherstellungscodes
    .codes-about = Jeder dieser Codes ersetzt einmal einen Code der App. Drucken oder notieren Sie sie jetzt und bewahren Sie sie sicher auf: Sie werden nicht noch einmal gezeigt.
    .codes-kept = Ich habe sie aufbewahrt

web-me-data =
    .title = Meine Daten
    .export = Ihre Daten herunterladen
    .about-export = Eine Datei mit allem, was der Dienst über Sie speichert, in JSON, das andere Programme lesen.
    .download = Herunterladen
    .about-delete = Die nächste Seite sagt, was womit geschieht, und fragt nach Ihrem Passwort.
    .delete = Mein Konto löschen …

web-me-delete =
    .title = Ihr Konto löschen
    .lead = Das lässt sich nicht rückgängig machen.
    .goes = Ihr Name, Ihre Adresse und alle anderen Daten werden entfernt, und alle Sitzungen enden.
    .leaves = Sie verlassen Ihre Organisationen. Sind Sie der einzige Inhaber einer Organisation, machen Sie zuerst ein anderes Mitglied zum Inhaber, oder schließen Sie sie.
    .stays = Die Buchungen Ihrer Organisationen bleiben. Sie behalten eine Kennung statt Ihres Namens, ebenso die Prüfprotokolle. Gesendete E-Mails bleiben einige Wochen gespeichert.
    .button = Mein Konto endgültig löschen
    .keep = Mein Konto behalten
    .done = Ihr Konto ist gelöscht
    .gone = Danke, dass Sie hier waren.

web-role =
    .owner = Inhaber
    .manager = Verwalter
    .booker = Bucher

web-role-about =
    .owner = Inhaber: darf alles, auch bei Mitgliedern und der Organisation selbst
    .manager = Verwalter: kümmert sich um Angebote, Kalender, Buchungen, Preise und Schulungen
    .booker = Bucher: bucht und zahlt für die Organisation

web-team =
    .title = Team
    .pages = Seiten der Organisation
    .data = Daten der Organisation
    .description = Beschreibung
    .website = Webadresse
    .contact = Kontaktadresse
    .about-contact = Auch diese Adresse erhält die E-Mails über Buchungen. Wir senden ihr zuerst einen Link, damit jemand dort zustimmt.
    .unproved = wartet auf den Link, den wir dorthin gesendet haben
    .factor = Mitglieder brauchen einen zweiten Faktor
    .about-factor = Mitglieder ohne ihn können hier nichts tun, bis sie ihn eingerichtet haben. Sie brauchen zuerst selbst einen.
    .factor-yes = Für alle Mitglieder nötig
    .factor-no = Nicht nötig
    .members = Mitglieder
    .name = Name
    .role = Rolle
    .since = Mitglied seit
    .you = Sie
    .invite = Jemanden einladen
    .about-invite = Die Adresse erhält eine E-Mail mit einem Link, der 14 Tage gültig ist.
    .send = Einladung senden
    .invitations = Wartende Einladungen
    .offer = Eingeladen als
    .sent = Gesendet
    .expires = Gültig bis
    .expired = abgelaufen
    .resend = Noch einmal senden
    .withdraw = Zurückziehen
    .leave-link = Die Organisation verlassen …
    .change-role = Rolle ändern
    .hand-over = Organisation übergeben
    .about-hand-over = Dieses Mitglied wird Inhaber, und Sie werden Verwalter. Sie erhalten beide eine E-Mail.
    .leave = Organisation verlassen
    .about-leave = Sie können nicht mehr für sie handeln. Buchungen, bei denen Sie bedienen wollten, bleiben und brauchen eine andere Person.
    .remove = Aus der Organisation entfernen
    .about-remove = Dieses Mitglied kann nicht mehr für die Organisation handeln. Buchungen bleiben; jene, die es bedienen wollte, brauchen eine andere Person.
    .close = Organisation schließen
    .about-close = Ihre Angebote enden, Einladungen werden zurückgezogen, und alle Mitglieder scheiden aus, auch Sie. Vergangene Buchungen, Rechnungen und das Prüfprotokoll bleiben. Nicht beendete Buchungen und Schulungen müssen zuerst storniert werden.
    .keep = Organisation behalten

web-team-done =
    .saved = Die Änderungen sind gespeichert.
    .invited = Die Einladung ist gesendet.
    .resent = Die Einladung ist noch einmal gesendet. Der frühere Link gilt nicht mehr.
    .withdrawn = Die Einladung ist zurückgezogen.
    .role = Die Rolle ist geändert.
    .hand-over = Die Organisation ist übergeben. Sie sind jetzt Verwalter.
    .remove = Das Mitglied ist entfernt.
    .revoked = Der Schlüssel ist widerrufen. Seine nächste Anfrage wird abgelehnt.
    .shown-before = Dieses Formular wurde schon gesendet, und sein Geheimnis wurde dabei gezeigt. Haben Sie es nicht aufbewahrt, legen Sie ein neues an.
    .deleted = Der Webhook ist gelöscht.
    .sending = Es wird gesendet. Laden Sie diese Seite neu, um das Ergebnis zu sehen.

web-keys =
    .title = API-Schlüssel
    .about = Ein Programm handelt mit einem Schlüssel für die Organisation, in dessen Grenzen.
    .nothing = Es gibt noch keinen Schlüssel.
    .begins = Beginnt mit
    .scopes = Umfang: was der Schlüssel darf
    .ends = Gültig bis
    .unused = Nie
    .revoked = Widerrufen
    .expired = Abgelaufen
    .for-ever = Ohne Ende
    .revoke = Widerrufen
    .new = Schlüssel anlegen
    .name = Das Programm, das ihn benutzt
    .valid = Gültig für
    .made = Ihr API-Schlüssel
    .made-about = Kopieren Sie den Schlüssel jetzt in Ihr Programm: Er wird nicht noch einmal gezeigt.
    .kept = Ich habe es kopiert

web-webhooks =
    .title = Webhooks
    .about = Der Dienst sendet die Ereignisse der Organisation an die Adressen Ihrer Programme.
    .nothing = Es gibt noch keinen Webhook.
    .url = Adresse
    .types = Zu sendende Ereignisse; alle, wenn Sie keines wählen
    .new = Webhook hinzufügen
    .made = Das Geheimnis des Webhooks
    .made-about = Mit diesem Geheimnis prüft Ihr Programm, dass ein Ereignis von hier kommt. Kopieren Sie es jetzt: Es wird nicht noch einmal gezeigt.
    .on = Ereignisse werden gesendet
    .off = Ausgeschaltet
    .disabled = Abgeschaltet, weil der Empfänger drei Tage lang versagt hat
    .failing = Der Empfänger versagt seit
    .all-types = Alle
    .events = Ereignisse
    .test = Test senden
    .enable = Einschalten
    .disable = Ausschalten
    .delete = Löschen
    .deliveries = Zuletzt gesendet
    .no-deliveries = Es wurde noch nichts gesendet. Senden Sie einen Test.
    .event = Ereignis
    .outcome = Ergebnis
    .waits = Wartet
    .replay = Noch einmal senden

web-audit =
    .title = Prüfprotokoll
    .about = Alle Änderungen, die neuesten zuerst. Einträge kommen nur hinzu und werden signiert. Zeiten sind in UTC.
    .when = Wann
    .who = Wer
    .what = Was, etwa booking oder booking.cancel
    .action = Aktion
    .object = Objekt
    .from = Von Tag
    .to = Bis Tag
    .detail = Einzelheiten
    .anybody = Alle
    .key = API-Schlüssel
    .service = Der Dienst
    .deleted = Ein gelöschtes Konto
    .nothing = Kein Eintrag passt dazu.
    .export = Als JSON-Zeilen herunterladen
    .about-export = Die Datei enthält die Einträge dieser Filter, höchstens die letzten 10.000. Andere Programme können damit jeden Eintrag prüfen.

web-mail-status =
    .queued = Wartet
    .sent = Gesendet
    .failed = Aufgegeben

web-admin =
    .title = Installation
    .organizations = Organisationen
    .users = Nutzer
    .mails = E-Mails
    .facts = Wartende Ereignisse
    .resources = Angebote
    .bookings = Buchungen
    .money = Salden aller Gastgeber zusammen
    .suspended-users = Gesperrte Nutzer
    .suspended-organizations = Gesperrte Organisationen
    .queued-mails = Wartende E-Mails
    .failed-mails = Aufgegebene E-Mails
    .pending-facts = Noch nicht weitergegebene Ereignisse
    .unreadable-facts = Nicht lesbare Ereignisse
    .waiting-webhooks = Webhooks, an die Ereignisse zu senden sind
    .failing-webhooks = Webhooks, deren Empfänger versagt
    .disabled-webhooks = Abgeschaltete Webhooks
    .failing-imports = Kalenderimporte, die fehlschlagen
    .oldest = Ältestes wartendes Ereignis
    .recorded = Jeder Blick wird im Prüfprotokoll vermerkt.
    .q = Name, E-Mail-Adresse oder Kennung
    .suspended = Gesperrt
    .not-suspended = Nicht gesperrt
    .closed = Geschlossen
    .created = Angelegt
    .operator = Betreibt die Installation
    .yes = Ja
    .reason = Grund, den die Betroffenen in einer E-Mail lesen
    .suspend = Sperren
    .about-organization = Ihre Angebote werden verborgen, sie erhält und macht keine neuen Buchungen, und Einträge auf ihren Wartelisten enden. Bestätigte Buchungen bleiben, und beide Seiten können sie stornieren. Rechnungen und Zahlungen laufen weiter.
    .about-user = Alle Sitzungen des Nutzers enden, und die Anmeldung wird abgelehnt. Seine API-Schlüssel und die Links in E-Mails gelten nicht mehr. Buchungen bleiben.
    .reinstate = Wieder zulassen
    .about-reinstate = Alles geht wieder wie zuvor. Die Betroffenen erhalten eine E-Mail.
    .about-factor = Für einen Nutzer, der den Authenticator und die Wiederherstellungscodes verloren hat. Prüfen Sie zuerst, ob es diese Person ist: Danach genügt das Passwort. Alle Sitzungen enden.
    .about-mails = Die E-Mails der letzten 30 Tage, ohne ihre Texte. Eine E-Mail wird von selbst noch einmal versucht und nach fünf Tagen aufgegeben.
    .about-facts = Ein Ereignis wartet, bis E-Mails, Webhooks und Streams es haben, normalerweise weniger als eine Sekunde.
    .empty = Hier ist nichts.
    .recipient = Empfänger
    .subscriber = Wartet auf
    .kind = Art
    .next-attempt = Nächster Versuch
    .attempts = Versuche
    .error = Letzter Fehler
    .retry = Noch einmal versuchen

web-admin-done =
    .retried = Es wird jetzt noch einmal versucht.

# The pictures of a resource, for its host.
web-pictures =
    .title = Bilder
    .resource = Die Seite der Ressource
    .nothing = Die Ressource hat noch kein Bild. Was man sieht, bucht man lieber: Fügen Sie eines hinzu.
    .order = Das erste Bild steht in den Listen.
    .description = Was das Bild zeigt, für Menschen, die es nicht sehen
    .save = Text speichern
    .up = Nach vorn
    .down = Nach hinten
    .remove = Entfernen
    .add = Bild hinzufügen
    .about = PNG, JPEG oder WebP von höchstens 10 MB. Ort und Kamera in der Datei werden nicht gespeichert.
    .file = Bild
    .full = Die Ressource hat 12 Bilder, die größte Zahl. Entfernen Sie eines, bevor Sie ein weiteres hinzufügen.
# Die Seiten der Kunden: Warteliste, Serien, mehrere Dinge auf einmal, Rechnungen, Kalender-Abos.
web-waitlist =
    .title = Auf die Warteliste
    .taken = Diese Zeit ist belegt.
    .about = Sie warten auf einen Termin in diesem Zeitraum. Wird einer frei, bekommen Sie eine E-Mail, und der Termin bleibt eine Weile für Sie reserviert. Das Warten kostet nichts.
    .answer = Zeit für die Antwort auf ein Angebot:
    .sign-in = Melden Sie sich an, um auf die Warteliste zu kommen. Danach geht es auf dieser Seite weiter.
    .from = Nicht vor
    .to = Zu Ende bis
    .button = Auf die Warteliste setzen

web-waits =
    .title = Warteliste
    .bookings = Buchungen
    .within = { $length } im Zeitraum { $time }
    .is-waiting = Wartet
    .is-offered = Ihnen angeboten
    .waiting =
        { $ahead ->
            [0] Sie sind als Nächste an der Reihe. Sie bekommen eine E-Mail, sobald ein Termin frei ist.
            [one] Ein anderer Eintrag ist vor Ihrem. Sie bekommen eine E-Mail, sobald ein Termin frei ist.
           *[other] { $ahead } andere Einträge sind vor Ihrem. Sie bekommen eine E-Mail, sobald ein Termin frei ist.
        }
    .offered = Ein Termin ist bis { $until } für Sie reserviert. Bestätigen Sie ihn vorher, sonst bekommt ihn der Nächste.
    .look = Angebot ansehen und bestätigen
    .leave = Nicht mehr warten

web-repeats =
    .daily =
        { $count ->
            [one] Jeden Tag
           *[other] Alle { $count } Tage
        }
    .weekly =
        { $count ->
            [one] Jede Woche
           *[other] Alle { $count } Wochen
        }
    .monthly =
        { $count ->
            [one] Jeden Monat
           *[other] Alle { $count } Monate
        }

web-repeat =
    .title = Buchung wiederholen
    .lead = Wählen Sie, wie oft. Danach sehen Sie jeden Termin mit seinem Preis, bevor Sie buchen.
    .button = Wiederholen
    .frequency = Wiederholen
    .interval = Nur jedes … Mal (1: jedes Mal)
    .weekdays = An diesen Tagen, bei wöchentlicher Wiederholung
    .count = Anzahl der Buchungen
    .until = Oder bis zum, statt der Anzahl (freiwillig)
    .show = Alle Termine zeigen
    .dates = Die Termine
    .price = Preis
    .free = Frei
    .refused = Nicht möglich
    .taken = Diese Zeit ist belegt.
    .all =
        { $all ->
            [one] Der Termin ist frei.
           *[other] Alle { $all } Termine sind frei.
        }
    .some = { $bookable } von { $all } Terminen können gebucht werden. Die anderen entfallen.
    .none = Keiner dieser Termine kann gebucht werden.
    .book =
        { $bookable ->
            [one] Einen Termin kostenpflichtig buchen
           *[other] { $bookable } Termine kostenpflichtig buchen
        }
    .request =
        { $bookable ->
            [one] Einen Termin kostenpflichtig anfragen
           *[other] { $bookable } Termine kostenpflichtig anfragen
        }

# Buchungen, die zusammen gemacht wurden: eine Serie oder eine Gruppe.
web-together =
    .group =
        { $count ->
            [one] Eine Buchung für einen Auftrag
           *[other] { $count } Buchungen für einen Auftrag
        }
    .about-group = Zusammen gebucht
    .bookings = Die Buchungen
    .other-time = Eine andere Zeit wählen
    .more = Alle Buchungen
    .pay = Alles mit Karte zahlen
    .confirm = Reservierte Buchungen bestätigen
    .approve = Anfragen annehmen
    .decline =
        { $count ->
            [one] Anfrage ablehnen
           *[other] Anfragen ablehnen
        }
    .cancel =
        { $count ->
            [one] Übrige Buchung stornieren
           *[other] Alle übrigen Buchungen stornieren
        }
    .from = Ab dieser Buchung
    .skipped = Nicht gebuchte Termine

web-job =
    .title = Mehrere Dinge auf einmal buchen
    .about = Alles wird gebucht oder nichts. Fügen Sie hinzu, was der Auftrag braucht, und buchen Sie dann.
    .nothing = Es ist noch nichts gewählt. Suchen Sie etwas, wählen Sie eine Zeit und drücken Sie „Zu einem Auftrag hinzufügen“.
    .add = Zu einem Auftrag hinzufügen
    .more = Noch etwas hinzufügen
    .change = Ändern
    .remove = Entfernen
    .note = Nachricht an alle Anbieter
    .book = Alles kostenpflichtig buchen
    .refused = Ändern oder entfernen Sie, was nicht möglich ist. Dann können Sie buchen.
    .aside =
        { $count ->
            [one] Sie haben eine Sache für einen Auftrag vorgemerkt.
           *[other] Sie haben { $count } Sachen für einen Auftrag vorgemerkt.
        }
    .back = Zurück zum Auftrag

web-invoices =
    .title = Rechnungen
    .forbidden = Inhaber und Verwalter einer Organisation sehen ihre Rechnungen. Sie sind beides nicht.
    .payable = Jetzt mit Karte zu zahlen
    .received = Erhaltene Rechnungen
    .nothing = Es gibt noch keine Rechnung. Der Anbieter schickt eine nach Ihren Buchungen.
    .number = Nummer
    .host = Von
    .issued = Datum
    .due = Fällig
    .total = Betrag
    .open = Noch zu zahlen

web-invoice-kind =
    .invoice = Rechnung
    .credit_note = Gutschrift

web-invoice-state =
    .open = Zu zahlen
    .overdue = Überfällig
    .paid = Bezahlt
    .credited = Gutgeschrieben

web-feeds =
    .title = Kalender-Abos
    .about = Ein Kalenderprogramm auf Telefon oder Computer kann Ihre Buchungen zeigen: Es abonniert eine Adresse, die Sie hier anlegen.
    .made = Die Adresse des neuen Abos
    .once = Kopieren Sie sie jetzt: Sie wird nicht noch einmal gezeigt. Wer die Adresse hat, sieht die Buchungen.
    .list = Ihre Abos
    .own = Meine eigenen Buchungen
    .ended = Für Sie nicht mehr zugänglich
    .used =
        { $used ->
            [none] Angelegt { $created }, noch nicht gelesen
           *[other] Angelegt { $created }, zuletzt gelesen { $used }
        }
    .delete = Dieses Abo beenden
    .new = Neues Abo
    .what = Die Buchungen von
    .button = Adresse anlegen

# The kinds of certification of a host.
web-kinds =
    .title = Zertifizierungen
    .about = Eine Ressource kann von der Bedienperson eine Zertifizierung verlangen. Sie erteilen sie einer Person, oder allen, die an einer Schulung teilnehmen.
    .nothing = Es gibt noch keine Art von Zertifizierung. Fügen Sie unten die erste hinzu.
    .kind = Zertifizierung
    .valid = Gültig für
    .for-ever = unbegrenzt
    .never = Läuft nicht ab
    .in-use = In Gebrauch
    .retired = Beendet: sie wird nicht mehr erteilt
    .new = Art von Zertifizierung hinzufügen
    .add = Hinzufügen
    .name = Name, zum Beispiel Lasersicherheit
    .description = Was gelehrt und geprüft wird
    .days = Wie viele Tage gültig (leer: unbegrenzt)
    .owner = Festgelegt von
    .grant = Jemanden zertifizieren
    .about-grant = Die Person bekommt eine E-Mail. Eine Adresse ohne Konto bekommt eine Einladung und ist zertifiziert, sobald die Einladung angenommen ist.
    .until = Letzter Tag der Gültigkeit, in UTC (leer: wie üblich)
    .held = Zertifizierte Personen
    .nobody = Noch niemand ist zertifiziert.
    .person = Person
    .granted = Erteilt
    .expires = Läuft ab
    .revoke = Widerrufen
    .reason = Grund, den die Person in einer E-Mail liest (freiwillig)
    .edit = Bearbeiten
    .about-edit = Erteilte Zertifizierungen bleiben, wie sie sind.
    .retire = Diese Art beenden
    .about-retire = Sie wird nicht mehr erteilt. Zertifizierte bleiben zertifiziert. Keine Ressource darf sie verlangen, und keine Schulung darf für sie geplant sein.
    .restore = Wieder verwenden

web-kinds-done =
    .saved = Die Zertifizierung ist gespeichert.
    .granted = Die Person ist zertifiziert.
    .invited = Die Adresse hat noch kein Konto: Wir haben eine Einladung gesendet.
    .revoked = Die Zertifizierung ist widerrufen.

web-certification =
    .valid = Gültig
    .expired = Abgelaufen
    .revoked = Widerrufen

web-certified =
    .title = Meine Zertifizierungen
    .about = Was Sie bedienen dürfen, und Ihre Plätze in Schulungen
    .nothing = Sie haben noch keine Zertifizierung. Nehmen Sie einen Platz in einer Schulung.
    .seats = Meine Plätze in Schulungen
    .no-seat = Sie haben keinen Platz in einer kommenden Schulung.

web-training-status =
    .scheduled = Geplant
    .held = Vorbei, Teilnahme erfasst
    .cancelled = Abgesagt

web-seat =
    .booked = Hat einen Platz
    .attended = War da
    .absent = War nicht da
    .cancelled = Hat abgesagt

# Trainings, for their host and for people who take a seat.
web-trainings =
    .title = Schulungen
    .coming = Kommende Schulungen
    .all = Alle Schulungen
    .none-coming = Es ist keine Schulung geplant. Fragen Sie den Anbieter.
    .nothing = Es gibt keine Schulung.
    .no-kind = Eine Schulung führt zu einer Zertifizierung. Fügen Sie zuerst eine Art von Zertifizierung hinzu.
    .training = Schulung
    .new = Schulung planen
    .edit = Schulung bearbeiten
    .about-edit = Wer einen Platz hat, behält den Preis. Über eine andere Zeit, einen anderen Ort, Namen oder Kursleiter kommt eine E-Mail.
    .kind = Zertifizierung
    .name = Name der Schulung
    .description = Beschreibung: was man wissen und mitbringen muss
    .trainer = Kursleitung
    .zone = Die Zeiten sind Ortszeiten des Standorts.
    .seats = Plätze
    .price = Preis
    .price-of-seat = Preis eines Platzes (leer: kostenlos)
    .free = Kostenlos
    .free-seats =
        { $count ->
            [one] { $count } Platz frei
           *[other] { $count } Plätze frei
        }
    .full = Kein Platz frei
    .about-full = Ein Platz, den jemand aufgibt, ist hier sofort frei.
    .public = Die Seite für Teilnehmende
    .manage = Diese Schulung verwalten
    .people = Personen mit einem Platz
    .nobody = Noch niemand hat einen Platz.
    .remove = Platz zurücknehmen
    .reason = Grund, der in einer E-Mail steht (freiwillig)
    .attendance = Teilnahme
    .later = Sie erfassen sie hier, sobald die Schulung begonnen hat.
    .about-attendance = Wer da war, ist zertifiziert. Sie erfassen es einmal.
    .attended = Anwesend
    .record = Teilnahme erfassen
    .cancel = Schulung absagen
    .about-cancel = Alle mit einem Platz bekommen eine E-Mail. Die Rechnung für einen Platz wird mit einer Gutschrift aufgehoben.
    .get-certified = Zertifizierung in einer Schulung erwerben:
    .certified = Sie sind zertifiziert bis
    .take = Platz nehmen
    .take-for-fee = Platz kostenpflichtig nehmen
    .sign-in = Melden Sie sich an, um einen Platz zu nehmen.
    .about-price = Eine Organisation bekommt sofort eine Rechnung mit der Umsatzsteuer des Anbieters. Zuerst wird ihr Guthaben beim Anbieter verwendet.
    .paid-with-prepaid = Mit Guthaben bezahlt
    .payer = Bezahlt von
    .at-host = Mir selbst, direkt beim Anbieter
    .your-seat = Sie haben einen Platz
    .about-give-up = Wenn Sie nicht kommen können, geben Sie den Platz vor dem Beginn auf: Andere warten, und eine Rechnung wird aufgehoben.
    .give-up = Platz aufgeben

web-trainings-done =
    .saved = Die Schulung ist gespeichert.
    .attendance = Die Teilnahme ist erfasst.
    .remove = Der Platz ist zurückgenommen.
    .cancel = Die Schulung ist abgesagt.
    .taken = Sie haben einen Platz. Wir haben Ihnen eine E-Mail mit einem Kalendereintrag gesendet.
    .given-up = Sie haben den Platz aufgegeben.

# The fee and the deposit of a booking, for managers of the host.
web-charges =
    .title = Gebühr und Kaution
    .booking = Zurück zur Buchung
    .fee = Gebühr
    .waived = Gebühr erlassen, weil
    .deposit = Kaution
    .returned = Kaution zurückgegeben
    .kept = Kaution einbehalten
    .kept-for = { $amount }: { $reason }
    .waive = Gebühr erlassen
    .about-waive = Der Kunde schuldet die Gebühr nicht mehr und liest den Grund in einer E-Mail. Das lässt sich nicht zurücknehmen.
    .reason = Grund
    .return = Kaution zurückgeben
    .about-return = Sie geben alles zurück oder behalten mit einem Grund einen Teil. Der Kunde bekommt eine E-Mail. Eine weitere Rückgabe ersetzt eine frühere.
    .keep = Betrag, den Sie einbehalten
    .reason-kept = Grund, nötig, wenn Sie einen Teil einbehalten
    .early = Sie geben die Kaution hier zurück, sobald die Buchung vorbei ist.

web-charges-done =
    .waive = Die Gebühr ist erlassen.
    .return = Die Rückgabe der Kaution ist erfasst.

web-fee =
    .late_cancellation = späte Stornierung
    .no_show = niemand kam
    .overrun = länger als gebucht

# A manager books for a customer.
web-offer =
    .link = Für einen Kunden buchen
    .title = Für einen Kunden buchen
    .about = Die Zeit wird für den Kunden gehalten, der eine E-Mail bekommt und die Buchung bestätigt innerhalb von
    .block = Stattdessen die Zeit sperren
    .nobody = Sie können für Kunden buchen, die schon bei Ihnen gebucht oder Ihre Bedingungen angenommen haben. Es gibt noch keinen.
    .customer = Kunde und Person
    .override = Grund, von einer Regel abzuweichen (nur wenn nötig)
    .price = Preis, ohne Absprachen mit dem Kunden:
    .button = Für den Kunden halten

# The waitlist, as the host sees it.
web-waiting =
    .title = Warteliste
    .about = Sobald eine Zeit frei wird, bekommt der erste Kunde, dem sie passt, ein Angebot per E-Mail.
    .nobody = Niemand wartet.
    .window = Zwischen
    .ahead = Davor
    .waits = Wartet
    .offered = Hat ein Angebot

# The money that customers owe a host.
web-debts =
    .title = Rechnungen
    .unpaid = Nicht bezahlt
    .paid = Bezahlt
    .owed = Von Kunden geschuldet
    .about-owed = Bestätigte Buchungen und Gebühren abzüglich Zahlungen, mit oder ohne Rechnung.
    .amount = Betrag
    .since = Seit
    .invoices = Rechnungen
    .none = Es gibt keine solche Rechnung.
    .invoice = Rechnung
    .issued = Ausgestellt
    .due = Fällig
    .open = Noch zu zahlen
    .reminded = Erinnerungen gesendet
    .lines = Zeilen der Rechnung
    .line = Zeile
    .net = Ohne Umsatzsteuer
    .record = Zahlung erfassen
    .about-record = Der Kunde hat Sie außerhalb dieses Dienstes bezahlt.
    .method = Bezahlt mit
    .paid-on = Bezahlt am
    .reference = Referenz, zum Beispiel der Bank (freiwillig)

web-debts-done =
    .paid = Die Zahlung ist erfasst.
    .issued = Die Rechnung ist gestellt, und der Kunde bekommt sie per E-Mail.

web-payment =
    .bank_transfer = Überweisung
    .cash = Bargeld
    .card = Karte, am eigenen Gerät
    .other = Anders

# The week of a site.
web-week =
    .tab = Woche
    .title = Woche eines Standorts
    .caption = Alle Ressourcen, Tag für Tag
    .earlier = Vorige Woche
    .later = Nächste Woche
    .nothing = Der Standort hat noch keine Ressource.

# Die Zahlen eines Gastgebers.
web-month = { month } { $year }

web-figures =
    .title = Zahlen
    .month = Monat
    .from = Vom
    .to = Bis zum
    .by = Zusammengezählt nach
    .about = Die angebotenen Stunden sind die der Ressourcen, die jetzt angeboten werden, nach ihren heutigen Zeiten und Mengen. Zeiten sind mit der Menge multipliziert: Eine Stunde von drei Maschinen sind drei Stunden.
    .nothing = Noch gibt es nichts zu zählen. Bieten Sie zuerst eine Ressource an:
    .hours = Stunden
    .offered = Angeboten
    .booked = Gebucht
    .used = Genutzt
    .idle = Frei geblieben
    .share = Gebucht vom Angebot
    .bookings = Buchungen
    .no-shows = Nicht erschienen
    .income = Einnahmen ohne USt.
    .total = Summe
    .table = Stunden und Einnahmen als Tabelle
    .about-hours = Balken für die angebotenen, gebuchten, genutzten und frei gebliebenen Stunden. Die Tabelle darunter enthält die Zahlen.
    .about-own-hours = Balken für die angebotenen, gebuchten, genutzten und frei gebliebenen Stunden, jede Zeile in eigenem Maßstab: Ihr längster Balken nimmt die ganze Breite ein. Die Tabelle darunter enthält die Zahlen.
    .about-income = Ein Balken für jede Einnahme. Die Tabelle darunter enthält die Beträge.
    .export = Als CSV herunterladen

# Der Import von Ressourcen aus einer Tabelle.
web-import =
    .title = Aus CSV importieren
    .about = Eine Tabelle hat eine Zeile für jede Ressource. Speichern Sie sie als CSV in UTF-8, oder kopieren Sie sie aus einer Tabellenkalkulation. Nötig sind kind, name, currency, rate und per; Beträge schreiben Sie wie 24,50.
    .template = Eine Tabelle zum Ausfüllen herunterladen
    .file = CSV-Datei, höchstens 500 Ressourcen und 1 MB
    .table = Oder die Tabelle als Text, den Sie hier verbessern können
    .check = Zeilen ansehen
    .rows = Die Zeilen
    .row = Zeile
    .found = Wird importiert, oder Fehler
    .ready = Zeilen zum Importieren: { $count }.
    .wrong = Zeilen mit Fehlern: { $wrong } von { $count }. Nichts wird importiert, solange nicht alle stimmen.
    .draft = Ohne Status ist jede Ressource zuerst ein Entwurf, den nur Ihre Organisation sieht.
    .import = Alle Zeilen importieren

# Änderungen, während der Tag eines Standorts gezeigt wird, und Formulare, deren Objekt sich inzwischen geändert hat.
web-live =
    .changed = Etwas hat sich geändert.
    .show = Anzeigen
    .updated = Die Seite zeigt jetzt, was sich geändert hat.

web-changed =
    .title = Die Unterschiede
    .about = Etwas hat sich geändert, seit Sie das Formular geöffnet haben. Noch ist nichts gespeichert. Vergleichen Sie, verbessern Sie das Formular unten und speichern Sie noch einmal.
    .field = Feld
    .stored = Jetzt gespeichert
    .typed = Ihr Formular

# The timeline of a site, in which a manager drags bookings.
web-timeline =
    .about = Ziehen Sie einen Balken, um eine Buchung oder eine Sperre zu verschieben, oder sein rechtes Ende, um ihr Ende zu ändern. Ziehen Sie über freie Zeit, um sie für einen Kunden zu buchen oder zu sperren. Verschieben Sie eine Buchung, steigt ihr Preis nicht. Die Tabelle und die Liste darunter leisten dasselbe ohne Maus.
    .moved = Die Buchung ist verschoben:
    .price = Sie kostet jetzt
    .before = vorher:
    .refused = Die Buchung wurde nicht verschoben.
    .failed = Die Buchung wurde nicht verschoben, weil der Dienst nicht erreichbar war. Versuchen Sie es noch einmal.
    .moved-block = Die Sperre ist verschoben:
    .refused-block = Die Sperre wurde nicht verschoben.
    .failed-block = Die Sperre wurde nicht verschoben, weil der Dienst nicht erreichbar war. Versuchen Sie es noch einmal.
    .stays = Eine Sperre bleibt bei ihrer Ressource. Entfernen Sie sie, und sperren Sie die andere.
    .leave = So lassen
    .free = Freie Zeit:
    .twice = { $time } zweimal
    .skipped = { $time } entfällt

# The form that edits a site.
web-site-edit =
    .title = Standort bearbeiten
    .sites = Standorte
    .exceptions = Tage mit anderen Öffnungszeiten
    .about-exceptions = Eine Zeile je Tag: das Datum, die Zeiten, die Sie bei einem geschlossenen Tag weglassen, und ein Grund in Klammern. Zum Beispiel 2026-12-24 09:00-12:00 (Heiligabend).
    .outside = Falls Buchungen außerhalb der neuen Zeiten liegen
    .closing = Solche Buchungen
    .reason = Grund, für die Kunden stornierter Buchungen

web-closing =
    .refuse = Nicht speichern, und anzeigen, dass es welche gibt
    .keep = Behalten
    .cancel = Stornieren
    .offer_alternatives = Stornieren, und den Kunden andere Zeiten anbieten

# The form that issues an invoice, and the files of one.
web-issue =
    .title = Eine Rechnung stellen
    .about = Diese Kunden haben Buchungen, die vorbei sind und noch auf keiner Rechnung stehen. Die Rechnung enthält sie alle. Schuldet ein Kunde weniger, als Sie berechnet haben, berichtigt das eine Gutschrift.
    .days = Tage bis zur Fälligkeit (nicht nötig)
    .button = Die Rechnung stellen
    .nothing = Alle Buchungen, die vorbei sind, stehen auf einer Rechnung.
    .pdf = Das PDF herunterladen
    .xml = Das XML (UBL) für Buchhaltungsprogramme herunterladen

# Finding what is near a place and free at a time, as a list and on a map.
web-found =
    .near = In der Nähe von
    .city = Ort, oder 51.5,-0.1
    .radius = Umkreis
    .km = { $km } km
    .day = Frei am
    .from = Von
    .to = Bis
    .distance = { $km } km entfernt
    .book = { $time } für { $price } buchen
    .nothing-free = Zu dieser Zeit ist nichts davon frei.
    .any-time = Ohne Zeit suchen
    .near-me = In meiner Nähe
    .no-position = Ihr Browser kennt Ihren Standort nicht oder darf ihn nicht angeben. Geben Sie einen Ort ein.
    .views = Ansichten der Ergebnisse
    .list = Liste
    .map = Karte
    .map-of = Karte der Orte
    .zoom-in = Vergrößern
    .zoom-out = Verkleinern
