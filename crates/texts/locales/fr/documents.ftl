# Factures et avoirs : les mots des pages et du XML.

document-invoice =
    .title = Facture
    .file = facture
    .total = Montant à payer
    .prepaid = Payé avec le crédit prépayé

document-credit_note =
    .title = Avoir
    .file = avoir
    .total = Montant crédité
    .prepaid = Rendu en crédit prépayé

document-line =
    .late_cancellation_fee = Frais d’annulation tardive : { $description }
    .no_show_fee = Frais d’absence : { $description }
    .overrun_fee = Frais pour le temps après la fin : { $description }
    .prepaid_use = Remise du crédit prépayé : { $description }
    .prepayment = Crédit prépayé : { $description }
    .hours_sale = Heures : { $description }
    .training_seat = Place dans une formation : { $description }
    .hours_cover = Couvert par des heures : { $description }

document-tax =
    .standard = TVA { $rate } sur { $net }
    .exempt = Exonéré de TVA sur { $net }
    .reverse_charge = TVA, autoliquidation sur { $net }
    .short-exempt = exonéré
    .short-reverse_charge = autoliquidation
    .short-none = aucune
    .why-exempt = Exonéré de TVA
    .why-reverse_charge = Autoliquidation : le client acquitte la TVA
    .why-none = Non soumis à la TVA
    .why-agreed = Convenu quand l’hôte ne facturait pas de TVA

document-head =
    .page = Page { $number } sur { $count }
    .about = { $document } de { $seller } pour { $buyer }
    .number = Numéro
    .date = Date
    .due = Échéance
    .period = Période
    .from-to = du { $from } au { $to }
    .customer = Client
    .vat-number = Numéro de TVA { $number }
    .tax-number = Numéro fiscal { $number }
    .corrects = Cet avoir corrige { $numbers }.
    .corrects-several = Corrige les factures { $numbers }

document-table =
    .number = N°
    .description = Description
    .vat = TVA
    .net = Net { $currency }
    .sum = Total hors TVA
    .rounding = Arrondi

document-payment =
    .credited = Le montant vous est crédité
    .nothing = Il n’y a rien à payer.
    .pay = Veuillez payer { $amount } au plus tard le { $date }.
    .transfer = Veuillez virer { $amount } au plus tard le { $date } à :
    .holder = Titulaire
    .reference = Référence
    .scan = Scanner pour virer

document-note =
    .prepayment = Le crédit prépayé est sans TVA. Les réservations qu’il paie sont taxées.
    .no-vat = L’hôte ne facture pas de TVA.
    .rounding = La TVA est calculée sur les sommes ci-dessus. L’arrondi est la différence avec les prix convenus des réservations.
    .no-xml = Ce fichier ne contient pas de facture électronique. { $why }
    .xml = La facture en UN/CEFACT CII, EN 16931
