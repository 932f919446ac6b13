"""The body of a document: clauses with lasting ids, safe HTML, and every fault by line."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest

from qms.rendering import Citation, citations, read
from qms.rendering.markdown import LONGEST, Content

from .factories import PATTERN, SAMPLES


def faults(text: str) -> list[tuple[int | None, str]]:
    """Line and sentence of each fault."""
    return [(problem.line, problem.sentence().split(": ", 1)[1]) for problem in read(text, "f.md").problems]


HARMLESS = {
    *("h1", "span", "p", "a", "code", "pre", "div", "br", "strong", "em", "ul", "li", "img"),
    *("table", "colgroup", "col", "thead", "tbody", "tr", "th", "td"),
}


class Seen(HTMLParser):
    """The tags and attributes a browser would find."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def clause(content: Content, anchor: str) -> tuple[str, str, int, str]:
    """Number, heading, level and words of a clause."""
    found = next(item for item in content.clauses if item.anchor == anchor)
    return found.number, found.heading, found.level, found.text


def test_headings_are_clauses_with_the_ids_they_were_given() -> None:
    """Number, heading, level, own words and line of each clause."""
    text = (SAMPLES / "text.md").read_text("utf-8")
    content = read(text, "CP-12.md", first_line=31)
    ids = ["purpose", "scope", "scope-documents", "scope-records", "duties", "matrix", "flow"]
    assert ids == [item.id for item in content.clauses]
    assert clause(content, "scope") == ("2", "适用范围", 1, "")
    assert clause(content, "scope-documents")[3].startswith("适用于质量管理体系的全部受控文件：\n质量方针")
    assert text.split("\n")[content.clauses[3].line - 31] == "## 2.2 记录"
    assert '<h2 id="scope-records"><span class="num">2.2</span> 记录</h2>' in content.html
    assert "3.1.1 流程图\n受控文件从提出到作废的流程\n以旧版为准" in content.plain


def test_words_before_the_first_heading_are_a_clause_without_id() -> None:
    """Nothing of a text is lost for the search."""
    content = read("前言。\n\n# 1 目的\n\n正文。", "f.md")
    assert clause(content, "") == ("", "", 0, "前言。")
    assert clause(content, "c-1") == ("1", "目的", 1, "正文。")


def test_a_missing_id_of_a_numbered_heading_comes_from_its_number() -> None:
    """`5.3` without an id is `c-5-3`."""
    content = read("# 1 a\n\n## 1.1 b\n\n### 1.1.1 **c**", "f.md")
    assert [item.id for item in content.clauses] == ["c-1", "c-1-1", "c-1-1-1"]
    assert content.clauses[2].heading == "c"
    assert content.problems == ()


def test_a_heading_may_begin_with_a_year() -> None:
    """Only a number that stands apart is a clause number."""
    content = read("{#plan}\n# 2026年计划", "f.md")
    assert clause(content, "plan")[:2] == ("", "2026年计划")
    assert read("{#img}\n# **1** x", "f.md").html == '<h1 id="img"><strong>1</strong> x</h1>\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# 1 a\n\n# 3 b", (3, "Clause 3 is out of order; 2 comes next here.")),
        ("# 2 a", (1, "Clause 2 is out of order; 1 comes next here.")),
        ("# 1 a\n\n## 1.2 b", (3, "Clause 1.2 is out of order; 1.1 comes next here.")),
        ("# 1 a\n\n### 1.1.1 b", (3, "Clause 1.1.1 is out of order; 1.1 comes next here.")),
        ("# 1 a\n\n{#b}\n# 1 b", (4, "The clause number 1 is used twice.")),
        ("# 1 a\n\n# 1.1 b", (3, "Clause 1.1 needs 2 hash sign(s), not 1.")),
        ("# 1. a", (1, "Write the number 1 with plain dots and none at its end.")),
        ("# 1 a\n\n## 1．1 b", (3, "Write the number 1.1 with plain dots and none at its end.")),
        ("{#a}\n# 1 a\n\n{#a}\n# 2 b", (5, "The id a is used twice in this document.")),
        ("{#Aa}\n# 1 a", (2, "The id Aa is not right; use small Latin letters, digits and hyphens.")),
        ("# a", (1, "A heading without a number needs an id on the line above it.")),
        ("a\n{#x}\n# 1 b", (2, "Leave an empty line above this id, and write it as {#clause-id}.")),
        ("a\n\n<b>x</b>", (3, "Raw HTML is not allowed; write Markdown.")),
        ("a\n\n<div>\nx", (3, "Raw HTML is not allowed; write Markdown.")),
        ("> # 1 a", (1, "A heading may not stand inside a list, a quotation or a block.")),
        ("::: note\na", (1, "This block is not closed; end it with a line of three colons.")),
        (
            "::: warning\na\n:::",
            (1, "There is no such block; use example or note, and close each one once."),
        ),
        ("![](a.png)", (1, "Describe the image a.png in its square brackets.")),
        (
            "x\ny ![a](../a.png)",
            (2, "The image ../a.png is refused; use a PNG or JPEG file from the document's own folder."),
        ),
        ("[a](#nowhere)", (1, "There is no clause with the id nowhere in this document.")),
        (
            "[a](other.html)",
            (1, "The link other.html is refused; use a full web address or cite a document number."),
        ),
        ("a\u202eb", (1, "The line holds an invisible control character (U+202E); remove it.")),
    ],
)
def test_each_fault_is_told_with_its_line(text: str, expected: tuple[int, str]) -> None:
    """An author finds what is wrong and where."""
    assert expected in faults(text)


@pytest.mark.parametrize(
    "name",
    [
        "http://evil.example/a.png",
        "//evil.example/a.png",
        "/etc/a.png",
        "a/../../b.png",
        "..%2Fa.png",
        "file:///a.png",
        "a.svg",
        "a.png?x",
        "data:image/png;base64,AAAA",
        "C:\\a.png",
    ],
)
def test_images_come_from_the_documents_own_folder_only(name: str) -> None:
    """Every other address is refused and not passed on (SEC-18)."""
    content = read(f"a ![words](<{name}>) b", "f.md")
    assert "src=" not in content.html
    assert content.images == ()


def test_images_of_the_folder_are_listed_once() -> None:
    """Names in Chinese and in folders below are right."""
    content = read("![甲](图/流程.png) ![乙](a.JPEG)\n\n![甲](图/流程.png)", "f.md")
    assert content.images == ("图/流程.png", "a.JPEG")
    assert content.problems == ()
    assert '<img src="图/流程.png" alt="甲">' in content.html


def test_emphasis_works_beside_chinese() -> None:
    """CommonMark alone leaves these stars standing."""
    content = read("中文**“强调”**后。**强调：**后文 2 * 3 * 4 a**b**c _d_", "f.md")
    first, second = content.html.split(" 2 * 3 * 4 ")
    assert first == "<p>中文<strong>“强调”</strong>后。<strong>强调：</strong>后文"
    assert second == "a<strong>b</strong>c <em>d</em></p>\n"


def test_a_line_break_between_chinese_is_no_space() -> None:
    """Between Latin words it is one, and a forced break stays a break."""
    content = read("第一行\n第二行 ab\ncd  \nef **甲**\n乙", "f.md")
    assert content.html == "<p>第一行第二行 ab\ncd<br>\nef <strong>甲</strong>乙</p>\n"
    assert content.plain == "第一行第二行 ab cd ef 甲乙"
    assert read("![](a.png)\n中", "f.md").html == '<p><img src="a.png" alt="">\n中</p>\n'


def test_tables_carry_widths_and_sides_as_classes() -> None:
    """No style attribute is needed, so a strict content policy holds."""
    html = read("| a | b |\n|:-|-:|\n| 1 | 中文中文中文中文 |\n", "f.md").html
    assert "style" not in html
    assert '<th class="left">a</th>' in html
    assert '<col class="w-' in html
    assert read("|a|\n|-|\n", "f.md").html.count("<col ") == 1


def test_blocks_keep_kind_and_clause_for_comparison() -> None:
    """Heading, paragraph, item, row and code, each with its clause."""
    blocks = read("# 1 a\n\np\n\n- i\n\n|x|y|\n|-|-|\n|1|2|\n\n```sh\ncode\n```\n", "f.md").blocks
    expected = [("heading", "1 a"), ("paragraph", "p"), ("item", "i"), ("row", "x | y"), ("row", "1 | 2")]
    assert [(block.kind, block.text) for block in blocks] == [*expected, ("code", "code")]
    assert {block.clause for block in blocks} == {"c-1"}


def test_ids_may_stand_on_other_blocks_and_are_unique_with_them() -> None:
    """A table may be linked to; where it takes the id of a clause, the clause keeps it."""
    assert '<table id="grid">' in read("{#grid}\n|a|\n|-|\n\n[x](#grid)", "f.md").html
    content = read("{#grid}\n|a|\n|-|\n\n[x](#grid)\n\n{#grid}\n# 1 b", "f.md")
    assert '<h1 id="grid">' in content.html
    assert [problem.message for problem in content.problems] == [
        "The id {id} is used twice in this document."
    ]


def test_citations_are_found_with_clause_and_line() -> None:
    """A record's number is no citation of its form."""
    text = "见 CP-12 §5.3。\nFM-12-01、CP-02§4 和 XCP-12，FM-12-01-2026-000042；WI-12-01 § 2.1"
    found = [(item.number, item.clause, item.line) for item in citations(text, PATTERN)]
    expected: list[tuple[str, str | None, int]] = [
        ("CP-12", "5.3", 1),
        ("FM-12-01", None, 2),
        ("CP-02", "4", 2),
    ]
    assert found == [*expected, ("WI-12-01", "2.1", 2)]


def test_citations_become_links_where_the_caller_gives_an_address() -> None:
    """Not in code, not inside a link, not where there is no address."""

    def link(cited: Citation) -> str | None:
        return None if cited.number == "CP-02" else f"/documents/{cited.number}#{cited.clause or ''}"

    text = "CP-12 §5.3 CP-02 `CP-12` [CP-12](https://a.example)"
    content = read(text, "f.md", number_pattern=PATTERN, link=link)
    assert content.html == (
        '<p><a href="/documents/CP-12#5.3" class="citation">CP-12 §5.3</a> CP-02 <code>CP-12</code> '
        '<a href="https://a.example">CP-12</a></p>\n'
    )


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src=javascript:alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](\\x01javascript:alert(1))",
        "[a](vbscript:x)",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](javascript:alert(1))",
        '![a](x.png"onerror="alert(1))',
        '[a](https://x "onmouseover=alert(1)")',
        "<https://x/\"onclick='alert(1)'>",
        "<style>@import 'https://evil.example/x.css'</style>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<base href=https://evil.example/>",
        "<object data=https://evil.example/>",
        "<!-- --><form action=https://evil.example><input>",
        "{#x onclick=alert(1) style=color:red}\n# 1 a",
        "```<script>\nalert(1)\n```",
        "`<script>alert(1)</script>`",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        '<p title="</noscript><img src=x onerror=alert(1)>">',
        "::: note <script>alert(1)</script>\nx\n:::",
        "|<img src=x onerror=alert(1)>|\n|-|\n",
        "[<img src=x onerror=alert(1)>]: https://x\n[<img src=x onerror=alert(1)>]",
    ],
)
def test_nothing_active_comes_through(attack: str) -> None:
    """Tags arrive as characters, addresses that act do not arrive at all (SEC-18)."""
    seen = Seen()
    seen.feed(read(attack, "f.md").html)
    assert seen.tags <= HARMLESS
    assert {name for name, _ in seen.attributes} <= {"href", "id", "class", "alt", "title"}
    for name, value in seen.attributes:
        assert name != "href" or value.startswith(("https://x", "#"))


@pytest.mark.parametrize(
    "text",
    [
        ">" * 5_000 + "a",
        "- " * 1_250 + "a",
        "[" * 5_000 + "a" + "](x)" * 5_000,
        "**a " * 5_000,
        "*" * 10_000 + "a" + "*" * 10_000,
        "`" * 5_000 + "a",
        "![" * 5_000,
        "<a " * 5_000,
        "::: note\n" * 750,
        "|a" * 2_500 + "\n" + "|-" * 2_500 + "\n",
        "&" * 15_000,
        "a\n" * 15_000,
        "{#a}\n" * 2_500,
        "CP-12 §" + "1." * 7_500,
        "<b>\n\n" * 5_000,
        "![a](../a.png)\n" * 5_000,
        "# 1 a\n" * 2_500,
        "CP-12 " * 5_000,
    ],
    ids=range(18),
)
def test_hostile_input_takes_no_long_time(text: str) -> None:
    """Pathological nesting is bounded; the time grows with the text (SEC-18)."""
    started = time.process_time()
    read(text, "f.md", number_pattern=PATTERN, link=lambda _: None)
    assert time.process_time() - started < 10


def test_a_text_without_end_is_refused() -> None:
    """Beyond the longest text nothing is parsed."""
    content = read("a" * (LONGEST + 1), "f.md", 7)
    assert [problem.line for problem in content.problems] == [7]
    assert content.html == ""
