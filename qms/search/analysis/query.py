"""Pure: what a person types becomes a plain tree of words, phrases, numbers and beginnings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.search.analysis.fold import fold
from qms.search.analysis.tokens import Kind, Token, parts, places, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qms.search.analysis.aliases import Aliases

LONGEST: Final = 200
MOST_WORDS: Final = 16
SHORTEST_PREFIX: Final = 2
_ALIAS_WEIGHT: Final = 0.8
_RELATED_WEIGHT: Final = 0.4
_FEW: Final = 3
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟「」『』《》〈〉", '"'))
_PIECE: Final = re.compile(
    r'(?P<minus>(?<!\S)-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"*]*)(?P<star>\*+)|(?P<plain>[^\s"*]+))'
)
_IDLE_WORDS: Final = (
    "的 了 和 与 及 或 在 是 由 对 把 被 将 之 其 为 于 吗 呢 吧 谁 哪 几 请 问 我 你 "
    "什么 如何 怎么 怎样 怎么办 哪些 哪个 哪里 哪儿 多少 多久 是否 为什么 需要 可以 "
    "几天 几个 几次 几份 几人 几号 多长 多长时间 何时 时候 "
    "a an and are as at be by can do does for from how i in is it my of on or our shall should "
    "that the this to we what when where which who whom why will with you"
)
_IDLE: Final = frozenset(_IDLE_WORDS.split())


class QueryRefused(Invalid):
    """What was typed cannot be searched for; each fault says what to type instead (DOC-18)."""

    message = "This search has {count} fault(s)."


@dataclass(frozen=True, slots=True)
class Word:
    """A token that must stand in the entry."""

    text: str
    kind: Kind = Kind.WORD
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand at these distances from the first, in characters other than white space."""

    parts: tuple[tuple[str, int], ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a token, two characters at least."""

    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause number: the clause itself, or a place that names it."""

    number: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A word and what it is also called; one of them must be there."""

    nodes: tuple[Word | Phrase | AllOf, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Words that must all be there, in any place: a name of several words as it was typed."""

    nodes: tuple[Word, ...]


Node = Word | Phrase | Prefix | Clause | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Query:
    """All of `every` (or at least `least` of them) and none of `without`.

    `number` is the code when the whole text is the number of a document.
    """

    text: str
    every: tuple[Node, ...]
    without: tuple[Node, ...] = ()
    least: int = 0
    number: str | None = None
    wider: tuple[Node, ...] = ()

    def relaxed(self) -> Query | None:
        """The same question asked more widely, for when nothing was found; None where it cannot be.

        Related words count as well; of two words one suffices, of three or more about two thirds.
        """
        least = 1 if len(self.wider) < _FEW else -(-2 * len(self.wider) // 3)
        if least == self.least and self.wider == self.every:
            return None
        return replace(self, every=self.wider, least=least, wider=self.wider)


def parse(text: str, aliases: Aliases) -> Query:
    """Read what a person typed; refused with a sentence for each fault.

    Words stand apart or together and must all be there; "quoted" words stand side by side; `-word`
    must not be there; `begin*` is the beginning of a word; `CP-12 §5.3` is a clause.
    """
    folded = fold(text).translate(_QUOTES).strip()
    if len(folded) > LONGEST:
        raise QueryRefused([Problem(N_("Type at most {most} characters."), facts={"most": LONGEST})])
    reading = _Reading(aliases, [], [], [])
    plain_from = 0
    for piece in _PIECE.finditer(folded):
        if piece["minus"] is None and piece["plain"] is not None:
            continue
        reading.plain(folded[plain_from : piece.start()])
        plain_from = piece.end()
        reading.special(piece)
    reading.plain(folded[plain_from:])
    return reading.query(text)


@dataclass(slots=True)
class _Reading:
    aliases: Aliases
    every: list[tuple[Node, Node]]
    without: list[Node]
    problems: list[Problem]

    def special(self, piece: re.Match[str]) -> None:
        if piece["star"]:
            self._prefix(piece["word"], without=piece["minus"] is not None)
            return
        node = phrase(piece["phrase"] if piece["phrase"] is not None else piece["plain"])
        if node is None:
            return
        if piece["minus"] is None:
            self.every.append((node, node))
        else:
            self.without.append(node)

    def _prefix(self, word: str, *, without: bool) -> None:
        found = words(word)
        stem = found[-1].text if found else ""
        if len(found) == 1 and found[0].kind is Kind.LATIN:
            stem = word[found[0].start : found[0].end]  # a beginning is no plural
        if len(stem) < SHORTEST_PREFIX:
            if len(found) < SHORTEST_PREFIX:
                self.problems.append(
                    Problem(
                        N_("Type at least {least} characters before *."), facts={"least": SHORTEST_PREFIX}
                    )
                )
                return
            found.append(found[-1])
        node: Node = Prefix(stem)
        if without:
            self.without.append(node if len(found) == 1 else phrase(word) or node)
            return
        self.plain(word[: found[-1].start])
        if len(stem) >= SHORTEST_PREFIX:
            self.every.append((node, node))

    def plain(self, run: str) -> None:
        for found in _groups(run, self.aliases):
            self.every.append(found)

    def query(self, text: str) -> Query:
        every = tuple(dict.fromkeys(node for node, _ in self.every))
        wider = tuple(dict.fromkeys(node for _, node in self.every))
        if not every and not self.problems:
            sentence = (
                N_("Say also what to look for, not only what to leave out.")
                if self.without
                else N_("Type at least one word.")
            )
            self.problems.append(Problem(sentence))
        if len(every) + len(self.without) > MOST_WORDS:
            self.problems.append(Problem(N_("Type at most {most} words."), facts={"most": MOST_WORDS}))
        if self.problems:
            raise QueryRefused(self.problems)
        number = None
        if len(every) == 1 and isinstance(every[0], Word) and every[0].kind is Kind.CODE:
            number = every[0].text
        return Query(text, every, tuple(self.without), len(every), number, wider)


def phrase(text: str) -> Word | Phrase | None:
    """Words side by side; a single word is just that word, and no word is None."""
    found: list[tuple[str, int, Kind]] = []
    whole = words(text)
    for token, place in zip(whole, places(text, whole), strict=True):
        at = place
        for part in parts(token.text) if token.kind is Kind.WORD else (token.text,):
            found.append((part, at, token.kind))
            at += len(part)
    if not found:
        return None
    if len(found) == 1:
        return Word(found[0][0], found[0][2])
    return Phrase(tuple((part, at - found[0][1]) for part, at, _ in found))


def leaves(nodes: Iterable[Node]) -> Iterator[Word | Phrase | Prefix | Clause]:
    """The words, phrases, beginnings and clauses of a tree, without its branches."""
    for node in nodes:
        if isinstance(node, (AnyOf, AllOf)):
            yield from leaves(node.nodes)
        else:
            yield node


def _groups(run: str, aliases: Aliases) -> Iterator[tuple[Node, Node]]:
    """Each word of a run twice: as asked, and more widely with related words."""
    found = [tile for token in words(run) for tile in _tiles(token)]
    ends = frozenset(token.end for token in found)
    keep = [token for token in found if token.text not in _IDLE] or found
    alone = all(_is_single(token) for token in keep)
    at = 0
    for place, token in enumerate(keep):
        if token.start < at:
            continue
        named = aliases.longest_at(run, token.start, ends)
        if named is not None:
            at = token.start + len(named)
            yield _named(named, aliases)
        elif _is_single(token):
            row = _row(keep[place:])
            at = row[-1].end
            beside = phrase(run[token.start : at])
            if beside is not None and (alone or len(row) > 1):
                yield beside, beside
        else:
            at = token.end
            node = _whole(token, run, keep[place - 1] if place else None)
            yield node, node


def _tiles(token: Token) -> Iterator[Token]:
    at = token.start
    whole = token.kind is not Kind.WORD or token.text in _IDLE
    for part in (token.text,) if whole else parts(token.text):
        end = at + len(part) if token.kind is Kind.WORD else token.end
        yield Token(part, at, end, token.kind)
        at = end


def _is_single(token: Token) -> bool:
    return token.kind is Kind.WORD and len(token.text) == 1


def _row(keep: list[Token]) -> list[Token]:
    row = keep[:1]
    for token in keep[1:]:
        if not _is_single(token) or token.start != row[-1].end:
            break
        row.append(token)
    return row


def _whole(token: Token, run: str, before: Token | None) -> Node:
    if token.kind is Kind.NUMBER and (
        run[: token.start].rstrip().endswith(("§", "第"))
        or ("." in token.text and before is not None and before.kind is Kind.CODE)
    ):
        return Clause(token.text)
    return Word(token.text, token.kind)


def _named(named: str, aliases: Aliases) -> tuple[Node, Node]:
    alias = aliases.of(named)
    own = _spoken(named)
    same = _others(own, alias.same, _ALIAS_WEIGHT)
    related = _others(own, alias.related, _RELATED_WEIGHT)
    asked: Node = AnyOf((own, *same)) if same else own
    return asked, AnyOf((own, *same, *related)) if related else asked


def _spoken(named: str) -> Word | AllOf:
    node = phrase(named)
    if isinstance(node, Phrase):
        return AllOf(tuple(Word(text) for text, _ in node.parts))
    assert node is not None  # noqa: S101 - a listed word holds a token, aliases.py refuses others
    return node


def _others(own: Word | AllOf, names: tuple[str, ...], weight: float) -> tuple[Word | Phrase, ...]:
    """The other names that say more than the word itself: what holds all of it would be found anyway."""
    known = _texts(own)
    found = (phrase(name) for name in names)
    return tuple(
        replace(node, weight=weight) for node in found if node is not None and not known <= _texts(node)
    )


def _texts(node: Word | Phrase | AllOf) -> set[str]:
    if isinstance(node, Phrase):
        return {text for text, _ in node.parts}
    return {node.text} if isinstance(node, Word) else {word.text for word in node.nodes}
