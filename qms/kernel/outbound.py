"""The one way out: a POST to a configured address, and nothing else leaves the machine by HTTP (SEC-20)."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from qms.kernel.errors import Conflict
from qms.kernel.labels import N_, Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_PORTS: Final = {"http": 80, "https": 443}
_OK: Final = 200
_CHUNK: Final = 1 << 16


class OutboundRefused(Conflict):
    """The address is not one this system may call; nothing was sent."""

    message = "No connection to {url} was made: {fault}."


class OutboundFailed(Conflict):
    """The other side could not be reached in time, or gave no answer of the expected kind."""

    message = "{url} gave no usable answer: {fault}."


@dataclass(frozen=True, slots=True)
class Place:
    """A web address taken apart; `literal` says that the host is written as numbers."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    literal: bool


def place_of(url: str) -> Place:
    """Take a configured address apart; refused where two programs might read it as two places."""
    if any(not ("!" <= char <= "~") or char == "\\" for char in url):
        raise OutboundRefused(url=url, fault=Phrase(N_("the address is not a plain web address")))
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as fault:
        raise OutboundRefused(url=url, fault=fault) from fault
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise OutboundRefused(url=url, fault=Phrase(N_("the address is not a plain web address")))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        ipaddress.ip_address(parts.hostname)
    except ValueError:
        literal = False
    else:
        literal = True
    return Place(url, parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path, literal)


def address_of(place: Place) -> str:
    """The one address to connect to, asked for once, so that no second answer can lead elsewhere.

    A name must not lead into the organisation's own network or this machine; an authority that stands
    there is configured by its number.
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise OutboundFailed(url=place.url, fault=fault) from fault
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not place.literal and not all(map(_is_public, addresses)):
        raise OutboundRefused(
            url=place.url, fault=Phrase(N_("the name leads into a private network; write its number instead"))
        )
    return addresses[0]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None) or found
    return mapped.is_global and not mapped.is_multicast


def post(
    url: str,
    body: bytes,
    *,
    allowed: Collection[str],
    content_type: str,
    answer_type: str,
    seconds: float = 20,
    limit: int = 1 << 20,
) -> bytes:
    """Send the body and give the answer back; only to an allowed host, and no further.

    A redirect is no answer. All of it together may take `seconds`, and the answer may be `limit` bytes
    long. Never called inside a writing Work (law 2).
    """
    place = place_of(url)
    if place.host not in allowed:
        raise OutboundRefused(url=url, fault=Phrase(N_("the host is not among those configured")))
    address = address_of(place)
    headers = {"Content-Type": content_type, "Accept": answer_type, "User-Agent": "qms"}
    with closing(_Pinned(place, address, seconds)) as connection:
        # A watch over the whole: each single step may be quick and all of them together endless.
        watch = threading.Timer(seconds, connection.cut)
        watch.start()
        try:
            return _asked(connection, place, body, headers, limit)
        except (OSError, http.client.HTTPException) as fault:
            late = N_("it took longer than {seconds} seconds")
            said = (
                Phrase(late, seconds=seconds) if connection.is_cut else (str(fault) or type(fault).__name__)
            )
            raise OutboundFailed(url=url, fault=said) from fault
        finally:
            watch.cancel()


def _asked(connection: _Pinned, place: Place, body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    connection.request("POST", place.path, body, dict(headers))
    answer = connection.getresponse()
    if answer.status != _OK:
        raise OutboundFailed(url=place.url, fault=f"HTTP {answer.status}")
    kind = answer.headers.get_content_type()
    if kind != headers["Accept"]:
        raise OutboundFailed(url=place.url, fault=kind)
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read(_CHUNK):
        size += len(piece)
        if size > limit:
            raise OutboundFailed(url=place.url, fault=Phrase(N_("more than {limit} bytes"), limit=limit))
        pieces.append(piece)
    if connection.is_cut:
        raise TimeoutError
    return b"".join(pieces)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, in the name of the host."""

    def __init__(self, place: Place, address: str, seconds: float) -> None:
        super().__init__(place.host, place.port, timeout=seconds)
        self._place, self._address = place, address
        self.is_cut = False
        self._line: socket.socket | None = None

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self._place.port), self.timeout)
        if self._place.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self._place.host)
        self.sock = self._line = sock

    def cut(self) -> None:
        """End it from outside, whatever it waits for."""
        self.is_cut = True
        # An answer without a length takes the socket away from the connection, but not from here.
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
