"""E-mail addresses: how they are kept, compared and checked.

Mail always goes to the stored address, never to one that was typed in and has the same key: two
different spellings of one key may be two different mailboxes at the receiver.
"""

import re
import unicodedata

import idna

from stepwell.kernel import text

LONGEST = 254
LONGEST_LOCAL_PART = 64
_NOT_IN_LOCAL_PART = frozenset('()<>[]:;,\\"')
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}", re.ASCII)


def clean(email: str) -> str:
    """The address as it is kept and shown: without outer space, NFC, in the case that was given."""
    return unicodedata.normalize("NFC", email.strip())


def key(email: str) -> str:
    """What is unique within an organisation: the cleaned address without regard to case."""
    return text.fold(email)


def is_valid(email: str) -> bool:
    """Whether the cleaned address can be a mailbox.

    One `@`; no space, control or invisible character; at most 254 bytes, 64 before the `@` (RFC 5321
    4.5.3.1, in UTF-8 as RFC 6531 counts); a domain name of two labels or more, international ones
    too (IDNA 2008). Quoted local parts, comments and address literals are refused.
    """
    if not email.isprintable() or " " in email or len(email.encode()) > LONGEST:
        return False
    local, _, domain = email.partition("@")
    return _is_local_part(local) and _is_domain(domain)


def _is_local_part(local: str) -> bool:
    if not 1 <= len(local.encode()) <= LONGEST_LOCAL_PART or not _NOT_IN_LOCAL_PART.isdisjoint(local):
        return False
    return not (local.startswith(".") or local.endswith(".") or ".." in local)


def _is_domain(domain: str) -> bool:
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            return False
    return _DOMAIN.fullmatch(domain.lower()) is not None
