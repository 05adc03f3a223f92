# Mails with invoices and credit notes.

subject-of-invoice = { $word } { $number } from { $host }

invoice-issued = Invoice
    .intro = { $host } issued an invoice to { $customer }. The invoice is attached as a PDF.
    .call = To open the invoice later:

credit_note-issued = Credit note
    .intro = { $host } issued a credit note to { $customer }. The credit note is attached as a PDF.
    .call = To open the credit note later:

label-number = Number
label-amount = Amount
label-pay-by = Pay by
label-corrects = Corrects
