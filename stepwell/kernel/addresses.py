"""Which network addresses a request that somebody else chose may go to."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

type Address = IPv4Address | IPv6Address

# Beyond what `ipaddress` knows not to be global (private, loopback, link-local, shared 100.64/10,
# documentation, reserved, unspecified): the IANA special-purpose registries, and two addresses of
# cloud providers' own services. 169.254.169.254, fd00:ec2::254 and 100.100.100.200 are not global anyway.
_REFUSED_V4 = (
    IPv4Network("192.0.0.0/24"),  # IETF protocol assignments; Oracle's metadata service
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv4Network("168.63.129.16/32"),  # Azure's WireServer, a public address
)
_UNICAST_V6 = IPv6Network("2000::/3")  # all that is allocated for global unicast
_REFUSED_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2002::/16"),  # 6to4: an IPv4 address inside
    IPv6Network("3fff::/20"),  # documentation
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 writes an IPv4 address


def read(text: str) -> Address:
    """The address that `text` spells, a zone (`%eth0`) taken off. Raises ValueError."""
    return ip_address(text.partition("%")[0])


def spelled(host: str) -> Address | None:
    """The address that a URL's host spells, IPv4 also in octal or hexadecimal; None for a name."""
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        pass
    try:
        return read(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether the address is an ordinary one on the internet: global unicast, and nobody's own network.

    IPv4 inside IPv6 (mapped, compatible, 6to4, Teredo) is not, whatever it holds; NAT64 is judged by
    the IPv4 address inside, as a host without IPv4 sees everybody's IPv4 address in that form.
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        return address in _UNICAST_V6 and address.is_global and not any(address in net for net in _REFUSED_V6)
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in net for net in _REFUSED_V4)


def is_loopback(address: Address) -> bool:
    """Whether the address is this machine itself: 127.0.0.0/8 or ::1, not an IPv4 address inside IPv6."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return False
    return address.is_loopback
