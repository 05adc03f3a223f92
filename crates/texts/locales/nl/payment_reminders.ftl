# Mails to customers whose invoices are overdue.

payment-reminder = Betalingsherinnering: factuur { $number }
    .intro = Factuur { $number } van { $host } is { $days ->
        [one] één dag
       *[other] { $days } dagen
    } te laat. Daarvan is nog niet betaald: { $open }.
    .call = Betaal het bedrag met het nummer van de factuur als mededeling. De factuur bekijken:
    .outro = Als u in de laatste dagen hebt betaald, hoeft u niets te doen.

label-invoice = Factuur
label-to-pay = Te betalen
label-due-on = Vervaldatum
