# The pages behind the links in mails. The value of a message is a title, or a line in a list.

page-verify-email = Bestätigen Sie Ihre E-Mail-Adresse
    .text = Drücken Sie den Knopf, wenn Sie mit dieser E-Mail-Adresse ein Konto angelegt haben.
    .button = Adresse bestätigen
    .done = Ihre E-Mail-Adresse ist bestätigt. Sie können jetzt buchen und Ressourcen anbieten.

page-verify-contact = Bestätigen Sie die Kontaktadresse
    .text = Drücken Sie den Knopf, wenn Sie an dieser Adresse E-Mails zu den Buchungen der Organisation erhalten möchten.
    .button = E-Mails erhalten
    .done = Die Adresse ist bestätigt. E-Mails zu den Buchungen der Organisation werden an sie gesendet.

page-confirm-email = Bestätigen Sie Ihre neue E-Mail-Adresse
    .text = Drücken Sie den Knopf, wenn Sie diese E-Mail-Adresse für Ihr Konto verwenden möchten.
    .button = Neue Adresse verwenden
    .done = Ihr Konto hat jetzt die neue Adresse. Melden Sie sich damit an.

page-reset-password = Neues Passwort setzen
    .text = Alle Sitzungen des Kontos enden, wenn Sie ein neues Passwort setzen.
    .button = Passwort setzen
    .done = Das Passwort ist gesetzt. Melden Sie sich damit an.

page-forgot-password = Neues Passwort anfordern
    .text = Wenn die Adresse ein Konto hat, senden wir eine E-Mail mit einem Link, um ein neues Passwort zu setzen.
    .button = E-Mail senden
    .done = Wenn die Adresse ein Konto hat, ist die E-Mail unterwegs.

page-invitation = Einladung
    .certification = { $organization } zertifiziert die Person mit der Adresse { $email }: { $kind }.
    .membership = { $organization } lädt die Person mit der Adresse { $email } ein, Mitglied mit dieser Rolle zu werden: { $role ->
        [owner] Inhaber
        [manager] Verwalter
       *[booker] Bucher
    }.
    .create = Die Adresse hat noch kein bestätigtes Konto. Wenn Sie die Einladung annehmen, wird eines angelegt.
    .button = Einladung annehmen
    .button-create = Konto anlegen und annehmen
    .done = Sie haben die Einladung angenommen.

page-input =
    .new-password = Neues Passwort
    .password = Wählen Sie ein Passwort
    .name = Ihr Name
    .email = E-Mail-Adresse
    .reason = Grund (freiwillig)

page-booking =
    { $count ->
        [one] Buchung
       *[other] Buchungen
    }

# $alone says whether the booking was rescheduled without the rest of its series.
page-booking-line = { $slot }, für { $customer }: { $status ->
        [held] reserviert
        [requested] angefragt
        [confirmed] bestätigt
        [in_use] in Benutzung
        [completed] abgeschlossen
        [no_show] nicht erschienen
        [cancelled] storniert
        [declined] abgelehnt
       *[expired] verfallen
    }.{ $alone ->
        [yes] { " " }Ohne den Rest der Serie verschoben.
       *[no] { "" }
    }

page-slot = { $resource }, { $time }{ $quantity ->
        [1] { "" }
       *[other] , Menge { $quantity }
    }, { $price }

page-proposal = { $by } schlägt vor: { $slot }.
    .until = Die Buchung bleibt, wie sie ist, bis die andere Partei annimmt. Der Vorschlag läuft ab: { $until }.
    .message = Nachricht: { $message }
    .violation = Das verletzt eine Regel: { $rule }.
    .accept = Vorschlag annehmen
    .decline = Vorschlag ablehnen
    .withdraw = Vorschlag zurückziehen

page-move =
    .confirm = Bestätigen
    .approve = Genehmigen
    .decline = Ablehnen
    .cancel = Stornieren

page-pay = Mit Karte bezahlen
    .text = Sie zahlen { $amount } auf einer Seite von Stripe.
    .link = Weiter zur Seite von Stripe

page-paid = Vielen Dank
    .text = Ihre Bank wird um die Zahlung gebeten. Sie erhalten eine E-Mail zu Ihrer Buchung. Sie können diese Seite schließen.

page-not-paid = Nicht bezahlt
    .text = Sie haben nicht bezahlt, und Ihre Karte wurde nicht belastet. Solange die Buchung für Sie reserviert ist, können Sie es noch einmal versuchen.

page-account-link-expired = Der Link ist nicht mehr gültig
    .text = Ein Link zur Seite von Stripe lässt sich einmal und nur einige Minuten lang öffnen. Verbinden Sie Ihr Konto noch einmal, um einen neuen Link zu erhalten.

page-account-answered = Vielen Dank
    .text = Stripe prüft Ihre Angaben. Ihr Konto zeigt, wann es Zahlungen annehmen kann. Sie können diese Seite schließen.

page-next-bookings = Ihre nächsten Buchungen
    .none = Es gibt keine.

page-certifications = Ihre Zertifizierungen
    .line = { $kind } von { $organization }: { $status ->
        [valid] gültig
        [expired] abgelaufen
       *[revoked] widerrufen
    }{ $until ->
        [none] { "" }
       *[other] , bis { $until }
    }.

page-certification-kind = Eine Zertifizierung von { $organization }.

page-mails = Ihre E-Mails
    .text = Wählen Sie, welche E-Mails Sie erhalten möchten. E-Mails zu Ihrem Konto und zu Änderungen durch andere werden immer gesendet.
    .button = Speichern
    .done = Ihre Auswahl ist gespeichert.
    .reminders = Eine Buchung oder Schulung von mir beginnt bald
    .requests = Anfragen und erwartete Zahlungen
    .bookings = Jemand hat etwas von meiner Organisation gebucht
    .changes = Eine Buchung wurde verschoben oder versäumt, oder eine Ressource ist außer Betrieb
    .overruns = Die Zeit einer Buchung ist um, und sie ist noch in Benutzung
    .waitlist = Meine Einträge auf Wartelisten
    .certifications = Zertifizierungen und Schulungen

page-training = { $time }: { $status ->
        [scheduled] geplant
        [held] durchgeführt
       *[cancelled] abgesagt
    }. Freie Plätze: { $free }.
    .text = Wählen Sie alle, die teilgenommen haben. Sie werden zertifiziert; alle anderen werden als abwesend erfasst. Das geht nur einmal.
    .button = Teilnahme erfassen
    .done = Die Teilnahme ist erfasst.
