# Mails to customers whose prepaid credit expires soon.

prepaid-expires = Ihr Guthaben bei { $host } verfällt bald
    .intro = { $left } von „{ $package }“, die { $customer } bei { $host } hat, verfallen am { $day }. Buchungen, die vorher bestätigt werden, nutzen das Guthaben.
    .call = Ihre nächsten Buchungen ansehen:

label-package = Paket
label-credit-left = Restguthaben
