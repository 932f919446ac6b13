"""One-time codes: counted by the server's clock, each taken once, however they are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from qms.accounts import attempts, codes

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - that of RFC 6238
NOW = datetime(2026, 11, 2, 1, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """The vectors of RFC 6238, appendix B, for SHA-1, in six digits."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert codes.step_for(SECRET, code, now, None) == seconds // 30


@pytest.mark.parametrize(("away", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(away: int, *, taken: bool) -> None:
    """SEC-10: the server's clock counts, with one step to either side."""
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=away))
    step = codes.step_of(NOW) + away // 30
    assert codes.step_for(SECRET, code, NOW, None) == (step if taken else None)


def test_no_code_is_taken_twice_nor_an_earlier_one_after_it() -> None:
    """SEC-10: what was taken uses up its half minute and all before it."""
    now = codes.step_of(NOW)
    later, present, earlier = (pyotp.HOTP(SECRET).at(now + away) for away in (1, 0, -1))
    assert codes.step_for(SECRET, present, NOW, now) is None
    assert codes.step_for(SECRET, earlier, NOW, now) is None
    assert codes.step_for(SECRET, later, NOW, now) == now + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "²²²²²²", "12 34"])
def test_what_is_no_code_is_not_compared(typed: str) -> None:
    """Six digits and nothing else."""
    assert codes.step_for(SECRET, typed, NOW, None) is None


def test_codes_may_be_typed_as_they_are_read() -> None:
    """Spaces, hyphens and full-width digits do not matter, nor capitals in a recovery code."""
    code = pyotp.TOTP(SECRET).at(NOW)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    for typed in (f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}", wide, f" {code} "):
        assert codes.step_for(SECRET, typed, NOW, None) == codes.step_of(NOW)
    assert codes.recovery_hash("K4WM 8rt2") == codes.recovery_hash("k4wm-8rt2") != codes.recovery_hash("k4wm")


def test_a_device_reads_names_and_secret() -> None:
    """The address names the organisation and the login beside the secret."""
    made = codes.address(SECRET, "zhang", "示例 & 中心")
    assert made.startswith("otpauth://totp/")
    parsed = pyotp.parse_uri(made)
    assert (parsed.name, parsed.issuer, parsed.secret) == ("zhang", "示例 & 中心", SECRET)


def test_the_fifth_wrong_password_locks_signing() -> None:
    """P11-300d: not before, and for the minutes that are set."""
    assert attempts.signing_lock(4, NOW, 30) is None
    assert attempts.signing_lock(5, NOW, 30) == NOW + timedelta(minutes=30)
