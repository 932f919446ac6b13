"""Tests of qms/jobs."""
