# Mails to those whose waitlist entry has ended without an offer.

wait-expired = Er kwam geen tijdvak vrij
    .intro = U stond op de wachtlijst voor { $resource } bij { $host }, maar er kwam niet op tijd een tijdvak vrij. U staat niet meer op de wachtlijst.
    .call = Een andere tijd of plaats zoeken:

wait-withdrawn = Niet meer aangeboden
    .intro = U stond op de wachtlijst voor { $resource } bij { $host }, maar dit wordt u niet meer aangeboden. U staat niet meer op de wachtlijst.
    .call = Een andere tijd of plaats zoeken:
