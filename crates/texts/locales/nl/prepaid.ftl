# Mails to customers whose prepaid credit expires soon.

prepaid-expires = Uw tegoed bij { $host } vervalt binnenkort
    .intro = { $left } van "{ $package }", dat { $customer } bij { $host } heeft, vervalt op { $day }. Boekingen die daarvoor worden bevestigd, gebruiken het tegoed.
    .call = Uw volgende boekingen bekijken:

label-package = Pakket
label-credit-left = Resterend tegoed
