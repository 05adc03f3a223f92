# Mails to customers whose prepaid credit expires soon.

prepaid-expires = Your prepaid credit with { $host } expires soon
    .intro = { $left } of "{ $package }", which { $customer } has with { $host }, expires on { $day }. Bookings that are confirmed before then use it.
    .call = To see your next bookings:

label-package = Package
label-credit-left = Credit left
