# Mails with invoices and credit notes.

subject-of-invoice = { $word } { $number } van { $host }

invoice-issued = Factuur
    .intro = { $host } heeft { $customer } een factuur gestuurd. De factuur is als pdf bijgevoegd.
    .call = De factuur later openen:

credit_note-issued = Creditnota
    .intro = { $host } heeft { $customer } een creditnota gestuurd. De creditnota is als pdf bijgevoegd.
    .call = De creditnota later openen:

label-number = Nummer
label-amount = Bedrag
label-pay-by = Betalen voor
label-corrects = Corrigeert
