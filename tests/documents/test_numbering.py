"""DOC-01: a number fits the pattern, is never used twice, and nothing looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents import numbering
from qms.documents.errors import FileNameUnreadable, NumberLooksLike, NumberOutOfPattern, NumbersUsedUp
from qms.kernel.settings import Settings

PATTERN = Settings.__dataclass_fields__["number_pattern"].default


@pytest.mark.parametrize(
    "other", ["ＣＰ－１２", "cp 12", "CP12", "C.P-12", "CP-I2", "CP-l2", "СР-12", "ΡΡ-12"]
)
def test_look_alikes_collide(other: str) -> None:
    """Width, case, separators, O and 0, I and 1, and letters of other scripts make no difference."""
    own = "PP-12" if other.startswith("Ρ") else "CP-12"
    assert numbering.key(other) == numbering.key(own)
    with pytest.raises(NumberLooksLike) as refused:
        numbering.check_free(own, ["QM-01", other])
    assert other in str(refused.value)


def test_different_numbers_do_not_collide() -> None:
    """A free number is given back."""
    assert numbering.check_free("CP-12", ["CP-13", "WI-12-01"]) == "CP-12"


@given(st.text(max_size=12))
def test_folding_is_settled(number: str) -> None:
    """What has been folded folds to itself, so that stored keys stay comparable."""
    assert numbering.key(numbering.key(number)) == numbering.key(number)


@pytest.mark.parametrize("number", ["QM-01", "CP-12", "WI-12-01", "FM-02-03", "ED-0001"])
def test_the_pattern_takes_numbers_of_the_house(number: str) -> None:
    """`TYPE-PP-NN` is the default."""
    assert numbering.check(number, str(PATTERN)) == number


@pytest.mark.parametrize("number", ["", "CP-1", "cp-12", "CP-12 ", "CP-12\n", "CP-12-01x", "XX-12"])
def test_the_pattern_refuses_other_texts(number: str) -> None:
    """The whole number has to fit."""
    with pytest.raises(NumberOutOfPattern):
        numbering.check(number, str(PATTERN))


def test_the_lowest_free_number_is_proposed() -> None:
    """Gaps are filled, look-alikes count as used."""
    assert numbering.next_free("WI-12-", [], str(PATTERN)) == "WI-12-01"
    assert numbering.next_free("WI-12-", ["WI-12-01", "wi 12 02", "WI-12-04"], str(PATTERN)) == "WI-12-03"


def test_a_stem_can_be_used_up() -> None:
    """After the last number of a stem there is none; a stem outside the pattern has none at all."""
    with pytest.raises(NumbersUsedUp):
        numbering.next_free("CP-", [f"CP-{serial:02}" for serial in range(1, 100)], str(PATTERN))
    with pytest.raises(NumbersUsedUp):
        numbering.next_free("XX-", [], str(PATTERN))


@pytest.mark.parametrize(
    ("name", "number", "language"),
    [
        ("CP-12.md", "CP-12", None),
        ("CP-12.en.md", "CP-12", "en"),
        ("procedures/CP-12.zh-Hant.md", "CP-12", "zh-Hant"),
        ("FM-12-01.yaml", "FM-12-01", None),
        ("A.B.md", "A.B", None),
    ],
)
def test_a_file_name_tells_number_and_language(name: str, number: str, language: str | None) -> None:
    """Only a language of the interface counts as one."""
    assert numbering.of_file(name) == (number, language)


@pytest.mark.parametrize("name", ["CP-12", "CP-12.docx", ".md", "CP-12.md.bak"])
def test_other_file_names_are_refused(name: str) -> None:
    """Sources are Markdown or YAML."""
    with pytest.raises(FileNameUnreadable):
        numbering.of_file(name)


def test_a_file_name_is_made() -> None:
    """The usual language is left out; what is made is read back."""
    assert numbering.file_name("CP-12", "zh-Hans", usual="zh-Hans", yaml=False) == "CP-12.md"
    assert numbering.file_name("CP-12", "en", usual="zh-Hans", yaml=False) == "CP-12.en.md"
    assert numbering.file_name("FM-12-01", "zh-Hans", usual="zh-Hans", yaml=True) == "FM-12-01.yaml"
