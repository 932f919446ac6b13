"""Every command of docs/operate.md is run on a clean folder, and every file it shows is what is shipped."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from qms.kernel.settings import load
from tests.cli.terminal import Answer, run
from tests.house.reading import ROOT
from tests.operate.served import DEPLOY

PAGE: Final = ROOT / "docs" / "operate.md"
FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Why a command is not run here; what it would act upon is tested elsewhere.
REASONS: Final = {
    "apt-get": "installs packages of the system; .ci/system does it for the tests",
    "adduser": "makes an account of the system",
    "git": "fetches the project itself",
    "make": "installs the project itself; make setup is how these tests came about",
    "systemctl": "there is no init here; the units are read by systemd-analyze in test_units.py",
    "journalctl": "there is no journal here",
    "nginx": "acts on the system's proxy; test_proxy.py runs the shipped file in a real one",
    "curl": "needs the services; test_proxy.py runs every one of them",
    "openssl ts": "needs the answer of an authority for time; the tests of the trail make one and ask so",
    "qms --home /srv/qms --as audit-administrator trail restart": "only after a restore that lost entries",
}
# What the folders and accounts of the page become.
PLACES: Final = re.compile(r"(?<![\w/.:])/(srv|etc|backup|elsewhere|mnt|opt)(?=[/\s\"']|$)")
ASSIGNED: Final = re.compile(r"^([A-Z_]+=\S+ )+")
OWNERS: Final = " -o qms -g qms"
NEW: Final = "seven green lanterns 4"


def blocks(kind: str) -> list[str]:
    """The fenced blocks of a kind, in their order."""
    return [text for word, text in FENCE.findall(PAGE.read_text("utf-8")) if word == kind]


def commands() -> list[str]:
    """Every command, one a line."""
    lines = "".join(blocks("sh")).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def excused(line: str) -> str | None:
    """The beginning of a command that says why it is not run."""
    return next((begin for begin in REASONS if line.startswith(f"{begin} ")), None)


@dataclass
class Machine:
    """A clean folder that stands for a machine, and what its people know."""

    root: Path
    passwords: dict[str, str] = field(default_factory=dict)

    def there(self, text: str) -> str:
        """The text with this machine's places in it."""
        return PLACES.sub(rf"{self.root}/\1", text.replace(OWNERS, ""))

    def shell(self, line: str) -> None:
        """Anything but `qms`, by a shell."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.there(line)],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stderr)

    def qms(self, line: str) -> Answer:
        """A `qms` command, with what its people would type."""
        given, _, rest = self.there(line).partition("qms ")
        words = shlex.split(rest)
        with pytest.MonkeyPatch.context() as patch:
            for each in given.split():
                patch.setenv(*each.split("=", 1))
            answer = run(*words, typed=self.typed(words))
        assert answer.code == 0, (line, answer.out, answer.err)
        self.learn(words, answer)
        return answer

    def typed(self, words: list[str]) -> tuple[str, ...]:
        """The passwords a command asks for, in its order."""
        if "recover" in words:
            named = [words[place + 1] for place, word in enumerate(words) if word == "--witness"]
            return tuple(self.passwords[each] for each in named)
        if "--as" not in words:
            return ()
        known = self.passwords[words[words.index("--as") + 1]]
        return (known, f"{known[:6]}{NEW}") if words[-1] == "password" else (known,)

    def learn(self, words: list[str], answer: Answer) -> None:
        """What a command tells once, or what somebody has chosen."""
        if words[-1] == "password":
            login = words[words.index("--as") + 1]
            self.passwords[login] = f"{self.passwords[login][:6]}{NEW}"
        for each in answer.out.splitlines():
            found = re.fullmatch(r"(?:\S+\s+)?([a-z-]+)\s+(\S{12,})", each.strip())
            if found:
                self.passwords[found[1]] = found[2]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A clean machine with the project in /opt/qms."""
    for folder in ("srv", "etc/systemd/system", "etc/nginx/sites-available", "etc/nginx/sites-enabled",
                   "etc/logrotate.d", "opt"):  # fmt: skip
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "opt" / "qms").symlink_to(ROOT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for text, name in zip(blocks("yaml"), ("people.yaml", "rights.yaml", "srv/calendars.yaml"), strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    return Machine(tmp_path)


def test_every_command_does_what_the_page_says(machine: Machine) -> None:
    """From founding to looking after it, in the order of the page; none is left out without its reason."""
    ran: list[str] = []
    for line in commands():
        if excused(line):
            continue
        first = ASSIGNED.sub("", line).split()[0]
        ran.append(first)
        if first == "qms":
            answer = machine.qms(line)
            if "import people.yaml" in line:
                _choose(machine, answer)
        else:
            machine.shell(line)
    assert ran.count("qms") >= 14
    assert set(ran) == {"qms", "install", "ln", "mv", "echo", "openssl"}
    home = machine.root / "srv" / "qms"
    settings = load(home, {})
    assert (settings.proxy_hops, str(settings.keys)) == (1, str(machine.root / "etc" / "qms" / "keys"))
    assert len(settings.metrics_token) == 64
    assert (machine.root / "srv" / "qms-emergency" / "index.html").is_file()
    assert (machine.root / "srv" / "qms-restored" / "records" / "qms.sqlite3").is_file()
    enabled = machine.root / "etc" / "nginx" / "sites-enabled" / "qms"
    assert enabled.read_text("utf-8") == (DEPLOY / "nginx.conf").read_text("utf-8")


def _choose(machine: Machine, answer: Answer) -> None:
    """Whoever was given a first password chooses another at the first sign-in."""
    assert set(machine.passwords) >= {"treasury-head", "treasury-clerk", "document-controller"}, answer.out
    machine.qms("qms --home /srv/qms --as document-controller people password")


def test_every_reason_is_needed() -> None:
    """A reason that excuses nothing any more is taken out."""
    assert {excused(line) for line in commands()} - {None} == REASONS.keys()


def test_every_fence_says_what_it_is() -> None:
    """A block without a kind would be a command that nobody runs."""
    kinds = {word for word, _ in FENCE.findall(PAGE.read_text("utf-8"))}
    assert kinds == {"sh", "yaml", "toml", "ini", "nginx"}


def test_the_files_shown_are_the_files_shipped() -> None:
    """Whole files to the letter; of the worker's unit each line that is shown."""
    web, worker = blocks("ini")
    assert web == (DEPLOY / "qms-web.service").read_text("utf-8")
    assert set(worker.splitlines()) <= set((DEPLOY / "qms-worker.service").read_text("utf-8").splitlines())
    (proxy,) = blocks("nginx")
    assert proxy == (DEPLOY / "nginx.conf").read_text("utf-8")
    told = PAGE.read_text("utf-8")
    assert [path.name for path in sorted(DEPLOY.iterdir()) if f"deploy/{path.name}" not in told] == []


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    """The example of qms.toml and what is added to it later are read without a fault."""
    (tmp_path / "qms.toml").write_text("".join(blocks("toml")), "utf-8")
    read = load(tmp_path, {})
    assert read.public_url == "https://qms.example.org"
    assert read.scanner.startswith("clamdscan ")
