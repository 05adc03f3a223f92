//! `Idempotency-Key`: a request that is sent again is answered again and done once. The answer is
//! stored in the transaction of what the request did; a request that was refused did nothing, so
//! nothing of it is stored and its key may be used again.

use actix_web::HttpRequest;

use super::problem::Problem;
use super::reply::Reply;
use actions::error::Error;
use domain::problem::Code;
use storage::db::Tx;
use storage::idempotency_keys::{self, StoredAnswer};
use storage::types::Json;

/// A key with what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who asks: keys of different callers have nothing to do with each other.
    pub scope: String,
    /// The key itself.
    pub key: String,
    /// A hash of path and body.
    pub fingerprint: String,
}

const LONGEST: usize = 255;

/// Reads the header: a string of RFC 9651, in quotes; a bare token is taken too.
///
/// # Errors
/// 400 for a key that is empty, too long or not printable ASCII.
pub fn read(req: &HttpRequest) -> Result<Option<String>, Problem> {
    let malformed = || {
        let detail = format!("Idempotency-Key must be a quoted string of 1 to {LONGEST} printable ASCII characters.");
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

/// The answer that is kept for this request, if it was answered before.
///
/// # Errors
/// When the key belongs to another request.
pub fn find(tx: &mut Tx<'_>, IdempotencyKey { scope, key, fingerprint }: &IdempotencyKey) -> Result<Option<Reply>, Error> {
    let Some(stored) = idempotency_keys::find(tx.conn, scope, key, tx.now)? else { return Ok(None) };
    if stored.fingerprint != *fingerprint {
        return Err(Error::refused(Code::IdempotencyKeyReused));
    }
    let Json((location, revision)) = stored.headers;
    let status = u16::try_from(stored.status).unwrap_or(500);
    Ok(Some(Reply { status, location, revision, body: stored.body, next: None }))
}

/// Runs `action` unless the same request was answered before, and keeps its answer.
///
/// # Errors
/// What `action` refuses, and a key that belongs to another request or to one that still runs.
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
