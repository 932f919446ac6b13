"""Where a request comes from, and whether that is a place the organisation named (MLP-07, SEC-24)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from qms.kernel.settings import Settings

_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


def comes_from(networks: str, settings: Settings) -> bool:
    """Whether the request comes from one of the addresses and networks, listed with commas.

    A request that somebody forwarded tells no address while no proxy is believed: it comes from nowhere.
    """
    forwarded = not settings.proxy_hops and any(name in request.headers for name in _FORWARDED)
    return not forwarded and _within(request.remote_addr or "", networks)


def _within(address: str, networks: str) -> bool:
    try:
        asking = ip_address(address)
    except ValueError:
        return False
    return any(
        asking in ip_network(each.strip(), strict=False) for each in networks.split(",") if each.strip()
    )
