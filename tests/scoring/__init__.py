"""Scores by scorecards."""
