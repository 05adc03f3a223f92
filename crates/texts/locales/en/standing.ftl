# Mails about changes of what a user or an organization may do.

ownership-received = You are the new owner of { $organization }
    .intro = { $other } has handed { $organization } over to you. As its owner you choose its members and their roles, and change the organization itself.
    .call = To open the service:

ownership-given = { $organization } has a new owner
    .intro = You have handed { $organization } over to { $other }. You are a manager of { $organization } now.
    .call = If it was not you, set a new password and ask the operator of the service. To open the service:

organization-suspended = { $organization } is suspended
    .intro = The operator of the service has suspended { $organization }. Its listings are hidden, and it gets and makes no new bookings. Confirmed bookings stay, and invoices and payments go on.
    .call = To open the service:

organization-reinstated = { $organization } is no longer suspended
    .intro = The operator of the service has reinstated { $organization }. Its listings are shown again, and it can get and make bookings.
    .call = To open the service:

user-suspended = Your account is suspended
    .intro = The operator of the service has suspended your account. You cannot sign in, and the API keys that you made do not work.
    .call = If you think that this is a mistake, ask the operator of the service:

user-reinstated = Your account is no longer suspended
    .intro = The operator of the service has reinstated your account. You can sign in again, and the API keys that you made work again.
    .call = To open the service:
