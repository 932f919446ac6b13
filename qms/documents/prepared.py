"""A source made ready for an act: read, checked in shape, and its bytes lying in the vault (laws 2 and 9)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from qms.documents import numbering
from qms.documents.defaults import DECLARED
from qms.documents.source import Source, read_source, write_source
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.rendering import Content, picture_fault, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from qms.documents.models import Revision
    from qms.kernel.settings import Settings
    from qms.kernel.vault import Vault
    from qms.rendering import Citation

_NOTHING: Final = Content((), "", "")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A source with its content, the digest of its bytes, and the digests of the images it uses."""

    source: Source
    content: Content
    digest: str
    images: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def text(self) -> str:
        """All words that will be printed from the source itself."""
        return self.content.plain


def prepare(
    vault: Vault, settings: Settings, data: bytes, file: str, images: Mapping[str, bytes] | None = None
) -> Prepared:
    """Read a source, then store it and the images it uses; done outside any writing Work.

    A head that breaks its shape is refused with every fault; faults of the text are kept and
    refuse the submission, so that a draft may be half finished.
    """
    source = read_source(data, file)
    content = _content(source, settings)
    given = images or {}
    problems = list(content.problems)
    stored: dict[str, str] = {}
    for name in content.images:
        fault = _image_fault(name, given.get(name))
        if fault is not None:
            problems.append(Problem(fault, file, facts={"name": name}))
        else:
            stored[name] = vault.put(given[name])
    return Prepared(source, content, vault.put(data), stored, tuple(problems))


def read_back(vault: Vault, settings: Settings, revision: Revision, images: Mapping[str, str]) -> Prepared:
    """The source of a revision as it was stored, checked against its digest."""
    data = vault.read(revision.source_digest)
    source, content = _parsed(data, file_of(settings, revision), settings.number_pattern)
    # Readers may change the head they are given; what is remembered stays as it was read.
    source = replace(source, head=deepcopy(dict(source.head)))
    problems = list(content.problems)
    missing = N_("The image {name} is missing; put it beside the text.")
    problems += [
        Problem(missing, source.file, facts={"name": name}) for name in content.images if name not in images
    ]
    return Prepared(source, content, revision.source_digest, images, tuple(problems))


@lru_cache(maxsize=128)
def _parsed(data: bytes, file: str, number_pattern: str) -> tuple[Source, Content]:
    """The same bytes read once: a stored source never changes, and each rule of an issue reads it again."""
    source = read_source(data, file)
    if source.head["kind"] in DECLARED:
        return source, _NOTHING
    return source, read(source.body, source.file, source.body_line, number_pattern=number_pattern)


def linked(data: bytes, file: str, number_pattern: str, link: Callable[[Citation], str | None]) -> str:
    """The text of a stored source as safe HTML, with the addresses that `link` gives to its citations."""
    source, _ = _parsed(data, file, number_pattern)
    return read(source.body, source.file, source.body_line, number_pattern=number_pattern, link=link).html


def images_named(data: bytes, file: str, settings: Settings) -> tuple[str, ...]:
    """The images a source uses, by the names its text gives them."""
    return _content(read_source(data, file), settings).images


def copy(vault: Vault, settings: Settings, old: Prepared, head: Mapping[str, Any]) -> Prepared:
    """The same text and images under a changed head, stored as a new source."""
    data = write_source(head, old.source.body)
    source = read_source(data, old.source.file)
    return Prepared(source, _content(source, settings), vault.put(data), old.images, old.problems)


def file_of(settings: Settings, revision: Revision) -> str:
    """The file name of a revision's source."""
    return numbering.file_name(
        revision.document.number,
        revision.language,
        usual=settings.language,
        yaml=revision.document.kind in DECLARED,
    )


def _content(source: Source, settings: Settings) -> Content:
    if source.head["kind"] in DECLARED:
        return _NOTHING
    return read(source.body, source.file, source.body_line, number_pattern=settings.number_pattern)


def _image_fault(name: str, content: bytes | None) -> str | None:
    if content is None:
        return N_("The image {name} is missing; put it beside the text.")
    return picture_fault(name, content)
