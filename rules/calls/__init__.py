"""Calls to AWS and over HTTP."""
