"""The child that sets sheets: its limits as the kernel tells them, and no way out below Python (SEC-19)."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from qms.rendering import Pool
from tests.rendering.factories import SOURCE, english_sheet

_LIMIT = re.compile(r"^Max (.+?) {2,}(\S+) +(\S+)", re.MULTILINE)
# What an audit hook does not see: the C library is called directly.
_BELOW = """
import ctypes, struct, sys
from qms.rendering.worker import confine
confine(1024)
libc = ctypes.CDLL(None, use_errno=True)
handle = libc.socket(2, 1, 0)
address = struct.pack("<H", 2) + struct.pack(">H", int(sys.argv[1])) + bytes([127, 0, 0, 1]) + bytes(8)
print("reached" if handle >= 0 and libc.connect(handle, address, 16) == 0 else "closed")
"""


def limits(pid: int) -> dict[str, tuple[str, str]]:
    """The limits of a process as the kernel holds them: soft and hard."""
    text = Path(f"/proc/{pid}/limits").read_text("ascii")
    return {name.strip(): (soft, hard) for name, soft, hard in _LIMIT.findall(text)}


def namespace(pid: int | str) -> str:
    """Which network a process lives in."""
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def test_the_limits_are_those_of_the_kernel() -> None:
    """SEC-19, REL-18: memory, file size, open files, no core; processor time by order, and none to raise."""
    with Pool(megabytes=1500, seconds=90) as pool:
        pool.render(english_sheet(), SOURCE, "CP-12.md")
        (child,) = pool._idle
        found = limits(child.process.pid)
        space = str(1500 << 20)
        assert found["address space"] == (space, space)
        assert found["file size"] == (str(512 << 20), str(512 << 20))
        assert found["open files"] == ("256", "256")
        assert found["core file size"] == ("0", "0")
        assert 90 <= int(found["cpu time"][0]) <= 120


def test_the_child_lives_in_a_network_of_its_own() -> None:
    """SEC-19: where the kernel lets an ordinary process leave the network, the child has left it."""
    if not _may_leave():
        pytest.skip("this kernel gives ordinary processes no network namespace; the audit hook holds")
    code = (
        "from qms.rendering.worker import confine; confine(1024)\n"
        "import os; print(os.readlink('/proc/self/ns/net'))"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() != namespace("self")


def test_nothing_is_reached_below_python_either() -> None:
    """SEC-19: a listening door of this machine is not reached by the C library itself."""
    if not _may_leave():
        pytest.skip("this kernel gives ordinary processes no network namespace; the audit hook holds")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = str(door.getsockname()[1])
        made = subprocess.run(
            [sys.executable, "-c", _BELOW, port], capture_output=True, text=True, check=True
        )
    assert made.stdout.strip() == "closed"


def _may_leave() -> bool:
    """Whether a fresh process may leave the network here, as root or in a namespace of its own."""
    code = (
        "import ctypes; libc = ctypes.CDLL(None)\n"
        "raise SystemExit(bool(libc.unshare(0x40000000) and libc.unshare(0x50000000)))"
    )
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
