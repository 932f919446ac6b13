"""The pages of a bundle: HTML without JavaScript or network, Chinese and English side by side (BND-12)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qms.kernel.labels import say

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def languages(language: str) -> tuple[str, str]:
    """The two languages of a bundle: the Chinese script of the workspace, then English."""
    return (language if language.startswith("zh") else "zh-Hans", "en")


def page(template: str, language: str, **facts: Any) -> bytes:
    """A page of the bundle; every text of a person is escaped."""
    first, second = languages(language)
    said = _both(first, second)
    return _PAGES.get_template(template).render(_=said, first=first, **facts).encode()


def _both(first: str, second: str) -> Callable[[str], Markup]:
    def both(text: str) -> Markup:
        shape = Markup('<span lang="{}">{}</span> <span class="b" lang="{}">{}</span>')
        return shape.format(first, say(text, first), second, say(text, second))

    return both
