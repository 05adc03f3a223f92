//! The address from which the current request comes, for the audit log.

use std::future::Future;
use std::net::IpAddr;

tokio::task_local! {
    static CURRENT: IpAddr;
}

/// Returns the address from which the current request comes. None outside of a request.
pub(super) fn current() -> Option<IpAddr> {
    CURRENT.try_with(|address| *address).ok()
}

/// Runs `answer` as a request from this address: all transactions that it begins know the address.
pub fn scope<F: Future>(address: IpAddr, answer: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(address, answer)
}
