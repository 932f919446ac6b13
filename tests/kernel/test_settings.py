"""Settings come from qms.toml and the environment, every wrong one named (law: no silent default)."""

from __future__ import annotations

from pathlib import Path

import pytest

from qms.kernel.errors import Invalid
from qms.kernel.settings import Settings, load


def problems(home: Path, environ: dict[str, str] | None = None) -> list[str]:
    """What `load` refuses, as sentences."""
    with pytest.raises(Invalid) as refused:
        load(home, environ or {})
    return [problem.sentence() for problem in refused.value.problems]


def test_nothing_set_gives_the_defaults(tmp_path: Path) -> None:
    """A workspace needs no file."""
    settings = load(tmp_path, {"PATH": "/bin", "QMS_HOME": "elsewhere"})
    assert settings == Settings(home=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'records' / 'qms.sqlite3'}"
    assert settings.at(settings.keys) == tmp_path / "records/keys"
    assert settings.at(Path("/etc")) == Path("/etc")
    assert settings.zone_info.key == "Asia/Shanghai"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """Field by field, with the right types."""
    text = 'organisation = "某中心"\nsmtp_port = 25\nrecords = "/srv/records"\nlanguage = "en"\n'
    (tmp_path / "qms.toml").write_text(text, "utf-8")
    settings = load(tmp_path, {"QMS_SMTP_PORT": "2525", "QMS_DATABASE_URL": "postgresql://db/qms"})
    assert (settings.organisation, settings.smtp_port, settings.language) == ("某中心", 2525, "en")
    assert settings.at(settings.records) == Path("/srv/records")
    assert settings.database == "postgresql://db/qms"


def test_every_fault_is_named_with_its_place(tmp_path: Path) -> None:
    """All at once: unknown keys, wrong types and values, by file or variable."""
    text = 'colour = "red"\nsmtp_port = true\nzone = "Mars/Base"\nlanguage = "fr"\nrevision_labels = "x"\n'
    (tmp_path / "qms.toml").write_text(text, "utf-8")
    found = problems(tmp_path, {"QMS_SHAPE": "round", "QMS_SESSION_HOURS": "many"})
    toml = str(tmp_path / "qms.toml")
    assert found == [
        f"{toml} · colour: There is no such setting; remove or correct it.",
        "QMS_SHAPE · shape: There is no such setting; remove or correct it.",
        f"{toml} · smtp_port: The value True is not a int.",
        "QMS_SESSION_HOURS · session_hours: The value many is not a int.",
        f"{toml} · language: Choose one of zh-Hans, zh-Hant, en.",
        f"{toml} · revision_labels: Choose one of edition-modification, decimal.",
        f"{toml} · zone: There is no time zone of this name.",
    ]


def test_what_is_told_outside_is_checked(tmp_path: Path) -> None:
    """The form of the log, who may read the metrics, and the marks that cannot be negative."""
    found = problems(
        tmp_path,
        {
            "QMS_LOG": "xml",
            "QMS_METRICS_FROM": "127.0.0.1, ::1, 10.0.0.0/8, office",
            "QMS_FREE_MEGABYTES": "-1",
            "QMS_PROXY_HOPS": "-1",
            "QMS_TIMESTAMP_URL": "tsa.example.org",
        },
    )
    assert found == [
        "QMS_LOG · log: Choose one of text, json.",
        "QMS_TIMESTAMP_URL · timestamp_url: This is not a plain web address.",
        "QMS_PROXY_HOPS · proxy_hops: It must be at least 0.",
        "QMS_FREE_MEGABYTES · free_megabytes: It must be at least 0.",
        "QMS_METRICS_FROM · metrics_from: This is not an address or a network: office.",
    ]


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Broken TOML, wrong encoding, a key twice."""
    (tmp_path / "qms.toml").write_bytes(content)
    assert "not readable as TOML" in problems(tmp_path)[0]


def test_a_path_must_be_text(tmp_path: Path) -> None:
    """A number is no folder, and home cannot be set from inside."""
    (tmp_path / "qms.toml").write_text('records = 5\nhome = "/x"\n', "utf-8")
    assert len(problems(tmp_path)) == 2


@pytest.mark.parametrize("zone", ["", "../etc/passwd", "/etc/passwd"])
def test_a_zone_is_no_path(tmp_path: Path, zone: str) -> None:
    """Only names of zones."""
    assert problems(tmp_path, {"QMS_ZONE": zone}) == ["QMS_ZONE · zone: There is no time zone of this name."]
