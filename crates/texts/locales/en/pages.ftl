# The pages behind the links in mails. The value of a message is a title, or a line in a list.

page-verify-email = Confirm your e-mail address
    .text = Press the button if you created an account with this e-mail address.
    .button = Confirm the address
    .done = Your e-mail address is confirmed. You can now book and list resources.

page-verify-contact = Confirm the contact address
    .text = Press the button if you want to receive mails about the bookings of the organization at this address.
    .button = Receive the mails
    .done = The address is confirmed. Mails about the bookings of the organization will be sent to it.

page-confirm-email = Confirm your new e-mail address
    .text = Press the button if you want to use this e-mail address for your account.
    .button = Use the new address
    .done = Your account has the new address now. Use it when you sign in.

page-reset-password = Set a new password
    .text = All sessions of the account end when you set a new password.
    .button = Set the password
    .done = The password is set. Sign in with it.

page-forgot-password = Request a new password
    .text = We will send a mail with a link to set a new password, if the address has an account.
    .button = Send the mail
    .done = If the address has an account, the mail is on its way.

page-invitation = Invitation
    .certification = { $organization } certifies the owner of { $email }: { $kind }.
    .membership = { $organization } invites the owner of { $email } to become a member with the role { $role ->
        [owner] owner
        [manager] manager
       *[booker] booker
    }.
    .create = The address has no confirmed account yet. Accepting the invitation creates one.
    .button = Accept the invitation
    .button-create = Create the account and accept
    .done = You have accepted the invitation.

page-input =
    .new-password = New password
    .password = Choose a password
    .name = Your name
    .email = E-mail address
    .reason = Reason (optional)

page-booking =
    { $count ->
        [one] Booking
       *[other] Bookings
    }

# $alone says whether the booking was rescheduled without the rest of its series.
page-booking-line = { $slot }, for { $customer }: { $status ->
        [held] held
        [requested] requested
        [confirmed] confirmed
        [in_use] in use
        [completed] completed
        [no_show] no show
        [cancelled] cancelled
        [declined] declined
       *[expired] expired
    }.{ $alone ->
        [yes] { " " }Rescheduled without the rest of its series.
       *[no] { "" }
    }

page-slot = { $resource }, { $time }{ $quantity ->
        [1] { "" }
       *[other] , quantity { $quantity }
    }, { $price }

page-proposal = { $by } proposes: { $slot }.
    .until = The booking stays as it is until the other party accepts. The proposal lapses on { $until }.
    .message = Message: { $message }
    .violation = This violates a rule: { $rule }.
    .accept = Accept the proposal
    .decline = Decline the proposal
    .withdraw = Withdraw the proposal

page-move =
    .confirm = Confirm
    .approve = Approve
    .decline = Decline
    .cancel = Cancel

page-pay = Pay by card
    .text = You pay { $amount } on a page of Stripe.
    .link = Continue to the page of Stripe

page-paid = Thank you
    .text = Your bank is being asked for the payment. You will get a mail about your booking. You can close this page.

page-not-paid = Not paid
    .text = You have not paid, and nothing was taken from your card. As long as the booking is held for you, you can try again.

page-account-link-expired = The link is no longer valid
    .text = A link to the page of Stripe can be opened once, and for some minutes. Connect your account again to get a new link.

page-account-answered = Thank you
    .text = Stripe checks your answers. Your account shows when it can take payments. You can close this page.

page-next-bookings = Your next bookings
    .none = There are none.

page-certifications = Your certifications
    .line = { $kind } of { $organization }: { $status ->
        [valid] valid
        [expired] expired
       *[revoked] revoked
    }{ $until ->
        [none] { "" }
       *[other] , until { $until }
    }.

page-certification-kind = A certification of { $organization }.

page-mails = Your mails
    .text = Choose the mails that you want to get. Mails about your account and about changes by others are always sent.
    .button = Save
    .done = Your choice is saved.
    .reminders = A booking or training of mine starts soon
    .requests = Requests to book, and payments that are awaited
    .bookings = Somebody has booked something of my organization
    .changes = A booking was moved or missed, or a resource is out of order
    .overruns = A booking is over and still in use
    .waitlist = My waitlist entries
    .certifications = Certifications and trainings

page-training = { $time }: { $status ->
        [scheduled] scheduled
        [held] held
       *[cancelled] cancelled
    }. Free seats: { $free }.
    .text = Choose those who attended. They are certified; all others are recorded as absent. You can do this once.
    .button = Record attendance
    .done = The attendance is recorded.
