# Mails to customers whose invoices are overdue.

payment-reminder = Zahlungserinnerung: Rechnung { $number }
    .intro = Die Rechnung { $number } von { $host } ist seit { $days ->
        [one] einem Tag
       *[other] { $days } Tagen
    } überfällig. Davon ist noch nicht bezahlt: { $open }.
    .call = Bitte zahlen Sie den Betrag mit der Nummer der Rechnung als Verwendungszweck. Rechnung ansehen:
    .outro = Wenn Sie in den letzten Tagen bezahlt haben, müssen Sie nichts tun.

label-invoice = Rechnung
label-to-pay = Zu zahlen
label-due-on = Fällig am
