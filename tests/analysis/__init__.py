"""Tests of desktop.analysis."""
