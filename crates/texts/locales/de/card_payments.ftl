# Mails to hosts about payments by card that need them.

card-refund-failed = Eine Erstattung von { $amount } hat { $customer } nicht erreicht
    .intro = Die Bank hat eine Erstattung von { $amount } zurückgesandt, die für { $resource } auf die Karte von { $customer } gezahlt werden sollte.
    .call = Bitte zahlen Sie den Betrag auf einem anderen Weg, etwa per Überweisung, und erfassen Sie die Zahlung. Buchung ansehen:
    .outro = Der Dienst versucht es mit der Karte nicht noch einmal.

card-disputed = { $customer } ficht eine Zahlung von { $amount } an
    .intro = { $customer } hat { $amount } von der eigenen Bank zurückverlangt, die per Karte für { $resource } gezahlt wurden. Die Bank hat das Geld eingezogen, bis sie entscheidet.
    .call = Bitte senden Sie dem Betreiber dieses Dienstes, was die Buchung und ihre Nutzung belegt, damit er der Bank rechtzeitig antworten kann. Buchung ansehen:
    .outro = Wenn die Bank zugunsten des Kunden entscheidet, schuldet Ihnen der Kunde den Betrag wieder.

card-declined = Die Karte von { $customer } wurde abgelehnt
    .intro = { $customer } hat für { $resource } eine Karte gespeichert. Die Bank hat es abgelehnt, davon { $amount } zu zahlen, die { $customer } Ihnen schuldet.
    .call = Bitte vereinbaren Sie mit { $customer } den Weg der Zahlung. Auf der Seite der Buchung kann auch mit Karte bezahlt werden. Buchung ansehen:
    .outro = Der Dienst versucht es mit der gespeicherten Karte nicht noch einmal.
