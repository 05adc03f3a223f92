//! Looks names up for connections, and judges each address that is found. The connection is made to the judged addresses, so that a second
//! look-up cannot lead elsewhere.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use domain::network::{Network, may_reach};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The addresses of a name are not allowed.
#[derive(Debug, thiserror::Error)]
#[error("the address is not allowed")]
pub(super) struct Refused;

/// The addresses of a name.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// A function that looks a name up.
pub type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;

/// Looks a name up as the system does.
pub(super) fn look_up(name: String) -> Found {
    Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
}

/// Looks names up and judges what it finds.
pub(super) struct Resolver {
    pub(super) lookup: Lookup,
    /// Whether the connection is without TLS.
    pub(super) is_plain: bool,
    pub(super) allowed: Arc<[Network]>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, is_plain, allowed) = ((self.lookup)(name.as_str().to_owned()), self.is_plain, self.allowed.clone());
        Box::pin(async move {
            let found = found.await?;
            // One address that is not allowed is reason enough: the others may be a disguise.
            if !found.iter().all(|address| may_reach(*address, is_plain, &allowed)) {
                return Err(Refused.into());
            }
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
