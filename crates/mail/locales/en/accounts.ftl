# Mails about accounts. They name no user whose address is not verified: the name may be an advertisement.

verification = Confirm your e-mail address
    .intro = Somebody created an account with this e-mail address at { $url }.
    .call = If it was you, open this link to confirm that the address is yours:
    .outro =
        { $hours ->
            [one] The link is valid for one hour. If it was not you, do nothing: nobody can use the account without your confirmation.
           *[other] The link is valid for { $hours } hours. If it was not you, do nothing: nobody can use the account without your confirmation.
        }

password-reset = Choose a new password
    .intro = Somebody asked for a new password for your account at { $url }.
    .call = If it was you, open this link to choose a new password:
    .outro =
        { $minutes ->
            [one] The link is valid for one minute and works once. If it was not you, do nothing: your password does not change.
           *[other] The link is valid for { $minutes } minutes and works once. If it was not you, do nothing: your password does not change.
        }

contact-verification = Confirm that this address receives mail about bookings
    .intro = An organization at { $url } entered this e-mail address as its contact. We will send mails about its bookings here if you agree.
    .call = If you want to receive these mails, open this link to confirm:
    .outro =
        { $days ->
            [one] The link is valid for one day. If you do not want these mails, do nothing: we send no other mail to this address.
           *[other] The link is valid for { $days } days. If you do not want these mails, do nothing: we send no other mail to this address.
        }
