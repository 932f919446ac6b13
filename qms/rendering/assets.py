"""What a sheet may fetch while it is set: shipped fonts and its own pictures from memory, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

from weasyprint.urls import URLFetcher, URLFetcherResponse

from qms.rendering.fonts import SHIPPED
from qms.rendering.page import SCHEME

if TYPE_CHECKING:
    from collections.abc import Mapping


class FetchRefusedError(ValueError):
    """Something outside the sheet was asked for."""


class Assets(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
    """Gives bytes from memory by `asset:` names; files, network and `data:` are denied (SEC-19).

    `denied` lists every address that was asked for in vain, so that a sheet that asks for one is
    refused as a whole instead of being printed without it.
    """

    def __init__(self, given: Mapping[str, tuple[str, bytes]] | None = None) -> None:
        """Offer the given bytes, by name with their media type, beside the shipped fonts."""
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.given = dict(given or {})
        self.denied: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bytes of an asset; everything else is refused and noted."""
        del headers
        name = url.removeprefix(SCHEME) if url.startswith(SCHEME) else ""
        if name in self.given:
            media_type, content = self.given[name]
            return URLFetcherResponse(url, content, {"Content-Type": media_type})
        for face in SHIPPED:
            if name == f"font/{face.file}":
                return URLFetcherResponse(url, face.path.read_bytes(), {"Content-Type": "font/ttf"})
        return self._deny(url)

    def _deny(self, url: str) -> Never:
        self.denied.append(url[:200])
        raise FetchRefusedError(url[:200])
