"""Every route there is, with an address that leads somewhere; the security tests are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from flask import Flask

# What stands for an argument of a route. A new argument may add its sample here; one without is still
# asked for, with a number or a word that leads nowhere.
SAMPLES: Final[dict[tuple[str, str], Any]] = {
    ("accounts.change_person", "verb"): "rename",
    ("accounts.change_organisation", "verb"): "add-department",
    ("accounts.change_me", "verb"): "substitute",
}
SAFE: Final = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Route:
    """One rule: its endpoint, an address, the methods, and whether anybody may call it."""

    endpoint: str
    path: str
    methods: frozenset[str]
    public: bool

    @property
    def unsafe(self) -> frozenset[str]:
        """The methods that may change something."""
        return frozenset(self.methods - SAFE)


def routes(app: Flask) -> list[Route]:
    """All routes but the files of the pages."""
    found = []
    with app.test_request_context("/", base_url="https://localhost"):
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if rule.endpoint == "static":
                continue
            values = {name: _sample(rule, name) for name in rule.arguments}
            path = adapter.build(rule.endpoint, values, force_external=False)
            view = app.view_functions[rule.endpoint]
            methods = frozenset(rule.methods or ())
            found.append(Route(rule.endpoint, path, methods, bool(getattr(view, "qms_public", False))))
    return found


def _sample(rule: Any, name: str) -> Any:
    fallback = 1 if type(rule._converters[name]).__name__ == "IntegerConverter" else "x"
    return SAMPLES.get((rule.endpoint, name), fallback)


def looks(app: Flask) -> list[str]:
    """The addresses of everything that can be looked at."""
    return [route.path for route in routes(app) if "GET" in route.methods]
