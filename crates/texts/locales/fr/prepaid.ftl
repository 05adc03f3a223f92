# Mails to customers whose prepaid credit expires soon.

prepaid-expires = Votre crédit prépayé chez { $host } expire bientôt
    .intro = { $left } de « { $package } », le crédit prépayé de { $customer } chez { $host }, expirent le { $day }. Les réservations confirmées avant l’utilisent.
    .call = Pour voir vos prochaines réservations :

label-package = Forfait
label-credit-left = Crédit restant
