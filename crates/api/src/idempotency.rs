//! `Idempotency-Key`: a repeated request gets the first response again, and its action is done once. The response is stored in
//! the same transaction as the action. A refused request changes nothing, so its response is not stored and its key can be used
//! again.

use actix_web::HttpRequest;
use chrono::TimeDelta;

use super::problem::Problem;
use super::reply::Reply;
use actions::error::Error;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::idempotency_keys::{self, StoredAnswer};
use storage::types::Json;

/// An idempotency key with its scope and request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The caller: keys of different callers are independent.
    pub scope: String,
    /// The key that the client sent.
    pub key: String,
    /// A keyed hash of the path and the body of the request.
    pub fingerprint: String,
    /// For how long responses are kept.
    pub kept: TimeDelta,
}

const LONGEST: usize = 255;

/// Reads the header: a string of RFC 9651 in quotes, or a bare token.
///
/// # Errors
/// 400 for a key that is empty, longer than 255 characters or not printable ASCII.
pub fn read(req: &HttpRequest) -> Result<Option<String>, Problem> {
    let malformed = || {
        let detail =
            said!("Idempotency-Key must be a quoted string of 1 to {longest} printable ASCII characters.", longest = LONGEST);
        Problem::new(Code::MalformedRequest, detail)
    };
    let mut headers = req.headers().get_all("idempotency-key");
    let Some(header) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(malformed());
    }
    let text = header.to_str().map_err(|_| malformed())?.trim();
    let key = unquoted(text).ok_or_else(malformed)?;
    if (1..=LONGEST).contains(&key.len()) && key.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        Ok(Some(key))
    } else {
        Err(malformed())
    }
}

fn unquoted(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else {
        return (!text.contains(['"', ' ', ','])).then(|| text.to_owned());
    };
    let mut key = String::new();
    let mut chars = inner.chars();
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(key),
            '\\' => key.push(chars.next().filter(|c| matches!(c, '"' | '\\'))?),
            c => key.push(c),
        }
    }
}

/// Returns the stored response of this request, if there is one.
///
/// # Errors
/// When the key belongs to another request.
pub fn find(tx: &mut ReadTx, key: &IdempotencyKey) -> Result<Option<Reply>, Error> {
    let until = tx.now - key.kept;
    let Some(stored) = idempotency_keys::find(&mut tx.conn, &key.scope, &key.key, until)? else { return Ok(None) };
    if stored.fingerprint != key.fingerprint {
        return Err(Error::refused(Code::IdempotencyKeyReused));
    }
    if stored.is_withheld() {
        let detail = said!(
            "The request was done before. Its response is not repeated, because you have lost a role since. Get the object instead."
        );
        return Err(Error::Refused(Code::Forbidden, detail));
    }
    let Json((location, revision)) = stored.headers;
    let status = u16::try_from(stored.status).unwrap_or(500);
    Ok(Some(Reply { status, location, revision, body: stored.body, next: None }))
}

/// Runs `action` and stores its response, or returns the stored response of the same request.
///
/// # Errors
/// When `action` refuses, when the key was used for another request, or when the first request still runs.
pub fn once(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    action: impl FnOnce(&mut Tx<'_>) -> Result<Reply, Error>,
) -> Result<Reply, Error> {
    if !idempotency_keys::lock_if_free(tx.conn, &key.scope, &key.key)? {
        return Err(Error::refused(Code::IdempotencyInProgress));
    }
    if let Some(reply) = find(tx, key)? {
        return Ok(reply);
    }
    let reply = action(tx)?;
    let answer = StoredAnswer {
        fingerprint: key.fingerprint.clone(),
        status: reply.status.into(),
        headers: Json((reply.location.clone(), reply.revision)),
        body: reply.body.clone(),
    };
    idempotency_keys::insert_or_replace(tx.conn, &key.scope, &key.key, &answer, tx.now)?;
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn a_key_may_be_quoted_or_bare() {
        assert_eq!(unquoted(r#""8e03978e-40d5""#).as_deref(), Some("8e03978e-40d5"));
        assert_eq!(unquoted("8e03978e-40d5").as_deref(), Some("8e03978e-40d5"));
        assert_eq!(unquoted(r#""with \"quotes\" and \\""#).as_deref(), Some(r#"with "quotes" and \"#));
        for bad in [r#""open"#, r#""a" "b""#, r#""a\x""#, "a b", r#"a"b"#] {
            assert_eq!(unquoted(bad), None, "{bad}");
        }
    }
}
