# Mails to customers whose invoices are overdue.

payment-reminder = Payment reminder: invoice { $number }
    .intro = Invoice { $number } from { $host } is { $days ->
        [one] one day
       *[other] { $days } days
    } overdue. { $open } of it is not paid yet.
    .call = Please pay the amount with the number of the invoice as the reference. To see the invoice:
    .outro = If you have paid in the last days, you don't have to do anything.

label-invoice = Invoice
label-to-pay = To pay
label-due-on = Due on
