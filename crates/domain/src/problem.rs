//! All problems of the API, in one table of codes.

macro_rules! problems {
    ($($name:ident $status:literal $code:literal $title:literal $about:literal;)*) => {
        /// A stable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {$(
            #[doc = $about]
            $name,
        )*}

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the code as it is in a response.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $code,)*}
            }

            /// Returns the HTTP status.
            pub const fn status(self) -> u16 {
                match self {$(Self::$name => $status,)*}
            }

            /// Returns the title: a few words, the same for every problem with this code.
            pub const fn title(self) -> &'static str {
                match self {$(Self::$name => $title,)*}
            }

            /// Returns the meaning of the code and the next step for the client.
            pub const fn about(self) -> &'static str {
                match self {$(Self::$name => $about,)*}
            }
        }
    };
}

problems! {
    MalformedRequest 400 "malformed_request" "The request is malformed"
        "The service cannot read the request: it is not valid HTTP, its query string contains NUL, or a header is invalid. The detail names the part.";
    MalformedJson 400 "malformed_json" "The body is not JSON"
        "The body is not JSON in UTF-8. The detail names the line and column.";
    InvalidSignature 400 "invalid_signature" "The signature is not valid"
        "The header `Stripe-Signature` is missing, is not that of the configured webhook secret, or is more than 5 minutes old, or the body is no event. Only Stripe can send events.";
    NotSignedIn 401 "not_signed_in" "Not signed in"
        "The operation needs an access token. Send `Authorization: Bearer …` with a token from `POST /api/v1/auth/login`.";
    InvalidToken 401 "invalid_token" "The access token is not valid"
        "The access token is expired, was changed, or is not from this service, or its session has ended. Get a new one with `POST /api/v1/auth/refresh` or `POST /api/v1/auth/login`.";
    InvalidCredentials 401 "invalid_credentials" "The address or the password is wrong"
        "No account has this e-mail address and this password. The response does not say which of the two is wrong. Correct them, or set a new password with `POST /api/v1/auth/forgot-password`.";
    InvalidRefreshToken 401 "invalid_refresh_token" "The refresh token is not valid"
        "The refresh token is unknown, expired, revoked, or was used before. A token that is used twice may have been stolen, so the service ends the whole session. Sign in again.";
    InvalidSecondFactor 401 "invalid_second_factor" "The code or the challenge is wrong"
        "The code is wrong or was used before, or the challenge has expired, or the password has changed since. Wait for the next code of the authenticator, or sign in again with `POST /api/v1/auth/login`.";
    InvalidOpenidCallback 401 "invalid_openid_callback" "The sign-in with the provider failed"
        "The handle is unknown, expired or was used before, or the `state` or the issuer belongs to another attempt, or the provider refused the code, or its response does not prove who the person is. Begin again with `POST /api/v1/auth/openid/{provider}`.";
    SecondFactorRequired 403 "second_factor_required" "A second factor is required"
        "The first step of the sign-in is done, and the account has a second factor. Send `challenge` and a code of the authenticator, or a recovery code, to `POST /api/v1/auth/second-factor`.";
    SecondFactorMissing 403 "second_factor_missing" "The organization demands a second factor"
        "The organization demands a second factor of its members, and your account has none. Set one up with `POST /api/v1/me/second-factor`.";
    Forbidden 403 "forbidden" "Not allowed"
        "You can see the object, but your role does not allow the operation. The detail names the required role. Ask an owner of the organization for it.";
    EmailNotVerified 403 "email_not_verified" "The e-mail address is not verified"
        "Until its address is verified, an account can search and read, but cannot book and cannot list resources. Open the link in the verification mail, or get a new one with `POST /api/v1/auth/resend-verification`.";
    AccountSuspended 403 "account_suspended" "The account is suspended"
        "The operator of the service has suspended the account, so nobody can sign in to it. The detail has the reason. Ask the operator.";
    OrganizationSuspended 403 "organization_suspended" "The organization is suspended"
        "The operator of the service has suspended the organization. It makes no new bookings and lists nothing new; its confirmed bookings, invoices and payments go on. Ask the operator.";
    OriginNotAllowed 403 "origin_not_allowed" "Pages of this origin cannot use the cookie"
        "The refresh token is in a cookie, which only pages of this service and of the origins in `server.cors_origins` can use. The header `Origin` names another origin, or is missing. A client that is not a browser sends `refresh_token` in the body.";
    AddressNotProven 403 "address_not_proven" "The provider does not prove the address"
        "An identity at a provider is linked to the account with its e-mail address, or to a new account, only if the provider says that it has verified the address. Verify the address at the provider, or sign in with the password.";
    NotFound 404 "not_found" "Not found"
        "The object does not exist, or you are not allowed to see it.";
    MethodNotAllowed 405 "method_not_allowed" "The method is not allowed"
        "The path exists, but not with this method. The `Allow` header lists the allowed methods.";
    RequestTimeout 408 "request_timeout" "The request took too long to arrive"
        "The client did not send the whole request within the time limit. Send it again.";
    EmailTaken 409 "email_taken" "The e-mail address has an account"
        "An account with this address exists already. Sign in, or set a new password with `POST /api/v1/auth/forgot-password`.";
    AlreadyMember 409 "already_member" "Already a member"
        "The user is a member of the organization already. An owner can change the role with `PATCH`.";
    AlreadyInvited 409 "already_invited" "Already invited"
        "An invitation to this address is open already. Resend it, or withdraw it first.";
    LastOwner 409 "last_owner" "An organization keeps one owner"
        "The last owner of an organization cannot leave it and cannot take a lower role. Make another member an owner first, or close the organization with `POST /api/v1/organizations/{id}/close`.";
    LastWayToSignIn 409 "last_way_to_sign_in" "The account keeps a way to sign in"
        "The account has no password and no other identity, so nobody could sign in to it. Set a password first, with `POST /api/v1/auth/forgot-password`.";
    OrganizationInUse 409 "organization_in_use" "The organization has bookings or trainings"
        "An organization cannot be closed while a booking, as host or as customer, or a training of the organization has not ended. The detail names their numbers. Cancel them first, or wait for their end.";
    SlotUnavailable 409 "slot_unavailable" "The slot is taken"
        "The quantity is not free during the whole slot with its buffers. `conflicts` lists the times at which it is not free, and how much is free then.";
    SlotAvailable 409 "slot_available" "A slot is free"
        "A slot that fits the waitlist entry is free, so there is no need to wait. Book it.";
    AlreadyWaiting 409 "already_waiting" "Already on the waitlist"
        "The organization has an entry for the same slot already, or the organization or you have the largest number of entries for the resource. Leave the waitlist with another entry first.";
    WaitlistFull 409 "waitlist_full" "The waitlist is full"
        "The waitlist of the resource has the largest number of entries. Try again later, or look for another resource.";
    CapacityInUse 409 "capacity_in_use" "The capacity is in use"
        "Bookings or blocks take more than the new capacity. Move or cancel them first.";
    BookingsOutsideHours 409 "bookings_outside_hours" "Bookings would be outside the new opening hours"
        "Live bookings lie in the present opening hours and outside the new ones; `outside` lists the first 50. Send the query parameter `bookings` as `keep`, `cancel` or `offer_alternatives`, or choose other hours.";
    LinkNotPossible 409 "link_not_possible" "Existing bookings or blocks conflict"
        "Existing bookings or blocks would break the link. Move or cancel them first.";
    ResourceHasBookings 409 "resource_has_bookings" "The resource has future bookings"
        "A resource with bookings that have not ended cannot be retired. Set its status to `paused` so that it gets no new bookings, and retire it after the last booking; or cancel the bookings first.";
    ResourceNotBookable 409 "resource_not_bookable" "The resource cannot be booked now"
        "The resource, or one that is taken with it, is a draft, paused or retired. Look for another resource.";
    TrainingFull 409 "training_full" "All seats are taken"
        "The training has no free seat. Try again later, or look for another training.";
    AlreadySeated 409 "already_seated" "Already seated"
        "The user has a seat in this training already.";
    CertificationKindInUse 409 "certification_kind_in_use" "The kind of certification is in use"
        "A kind cannot be retired while a listed resource requires it or a future training grants it. The detail names such a resource or training: change or cancel it first.";
    InvalidTransition 409 "invalid_transition" "The state does not allow this"
        "The operation is not possible in the current state of the object. The detail names the state.";
    NoElectronicInvoice 409 "no_electronic_invoice" "The invoice has no XML"
        "EN 16931 has no form for the invoice: its currency has three decimals, or a fact that the standard demands is missing, such as the country of a party. The detail names it. The invoice is available as PDF: `GET /api/v1/invoices/{id}.pdf`. For the next invoices, complete the billing data with `PATCH /api/v1/organizations/{id}/billing`.";
    TooManyProposals 409 "too_many_proposals" "Too many proposals"
        "The booking has had 20 proposals, the largest number for one booking. Accept or decline the open one, or reschedule or cancel the booking.";
    TooManyPictures 409 "too_many_pictures" "Too many pictures"
        "A resource has at most 12 pictures. Remove one with `DELETE /api/v1/resources/{id}/pictures/{picture}`, and send the new one again.";
    TermsOutdated 409 "terms_outdated" "The terms have changed"
        "The version to accept is not the current one, or the document is out of use. Get the document again, read it, and accept the current version.";
    IdempotencyInProgress 409 "idempotency_in_progress" "The first request is still running"
        "A request with the same `Idempotency-Key` is still running. Try again after some seconds.";
    CardNotAccepted 409 "card_not_accepted" "The host takes no payments by card"
        "The host has not chosen payments by card in its billing data (`ways_to_pay`), or the operator of the service has not set them up, or the account of the host at Stripe cannot take payments now. Pay as the invoice of the host says.";
    NoWayToPay 409 "no_way_to_pay" "No way to pay is open"
        "The host takes no invoices from organizations of this kind, and the booking cannot be paid in another way that the host offers. The detail names the ways. Buy a package of the host that covers the booking, or ask the host.";
    CardPaymentNotPossible 409 "card_payment_not_possible" "The amount cannot be paid by card"
        "The provider of payments by card takes no payments in the currency, or not of this amount. The detail says why. Ask the host for another way to pay.";
    CardAccountRequired 409 "card_account_required" "The account for payments by card is not ready"
        "A host can offer payments by card when its account at Stripe can take payments. Connect it with `POST /api/v1/organizations/{id}/card-account`, answer all questions of Stripe on the page at `onboarding_url`, and try again.";
    CardAccountsNotOffered 409 "card_accounts_not_offered" "Hosts have no accounts for payments by card"
        "The operator of the service has not set up accounts of hosts at Stripe (Stripe Connect), or takes no payments by card.";
    PreconditionFailed 412 "precondition_failed" "The object has changed"
        "The `If-Match` header does not contain the current version of the object. Get the object again, and decide whether the change is still right.";
    PayloadTooLarge 413 "payload_too_large" "The body is too large"
        "The body is larger than the limit of the service. The detail names the limit.";
    UnsupportedMediaType 415 "unsupported_media_type" "The media type is not supported"
        "Send the body as `application/json`; a `PATCH` also as `application/merge-patch+json`.";
    InvalidFields 422 "invalid_fields" "Some fields are not valid"
        "Fields of the body or query parameters are missing, unknown, of the wrong type, or have values that are not accepted. `errors` lists all of them, at most 100.";
    BookingRulesViolated 422 "booking_rules_violated" "The rules of the resource do not allow the booking"
        "`violations` lists every broken rule. A manager of the host can override those with `overridable: true`.";
    InvalidOneTimeToken 422 "invalid_one_time_token" "The link is no longer valid"
        "The token from the mail is unknown, expired or already used. Request a new mail.";
    StatementUnreadable 422 "statement_unreadable" "The bank statement cannot be read"
        "The file is not a bank statement in CAMT.053, MT940 or the documented CSV, or is broken or cut off, or has another encoding than it should. The detail names the place. Nothing was imported.";
    StatementDoubled 422 "statement_doubled" "The bank statement has something twice"
        "The file has the same statement, or the same identifier of a line, twice. Nothing was imported. Export the statement again.";
    StatementUnbalanced 422 "statement_unbalanced" "The bank statement does not add up"
        "The opening balance and the lines of a statement do not add up to its closing balance, so lines are missing or wrong. Nothing was imported. Export the statement again.";
    PictureUnreadable 422 "picture_unreadable" "The picture cannot be read"
        "The file is not in one of the accepted formats, is broken, or has more pixels than are accepted. The detail names the reason. Nothing has changed.";
    IdempotencyKeyReused 422 "idempotency_key_reused" "The key belongs to another request"
        "The `Idempotency-Key` was used with another method, path or body within the last 24 hours. Use a new key for each request.";
    TooManyGrants 429 "too_many_grants" "Too many certifications"
        "A user can grant at most 100 certifications per hour, and can be granted at most 20 per hour. Certifications from trainings do not count. Wait for the number of seconds in `Retry-After`.";
    TooManyInvitations 429 "too_many_invitations" "Too many invitations"
        "A user can send at most 50 invitations per hour, an address can receive at most 5 per hour, and an invitation can be sent again after an hour. Wait for the number of seconds in `Retry-After`.";
    TooManyRequests 429 "too_many_requests" "Too many requests"
        "Your address has sent too many requests. Wait for the number of seconds in `Retry-After`.";
    InternalError 500 "internal_error" "Internal error"
        "The service has a defect. Report the `request_id` to the operator of the service.";
    PaymentProviderUnavailable 503 "payment_provider_unavailable" "The provider of payments by card does not respond"
        "Stripe did not respond in time, or responded with an error. Nothing was charged. Try again after the number of seconds in `Retry-After`; a booking that waits for the payment stays held until `expires_at`.";
    OpenidProviderUnavailable 503 "openid_provider_unavailable" "The provider of the sign-in does not respond"
        "The provider with which you sign in did not respond in time, or responded with an error. Begin again after the number of seconds in `Retry-After`, or sign in with the password.";
    Unavailable 503 "unavailable" "The service is temporarily unavailable"
        "The database, or another part that the service needs, did not respond in time. Try again after the number of seconds in `Retry-After`. With an `Idempotency-Key` the action is done only once.";
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_named_once() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }
}
