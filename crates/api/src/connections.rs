//! Connections of clients: how many an address can have, and how long a client can leave a response unread.

use std::any::Any;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::net::Shutdown;
use rustix::net::sockopt::set_tcp_user_timeout;

use super::limits::network;
use environment::config;

/// The open connections of each address.
pub(super) struct Connections {
    open: Mutex<HashMap<IpAddr, usize>>,
    /// The largest number for one address. None: a proxy makes all connections.
    most: Option<usize>,
    send_timeout: Duration,
}

/// A connection that is counted until it is closed.
struct Counted {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Connections {
    pub(super) fn new(config: &config::Server) -> Self {
        let most = (!config.trust_proxy).then_some(config.connections_per_address);
        Self { open: Mutex::default(), most, send_timeout: Duration::from_secs(config.send_timeout_seconds) }
    }

    /// Counts a new connection, and closes it if its address has too many. The system closes a connection later whose client
    /// does not take what is sent for too long (`TCP_USER_TIMEOUT`).
    pub(super) fn accept(self: &Arc<Self>, connection: &dyn Any, data: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        let millis = u32::try_from(self.send_timeout.as_millis()).unwrap_or(u32::MAX);
        if let Err(error) = set_tcp_user_timeout(stream, millis) {
            tracing::warn!(%error, "a connection has no time limit for sending");
        }
        let (Some(most), Ok(peer)) = (self.most, stream.peer_addr()) else { return };
        match self.count(network(peer.ip()), most) {
            Some(counted) => drop(data.insert(counted)),
            None => drop(rustix::net::shutdown(stream, Shutdown::Both)),
        }
    }

    fn count(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Counted> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { connections: self.clone(), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_is_forgotten_without_any() {
        let open = Mutex::default();
        let connections = Arc::new(Connections { open, most: Some(2), send_timeout: Duration::from_secs(1) });
        let [one, other] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
        let mut counted = [connections.count(one, 2), connections.count(one, 2)];
        assert!(counted.iter().all(Option::is_some));
        assert!(connections.count(one, 2).is_none());
        assert!(connections.count(other, 2).is_some());
        counted[0] = None;
        assert!(connections.count(one, 2).is_some());
        drop(counted);
        assert!(connections.open.lock().unwrap().is_empty());
    }
}
