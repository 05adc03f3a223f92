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

# The organization is named only to a verified address.
membership-invitation =
    { $about ->
        [none] Invitation to an organization
       *[other] { $about } invites you
    }
    .intro =
        { $about ->
            [none] An organization at { $url } invites you to become a member.
           *[other] { $about } invites you to become a member at { $url }.
        }
    .call = To see the invitation and to accept it, open this link:
    .outro = The link is valid for { $days } days. If you do not want to become a member, do nothing.

certification-invitation =
    { $about ->
        [none] An organization wants to certify you
       *[other] { $about } wants to certify you
    }
    .intro =
        { $about ->
            [none] An organization at { $url } wants to record that you were trained on its machines.
           *[other] { $about } wants to record at { $url } that you were trained on its machines.
        }
    .call = To see the certification and to accept it, open this link:
    .outro = The link is valid for { $days } days. If you do not want the certification, do nothing.

new-address = Confirm your new e-mail address
    .intro = Somebody entered this e-mail address as the new address of an account at { $url }.
    .call = If it was you, open this link to confirm that the address is yours:
    .outro =
        { $hours ->
            [one] The link is valid for one hour. If it was not you, do nothing: the account keeps its address.
           *[other] The link is valid for { $hours } hours. If it was not you, do nothing: the account keeps its address.
        }

address-change = Your e-mail address is about to change
    .intro = Somebody who knows your password asked to change the e-mail address of your account at { $url } to { $about }. The address changes when the mail that we sent there is confirmed.
    .call = If it was not you, set a new password now. It also cancels the change. Open this link:
    .outro = If it was you, you don't have to do anything here.
