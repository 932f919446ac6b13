"""Turns our query tree into Whoosh's, for one segment at a time; words the segment lacks are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from whoosh import query as whoosh_query
from whoosh.matching import IntersectionMatcher
from whoosh.query import spans as whoosh_spans
from whoosh.util import make_binary_tree

from qms.search.analysis.query import AllOf, AnyOf, Clause, Phrase, Prefix, Word
from qms.search.analysis.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.search.analysis.query import Node, Query

MOST_EXPANSIONS: Final = 64
_BODY: Final = ("text", "title")
_NAME: Final = ("name", "number", "pinyin")


class Compiler:
    """Compiles for one segment; `capped` turns true when a prefix had to be cut short."""

    def __init__(self, reader: Any) -> None:
        """Compile for the segment of `reader`."""
        self.reader = reader
        self.schema = reader.schema
        self.capped = False

    def every(self, query: Query) -> Any | None:
        """All words of the query in the entry; None when nothing can match."""
        return self.all_of([self.body(node) for node in query.every])

    def each(self, query: Query) -> list[Any]:
        """Each node by itself, for a query of which only `least` must hold."""
        return [node for node in map(self.body, query.every) if node is not None]

    def named(self, query: Query) -> Any | None:
        """All words of the query in the title, number or pinyin of a document."""
        return self.all_of([self._name(node) for node in query.every])

    def cited(self, query: Query) -> Any | None:
        """The very clause of the very document, where the query names both."""
        numbers = [node.text for node in query.every if isinstance(node, Word) and node.kind is Kind.CODE]
        clauses = [node.number for node in query.every if isinstance(node, Clause)]
        if not numbers or not clauses:
            return None
        named = [self._word(("number",), number, 1.0) for number in numbers]
        return self.all_of([*named, *(self._word(("clause",), clause, 1.0) for clause in clauses)])

    def without(self, query: Query) -> Any | None:
        """What must not be in the entry; None when nothing of it is."""
        return self.any_of([self.body(node) for node in query.without])

    def body(self, node: Node) -> Any | None:
        """A node in body, title or number."""
        if isinstance(node, Word):
            fields = (*_BODY, "number") if node.kind is Kind.CODE else _BODY
            return self._word(fields, node.text, node.weight)
        if isinstance(node, Phrase):
            return self.any_of([self._phrase(name, node) for name in _BODY])
        if isinstance(node, Prefix):
            return self._prefix((*_BODY, "number"), node.text)
        if isinstance(node, Clause):
            return self._word((*_BODY, "clause"), node.number, 1.0)
        inner = [self.body(each) for each in node.nodes]
        return self.any_of(inner) if isinstance(node, AnyOf) else self.all_of(inner)

    def _name(self, node: Node) -> Any | None:
        if isinstance(node, Word):
            return self._word(_NAME, node.text, node.weight)
        if isinstance(node, Phrase):
            return self._phrase("name", node)
        if isinstance(node, Prefix):
            return self._prefix(_NAME, node.text)
        if isinstance(node, Clause):
            return None
        inner = [self._name(each) for each in node.nodes]
        return self.all_of(inner) if isinstance(node, AllOf) else self.any_of(inner)

    def _has(self, field: str, text: str) -> bool:
        return (field, self.schema[field].to_bytes(text)) in self.reader

    def _word(self, fields: Sequence[str], text: str, weight: float) -> Any | None:
        return self.any_of(
            [whoosh_query.Term(name, text, boost=weight) for name in fields if self._has(name, text)]
        )

    def _prefix(self, fields: Sequence[str], stem: str) -> Any | None:
        terms = []
        for name in fields:
            for found, raw in enumerate(self.reader.expand_prefix(name, stem)):
                if found >= MOST_EXPANSIONS:
                    self.capped = True
                    break
                terms.append(whoosh_query.Term(name, self.schema[name].from_bytes(raw)))
        return self.any_of(terms)

    def _phrase(self, field: str, node: Phrase) -> Any | None:
        if not all(self._has(field, text) for text, _ in node.parts):
            return None
        return _Apart(field, node.parts)

    @staticmethod
    def any_of(queries: Sequence[Any | None]) -> Any | None:
        """One of the queries; None when none of them can match."""
        left = [query for query in queries if query is not None]
        if len(left) > 1:
            return whoosh_query.Or(left)
        return left[0] if left else None

    @staticmethod
    def all_of(queries: Sequence[Any | None]) -> Any | None:
        """All of the queries; None when one of them cannot match."""
        left = [query for query in queries if query is not None]
        if len(left) < len(queries):
            return None
        if len(left) > 1:
            return whoosh_query.And(left)
        return left[0] if left else None


class _Apart(whoosh_spans.SpanNear2):  # type: ignore[misc]  # Whoosh has no types
    """Terms of one field at given distances; Whoosh's own phrase counts words, ours characters."""

    def __init__(self, field: str, parts: Sequence[tuple[str, int]]) -> None:
        super().__init__([whoosh_query.Term(field, text) for text, _ in parts])
        self.offsets = [offset for _, offset in parts]

    def estimate_size(self, reader: Any) -> int:
        return min(int(query.estimate_size(reader)) for query in self.qs)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        matchers = [query.matcher(searcher, context) for query in self.qs]
        return _ApartMatcher(matchers, self.offsets)


class _ApartMatcher(whoosh_spans.SpanWrappingMatcher):  # type: ignore[misc]  # Whoosh has no types
    def __init__(self, matchers: Sequence[Any], offsets: Sequence[int]) -> None:
        self.matchers = matchers
        self.offsets = offsets
        super().__init__(make_binary_tree(IntersectionMatcher, matchers))

    def _get_spans(self) -> list[int]:
        """The places where the first term stands and all others at their distance."""
        starts: set[int] | None = None
        for matcher, offset in zip(self.matchers, self.offsets, strict=True):
            here = {place - offset for place in matcher.value_as("positions")}
            starts = here if starts is None else starts & here
            if not starts:
                return []
        return sorted(starts or ())
