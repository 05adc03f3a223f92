# Facturen en creditnota’s: de woorden op de pagina’s en in de XML.

document-invoice =
    .title = Factuur
    .file = factuur
    .total = Te betalen
    .prepaid = Betaald met tegoed

document-credit_note =
    .title = Creditnota
    .file = creditnota
    .total = Gecrediteerd bedrag
    .prepaid = Teruggegeven als tegoed

document-line =
    .late_cancellation_fee = Vergoeding voor de late annulering: { $description }
    .no_show_fee = Vergoeding voor niet verschijnen: { $description }
    .overrun_fee = Vergoeding voor de tijd na het einde: { $description }
    .prepaid_use = Korting door tegoed: { $description }
    .prepayment = Tegoed: { $description }
    .hours_sale = Uren: { $description }
    .training_seat = Plaats in een training: { $description }
    .hours_cover = Gedekt door uren: { $description }

document-tax =
    .standard = Btw { $rate } over { $net }
    .exempt = Vrijgesteld van btw over { $net }
    .reverse_charge = Btw verlegd over { $net }
    .short-exempt = vrijgesteld
    .short-reverse_charge = verlegd
    .short-none = geen
    .why-exempt = Vrijgesteld van btw
    .why-reverse_charge = Btw verlegd: de klant voldoet de btw
    .why-none = Niet onderworpen aan btw
    .why-agreed = Afgesproken toen de aanbieder geen btw rekende

document-head =
    .page = Pagina { $number } van { $count }
    .about = { $document } van { $seller } voor { $buyer }
    .number = Nummer
    .date = Datum
    .due = Vervaldatum
    .period = Periode
    .from-to = { $from } t/m { $to }
    .customer = Klant
    .vat-number = Btw-nummer { $number }
    .tax-number = Fiscaal nummer { $number }
    .corrects = Deze creditnota corrigeert { $numbers }.
    .corrects-several = Corrigeert de facturen { $numbers }

document-table =
    .number = Nr.
    .description = Omschrijving
    .vat = Btw
    .net = Netto { $currency }
    .sum = Som zonder btw
    .rounding = Afronding

document-payment =
    .credited = Het bedrag wordt u gecrediteerd
    .nothing = Er is niets te betalen.
    .pay = Betaal { $amount } uiterlijk op { $date }.
    .transfer = Maak { $amount } uiterlijk op { $date } over naar:
    .holder = Rekeninghouder
    .reference = Kenmerk
    .scan = Scan om te betalen

document-note =
    .prepayment = Over tegoed wordt geen btw berekend. De boekingen die ermee worden betaald, zijn belast.
    .no-vat = De aanbieder rekent geen btw.
    .rounding = De btw is berekend over de bovenstaande sommen. De afronding is het verschil met de afgesproken prijzen van de boekingen.
    .no-xml = Dit bestand bevat geen elektronische factuur. { $why }
    .xml = De factuur als UN/CEFACT CII, EN 16931
