# Rechnungen und Gutschriften: die Wörter auf den Seiten und im XML.

document-invoice =
    .title = Rechnung
    .file = rechnung
    .total = Zu zahlen
    .prepaid = Mit Guthaben bezahlt

document-credit_note =
    .title = Gutschrift
    .file = gutschrift
    .total = Gutgeschriebener Betrag
    .prepaid = Als Guthaben zurückgegeben

document-line =
    .late_cancellation_fee = Gebühr für die späte Stornierung: { $description }
    .no_show_fee = Gebühr für das Nichterscheinen: { $description }
    .overrun_fee = Gebühr für die Zeit nach dem Ende: { $description }
    .prepaid_use = Rabatt durch Guthaben: { $description }
    .prepayment = Guthaben: { $description }
    .hours_sale = Stunden: { $description }
    .training_seat = Platz in einer Schulung: { $description }
    .hours_cover = Durch Stunden gedeckt: { $description }

document-tax =
    .standard = USt. { $rate } auf { $net }
    .exempt = Von der USt. befreit auf { $net }
    .reverse_charge = USt., Steuerschuld des Kunden auf { $net }
    .short-exempt = befreit
    .short-reverse_charge = beim Kunden
    .short-none = keine
    .why-exempt = Von der Umsatzsteuer befreit
    .why-reverse_charge = Steuerschuldnerschaft des Leistungsempfängers
    .why-none = Nicht umsatzsteuerbar
    .why-agreed = Vereinbart, als der Anbieter keine Umsatzsteuer berechnete

document-head =
    .page = Seite { $number } von { $count }
    .about = { $document } von { $seller } für { $buyer }
    .number = Nummer
    .date = Datum
    .due = Fällig am
    .period = Zeitraum
    .from-to = { $from } bis { $to }
    .customer = Kunde
    .vat-number = USt-IdNr. { $number }
    .tax-number = Steuernummer { $number }
    .corrects = Diese Gutschrift korrigiert { $numbers }.
    .corrects-several = Korrigiert die Rechnungen { $numbers }

document-table =
    .number = Nr.
    .description = Beschreibung
    .vat = USt.
    .net = Netto { $currency }
    .sum = Summe ohne USt.
    .rounding = Rundung

document-payment =
    .credited = Der Betrag wird Ihnen gutgeschrieben
    .nothing = Es ist nichts zu zahlen.
    .pay = Bitte zahlen Sie { $amount } bis { $date }.
    .transfer = Bitte überweisen Sie { $amount } bis { $date } an:
    .holder = Kontoinhaber
    .reference = Referenz
    .scan = Zum Überweisen scannen

document-note =
    .prepayment = Guthaben ist ohne Umsatzsteuer. Die Buchungen, die damit bezahlt werden, sind besteuert.
    .no-vat = Der Anbieter berechnet keine Umsatzsteuer.
    .rounding = Die Umsatzsteuer ist auf die Summen oben berechnet. Die Rundung ist der Unterschied zu den vereinbarten Preisen der Buchungen.
    .no-xml = Diese Datei enthält keine elektronische Rechnung. { $why }
    .xml = Die Rechnung als UN/CEFACT CII, EN 16931
