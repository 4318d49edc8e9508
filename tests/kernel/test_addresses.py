"""Which addresses count as the public internet."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.kernel import addresses

INSIDE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16/32",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


@pytest.mark.parametrize("network", INSIDE)
def test_first_and_last_address_of_every_special_network_is_not_public(network: str) -> None:
    found = ip_network(network)
    assert not addresses.is_public(found[0])
    assert not addresses.is_public(found[-1])


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"]
)
def test_metadata_services_of_clouds_are_not_public(address: str) -> None:
    assert not addresses.is_public(addresses.read(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.1",
        "223.255.255.255",
        "2001:4860::8888",
    ],
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert addresses.is_public(addresses.read(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_is_never_public_but_for_nat64(address: IPv4Address) -> None:
    number = int(address)
    assert not addresses.is_public(IPv6Address(number))
    assert not addresses.is_public(IPv6Address((0xFFFF << 32) | number))
    assert not addresses.is_public(IPv6Address((0x2002 << 112) | (number << 80)))
    nat64 = IPv6Address((0x64FF9B << 96) | number)
    assert addresses.is_public(nat64) == addresses.is_public(address)


@given(st.ip_addresses())
def test_nothing_is_both_public_and_loopback(address: IPv4Address | IPv6Address) -> None:
    assert not (addresses.is_public(address) and addresses.is_loopback(address))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:127.0.0.1", False),
        ("::7f00:1", False),
    ],
)
def test_loopback(address: str, expected: bool) -> None:
    assert addresses.is_loopback(addresses.read(address)) is expected


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "017700000001"],
)
def test_every_spelling_of_an_ipv4_address_is_read(host: str) -> None:
    assert addresses.spelled(host) == ip_address("127.0.0.1")


def test_a_zone_is_taken_off() -> None:
    assert addresses.spelled("fe80::1%25eth0") == ip_address("fe80::1")


@pytest.mark.parametrize("host", ["example.com", "1.2.3.4.5", "256.1.1.1", "4294967296", "a", "", "12:34"])
def test_a_name_is_no_address(host: str) -> None:
    assert addresses.spelled(host) is None
