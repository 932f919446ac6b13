"""Tests of qms/standards."""
