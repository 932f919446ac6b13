"""A thousand hostile inputs to whatever reads foreign bytes: none crashes, hangs, reads or asks (SEC-13)."""

from __future__ import annotations

import io
import signal
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from qms import accounts, evidence, rendering, standards
from qms.calendar.source import read as read_calendars
from qms.documents import source
from qms.kernel import plain_yaml
from qms.kernel.errors import QmsError
from qms.kernel.settings import Settings
from qms.parties.choices import read as read_lists
from qms.rendering import picture_fault, sanitised
from qms.web.drafts.written import name_of
from tests.security.corpus import MARKDOWN, NAMES, PICTURES, YAML, jpeg, png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS: Final = 6
PATTERN: Final = Settings(Path()).number_pattern
_STEADY = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
)


class _TooLongError(Exception):
    pass


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Whatever takes longer is a hang: processor time, so that a busy machine is no fault."""

    def ring(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A local file nobody may read and a door of this machine nobody may knock at."""
    canary = tmp_path / "canary.txt"
    canary.write_text("the words of the canary", "utf-8")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        door.settimeout(0)
        yield {
            "file": canary.as_uri(),
            "path": str(canary),
            "web": f"http://127.0.0.1:{door.getsockname()[1]}",
        }
        with pytest.raises(BlockingIOError):
            door.accept()


_BAD: Final = (
    "<script",
    "onerror=",
    "onclick=",
    "onload=",
    "javascript:",
    "vbscript:",
    "<iframe",
    "<style",
    "<svg",
    "<link",
    "<object",
    "<embed",
    "<form",
    "<base",
    "<meta",
    "data:text",
)


def clean(html: str) -> None:
    """Nothing in the HTML can act: outside of texts there is no such element, attribute or scheme."""
    low = html.lower()
    tags = low.split("<")[1:]
    inside = ["<" + each.partition(">")[0] for each in tags]
    for tag in inside:
        assert not any(bad in tag for bad in _BAD if bad.startswith("<")), tag[:80]
        # What stands between quotes is the value of an attribute and no attribute.
        bare = "".join(tag.split('"')[::2])
        assert " on" not in bare, tag[:80]
        assert not any(f'="{scheme}' in tag for scheme in ("javascript:", "vbscript:", "data:")), tag[:80]


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_markdown_is_read_in_time(name: str, bait: dict[str, str]) -> None:
    """SEC-18: nesting, emphasis, tables, entities, raw HTML and links end as faults or as plain text."""
    text = MARKDOWN[name]
    for word, real in bait.items():
        text = text.replace(f"{{{word}}}", real)
    with limited():
        read = rendering.read(text, "f.md", number_pattern=PATTERN)
    clean(read.html)
    assert "the words of the canary" not in read.html
    if name in {"too long", "raw html", "html attributes", "style"}:
        assert read.problems


_SCRAPS = st.lists(
    st.sampled_from(
        [
            "*",
            "_",
            "[",
            "]",
            "(",
            ")",
            "!",
            "<",
            ">",
            "`",
            "~",
            "|",
            "#",
            "-",
            "1. ",
            "\n",
            "\n\n",
            "  ",
            "\t",
            "{#a}",
            "::: note",
            "&lt;",
            "&#0;",
            "<script>",
            "javascript:",
            "a",
            "中",
            "：",
            "\u202e",
            "$",
            "\\",
            '"',
            "<img src=x onerror=alert(1)>",
            "[x](y)",
            "![x](y.png)",
            "{{7*7}}",
            "---",
            "\x00",
            "http://a",
        ]
    ),
    max_size=60,
).map("".join)


@seed(20261122)
@_STEADY
@given(_SCRAPS)
def test_scraps_of_markdown(text: str) -> None:
    """SEC-18: whatever the pieces, the HTML is harmless and the reader does not fail."""
    with limited():
        read = rendering.read(text, "f.md", number_pattern=PATTERN)
        clean(read.html)
        clean(sanitised(text))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


READERS: Final[dict[str, Callable[[str], object]]] = {
    "head": plain_yaml.read,
    "source": lambda text: source.read_source(
        f"---\n{text}\n---\n".encode("utf-8", "surrogatepass"), "CP-01.md"
    ),
    "definition": lambda text: source.read_source(text.encode("utf-8", "surrogatepass"), "FM-01-01.yaml"),
    "organisation": lambda text: accounts.read_organisation(text, "o.yaml"),
    "edition": lambda text: standards.read_edition(text, "e.yaml"),
    "calendars": lambda text: read_calendars(text, "calendars.yaml"),
    "lists": lambda text: read_lists(text, "lists.yaml"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", YAML)
def test_hostile_yaml_is_refused_in_time(name: str, reader: str, bait: dict[str, str]) -> None:
    """SEC-14: bombs, anchors, tags, huge numbers, odd characters: a sentence or a harmless value."""
    text = YAML[name].replace("{path}", bait["path"])
    with limited():
        try:
            value = READERS[reader](text)
        except QmsError as refusal:
            value = refusal
    # A map of many shared parts prints as a bomb; nothing here may hold any.
    assert len(str(value)) < 5_000_000
    assert "the words of the canary" not in str(value)


@pytest.mark.parametrize("reader", ["organisation", "edition", "calendars", "lists"])
@pytest.mark.parametrize("text", ["a: &a [x]\nb: *a", "#" * 2_000_001], ids=["anchor", "too long"])
def test_anchors_and_size_are_refused_before_anything_is_built(reader: str, text: str) -> None:
    """SEC-14: by their own sentence, so that it is this check that refused them."""
    with pytest.raises(QmsError, match=r"Anchors|longer than"):
        READERS[reader](text)


_YAML_SCRAPS = st.lists(
    st.sampled_from(
        [
            "a",
            ":",
            " ",
            "\n",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&a ",
            "*a",
            "!",
            "!!str ",
            "|",
            ">",
            "'",
            '"',
            "#",
            "? ",
            "%",
            "@",
            "`",
            "\t",
            "~",
            "null",
            "1",
            "0x1",
            "1e9",
            "2026-01-01",
            "<<: ",
            "---\n",
            "...\n",
            "中",
            "\u0085",
            "\x00",
            "\\u0000",
            "number: CP-01\n",
            "kind: control-procedure\n",
            "people:\n",
            "clauses:\n",
        ]
    ),
    max_size=50,
).map("".join)


@seed(20261123)
@_STEADY
@given(_YAML_SCRAPS)
def test_scraps_of_yaml(text: str) -> None:
    """SEC-14: whatever the pieces, each reader answers or refuses, and never fails."""
    for read in READERS.values():
        with limited():
            try:
                read(text)
            except QmsError:
                continue


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg", ".svg", ".gif", ".exe", ".png.html", ""])
@pytest.mark.parametrize("name", PICTURES)
def test_what_is_no_picture_is_not_taken(name: str, suffix: str) -> None:
    """SEC-13: kind by name and content, no bytes behind it, no more pixels than a sheet carries."""
    with limited(2):
        assert picture_fault(f"x{suffix}", PICTURES[name]) is not None


def test_real_pictures_are_taken() -> None:
    """The check refuses no honest picture."""
    assert picture_fault("x.png", png(800, 600)) is None
    assert picture_fault("x.PNG", png(1, 1)) is None
    assert picture_fault("x.jpg", jpeg()) is None
    assert picture_fault("x.jpg", png(1, 1)) is not None


@seed(20261124)
@_STEADY
@given(st.data())
def test_damaged_pictures(data: st.DataObject) -> None:
    """SEC-13: a picture with bytes changed or cut is taken or refused, and never fails."""
    whole = bytearray(data.draw(st.sampled_from([png(12, 12), jpeg(), png(9000, 9000, real=False)])))
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with limited(2):
        for name in ("x.png", "x.jpg"):
            picture_fault(name, content)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_is_only_a_name(name: str) -> None:
    """SEC-17: no name of an upload leaves the folder it never lies in: bytes are stored by digest."""
    plain = name_of(FileStorage(io.BytesIO(b"x"), filename=name))
    assert "/" not in plain
    assert "\\" not in plain
    assert plain not in {".", ".."}


@seed(20261125)
@_STEADY
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04"]))
def test_scraps_of_archives(data: bytes, head: bytes) -> None:
    """BND-10: bytes that are no bundle are reported, whatever they are."""
    content = head + data
    with limited(3):
        try:
            report = evidence.verify_bundle(io.BytesIO(content))
        except QmsError:
            return
    assert not report.ok


def test_there_are_a_thousand_cases() -> None:
    """The tables and the generated ones together."""
    tables = len(MARKDOWN) + len(YAML) * len(READERS) + len(PICTURES) * 8 + len(NAMES)
    generated = 4 * 150 + 4 * 150  # each scrap of YAML goes to every reader
    assert tables + generated >= 1000
