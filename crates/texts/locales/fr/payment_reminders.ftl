# Mails to customers whose invoices are overdue.

payment-reminder = Rappel de paiement : facture { $number }
    .intro = La facture { $number } de { $host } est échue depuis { $days ->
        [one] un jour
       *[other] { $days } jours
    }. Il reste à payer { $open }.
    .call = Payez le montant en indiquant le numéro de la facture comme référence. Pour voir la facture :
    .outro = Si vous avez payé ces derniers jours, vous n’avez rien à faire.

label-invoice = Facture
label-to-pay = À payer
label-due-on = Échéance
