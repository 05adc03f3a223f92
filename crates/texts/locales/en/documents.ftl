# Invoices and credit notes: the words on the pages and in the XML.

document-invoice =
    .title = Invoice
    .file = invoice
    .total = Amount to pay
    .prepaid = Paid with prepaid credit

document-credit_note =
    .title = Credit note
    .file = credit-note
    .total = Amount credited
    .prepaid = Returned as prepaid credit

document-line =
    .late_cancellation_fee = Fee for the late cancellation: { $description }
    .no_show_fee = Fee for the no-show: { $description }
    .overrun_fee = Fee for the time after the end: { $description }
    .prepaid_use = Discount of prepaid credit: { $description }
    .prepayment = Prepaid credit: { $description }
    .hours_sale = Hours: { $description }
    .training_seat = Seat in a training: { $description }
    .hours_cover = Covered by hours: { $description }

document-tax =
    .standard = VAT { $rate } on { $net }
    .exempt = Exempt from VAT on { $net }
    .reverse_charge = VAT, reverse charge on { $net }
    .short-exempt = exempt
    .short-reverse_charge = reverse charge
    .short-none = none
    .why-exempt = Exempt from VAT
    .why-reverse_charge = Reverse charge: the customer accounts for the VAT
    .why-none = Not subject to VAT
    .why-agreed = Agreed when the host charged no VAT

document-head =
    .page = Page { $number } of { $count }
    .about = { $document } of { $seller } for { $buyer }
    .number = Number
    .date = Date
    .due = Due date
    .period = Period
    .from-to = { $from } to { $to }
    .customer = Customer
    .vat-number = VAT number { $number }
    .tax-number = Tax number { $number }
    .corrects = This credit note corrects { $numbers }.
    .corrects-several = Corrects the invoices { $numbers }

document-table =
    .number = No.
    .description = Description
    .vat = VAT
    .net = Net { $currency }
    .sum = Sum without VAT
    .rounding = Rounding

document-payment =
    .credited = The amount is credited to you
    .nothing = There is nothing to pay.
    .pay = Please pay { $amount } by { $date }.
    .transfer = Please transfer { $amount } by { $date } to:
    .holder = Account holder
    .reference = Reference
    .scan = Scan to transfer

document-note =
    .prepayment = Prepaid credit has no VAT. The bookings that it pays for are taxed.
    .no-vat = The host charges no VAT.
    .rounding = VAT is computed on the sums above. The rounding is the difference to the agreed prices of the bookings.
    .no-xml = This file contains no electronic invoice. { $why }
    .xml = The invoice as UN/CEFACT CII, EN 16931
