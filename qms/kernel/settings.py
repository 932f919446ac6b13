"""Settings of a workspace, from the environment and `qms.toml`, as one frozen value."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import LANGUAGES, N_
from qms.kernel.outbound import OutboundRefused, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping


LEAST_PASSWORD = 8
_CHOICES: Final = {
    "language": LANGUAGES,
    "revision_labels": ("edition-modification", "decimal"),
    "password_profile": ("asvs", "mlps", "dengbao"),
    "log": ("text", "json"),
    "second_factor": ("optional", "administrators", "everybody"),
}
_LEAST: Final = {
    "proxy_hops": 0,
    "trail_review_days": 0,
    "free_megabytes": 0,
    "stop_megabytes": 0,
    "scrub_days": 0,
    "day_megabytes": 0,
    "scanner_seconds": 1,
    "password_days": 0,
    "account_days": 0,
    "signing_lock_minutes": 1,
    "fresh_minutes": 1,
}
_PLACES: Final = ("administer_from", "metrics_from")
_TRUTH: Final = {"true": True, "false": False, "1": True, "0": False}


RESERVED: Final = frozenset({
    "QMS_HOME", "QMS_LOGIN", "QMS_CLI_LANGUAGE", "QMS_CI", "QMS_TEST_POSTGRESQL", "QMS_WEB_PROCESSES",
})  # fmt: skip
"""Names of the environment that steer commands and tests and are no settings."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an organisation sets; every field may be given as `QMS_NAME` or in `qms.toml`.

    Paths that are not absolute are taken from `home`, the folder of the workspace. `demo` is
    written once when a workspace is made and marks it for ever (law 16). `proxy_hops` is how many
    proxies of the organisation's own stand in front; only as many forwarded addresses are believed.
    `timestamp_certificates` are those by which an answer of `timestamp_url` is believed.
    `administer_from` are the only addresses and networks the three administrators may come in from.
    `metrics_from` and `metrics_token` open the metrics to addresses or to a bearer; both empty close them.
    """

    home: Path
    organisation: str = "示例金融服务中心"
    database_url: str = ""
    public_url: str = ""
    zone: str = "Asia/Shanghai"
    language: str = "zh-Hans"
    records: Path = Path("records")
    search_index: Path = Path("search_index")
    procedures: Path = Path("procedures")
    forms: Path = Path("forms")
    keys: Path = Path("records/keys")
    checkpoints: Path = Path("records/checkpoints")
    outbox: Path = Path("records/mail")
    fonts: Path = Path("fonts")
    timestamp_url: str = ""
    timestamp_certificates: Path = Path("timestamp.pem")
    trail_review_days: int = 30
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = "qms@localhost"
    number_pattern: str = r"(QM|PL|CP)-\d{2}|(WI|OM|FM|RG|SC|QO)-\d{2}-\d{2}|ED-\d{3,5}"
    revision_labels: str = "edition-modification"
    standard: str = "iso9001-2015"
    session_idle_minutes: int = 30
    session_hours: int = 12
    password_profile: str = "asvs"  # noqa: S105 - the name of a policy
    password_minimum: int = 0
    password_days: int = 0
    account_days: int = 0
    second_factor: str = "optional"
    signing_lock_minutes: int = 30
    fresh_minutes: int = 10
    render_seconds: int = 120
    render_megabytes: int = 2048
    trusted_hosts: str = "127.0.0.1,localhost"
    proxy_hops: int = 0
    free_megabytes: int = 1024
    stop_megabytes: int = 128
    read_only: bool = False
    scrub_days: int = 7
    day_megabytes: int = 512
    scanner: str = ""
    scanner_seconds: int = 60
    box_form: str = ""
    box_post: str = ""
    log: str = "text"
    administer_from: str = ""
    metrics_from: str = ""
    metrics_token: str = ""

    @property
    def zone_info(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.zone)

    @property
    def database(self) -> str:
        """The database URL; the embedded SQLite file where none is set."""
        return self.database_url or f"sqlite:///{self.at(self.records) / 'qms.sqlite3'}"

    def at(self, path: Path) -> Path:
        """A path of the settings, taken from the workspace folder."""
        return path if path.is_absolute() else self.home / path


def load(home: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read `home/qms.toml`, then let `QMS_*` of the environment win; unknown keys are refused."""
    environ = os.environ if environ is None else environ
    path = home / "qms.toml"
    given: dict[str, object] = {}
    if path.is_file():
        try:
            given.update(tomllib.loads(path.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise Invalid(
                [Problem(N_("The file is not readable as TOML: {fault}."), str(path), facts={"fault": fault})]
            ) from fault
    names = {name: name for name in environ if name.startswith("QMS_")}
    origin = {key: str(path) for key in given}
    for name in names:
        if name in RESERVED:
            continue
        given[name.removeprefix("QMS_").lower()] = environ[name]
        origin[name.removeprefix("QMS_").lower()] = name
    return _checked(home, given, origin)


def _checked(home: Path, given: Mapping[str, object], origin: Mapping[str, str]) -> Settings:
    known = {item.name: item for item in fields(Settings) if item.name != "home"}
    problems = [
        Problem(N_("There is no such setting; remove or correct it."), origin[key], field=key)
        for key in given
        if key not in known
    ]
    values: dict[str, object] = {}
    for key, raw in given.items():
        if key not in known:
            continue
        kind = known[key].type
        try:
            values[key] = _read(kind, raw)
        except (ValueError, KeyError):
            problems.append(
                Problem(
                    N_("The value {value} is not a {kind}."),
                    origin[key],
                    field=key,
                    facts={"value": raw, "kind": kind},
                )
            )
    problems += _rules(values, origin)
    if problems:
        raise Invalid(problems)
    return Settings(home=home, **values)  # type: ignore[arg-type]  # checked field by field above


def _read(kind: object, raw: object) -> object:
    if kind == "bool":
        return _TRUTH[str(raw).lower()]
    if kind == "int":
        if isinstance(raw, bool):
            raise ValueError
        return int(str(raw))
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - the caller turns every wrong value into one Problem
    return Path(raw) if kind == "Path" else raw


def _rules(values: Mapping[str, object], origin: Mapping[str, str]) -> list[Problem]:
    problems = [
        Problem(
            N_("Choose one of {choices}."), origin[name], field=name, facts={"choices": ", ".join(choices)}
        )
        for name, choices in _CHOICES.items()
        if values.get(name, choices[0]) not in choices
    ]
    try:
        ZoneInfo(str(values.get("zone", "UTC")))
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(Problem(N_("There is no time zone of this name."), origin["zone"], field="zone"))
    try:
        place_of(str(values.get("timestamp_url") or "http://localhost/"))
    except OutboundRefused:
        said = N_("This is not a plain web address.")
        problems.append(Problem(said, origin["timestamp_url"], field="timestamp_url"))
    minimum = values.get("password_minimum", 0)  # 0 leaves it to the profile
    if isinstance(minimum, int) and minimum != 0 and minimum < LEAST_PASSWORD:
        problems.append(
            Problem(
                N_("It must be at least {least}."),
                origin["password_minimum"],
                field="password_minimum",
                facts={"least": LEAST_PASSWORD},
            )
        )
    for name, least in _LEAST.items():
        count = values.get(name, least)
        if isinstance(count, int) and count < least:
            fault = Problem(
                N_("It must be at least {least}."), origin[name], field=name, facts={"least": least}
            )
            problems.append(fault)
    return problems + [fault for name in _PLACES for fault in _addresses(name, values, origin)]


def _addresses(name: str, values: Mapping[str, object], origin: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a list of addresses and networks."""
    for each in filter(None, map(str.strip, str(values.get(name, "")).split(","))):
        try:
            ip_network(each, strict=False)
        except ValueError:
            said = N_("This is not an address or a network: {value}.")
            return [Problem(said, origin[name], field=name, facts={"value": each})]
    return []
