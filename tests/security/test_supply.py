"""The bill of materials, the licences, the audit, and that every rule of security has its row (SEC-27)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from license_expression import get_spdx_licensing  # type: ignore[import-untyped]  # it has no stubs

from tests import supply
from tests.supply import ADVISORIES, ALLOWED, ROOT, Part

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made_of() -> list[Part]:
    """Everything the product is made of."""
    return supply.parts()


def test_everything_locked_is_in_the_bill(made_of: list[Part]) -> None:
    """SEC-27: each pinned package with its version and every digest, and what is shipped beside them."""
    components = {each["name"]: each for each in json.loads(supply.bill(made_of))["components"]}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        for name, (version, digests) in supply.locked(ROOT / lock).items():
            assert components[name]["version"] == version
            assert digests
            assert {each["content"] for each in components[name]["hashes"]} == set(digests)
    assert {"htmx", "noto-sans-sc", "noto-sans-tc"} <= set(components)
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert len(supply.locked(ROOT / "requirements.lock")) == len(
        re.findall(r"^[a-z].*==", text, re.MULTILINE)
    )


def test_the_bill_is_the_same_each_time(made_of: list[Part], tmp_path: Path) -> None:
    """SEC-27: no instant and no chance in it, so that two builds can be compared."""
    assert supply.bill(made_of) == supply.bill(list(reversed(made_of))[::-1])
    for place in ("one", "two"):
        assert supply.main([str(tmp_path / place)]) == 0
    for file in ("sbom.cdx.json", "licences.tsv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_every_licence_is_one_we_may_ship(made_of: list[Part]) -> None:
    """SEC-27: each package says its licence, and one of those it offers is on the list."""
    reader = get_spdx_licensing()
    unknown = [each.name for each in made_of if not each.licence and not each.tested_with]
    assert unknown == []
    for each in made_of:
        if each.tested_with:
            continue
        choices = re.split(r"\bOR\b", each.licence)
        fits = [all(key in ALLOWED for key in reader.license_keys(choice.strip("() "))) for choice in choices]
        assert any(fits), (each.name, each.licence)


def test_the_audit_finds_a_known_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-27: an advisory about a pinned version fails the gate; without a database that is said."""
    monkeypatch.delenv(ADVISORIES, raising=False)
    assert supply.main(["--audit"]) == 3
    assert "NOTHING WAS CHECKED" in capsys.readouterr().out
    monkeypatch.setenv(ADVISORIES, str(tmp_path))
    assert supply.main(["--audit"]) == 0
    events = [{"introduced": "0"}, {"fixed": "99"}]
    touched = {"package": {"name": "Flask"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    advisory = {"id": "PYSEC-0000-1", "affected": [touched]}
    (tmp_path / "one.json").write_text(json.dumps(advisory), "utf-8")
    assert supply.main(["--audit"]) == 1
    assert "flask" in capsys.readouterr().out
    events[1] = {"fixed": "1.0"}
    (tmp_path / "one.json").write_text(json.dumps(advisory), "utf-8")
    assert supply.main(["--audit"]) == 0


def test_every_rule_of_security_has_its_row() -> None:
    """SECURITY.md: each SEC rule names a test that is there, or says why it does not apply yet."""
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    lacking = []
    for number in range(1, 29):
        rule = f"SEC-{number:02}"
        mine = [row for row in rows if rule in row]
        named = [path for row in mine for path in re.findall(r"`(tests/[\w/]+\.py)`", row)]
        excused = any("not applicable yet:" in row for row in mine)
        if not (named or excused):
            lacking.append(rule)
        assert all((ROOT / path).is_file() for path in named), rule
    assert lacking == []
