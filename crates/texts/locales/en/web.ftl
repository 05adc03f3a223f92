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
    .city = City
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
    .coupon = Coupon
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
    .back = Back to the booking

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

web-site =
    .title = Add a site
    .name = Name of the site
    .line1 = Street and number
    .line2 = Floor, gate (optional)
    .postal-code = Postal code
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
