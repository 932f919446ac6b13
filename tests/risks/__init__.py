"""Tests of control points."""
