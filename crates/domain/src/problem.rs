//! Everything that can be answered instead of what was asked: one table of codes.

macro_rules! problems {
    ($($name:ident $status:literal $code:literal $title:literal $about:literal;)*) => {
        /// A stable code of something that went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {$(
            #[doc = $about]
            $name,
        )*}

        impl Code {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $code,)*}
            }

            /// The status of HTTP that goes with it.
            pub const fn status(self) -> u16 {
                match self {$(Self::$name => $status,)*}
            }

            /// What happened, in a few words that never change.
            pub const fn title(self) -> &'static str {
                match self {$(Self::$name => $title,)*}
            }

            /// What it means and what to do about it.
            pub const fn about(self) -> &'static str {
                match self {$(Self::$name => $about,)*}
            }
        }
    };
}

problems! {
    MalformedRequest 400 "malformed_request" "The request is malformed"
        "The request cannot be read: it is not HTTP as it should be, its query string contains NUL, or a header cannot be understood. The detail says which.";
    MalformedJson 400 "malformed_json" "The body is not JSON"
        "The body cannot be parsed as JSON in UTF-8. The detail names the line and column.";
    NotSignedIn 401 "not_signed_in" "Not signed in"
        "The operation needs an access token: send `Authorization: Bearer …` with one from `POST /auth/login`.";
    InvalidToken 401 "invalid_token" "The access token is not valid"
        "The access token is expired, altered, or not one of this service. Get a new one with `POST /auth/refresh` or `POST /auth/login`.";
    InvalidCredentials 401 "invalid_credentials" "The address or the password is wrong"
        "No account has this e-mail address with this password. The answer does not say which of the two is wrong.";
    InvalidRefreshToken 401 "invalid_refresh_token" "The refresh token is not valid"
        "The refresh token is unknown, expired or revoked, or was used before. A token that is used twice may have been stolen, so its whole session is ended: sign in again.";
    Forbidden 403 "forbidden" "Not allowed"
        "You may see this, but your role does not allow the operation. The detail says which role does.";
    EmailNotVerified 403 "email_not_verified" "The e-mail address is not verified"
        "Until the address is verified the account may look but not book or list. Follow the link in the mail, or ask for a new one with `POST /auth/resend-verification`.";
    NotFound 404 "not_found" "Not found"
        "There is nothing here, or nothing that you may see.";
    MethodNotAllowed 405 "method_not_allowed" "The method is not allowed"
        "The path exists, but not with this method. The `Allow` header lists those that do.";
    RequestTimeout 408 "request_timeout" "The request took too long to arrive"
        "The client did not send the whole request in time.";
    EmailTaken 409 "email_taken" "The e-mail address has an account"
        "Sign in instead, or reset the password.";
    AlreadyMember 409 "already_member" "Already a member"
        "The user is a member of the organization; change the role with `PATCH`.";
    LastOwner 409 "last_owner" "An organization keeps one owner"
        "The last owner of an organization can neither leave nor take a lower role. Make somebody else an owner first.";
    SlotUnavailable 409 "slot_unavailable" "The slot is taken"
        "The quantity is not free for the whole of the time, buffers included. `conflicts` lists when it is taken, `alternatives` what could be booked instead.";
    SlotAvailable 409 "slot_available" "There is a slot to be booked"
        "Nobody needs to wait: a slot that fits the wish is free. Book it.";
    AlreadyWaiting 409 "already_waiting" "Already in the line"
        "The organization waits for this already, or it has, or you have, as many wishes for the resource in the line as are allowed. Leave the line first.";
    WaitlistFull 409 "waitlist_full" "The line is full"
        "As many wait for the resource as its line takes. Try again when somebody has left it, or look for another resource.";
    CapacityInUse 409 "capacity_in_use" "The capacity is in use"
        "Bookings or blocks take more than the new capacity would leave. Move or cancel them first.";
    LinkNotPossible 409 "link_not_possible" "Existing bookings or blocks clash"
        "What is booked or blocked already would break the link. Move or cancel it first.";
    ResourceHasBookings 409 "resource_has_bookings" "The resource has bookings to come"
        "A resource with bookings that have not ended cannot be retired. Pause it, so that nobody books it any more, and retire it after the last booking, or cancel the bookings first.";
    ResourceNotBookable 409 "resource_not_bookable" "The resource cannot be booked now"
        "The resource, or another that it takes along, is not on offer: it is a draft, paused or retired.";
    TrainingFull 409 "training_full" "All seats are taken"
        "Nobody else can attend the training, unless somebody gives a seat up.";
    AlreadySeated 409 "already_seated" "Already seated"
        "The user has a seat in this training.";
    CertificationKindInUse 409 "certification_kind_in_use" "The kind of certification is in use"
        "A kind that something on offer requires, or that people are to be trained in, cannot be retired. The detail names what uses it: change, cancel or hold that first.";
    InvalidTransition 409 "invalid_transition" "The state does not allow this"
        "The object is in a state from which this move does not lead anywhere. The detail names the state.";
    TermsOutdated 409 "terms_outdated" "The terms have changed"
        "What was to be accepted is not the current version of the document, or the document is out of use. Get it again, read it, and accept what is current.";
    IdempotencyInProgress 409 "idempotency_in_progress" "The first request still runs"
        "A request with the same `Idempotency-Key` is being worked on. Try again in a moment.";
    PreconditionFailed 412 "precondition_failed" "The object has changed"
        "The `If-Match` header names a state of the object that is no longer the present one. Get it again and decide anew.";
    PayloadTooLarge 413 "payload_too_large" "The body is too large"
        "The body exceeds the limit of the service, which the detail names.";
    UnsupportedMediaType 415 "unsupported_media_type" "The media type is not supported"
        "Bodies are `application/json`; a `PATCH` may also be `application/merge-patch+json`.";
    InvalidFields 422 "invalid_fields" "Some fields are not valid"
        "Fields of the body or parameters of the query are missing, unknown, of the wrong type or not acceptable. `errors` lists all of them, of very many the first hundred.";
    BookingRulesViolated 422 "booking_rules_violated" "The rules of the resource do not allow the booking"
        "`violations` lists every rule that is broken, and which of them a manager of the host may override.";
    InvalidOneTimeToken 422 "invalid_one_time_token" "The link is not valid any more"
        "The token from the mail is unknown, expired or already used. Ask for a new mail.";
    IdempotencyKeyReused 422 "idempotency_key_reused" "The key belongs to another request"
        "The `Idempotency-Key` was used with another method, path or body within the last 24 hours. Use a fresh key for each request.";
    TooManyGrants 429 "too_many_grants" "Too many certifications"
        "A user can give no more than 100 certifications within an hour, and be given no more than 20, those that are earned at trainings aside. Wait as long as `Retry-After` says.";
    TooManyRequests 429 "too_many_requests" "Too many requests"
        "Wait as long as `Retry-After` says.";
    InternalError 500 "internal_error" "Something went wrong"
        "A defect of the service. The `request_id` helps its operator to find out more.";
    Unavailable 503 "unavailable" "The service cannot answer now"
        "The database, or something else that the service needs, does not answer in time. Try again after `Retry-After`; with an `Idempotency-Key` nothing is done twice.";
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
