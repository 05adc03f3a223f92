# Mails with invoices and credit notes.

subject-of-invoice = { $word } { $number } de { $host }

invoice-issued = Facture
    .intro = { $host } a émis une facture pour { $customer }. La facture est jointe en PDF.
    .call = Pour ouvrir la facture plus tard :

credit_note-issued = Avoir
    .intro = { $host } a émis un avoir pour { $customer }. L’avoir est joint en PDF.
    .call = Pour ouvrir l’avoir plus tard :

label-number = Numéro
label-amount = Montant
label-pay-by = À payer avant le
label-corrects = Corrige
