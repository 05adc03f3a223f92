# The texts of the web site.

# The parts around each page.
web-nav =
    .skip = Skip to the content
    .label = Main menu
    .home = To the front page
    .find = Find
    .bookings = My bookings
    .manage = Manage
    .sign-in = Sign in
    .sign-out = Sign out
    .about = Firms share idle machines, floor space and storage with start-ups.
    .api = For programs: the API

web-front =
    .title = Machines, floor space and storage by the hour
    .lead = Find a machine near you, see when it is free and what it costs, and book it at once.
    .start-up = Start-ups book the time that they need, and pay only for that.
    .firm = Firms earn with machines that stand idle, under their own rules.
    .makerspace = Maker spaces see who uses which machine, and when.
    .some = On offer now

web-catalogue =
    .title = Find machines, floor space and storage
    .q = Search words
    .kind = Kind
    .any = All
    .search = Search
    .nothing = Nothing was found.
    .more = Show more

web-kind =
    .machine = Machine
    .floor_space = Floor space
    .storage = Storage

web-unit =
    .unit = units
    .m2 = m²
    .pallet = pallets
    .shelf = shelves
    .m3 = m³

web-length =
    .minutes =
        { $count ->
            [one] { $count } minute
           *[other] { $count } minutes
        }
    .hours =
        { $count ->
            [one] { $count } hour
           *[other] { $count } hours
        }
    .days =
        { $count ->
            [one] { $count } day
           *[other] { $count } days
        }

web-weekday =
    .mon = Monday
    .tue = Tuesday
    .wed = Wednesday
    .thu = Thursday
    .fri = Friday
    .sat = Saturday
    .sun = Sunday

web-rate =
    .hour = { $amount } an hour
    .day = { $amount } a day
    .booking = { $amount } a booking

web-price =
    .day = { $amount } for a day, where that is cheaper
    .week = { $amount } for a week, where that is cheaper
    .month = { $amount } for a month, where that is cheaper
    .minimum = At least { $amount } a booking
    .set-up = { $amount } once for setting up
    .deposit = A deposit of { $amount }, which you get back
    .bands = Some hours have other prices; each time below shows its own.
    .discounts = There are discounts; the price before you book includes yours.
    .donation = The host donates some hours a month.
    .includes-vat = VAT in it, { $percent } %
    .total = Total

web-extra =
    .booking = { $amount } a booking
    .unit = { $amount } a unit
    .hour = { $amount } an hour
    .day = { $amount } a day

# Each rule of a resource as a sentence.
web-rule =
    .lengths = A booking lasts from { $shortest } to { $longest }.
    .starts = It starts at { $times }.
    .grid = It starts every { $length } from midnight on.
    .grid-from-opening = It starts every { $length } from the opening on.
    .shifts = A booking is one of the fixed shifts below.
    .notice = Book at least { $length } ahead.
    .horizon = Book at most { $length } ahead.
    .approval = The host approves each booking.
    .payment = Payment comes first: the host confirms the booking when it has arrived.
    .certifications = The operator of the machine needs: { $names }.
    .check-in = Check in at most { $length } after the start, or the booking ends.
    .cut-off = Cancel or move a booking at least { $length } before its start.
    .cancellation-fee = A cancellation less than { $length } before the start costs { $percent } % of the price.
    .some-customers = Only some customers can book it.

web-resource =
    .out-of-order = Out of order
    .fault =
        { $until ->
            [none] Out of order: { $reason }
           *[other] Out of order until { $until }: { $reason }
        }
    .withheld = It cannot be booked at present.
    .prices = Prices
    .rules = Rules
    .terms = Terms of the host:
    .hours = Opening hours
    .free = Free times
    .free-to-move = Choose the new time
    .timezone = All times are local times of
    .day = From day
    .length = Length
    .quantity = Quantity
    .show = Show
    .earlier = Earlier
    .later = Later
    .other-time = Choose another time
    .from = Start
    .to = End
    .go-on = Go on

# The reasons why a day has no free time.
web-free =
    .closed = Closed
    .past = Past
    .too-soon = Too soon to book
    .too-far = Cannot be booked yet
    .taken = No free time of this length

web-terms =
    .version = Version

web-sign-in =
    .title = Sign in
    .email = E-mail address
    .password = Password
    .code = Code of your authenticator, or a recovery code
    .button = Sign in
    .forgot = Request a new password

web-account =
    .title = Create an account
    .about = We send a mail with a link that confirms your address. You need it before you book.
    .name = Your name
    .password = Choose a password
    .button = Create the account
    .has-one = I have an account

web-organization =
    .title = Add an organization
    .about = An organization books and pays: your start-up, your firm, or yourself.
    .name = Name of the organization
    .kind = Kind
    .startup = Start-up
    .firm = Firm
    .makerspace = Maker space
    .button = Add it

web-book =
    .title = Book
    .deposit = In addition there is a deposit, which you get back:
    .violations = This cannot be booked as it is:
    .sign-in = Sign in to book. This page then goes on where you are.
    .needs-organization = You book in the name of an organization, and you are in none yet.
    .organization = In the name of
    .operator = Operator of the machine
    .extras = Extras
    .coupon = Coupon (for this booking alone, not when it is repeated or part of a job)
    .note = Note to the host
    .accept = I accept:
    .book = Book for a fee
    .request = Request for a fee
    .hold = Only hold for a while
    .price = Compute the price again

# The price of a cancellation.
web-policy =
    .title = Cancelling and moving
    .until = You can cancel or move it until { $until }.
    .fee = After { $after } a cancellation costs { $fee }.

web-status =
    .held = Held
    .requested = Requested
    .confirmed = Confirmed
    .in_use = In use
    .completed = Completed
    .no_show = Not used
    .cancelled = Cancelled
    .declined = Declined
    .expired = Expired

web-bookings =
    .title = My bookings
    .next = Next
    .past = Past
    .nothing = There is no booking.
    .parties = { $customer } at { $host }

web-booking =
    .time = Time
    .place = Place
    .customer = Customer
    .quantity = Quantity
    .expires = Ends unless confirmed by
    .check-in-by = Check in by
    .note = Note
    .reason = Reason
    .owed = To pay
    .contact = Contact
    .host-moves = The host has approved this booking. To move it, ask the host, or cancel it and book again.

# The next step of the reader.
web-next =
    .held = The time is kept for you. Confirm the booking before it ends.
    .held-host = The time is kept for the customer for a while.
    .requested = The host has been asked, and will answer by mail.
    .requested-host = The customer waits for your answer.
    .confirmed = The booking is confirmed.
    .in-use = The booking is in use. Check out when you have finished.
    .over = There is nothing to do.

web-move =
    .confirm = Confirm the booking
    .approve = Approve the request
    .decline = Decline the request
    .cancel = Cancel the booking
    .check-in = Check in
    .check-out = Check out
    .no-show = Nobody came
    .pay = Pay by card
    .reschedule = Choose another time
    .reason = Reason (optional)

web-reschedule =
    .title = Move the booking
    .old-time = Now
    .new-time = New
    .about = Before a higher price applies, you are asked.
    .dearer = At that time the booking costs more:
    .button = Move it

web-pay =
    .title = Pay by card
    .about = The payment takes place at Stripe. You come back here afterwards.
    .button = Pay
    .back = Back

# A slot that can be booked instead.
web-alternative = { $resource }: { $time }, { $price }
    .title = Free instead:

# The pages of hosts.
web-manage =
    .title = Manage
    .nothing = You manage no organization yet.
    .day = Day
    .site = Site
    .waiting = Waits for you
    .nothing-waits = No request waits for an answer.
    .due = Due now: check-in or check-out
    .no-site = The organization has no site yet.
    .timeline = All resources, hour by hour
    .resource = Resource
    .status = Status
    .bookings = Bookings of the day
    .blocked = Blocked

web-block =
    .link = Block
    .title = Block a time
    .about = Nobody can book it then. Bookings stay: move or cancel them first.
    .reason = Reason, for members of the host only
    .button = Block the time
    .about-out-of-order = Customers with bookings are told, and nobody books it until it is in order again.
    .out-of-order = Mark as out of order
    .in-order = It is in order again
    .edit = Edit the block
    .remove = Remove the block
    .imported = A calendar import made this block. Change the event in its calendar, or delete the import.

# After a form of a block.
web-block-done =
    .saved = The block is saved.

web-site =
    .title = Add a site
    .name = Name of the site
    .line1 = Street and number
    .line2 = Floor, gate (optional)
    .postal-code = Postal code
    .city = City
    .country = Country, two letters such as GB
    .latitude = Latitude, such as 51.5155
    .longitude = Longitude, such as -0.0922
    .timezone = Time zone, such as Europe/London
    .hours-about = Times such as 09:00-12:00, 13:00-17:00. Leave closed days empty.
    .access = How customers get in (only for confirmed customers)
    .contact = Contact person (only for confirmed customers)
    .hides-address = Show the exact address to confirmed customers only
    .button = Add the site

web-per =
    .hour = hour
    .day = day
    .booking = booking

web-listing =
    .title = Listings
    .new = List a resource
    .edit = Edit
    .copy = Copy
    .what = The resource
    .name = Name
    .category = Category, such as laser cutter
    .description = Description
    .quantity = How much there is
    .unit = Unit
    .rate = Price
    .per = for each
    .currency = Currency, such as EUR
    .minimum = Lowest price of a booking (optional)
    .deposit = Deposit (optional)
    .grid = A booking starts every … minutes
    .shortest = Shortest booking, in minutes
    .longest = Longest booking, in minutes
    .buffer = Kept free after each booking, in minutes
    .notice = Booked at least this long ahead, in minutes
    .horizon = Booked at most this long ahead, in days
    .cut-off = Cancelled at least this long before, in minutes
    .approval = I approve each booking
    .private = Only members of the organization see and book it
    .about = A draft is seen by your organization only: look at its page, then list it.
    .draft = Draft
    .listed = On offer
    .paused = Paused
    .retired = Retired
    .button = Save and look at the page

web-openid =
    .title = Or sign in with

web-me =
    .title = My account
    .language = Language of pages and mails
    .browser-language = Pages as the browser asks, mails in English
    .save = Save
    .more = Sign-in, notifications and data
    .verified = verified
    .not-verified = not verified
    .change = Change it
    .on = On
    .off = Off
    .sessions = Where you are signed in
    .identities = Accounts elsewhere with which you sign in
    .notifications = The mails that you get
    .data = Download all of it, or delete the account
    .invitations = Invitations to you
    .accept = Accept
    .organizations = My organizations
    .no-organization = You belong to no organization yet. Create one, or ask a colleague to invite you.

web-me-done =
    .saved = Your changes are saved.
    .email = We have sent a link to the new address, and a notice to the present one if it is verified. Your account has the new address as soon as you open the link.
    .verify = We have sent the link again.
    .password = Your password is changed, and your other sessions have ended.
    .session = Signed out there.
    .identity = You can no longer sign in with it.
    .factor-removed = The second factor is removed. The password is enough to sign in.
    .accepted = You have accepted the invitation.
    .left = You have left the organization.
    .closed = The organization is closed.

web-me-email =
    .title = E-mail address
    .present = Your address is
    .not-verified = You have not verified it yet: open the link in the mail that we sent you.
    .verify = Send the link again
    .about = We send a link to the new address, and a notice to the present one. Nothing changes before you open the link.
    .new = New address
    .button = Send the link

web-me-password =
    .title = Password
    .about = All your other sessions end when you change it.
    .current = Current password
    .new = New password, hard to guess
    .button = Change the password
    .none = No password yet, or forgotten? Get a link by mail

web-me-notifications =
    .title = Notifications
    .about = Mails about your account, and about what others change in your bookings, are always sent.
    .kinds = Mails that I want
    .reminders = Remind me this long before a start (at most three)

web-me-sessions =
    .title = Sessions
    .about = Each sign-in is a session. End those that you do not know, and change your password then.
    .device = Program
    .network = Network
    .began = Signed in
    .used = Last used
    .current = This session
    .unknown = Unknown program
    .end = End
    .end-others = End all other sessions

web-me-identities =
    .title = Sign-in with other accounts
    .about = You can sign in here with an account that you have elsewhere, such as that of your firm.
    .nothing = No other account is linked.
    .provider = Provider
    .linked = Linked
    .remove = Remove
    .providers = To link one, sign out and sign in with it. It must prove the address of this account. You can link accounts at:

web-me-factor =
    .title = Second factor
    .about = With a second factor, a code of an app on your phone is needed to sign in, besides the password.
    .is-on = The second factor is on.
    .is-off = The second factor is off. Install an authenticator app on your phone first.
    .change = Get new recovery codes, or remove the second factor
    .about-change = New recovery codes replace the earlier ones. In an organization that demands a second factor you can do nothing without one.
    .renew = Get new recovery codes
    .remove = Remove the second factor
    .begin = Set up
    .setup-title = Set up the second factor
    .scan = Scan this picture with the app.
    .picture = QR code with the secret for the app
    .type = Or type the secret into the app:
    .open = Or open the app on this device
    .prove = Type the code that the app shows now.
    .code = Code of the app, 6 digits
    .confirm = Turn the second factor on
    .codes-title = Your recovery codes
    .codes-about = Each of these codes replaces a code of the app once. Print or write them down now and keep them in a safe place: they are not shown again.
    .codes-kept = I have kept them

web-me-data =
    .title = My data
    .export = Download your data
    .about-export = One file with everything that the service stores about you, in JSON, which other programs read.
    .download = Download
    .about-delete = The next page says what becomes of what, and asks for your password.
    .delete = Delete my account …

web-me-delete =
    .title = Delete your account
    .lead = This cannot be undone.
    .goes = Your name, your address and all your other data are removed, and all your sessions end.
    .leaves = You leave your organizations. If you are the only owner of one, make another member an owner first, or close it.
    .stays = The bookings of your organizations stay. They keep an identifier instead of your name, and so do audit logs. Sent mails are kept for some weeks.
    .button = Delete my account for good
    .keep = Keep my account
    .done = Your account is deleted
    .gone = Thank you for having been here.

web-role =
    .owner = Owner
    .manager = Manager
    .booker = Booker

web-role-about =
    .owner = Owner: does everything, also for members and the organization itself
    .manager = Manager: looks after listings, calendars, bookings, prices and trainings
    .booker = Booker: books and pays for the organization

web-team =
    .title = Team
    .pages = Pages of the organization
    .data = Data of the organization
    .description = Description
    .website = Web address
    .contact = Contact address
    .about-contact = This address gets the mails about bookings, too. We first send it a link, so that a reader agrees.
    .unproved = waits for the link that we sent there
    .factor = Members need a second factor
    .about-factor = Members without one can do nothing here until they have set it up. You need one yourself first.
    .factor-yes = Needed by all members
    .factor-no = Not needed
    .members = Members
    .name = Name
    .role = Role
    .since = Member since
    .you = you
    .invite = Invite somebody
    .about-invite = The address gets a mail with a link, which is valid for 14 days.
    .send = Send the invitation
    .invitations = Invitations that wait
    .offer = Invited as
    .sent = Sent
    .expires = Valid until
    .expired = expired
    .resend = Send again
    .withdraw = Withdraw
    .leave-link = Leave the organization …
    .change-role = Change the role
    .hand-over = Hand the organization over
    .about-hand-over = This member becomes an owner, and you become a manager. Both of you get a mail.
    .leave = Leave the organization
    .about-leave = You can no longer act for it. Bookings that you were going to operate stay, and need another operator.
    .remove = Remove from the organization
    .about-remove = This member can no longer act for the organization. Bookings stay; those that this member was going to operate need another operator.
    .close = Close the organization
    .about-close = Its resources are retired, its invitations withdrawn, and all members leave, you included. Bookings that are over, invoices and the audit log stay. Bookings and trainings that have not ended must be cancelled first.
    .keep = Keep the organization

web-team-done =
    .saved = The changes are saved.
    .invited = The invitation is sent.
    .resent = The invitation is sent again. The earlier link no longer works.
    .withdrawn = The invitation is withdrawn.
    .role = The role is changed.
    .hand-over = The organization is handed over. You are a manager now.
    .remove = The member is removed.
    .revoked = The key is revoked. Its next request is refused.
    .shown-before = This form was sent before, and its secret was shown then. If you did not keep it, make another one.
    .deleted = The webhook is deleted.
    .sending = It is being sent. Reload this page to see the outcome.

web-keys =
    .title = API keys
    .about = A program acts for the organization with a key, within the scopes of the key.
    .nothing = There is no key yet.
    .begins = Begins with
    .scopes = Scopes: what the key can do
    .ends = Valid until
    .unused = Never
    .revoked = Revoked
    .expired = Expired
    .for-ever = Without an end
    .revoke = Revoke
    .new = Make a key
    .name = The program that uses it
    .valid = Valid for
    .made = Your API key
    .made-about = Copy the key into your program now: it is not shown again.
    .kept = I have copied it

web-webhooks =
    .title = Webhooks
    .about = The service sends the events of the organization to the addresses of your programs.
    .nothing = There is no webhook yet.
    .url = Address
    .types = Events to send; all if you choose none
    .new = Add a webhook
    .made = The secret of the webhook
    .made-about = With this secret your program checks that an event comes from here. Copy it now: it is not shown again.
    .on = Events are sent
    .off = Off
    .disabled = Switched off, because the receiver has failed for three days
    .failing = The receiver fails since
    .all-types = All
    .events = Events
    .test = Send a test
    .enable = Switch on
    .disable = Switch off
    .delete = Delete
    .deliveries = Sent lately
    .no-deliveries = Nothing was sent yet. Send a test.
    .event = Event
    .outcome = Outcome
    .waits = Waits
    .replay = Send again

web-audit =
    .title = Audit log
    .about = Everything that was changed, the latest first. Entries are only added, and signed. Times are UTC.
    .when = When
    .who = Who
    .what = What, such as booking or booking.cancel
    .action = Action
    .object = Object
    .from = From day
    .to = To day
    .detail = Details
    .anybody = Anybody
    .key = API key
    .service = The service
    .deleted = A deleted account
    .nothing = No entry has these properties.
    .export = Download as JSON lines
    .about-export = The file has the entries of these filters, at most the latest 10,000. Other programs can verify each entry with it.

web-mail-status =
    .queued = Waits
    .sent = Sent
    .failed = Given up

web-admin =
    .title = Installation
    .organizations = Organizations
    .users = Users
    .mails = Mails
    .facts = Events that wait
    .resources = Resources
    .bookings = Bookings
    .money = Balances of all hosts together
    .suspended-users = Suspended users
    .suspended-organizations = Suspended organizations
    .queued-mails = Mails that wait
    .failed-mails = Mails that were given up
    .pending-facts = Events that were not passed on yet
    .unreadable-facts = Events that could not be read
    .waiting-webhooks = Webhooks to which events are to be sent
    .failing-webhooks = Webhooks whose receiver fails
    .disabled-webhooks = Webhooks that were switched off
    .failing-imports = Calendar imports that fail
    .oldest = Oldest event that waits
    .recorded = Each look is written into the audit log.
    .q = Name, e-mail address or identifier
    .suspended = Suspended
    .not-suspended = Not suspended
    .closed = Closed
    .created = Created
    .operator = Operator of the installation
    .yes = Yes
    .reason = Reason, which the people concerned read in a mail
    .suspend = Suspend
    .about-organization = Its listings are hidden, it gets and makes no new bookings, and waitlist entries for its resources end. Confirmed bookings stay, and both parties can cancel them. Invoices and payments go on.
    .about-user = All sessions of the user end, and signing in is refused. The API keys that the user made and the links in mails stop working. Bookings stay.
    .reinstate = Reinstate
    .about-reinstate = Everything works again as before. The people concerned get a mail.
    .about-factor = For a user who has lost the authenticator and the recovery codes. Check first that it is this person: from then on the password is enough. All sessions end.
    .about-mails = The mails of the last 30 days, without their texts. A mail is tried again by itself, and given up after five days.
    .about-facts = An event waits until mails, webhooks and streams have it, normally for less than a second.
    .empty = Nothing is here.
    .recipient = Recipient
    .subscriber = Waits for
    .kind = Kind
    .next-attempt = Next attempt
    .attempts = Attempts
    .error = Latest error
    .retry = Try again

web-admin-done =
    .retried = It is tried again now.

# The pictures of a resource, for its host.
web-pictures =
    .title = Pictures
    .resource = The page of the resource
    .nothing = The resource has no picture yet. People book more gladly what they see: add one.
    .order = The first picture is in the lists.
    .description = What is in the picture, for people who do not see it
    .save = Save the text
    .up = Move up
    .down = Move down
    .remove = Remove
    .add = Add a picture
    .about = PNG, JPEG or WebP of at most 10 MB. The place and the camera in the file are not kept.
    .file = Picture
    .full = The resource has 12 pictures, the largest number. Remove one before you add another one.
# The pages of customers: waitlist, series, several things at once, invoices, calendar feeds.
web-waitlist =
    .title = Join the waitlist
    .taken = This time is taken.
    .about = You wait for a slot within these times. When one becomes free, you get a mail, and the slot is kept for you for a while. Joining costs nothing.
    .answer = Time to answer an offer:
    .sign-in = Sign in to join the waitlist. This page then goes on where you are.
    .from = Not before
    .to = Over by
    .button = Join the waitlist

web-waits =
    .title = Waitlist
    .bookings = Bookings
    .within = { $length } within { $time }
    .is-waiting = Waiting
    .is-offered = Offered to you
    .waiting =
        { $ahead ->
            [0] You are the first in the queue. You get a mail as soon as a slot is free.
            [one] One other entry is before yours. You get a mail as soon as a slot is free.
           *[other] { $ahead } other entries are before yours. You get a mail as soon as a slot is free.
        }
    .offered = A slot is kept for you until { $until }. Confirm it before then; otherwise the next in the queue gets it.
    .look = See and confirm the offer
    .leave = Stop waiting

web-repeats =
    .daily =
        { $count ->
            [one] Every day
           *[other] Every { $count } days
        }
    .weekly =
        { $count ->
            [one] Every week
           *[other] Every { $count } weeks
        }
    .monthly =
        { $count ->
            [one] Every month
           *[other] Every { $count } months
        }

web-repeat =
    .title = Repeat a booking
    .lead = Choose how often. Then you see each date with its price before you book.
    .button = Repeat
    .frequency = Repeat
    .interval = Only every … time (1: each time)
    .weekdays = On these days, if it repeats every week
    .count = Number of bookings
    .until = Or until, in place of the number (optional)
    .show = Show all dates
    .dates = The dates
    .price = Price
    .free = Free
    .refused = Not possible
    .taken = This time is taken.
    .all =
        { $all ->
            [one] The date is free.
           *[other] All { $all } dates are free.
        }
    .some = { $bookable } of { $all } dates can be booked. The others are left out.
    .none = None of these dates can be booked.
    .book =
        { $bookable ->
            [one] Book one date for a fee
           *[other] Book { $bookable } dates for a fee
        }
    .request =
        { $bookable ->
            [one] Request one date for a fee
           *[other] Request { $bookable } dates for a fee
        }

# Bookings that were made together: a series, or a group.
web-together =
    .group =
        { $count ->
            [one] One booking for a job
           *[other] { $count } bookings for a job
        }
    .about-group = Booked together
    .bookings = The bookings
    .other-time = Choose another time
    .more = All bookings
    .pay = Pay for all by card
    .confirm = Confirm what is held
    .approve = Approve the requests
    .decline =
        { $count ->
            [one] Decline the request
           *[other] Decline the requests
        }
    .cancel =
        { $count ->
            [one] Cancel the booking that is left
           *[other] Cancel all that are left
        }
    .from = From this booking on
    .skipped = Dates that are not booked

web-job =
    .title = Book several things at once
    .about = All of them are booked, or none. Add what the job needs, then book it.
    .nothing = Nothing is chosen yet. Find a thing, choose a time, and press “Add to a job”.
    .add = Add to a job
    .more = Add something else
    .change = Change
    .remove = Remove
    .note = Note to all hosts
    .book = Book all for a fee
    .refused = Change or remove what is not possible. Then you can book.
    .aside =
        { $count ->
            [one] You have put one thing aside for a job.
           *[other] You have put { $count } things aside for a job.
        }
    .back = Back to the job

web-invoices =
    .title = Invoices
    .forbidden = Owners and managers of an organization see its invoices. You are neither.
    .payable = To pay by card now
    .received = Invoices received
    .nothing = There is no invoice yet. A host sends one after your bookings.
    .number = Number
    .host = From
    .issued = Date
    .due = Due
    .total = Amount
    .open = Still to pay

web-invoice-kind =
    .invoice = Invoice
    .credit_note = Credit note

web-invoice-state =
    .open = To pay
    .overdue = Overdue
    .paid = Paid
    .credited = Credited

web-feeds =
    .title = Calendar feeds
    .about = A calendar program, on a phone or a computer, can show your bookings: it subscribes to an address that you create here.
    .made = The address of the new feed
    .once = Copy it now: it is not shown again. Everybody who has the address sees the bookings.
    .list = Your feeds
    .own = My own bookings
    .ended = Not available to you any more
    .used =
        { $used ->
            [none] Created { $created }, not read yet
           *[other] Created { $created }, last read { $used }
        }
    .delete = End this feed
    .new = New feed
    .what = The bookings of
    .button = Create an address

# The kinds of certification of a host.
web-kinds =
    .title = Certifications
    .about = A resource can demand a certification of its operator. You grant it to a person, or to all who attend a training.
    .nothing = There is no kind of certification yet. Add the first one below.
    .kind = Certification
    .valid = Valid for
    .for-ever = without an end
    .never = Does not expire
    .in-use = In use
    .retired = Ended: it is no longer granted
    .new = Add a kind of certification
    .add = Add it
    .name = Name, such as laser safety
    .description = What is taught and examined
    .days = Valid for how many days (empty: without an end)
    .owner = Defined by
    .grant = Certify somebody
    .about-grant = The person gets a mail. An address without an account gets an invitation, and is certified when it is accepted.
    .until = Last day on which it is valid, in UTC (empty: as usual)
    .held = Certified people
    .nobody = Nobody is certified yet.
    .person = Person
    .granted = Granted
    .expires = Expires
    .revoke = Revoke
    .reason = Reason, which the person reads in a mail (optional)
    .edit = Edit
    .about-edit = Certifications that were granted stay as they are.
    .retire = End this kind
    .about-retire = It is no longer granted. Certified people stay certified. No resource may demand it, and no training may be planned for it.
    .restore = Use it again

web-kinds-done =
    .saved = The certification is saved.
    .granted = The person is certified.
    .invited = The address has no account yet: we have sent an invitation.
    .revoked = The certification is revoked.

web-certification =
    .valid = Valid
    .expired = Expired
    .revoked = Revoked

web-certified =
    .title = My certifications
    .about = What you may operate, and your seats in trainings
    .nothing = You hold no certification yet. Take a seat in a training.
    .seats = My seats in trainings
    .no-seat = You have no seat in a coming training.

web-training-status =
    .scheduled = Planned
    .held = Over, with attendance
    .cancelled = Cancelled

web-seat =
    .booked = Has a seat
    .attended = Was there
    .absent = Was not there
    .cancelled = Gave the seat up

# Trainings, for their host and for people who take a seat.
web-trainings =
    .title = Trainings
    .coming = Coming trainings
    .all = All trainings
    .none-coming = No training is planned. Ask the host.
    .nothing = There is no training.
    .no-kind = A training leads to a certification. Add a kind of certification first.
    .training = Training
    .new = Plan a training
    .edit = Edit the training
    .about-edit = People with a seat keep their price. They get a mail about another time, place, name or trainer.
    .kind = Certification
    .name = Name of the training
    .description = Description: what to know and to bring
    .trainer = Trainer
    .zone = The times are local times of the site.
    .seats = Seats
    .price = Price
    .price-of-seat = Price of a seat (empty: free)
    .free = Free of charge
    .free-seats =
        { $count ->
            [one] { $count } seat free
           *[other] { $count } seats free
        }
    .full = No seat is free
    .about-full = A seat that somebody gives up is free here at once.
    .public = The page for participants
    .manage = Manage this training
    .people = People with a seat
    .nobody = Nobody has a seat yet.
    .remove = Take the seat back
    .reason = Reason, which they read in a mail (optional)
    .attendance = Attendance
    .later = You record it here when the training has begun.
    .about-attendance = Those who were there are certified. You record it once.
    .attended = Present
    .record = Record the attendance
    .cancel = Cancel the training
    .about-cancel = Everybody with a seat gets a mail. An invoice for a seat is taken back with a credit note.
    .get-certified = Get certified in a training:
    .certified = You are certified until
    .take = Take a seat
    .take-for-fee = Take a seat for a fee
    .sign-in = Sign in to take a seat.
    .about-price = An organization gets an invoice with the VAT of the host at once. Its prepaid credit with the host pays first.
    .paid-with-prepaid = Paid with prepaid credit
    .payer = Paid by
    .at-host = Myself, directly to the host
    .your-seat = You have a seat
    .about-give-up = If you cannot come, give the seat up before the training begins: others wait, and an invoice is taken back.
    .give-up = Give the seat up

web-trainings-done =
    .saved = The training is saved.
    .attendance = The attendance is recorded.
    .remove = The seat is taken back.
    .cancel = The training is cancelled.
    .taken = You have a seat. We have sent you a mail with an entry for your calendar.
    .given-up = You have given the seat up.

# The fee and the deposit of a booking, for managers of the host.
web-charges =
    .title = Fee and deposit
    .booking = Back to the booking
    .fee = Fee
    .waived = Fee waived because
    .deposit = Deposit
    .returned = Deposit returned
    .kept = Deposit kept
    .kept-for = { $amount }: { $reason }
    .waive = Waive the fee
    .about-waive = The customer no longer owes the fee, and reads the reason in a mail. This cannot be taken back.
    .reason = Reason
    .return = Return the deposit
    .about-return = You return all of it, or keep a part with a reason. The customer gets a mail. Another return replaces an earlier one.
    .keep = Amount that you keep
    .reason-kept = Reason, needed if you keep a part
    .early = You return the deposit here when the booking is over.

web-charges-done =
    .waive = The fee is waived.
    .return = The return of the deposit is recorded.

web-fee =
    .late_cancellation = late cancellation
    .no_show = nobody came
    .overrun = longer than booked

# A manager books for a customer.
web-offer =
    .link = Book for a customer
    .title = Book for a customer
    .about = The time is held for the customer, who gets a mail and confirms the booking within
    .block = Block the time instead
    .nobody = You can book for customers who have booked with you before or have accepted your terms. There is none yet.
    .customer = Customer and person
    .override = Reason to break a rule of the resource (only if it is needed)
    .price = Price, without agreements with the customer:
    .button = Hold it for the customer

# The waitlist, as the host sees it.
web-waiting =
    .title = Waitlist
    .about = When a time becomes free, the first customer whom it suits gets an offer by mail.
    .nobody = Nobody waits.
    .window = Between
    .ahead = Ahead of it
    .waits = Waits
    .offered = Has an offer

# The money that customers owe a host.
web-debts =
    .title = Invoices
    .unpaid = Not paid
    .paid = Paid
    .owed = Owed by customers
    .about-owed = Confirmed bookings and fees less payments, on an invoice or not.
    .amount = Amount
    .since = Since
    .invoices = Invoices
    .none = There is no such invoice.
    .invoice = Invoice
    .issued = Issued
    .due = Due
    .open = Still to pay
    .reminded = Reminders sent
    .lines = Lines of the invoice
    .line = Line
    .net = Without VAT
    .record = Record a payment
    .about-record = The customer has paid you outside of this service.
    .method = Paid by
    .paid-on = Paid on
    .reference = Reference, such as that of the bank (optional)

web-debts-done =
    .paid = The payment is recorded.
    .issued = The invoice is issued, and the customer gets it by mail.

web-payment =
    .bank_transfer = Bank transfer
    .cash = Cash
    .card = Card, at your own terminal
    .other = Another way

# The week of a site.
web-week =
    .tab = Week
    .title = Week of a site
    .caption = All resources, day by day
    .earlier = Week before
    .later = Week after
    .nothing = The site has no resource yet.

# The figures of a host.
web-month = { month } { $year }

web-figures =
    .title = Figures
    .month = Month
    .from = From day
    .to = To day
    .by = Added up by
    .about = The offered hours are those of the resources that are on offer now, by their present hours and quantity. Times are multiplied by the quantity: one hour of three machines is three hours.
    .nothing = There is nothing to count yet. Offer a resource first:
    .hours = Hours
    .offered = Offered
    .booked = Booked
    .used = Used
    .idle = Idle
    .share = Booked of the offered
    .bookings = Bookings
    .no-shows = No-shows
    .income = Income without VAT
    .total = Total
    .table = Hours and income as a table
    .about-hours = Bars for the offered, booked, used and idle hours. The table below has the numbers.
    .about-own-hours = Bars for the offered, booked, used and idle hours, each line in its own scale: its longest bar takes the whole width. The table below has the numbers.
    .about-income = A bar for each income. The table below has the amounts.
    .export = Download as CSV

# The import of resources from a table.
web-import =
    .title = Import from CSV
    .about = A table has a row for each resource. Save it as CSV in UTF-8, or copy it from a spreadsheet. Required are kind, name, currency, rate and per; amounts are written like 24.50.
    .template = Download a table to fill in
    .file = CSV file, at most 500 resources and 1 MB
    .table = Or the table as text, which you can correct here
    .check = Look at the rows
    .rows = The rows
    .row = Row
    .found = To be imported, or errors
    .ready = Rows to import: { $count }.
    .wrong = Rows with errors: { $wrong } of { $count }. Nothing is imported until all are right.
    .draft = Without a status, each resource is a draft first, which only your organization sees.
    .import = Import all rows

# Live changes on the day of a site, and forms whose object has changed meanwhile.
web-live =
    .changed = Something has changed.
    .show = Show it
    .updated = The page now shows what has changed.

web-changed =
    .title = What differs
    .about = It has changed since you opened the form. Nothing is saved yet. Compare, correct the form below, and save again.
    .field = Field
    .stored = Stored now
    .typed = Your form

# The timeline of a site, in which a manager drags bookings.
web-timeline =
    .about = Drag a bar to move a booking or a block, or its right end to change when it ends. Drag over free time to book it for a customer or to block it. If you move a booking, its price does not rise. The table and the list below do the same without a mouse.
    .moved = The booking was moved:
    .price = It now costs
    .before = before:
    .refused = The booking was not moved.
    .failed = The booking was not moved, because the service could not be reached. Try it again.
    .moved-block = The block was moved:
    .refused-block = The block was not moved.
    .failed-block = The block was not moved, because the service could not be reached. Try it again.
    .stays = A block stays at its resource. Remove it, and block the other resource.
    .leave = Leave it
    .free = Free time:
    .twice = { $time } twice
    .skipped = { $time } left out

# The form that edits a site.
web-site-edit =
    .title = Edit the site
    .sites = Sites
    .exceptions = Days with other hours
    .about-exceptions = A line for each day: the date, the hours, which you leave out on a closed day, and a reason in brackets. Such as 2026-12-24 09:00-12:00 (Christmas Eve).
    .outside = If bookings are outside of the new hours
    .closing = Such bookings
    .reason = Reason, for the customers of cancelled bookings

web-closing =
    .refuse = Do not save, and show that there are some
    .keep = Keep them
    .cancel = Cancel them
    .offer_alternatives = Cancel them, and offer other times to the customers

# The form that issues an invoice, and the files of one.
web-issue =
    .title = Issue an invoice
    .about = These customers have bookings that are over and on no invoice yet. The invoice has all of them. If a customer owes less than you have invoiced, a credit note corrects it.
    .days = Days until it is due (optional)
    .button = Issue the invoice
    .nothing = All bookings that are over are on an invoice.
    .pdf = Download the PDF
    .xml = Download the XML (UBL) for accounting programs

# Finding what is near a place and free at a time, as a list and on a map.
web-found =
    .near = Near
    .city = City, or 51.5,-0.1
    .radius = Within
    .km = { $km } km
    .day = Free on
    .from = From
    .to = Until
    .distance = { $km } km away
    .book = Book { $time } for { $price }
    .nothing-free = Nothing that you are looking for is free at this time.
    .any-time = Search without a time
    .near-me = Near me
    .no-position = Your browser does not know where you are, or may not say it. Type a city.
    .views = Ways to show what was found
    .list = List
    .map = Map
    .map-of = Map of the places
    .zoom-in = Zoom in
    .zoom-out = Zoom out
