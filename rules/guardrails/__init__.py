"""Runtimes, versions, signing."""
