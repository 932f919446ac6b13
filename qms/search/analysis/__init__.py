"""Folding, tokens, pinyin, aliases, queries and highlights: pure, so that all engines find the same."""
