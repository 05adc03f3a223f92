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

second-factor-set = A second factor protects your account
    .intro = From now on, a code of your authenticator is needed to sign in, besides the password. Keep the recovery codes where you find them without it.
    .call = If it was not you, set a new password now, and end all other sessions. Open this link:

second-factor-removed = The second factor of your account is removed
    .intro = From now on, the password is enough to sign in.
    .call = If it was not you, set a new password now, and end all other sessions. Open this link:

identity-linked = You can sign in with another account
    .intro = Your account at { $other } is linked: you can sign in with it.
    .call = If it was not you, set a new password now, and end all other sessions. Open this link:

identity-unlinked = You can no longer sign in with another account
    .intro = Your account at { $other } is no longer linked: you cannot sign in with it.
    .call = If it was not you, set a new password now, and end all other sessions. Open this link:
