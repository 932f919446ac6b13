"""Folding, tokens, pinyin, aliases, queries and highlights: pure, so that every engine gives the same hits."""
