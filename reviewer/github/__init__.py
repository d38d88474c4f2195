"""Findings as comments on a pull request of GitHub: what is there already, what is to be sent, and sending it."""
