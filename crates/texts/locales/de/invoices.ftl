# Mails with invoices and credit notes.

subject-of-invoice = { $word } { $number } von { $host }

invoice-issued = Rechnung
    .intro = { $host } hat { $customer } eine Rechnung gestellt. Die Rechnung ist als PDF angehängt.
    .call = Die Rechnung später öffnen:

credit_note-issued = Gutschrift
    .intro = { $host } hat { $customer } eine Gutschrift ausgestellt. Die Gutschrift ist als PDF angehängt.
    .call = Die Gutschrift später öffnen:

label-number = Nummer
label-amount = Betrag
label-pay-by = Zahlbar bis
label-corrects = Korrigiert
