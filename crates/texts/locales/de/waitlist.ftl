# Mails to those whose waitlist entry has ended without an offer.

wait-expired = Kein Zeitfenster wurde frei
    .intro = Sie standen auf der Warteliste für { $resource } bei { $host }, aber kein Zeitfenster wurde rechtzeitig frei. Sie stehen nicht mehr auf der Warteliste.
    .call = Eine andere Zeit oder einen anderen Ort suchen:

wait-withdrawn = Nicht mehr angeboten
    .intro = Sie standen auf der Warteliste für { $resource } bei { $host }. Das Angebot gilt für Sie nicht mehr. Sie stehen nicht mehr auf der Warteliste.
    .call = Eine andere Zeit oder einen anderen Ort suchen:
