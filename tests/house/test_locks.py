"""The locks install on a machine that has never seen the project, whatever was released since."""

from __future__ import annotations

import importlib.metadata
import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?==", re.ASCII | re.MULTILINE)


def pinned(name: str) -> dict[str, set[str]]:
    """The extras each package is pinned with in a lock."""
    text = (ROOT / name).read_text("utf-8")
    return {
        canonicalize_name(package): set(filter(None, (extras or "").split(",")))
        for package, extras in _PIN.findall(text)
    }


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_what_is_asked_for_with_an_extra_is_pinned_with_it(lock: str) -> None:
    """Pip looks at the newest release for an extra that no line pins, and then refuses it for its hash."""
    pins = pinned(lock)
    missing = [
        f"{package} asks for {asked.name}[{','.join(sorted(asked.extras))}]"
        for package in pins
        for asked in map(Requirement, importlib.metadata.requires(package) or ())
        if asked.extras
        and (asked.marker is None or asked.marker.evaluate({"extra": ""}))
        and not asked.extras <= pins.get(canonicalize_name(asked.name), set())
    ]
    assert missing == []
