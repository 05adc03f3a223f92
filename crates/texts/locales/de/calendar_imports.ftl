# Mails to managers about calendars that the service cannot read.

calendar-import-failing = Ein Kalender für { $resource } kann nicht gelesen werden
    .intro = Der Dienst konnte diesen Kalender von { $organization } seit einem Tag nicht lesen. Die Sperrzeiten von { $resource } bleiben so, wie sie beim letzten Lesen waren. Neue Termine sperren nichts, bis der Kalender wieder gelesen werden kann.
    .call = Ihre nächsten Buchungen ansehen:
    .outro = Der Dienst versucht es weiter. Wenn der Kalender jetzt eine andere Adresse hat, ändern Sie sie mit der API im Kalenderimport, oder löschen Sie den Import.
label-imported-calendar = Kalender
