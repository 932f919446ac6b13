"""The shipped files of docs/deploy, each read by the program it is for."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from tests.conftest import skip_or_fail
from tests.operate.served import DEPLOY

if TYPE_CHECKING:
    from collections.abc import Mapping

UNITS = ("qms-web.service", "qms-worker.service", "qms-backup.service", "qms-backup.timer")
HALF_A_YEAR = 184


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        skip_or_fail(f"there is no {name}")
    return found


def _sections(name: str) -> Mapping[str, Mapping[str, str]]:
    read = configparser.RawConfigParser(strict=True, comment_prefixes=("#",), inline_comment_prefixes=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their capitals
    read.read_string((DEPLOY / name).read_text("utf-8"))
    return {section: dict(read[section]) for section in read.sections()}


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name: str, tmp_path: Path) -> None:
    """Every key and value is known, and what it starts is there, once the folders are this machine's."""
    for each in UNITS:
        text = (DEPLOY / each).read_text("utf-8")
        for old, new in {"/opt/qms/.venv/bin/qms": sys.executable, "/srv/qms": str(tmp_path)}.items():
            text = text.replace(old, new)
        (tmp_path / each).write_text(text, "utf-8")
    analyze = _tool("systemd-analyze")
    done = subprocess.run(
        [analyze, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_services_are_confined() -> None:
    """Neither can become somebody else, write elsewhere or reach a device; each logs apart."""
    for name in UNITS[:2]:
        service = _sections(name)["Service"]
        assert {"NoNewPrivileges", "PrivateDevices", "PrivateTmp", "ProtectHome"} <= {
            key for key, value in service.items() if value == "true"
        }
        assert (service["ProtectSystem"], service["ReadWritePaths"]) == ("strict", "/srv/qms")
        assert (service["CapabilityBoundingSet"], service["LogNamespace"]) == ("", "qms")
    different = {
        key
        for key in _sections(UNITS[0])["Service"]
        if _sections(UNITS[0])["Service"][key] != _sections(UNITS[1])["Service"][key]
    }
    assert different == {"ExecStart", "TimeoutStopSec"}


def test_the_journal_is_kept_for_more_than_half_a_year() -> None:
    """CN-09: what the services log stays."""
    kept = _sections("journald@qms.conf")["Journal"]
    assert kept["Storage"] == "persistent"
    assert int(kept["MaxRetentionSec"].removesuffix("day")) >= HALF_A_YEAR


def test_a_line_of_half_a_year_ago_is_still_there(tmp_path: Path) -> None:
    """CN-09: the proxy's log is turned each day by the real program; day 1 is there after 184."""
    text = (DEPLOY / "logrotate-qms").read_text("utf-8")
    for old, new in {
        "/var/log/nginx": str(tmp_path),
        "create 0640 www-data adm": "create 0640",
        "invoke-rc.d nginx rotate >/dev/null 2>&1 || true": "true",
        "    compress\n    delaycompress\n": "",  # only for the time it takes
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    rules = tmp_path / "rules"
    rules.write_text(text, "utf-8")
    log, state = tmp_path / "qms.log", tmp_path / "state"
    first = date(2020, 1, 1)
    # Every turn but the last is played by naming the files as it does; it must take none of them.
    for day in range(HALF_A_YEAR):
        named = tmp_path / f"qms.log-{first + timedelta(day):%Y%m%d}"
        named.write_text(f"day {day + 1}\n", "utf-8")
    log.write_text("today\n", "utf-8")
    subprocess.run([_tool("logrotate"), "--force", "--state", state, rules], check=True)
    assert (tmp_path / f"qms.log-{first:%Y%m%d}").read_text("utf-8") == "day 1\n"
    assert len(list(tmp_path.glob("qms.log-*"))) == HALF_A_YEAR + 1


def test_the_rotation_bites(tmp_path: Path) -> None:
    """With as few turns as the system's own rule keeps, the first day would be gone."""
    rules, log = tmp_path / "rules", tmp_path / "qms.log"
    rules.write_text(f"{log} {{\n daily\n rotate 14\n dateext\n}}\n", "utf-8")
    for day in range(20):
        (tmp_path / f"qms.log-202601{day + 1:02d}").write_text("x\n", "utf-8")
    log.write_text("today\n", "utf-8")
    subprocess.run([_tool("logrotate"), "--force", "--state", tmp_path / "state", rules], check=True)
    assert not (tmp_path / "qms.log-20260101").exists()


def test_the_scrape_is_readable() -> None:
    """It asks the pages on this machine, with the bearer from a file."""
    read = YAML(typ="safe").load((DEPLOY / "prometheus.yaml").read_text("utf-8"))
    (job,) = read["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["127.0.0.1:8000"]}]
    assert Path(job["authorization"]["credentials_file"]).is_absolute()
