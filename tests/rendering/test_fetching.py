"""Nothing outside a sheet is fetched while it is set: twenty ways to try (SEC-19)."""

from __future__ import annotations

import base64
import io
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pikepdf
import pytest
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from qms.rendering import RenderFailed
from qms.rendering.assets import Assets, FetchRefusedError
from qms.rendering.pdf import render_bytes

from .factories import SOURCE, text_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from weasyprint.urls import URLFetcherResponse

# WeasyPrint leaves its colour profile to be closed by the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file.*sRGB2014:ResourceWarning")

_SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="{web}/nested.png" width="9" height="9"/></svg>'
VECTORS = {
    "image": '<img src="{web}/a.png">',
    "image of a file": '<img src="{file}">',
    "redirect": '<img src="{web}/redirect">',
    "stylesheet": '<link rel="stylesheet" href="{web}/a.css">',
    "import": "<style>@import url({web}/a.css);</style>",
    "font": "<style>@font-face{{font-family:x;src:url({web}/a.ttf)}}p{{font-family:x}}</style><p>x</p>",
    "background": '<p style="background:url({web}/a.png)">x</p>',
    "list mark": '<ul style="list-style-image:url({web}/a.png)"><li>x</li></ul>',
    "generated content": "<style>p::before{{content:url({web}/a.png)}}</style><p>x</p>",
    "border image": '<p style="border:1px solid;border-image:url({web}/a.png) 1">x</p>',
    "object": '<object data="{web}/a.png"></object>',
    "embed": '<embed src="{web}/a.png">',
    "svg image": '<svg><image href="{web}/a.png" width="9" height="9"/></svg>',
    "svg use": '<svg><use href="{web}/a.svg#x"/></svg>',
    "svg file": '<img src="data:image/svg+xml;base64,{nested}">',
    "attached file": '<link rel="attachment" href="{file}">',
    "linked attachment": '<a rel="attachment" href="{file}">x</a>',
    "marker content": "<style>li::marker{{content:url({web}/a.png)}}</style><ul><li>x</li></ul>",
    "base": '<base href="{web}/"><img src="a.png">',
    "page style": "<style>@page{{background:url({web}/a.png)}}</style><p>x</p>",
    "presentational hint": '<table background="{web}/a.png"><tr><td>x</td></tr></table>',
}
# What the typesetter would not fetch of its own accord; the others show that the test can fail.
_IDLE = {"svg use", "presentational hint"}


class _Site(ThreadingHTTPServer):
    """A web site on this machine that remembers who came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Visitor)
        self.seen: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Visitor(BaseHTTPRequestHandler):
    server: _Site

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 404)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[_Site]:
    """The site, served by a thread."""
    with _Site() as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield site
        site.shutdown()
        thread.join()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A local file that must never be found inside a PDF."""
    path = tmp_path / "canary.txt"
    path.write_text("canary", "utf-8")
    return path


def page(vector: str, site: _Site, canary: Path) -> str:
    """The vector with its addresses filled in."""
    nested = base64.b64encode(_SVG.format(web=site.address).encode()).decode()
    return VECTORS[vector].format(web=site.address, file=canary.as_uri(), nested=nested)


def attached(pdf: bytes) -> list[str]:
    """The names of the files inside a PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return list(document.attachments)


class _Open(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
    """What the typesetter does when nobody minds."""

    def __init__(self) -> None:
        super().__init__(timeout=5)
        self.asked: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            self.asked.append(url)
        return super().fetch(url, headers)


@pytest.mark.parametrize("vector", VECTORS)
def test_no_way_out_of_the_typesetter(vector: str, site: _Site, canary: Path) -> None:
    """Even unsanitised HTML gets nothing; an open fetcher shows that the way was real."""
    html = page(vector, site, canary)
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    before = len(site.seen)
    assets = Assets()
    pdf = HTML(string=html, url_fetcher=assets).write_pdf(pdf_variant="pdf/a-3a")
    assert site.seen[before:] == []
    assert attached(pdf) == []
    free = _Open()
    HTML(string=html, url_fetcher=free).write_pdf(pdf_variant="pdf/a-3a")
    logging.getLogger("weasyprint").setLevel(logging.NOTSET)
    assert bool(free.asked) is (vector not in _IDLE)
    assert bool(assets.denied) is (vector not in _IDLE)


def test_a_body_cannot_even_ask(site: _Site, canary: Path) -> None:
    """The sanitiser takes every address out before the typesetter reads it (SEC-18)."""
    before = len(site.seen)
    body = "\n".join(page(vector, site, canary) for vector in VECTORS if vector != "base")
    made = render_bytes(text_sheet(body=body, contents=()), SOURCE, "CP-12.md")
    assert site.seen[before:] == []
    assert attached(made.pdf) == ["CP-12.md"]
    with pytest.raises(RenderFailed, match=r"asset:picture/a\.png"):
        render_bytes(text_sheet(body=page("base", site, canary), contents=()), SOURCE, "CP-12.md")
    assert site.seen[before:] == []


@pytest.mark.parametrize(
    "address", ["data:text/plain,x", "file:///etc/hostname", "asset:", "asset:../x", "x"]
)
def test_the_fetcher_knows_only_what_it_was_given(address: str) -> None:
    """Fonts and the sheet's own pictures, by exact name."""
    assets = Assets({"a.png": ("image/png", b"x")})
    assert assets.fetch("asset:a.png").read() == b"x"
    assert assets.fetch("asset:font/NotoSansSC-400.ttf").read(4) == b"\x00\x01\x00\x00"
    with pytest.raises(FetchRefusedError):
        assets.fetch(address)
    assert assets.denied == [address]


def test_a_picture_that_does_not_open_refuses_the_sheet() -> None:
    """An issued document is never quietly incomplete."""
    sheet = text_sheet()
    broken = type(sheet.pictures[0])("flow.png", "image/png", b"no picture")
    with pytest.raises(RenderFailed):
        render_bytes(text_sheet(pictures=(broken,)), SOURCE, "CP-12.md")


def test_a_picture_that_is_not_there_refuses_the_sheet() -> None:
    """It is not quietly replaced by its description."""
    with pytest.raises(RenderFailed, match=r"flow\.png"):
        render_bytes(text_sheet(pictures=()), SOURCE, "CP-12.md")
