//! Networks: the addresses on the internet to which the service may connect, and those that the operator allows beside them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::said::{Said, said, says};
use serde::{Deserialize, Deserializer};

/// A text that is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidNetwork;

says!(InvalidNetwork: |_| said!("must be a network such as 10.0.0.0/8 or fd00::/8"));

/// A network: an address and the number of its bits that all addresses of the network share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u32) -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    const fn v6(first: u16, second: u16, bits: u32) -> Self {
        Self { address: IpAddr::V6(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0)), bits }
    }

    /// Whether an address lies in the network. An IPv4 address that is written as an IPv6 address is that IPv4 address.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(32 - self.bits).unwrap_or_default() == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(128 - self.bits).unwrap_or_default() == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, bits) = text.split_once('/').ok_or(InvalidNetwork)?;
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let bits = bits.parse().map_err(|_| InvalidNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        (bits <= most).then_some(Self { address, bits }).ok_or(InvalidNetwork)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The IPv4 networks that are not for hosts on the internet (IANA, IPv4 Special-Purpose Address Registry).
const SPECIAL_V4: [Network; 15] = [
    Network::v4(0, 0, 0, 0, 8),
    Network::v4(10, 0, 0, 0, 8),
    Network::v4(100, 64, 0, 0, 10),
    Network::v4(127, 0, 0, 0, 8),
    Network::v4(169, 254, 0, 0, 16),
    Network::v4(172, 16, 0, 0, 12),
    Network::v4(192, 0, 0, 0, 24),
    Network::v4(192, 0, 2, 0, 24),
    Network::v4(192, 88, 99, 0, 24),
    Network::v4(192, 168, 0, 0, 16),
    Network::v4(198, 18, 0, 0, 15),
    Network::v4(198, 51, 100, 0, 24),
    Network::v4(203, 0, 113, 0, 24),
    Network::v4(224, 0, 0, 0, 4),
    Network::v4(240, 0, 0, 0, 4),
];

/// The IPv6 network of hosts on the internet. All others are refused: loopback, link-local, unique-local, multicast, and those that lead to
/// IPv4 addresses.
const GLOBAL_V6: Network = Network::v6(0x2000, 0, 3);

/// The parts of that network that are not for hosts on the internet: Teredo and other protocols, documentation, 6to4.
const SPECIAL_V6: [Network; 4] =
    [Network::v6(0x2001, 0, 23), Network::v6(0x2001, 0x0db8, 32), Network::v6(0x2002, 0, 16), Network::v6(0x3fff, 0, 20)];

/// Whether an address belongs to a host on the internet, and not to this machine, its network or a network of its owner.
pub fn is_public(address: IpAddr) -> bool {
    let is_in = |networks: &[Network]| networks.iter().any(|network| network.contains(address));
    match address.to_canonical() {
        IpAddr::V4(_) => !is_in(&SPECIAL_V4),
        IpAddr::V6(_) => GLOBAL_V6.contains(address) && !is_in(&SPECIAL_V6),
    }
}

/// Checks the address of a machine to which the service connects, as far as that is possible without looking its name up. Plain HTTP is only
/// for networks that the operator allows.
///
/// # Errors
/// The end of a sentence about the address.
pub fn check_url(url: &str, allowed: &[Network]) -> Result<(), Said> {
    let (is_plain, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) if !allowed.is_empty() => (true, rest),
        _ => return Err(said!("must start with https://")),
    };
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) || url.contains('#') {
        return Err(said!("must consist of visible ASCII characters, without #"));
    }
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(said!("must not contain a user name or a password"));
    }
    let host = authority.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(authority, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(said!("must name a host"));
    }
    match host.parse::<IpAddr>() {
        Ok(address) if !may_reach(address, is_plain, allowed) => Err(said!("must be an address on the internet")),
        _ => Ok(()),
    }
}

/// Whether the service may connect to an address: to hosts on the internet by HTTPS, and to the networks that the operator allows.
pub fn may_reach(address: IpAddr, is_plain: bool, allowed: &[Network]) -> bool {
    allowed.iter().any(|network| network.contains(address)) || !is_plain && is_public(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_on_the_internet_are_public() {
        for (text, expected) in [
            ("1.1.1.1", true),
            ("9.255.255.255", true),
            ("11.0.0.0", true),
            ("100.63.255.255", true),
            ("100.128.0.0", true),
            ("172.15.255.255", true),
            ("172.32.0.0", true),
            ("223.255.255.255", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.255.255.255", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.168.1.1", false),
            ("198.19.255.255", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1111", true),
            ("2a00:1450:4001:82a::200e", true),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:1.1.1.1", true),
            ("::127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b:1::1", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("fc00::1", false),
            ("fd12:3456::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_network_has_the_addresses_that_share_its_bits() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("192.0.2.7/32", "192.0.2.7", true),
            ("192.0.2.7/32", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false),
            ("::/0", "2001:db8::1", true),
            ("::1/128", "::1", true),
            ("::1/128", "::2", false),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network:?} {address}");
        }
        for wrong in ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "a/8"] {
            assert_eq!(wrong.parse::<Network>(), Err(InvalidNetwork), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_on_the_internet_or_in_an_allowed_network() {
        let inner = ["10.0.0.0/8".parse().unwrap()];
        for (url, outside, inside) in [
            ("https://example.org/hook?a=1", true, true),
            ("https://example.org:8443", true, true),
            ("https://[2606:4700::1111]/", true, true),
            ("https://1.1.1.1:80/", true, true),
            ("http://example.org/", false, true),
            ("http://10.0.0.1/", false, true),
            ("https://10.0.0.1/", false, true),
            ("http://1.1.1.1/", false, false),
            ("https://127.0.0.1/", false, false),
            ("https://[::1]:443/", false, false),
            ("https://[::ffff:127.0.0.1]/", false, false),
            ("https://user@example.org/", false, false),
            ("https://example.org\\@10.0.0.1/", true, true),
            ("https:///hook", false, false),
            ("https://", false, false),
            ("ftp://example.org/", false, false),
            ("https://example.org/#a", false, false),
            ("https://exämple.org/", false, false),
            ("https://example.org/a b", false, false),
        ] {
            assert_eq!((check_url(url, &[]).is_ok(), check_url(url, &inner).is_ok()), (outside, inside), "{url}");
        }
    }
}
