"""Words for people: one gettext catalogue for pages, command line, mail and PDF; and their script."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.pofile import read_po
from opencc import OpenCC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES: Final = ("zh-Hans", "zh-Hant", "en")
LOCALES: Final = Path(__file__).parents[1] / "locales"
_STANDARD: Final = "s2tw"
"""Characters follow the words they stand in (`头发`, `发放`); the wording stays the document's own."""
_SHORT: Final = 200
_KEPT: Final = 8192


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of one language, by their English key; English itself needs no file."""
    if language not in LANGUAGES or language == "en":
        return {}
    path = LOCALES / f"{language.replace('-', '_')}.po"
    with path.open("rb") as stream:
        messages = read_po(stream)
    return {str(message.id): str(message.string) for message in messages if message.id and message.string}


def say(text: str, language: str = "en", /, **facts: object) -> str:
    """The text in the asked language with its `{facts}` filled in.

    `text` is the English sentence, which is also the key of the catalogue. A fact that is a
    mapping of languages (a title) or a `Phrase` is itself said in the asked language.
    """
    template = catalogue(language).get(text, text)
    if not facts:
        return template
    return template.format_map({key: _spoken(value, language) for key, value in facts.items()})


def _spoken(value: object, language: str) -> object:
    if isinstance(value, Phrase):
        return value.sentence(language)
    if isinstance(value, dict):
        return in_language(value, language)
    return value


class Phrase:
    """A text with facts that is put into a language later; `N_` marks it for the catalogue."""

    __slots__ = ("facts", "text")

    def __init__(self, text: str, /, **facts: object) -> None:
        """Keep the English key and its facts."""
        self.text = text
        self.facts = facts

    def sentence(self, language: str) -> str:
        """The text in the asked language."""
        return say(self.text, language, **self.facts)

    def __repr__(self) -> str:
        """The English text, for logs."""
        return f"Phrase({self.sentence('en')!r})"


def N_(text: str) -> str:  # noqa: N802 - the customary gettext marker for a text said later
    """Mark a text for the catalogue without translating it now."""
    return text


def listed(values: Iterable[str], language: str) -> str:
    """Several names in one line, set apart as the language does it."""
    return (", " if language == "en" else "、").join(values)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text of a language map that serves a reader of `language` best.

    Simplified words are converted for readers of traditional script where there are none of their own
    (law 17, D-0031); otherwise the other script, then English, then whatever there is.
    """
    if language == "zh-Hant" and not texts.get(language) and texts.get("zh-Hans"):
        return traditional(texts["zh-Hans"])
    other = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}.get(language)
    for key in (language, other, "zh-Hans", "en"):
        if key and texts.get(key):
            return texts[key]
    return next(iter(texts.values()), "")


def traditional(text: str) -> str:
    """A plain text in traditional characters; short ones, which pages repeat, are remembered."""
    return _remembered(text) if len(text) <= _SHORT else _convert(text)


@lru_cache(maxsize=_KEPT)
def _remembered(text: str) -> str:
    return _convert(text)


def _convert(text: str) -> str:
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC(_STANDARD)
