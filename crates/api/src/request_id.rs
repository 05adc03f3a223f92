//! The identifier of a request, in its response and in every log line about it.

use std::future::Future;

tokio::task_local! {
    static CURRENT: String;
}

/// The name of the header.
pub const HEADER: &str = "x-request-id";

/// Returns the identifier of the current request. Empty outside of a request.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Runs `answer` as the request with this `id`.
pub fn scope<F: Future>(id: String, answer: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, answer)
}

/// Returns the identifier that the client offered if it is valid, otherwise a new one.
pub fn accept(offered: Option<&str>) -> String {
    match offered {
        Some(id) if (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b)) => {
            id.to_owned()
        }
        _ => format!("{:032x}", rand::random::<u128>()),
    }
}

#[cfg(test)]
mod tests {
    use super::accept;

    #[test]
    fn a_sane_identifier_of_the_caller_is_kept() {
        assert_eq!(accept(Some("job-7:retry_2.a")), "job-7:retry_2.a");
        for bad in [None, Some(""), Some("a b"), Some("line\nbreak"), Some(&"x".repeat(65))] {
            assert_eq!(accept(bad).len(), 32, "{bad:?}");
        }
    }
}
