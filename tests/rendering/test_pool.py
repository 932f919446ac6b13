"""Sheets are set in children that can be killed: limits, confinement, the same bytes cold and warm."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from qms.rendering import Picture, Pool, Rendered, RenderFailed, RenderTimeout, RenderTooLarge, read, to_json
from qms.rendering.pool import _Child

from .factories import SOURCE, english_sheet, register_sheet, text_sheet


def long_body(paragraphs: int) -> str:
    """A body that takes long to set."""
    return read("第一段。\n\n" * paragraphs, "f.md").html


def bomb() -> Picture:
    """A small file that opens into a very large picture."""
    made = io.BytesIO()
    Image.new("RGB", (13_000, 13_000)).save(made, "PNG")
    return Picture("flow.png", "image/png", made.getvalue())


def test_cold_and_warm_children_give_the_same_bytes(originals: dict[str, Rendered]) -> None:
    """What a child has set before leaves no trace (DOC-12)."""
    with Pool(serves=1) as cold:
        assert cold.render(english_sheet(), SOURCE, "CP-12.md") == originals["english"]
        assert cold.render(register_sheet(), SOURCE, "CP-12.md") == originals["register"]


def test_another_hash_seed_gives_the_same_bytes(tmp_path: Path, originals: dict[str, Rendered]) -> None:
    """Nor does the order of sets (DOC-12)."""
    (tmp_path / "sheet.json").write_text(to_json(text_sheet()), "utf-8")
    (tmp_path / "source").write_bytes(SOURCE)
    code = (
        "import sys; from pathlib import Path\n"
        "from qms.rendering import from_json\n"
        "from qms.rendering.pdf import render_bytes\n"
        "sheet = from_json(Path('sheet.json').read_bytes())\n"
        "made = render_bytes(sheet, Path('source').read_bytes(), 'CP-12.md')\n"
        "Path(sys.argv[1]).write_bytes(made.pdf)\n"
    )
    for seed, zone in (("1", "Asia/Shanghai"), ("4242", "America/New_York")):
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, seed],
            cwd=tmp_path,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        )
        assert (tmp_path / seed).read_bytes() == originals["text"].pdf


def test_a_sheet_without_end_is_killed_and_the_next_one_is_set(originals: dict[str, Rendered]) -> None:
    """The clock on the wall counts, and one bad sheet cannot stop others (REL-18)."""
    with Pool(seconds=20) as pool:
        assert pool.render(register_sheet(), SOURCE, "CP-12.md") == originals["register"]
        (child,) = pool._idle
        pool.seconds = 1
        with pytest.raises(RenderTimeout, match="1 seconds"):
            pool.render(text_sheet(body=long_body(20_000), contents=()), SOURCE, "CP-12.md")
        assert child.process.returncode is not None
        assert not child.folder.exists()
        pool.seconds = 60
        assert pool.render(register_sheet(), SOURCE, "CP-12.md") == originals["register"]


def test_a_child_that_burns_its_processor_time_ends_itself() -> None:
    """The limit holds in the child, also when nobody waits for it."""
    child = _Child(2048)
    try:
        sheet = text_sheet(body=long_body(20_000), contents=())
        pool = Pool()
        assert isinstance(_death(pool, child, sheet), RenderTimeout)
    finally:
        child.end()


def _death(pool: Pool, child: _Child, sheet: object) -> Exception:
    """How an order ends that may use one second of the processor and a minute of the wall."""
    request, ask = pool._made, child.ask

    def patient(order: dict[str, object], seconds: float) -> dict[str, object] | None:
        del seconds
        return ask({**order, "seconds": 1}, 120)

    child.ask = patient  # type: ignore[method-assign]  # only the limit differs from the real order
    with pytest.raises(Exception, match="seconds") as refused:
        request(child, sheet, SOURCE, "CP-12.md")  # type: ignore[arg-type]  # a Sheet
    return refused.value


def test_a_picture_bomb_is_refused() -> None:
    """Half a gigabyte of pixels does not fit, and is said so (REL-18)."""
    with Pool(megabytes=700) as pool, pytest.raises((RenderTooLarge, RenderFailed)):
        pool.render(text_sheet(pictures=(bomb(),)), SOURCE, "CP-12.md")


def test_a_sheet_that_needs_more_memory_than_allowed_is_refused() -> None:
    """Refused by its limit, not by the machine."""
    with Pool(megabytes=560) as pool, pytest.raises(RenderTooLarge, match="560 MB"):
        pool.render(text_sheet(body=long_body(30_000), contents=()), SOURCE, "CP-12.md")


def test_a_fault_at_the_limit_of_memory_is_told_from_any_other() -> None:
    """A refused allocation shows as many errors: how near the limit the process came decides (REL-18)."""
    code = (
        "from qms.kernel.confined import exhausted\n"
        "from qms.rendering.worker import confine\n"
        "before = exhausted()\nconfine(600)\nwithin = exhausted()\nheld = []\n"
        "try:\n while True: held.append(bytearray(1 << 20))\n"
        "except MemoryError: del held\n"
        "print(before, within, exhausted())"
    )
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert made.stdout.split() == ["False", "False", "True"]


def test_a_fault_in_a_sheet_is_told() -> None:
    """The reason reaches the person who asked."""
    broken = replace(text_sheet().pictures[0], content=b"no picture")
    with Pool() as pool, pytest.raises(RenderFailed) as refused:
        pool.render(text_sheet(pictures=(broken,)), SOURCE, "CP-12.md")
    assert "asset:picture/flow.png" in str(refused.value)


def test_a_child_that_dies_is_told_by_its_last_words() -> None:
    """Whatever ends it, the caller gets a refusal."""
    with Pool() as pool:
        with pool._child() as child:
            child.process.terminate()
            child.process.wait()
        with pytest.raises(RenderFailed, match="exit status"):
            pool.render(text_sheet(), SOURCE, "CP-12.md")
        assert pool._idle == []


def test_children_are_shared_by_threads_and_never_more_than_the_size(originals: dict[str, Rendered]) -> None:
    """Waiting sheets wait for a child."""
    made: list[Rendered] = []
    with Pool(size=1) as pool:
        threads = [
            threading.Thread(target=lambda: made.append(pool.render(register_sheet(), SOURCE, "CP-12.md")))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [originals["register"]] * 3
        assert [child.served for child in pool._idle] == [3]


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5432/')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "import os; os.execv('/bin/true', ['true'])",
        "open('big', 'wb').write(bytes(600 << 20))",
        "bytearray(3 << 30)",
    ],
)
def test_the_child_is_confined(attempt: str, tmp_path: Path) -> None:
    """No network, no programs, no more memory or space than allowed (SEC-19)."""
    code = f"from qms.rendering.worker import confine\nconfine(2048)\n{attempt}"
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0
    assert any(name in made.stderr for name in ("ConfinedError", "MemoryError", "File too large"))


def test_a_child_does_not_know_the_parents_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is its own, and its folder goes with it."""
    monkeypatch.setenv("QMS_SMTP_PASSWORD", "secret")
    child = _Child(2048)
    environment = Path(f"/proc/{child.process.pid}/environ").read_bytes()
    assert b"secret" not in environment
    child.end()
    assert not child.folder.exists()
