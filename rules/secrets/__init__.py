"""Credentials in code and templates."""
