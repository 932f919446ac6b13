"""Tests of qms/trail."""
