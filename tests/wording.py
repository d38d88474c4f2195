"""Blameless words: what a message must not say.

A message is read by whoever wrote the code. It states a fact about the code, what follows from it and what would help;
it speaks of no person, judges nothing, and gives no orders. Code spans, quotations and links are not looked at.
"""

from __future__ import annotations

import re

QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|https?://\S+")

ACRONYMS = frozenset(
    "API ARN ARNS AWS CDK CPU CR DLQ DNS FTP HTTP HTTPS IAM ID IP JSON JWT KMS LF NUL SAM SDK SNS SQL SQS SSH TLS TOML"
    " URL UTF UTC UUID XML YAML".split()
)

FAULTS = {
    "speaks to the reader": r"(?i:\byou(?:r|rs|rself|'re|'ve|'ll)?\b)",
    "speaks of a person": r"(?i:\b(?:developer|programmer|author|engineer|team)s?\b|\b(?:we|us(?!-)|ours?|someone|somebody)\b)"
    r"|\bI\b(?!/O)",
    "blames what was done": r"(?i:\b(?:should|could|must|ought to) (?:not )?have\b|\bforgot(?:ten)?\b|\bfailed to\b|\bneglect"
    r"|\bmistakes?\b|\bcareless|\boversight)",
    "judges": r"(?i:\b(?:bad|wrong|poor)(?:ly)?\b|\b(?:ugly|lazy|lazily|awful|stupid|silly|sloppy|nonsense)\b"
    r"|\bterribl|\bhorribl|\bsmell)",
    "makes light of it": r"(?i:\b(?:simpl[ey]|just|obvious(?:ly)?|clearly|eas(?:y|ily)|trivial(?:ly)?|merely|of course)\b)",
    "asks or exclaims": r"[?!]",
    "gives an order": r"^(?i:please|do not|don't|never|always|stop|avoid|must)\b",
}

LONGEST_FACT = 120
"""Characters of the sentence that is shown alone where there is room for one only."""


def faults(text: str) -> list[str]:
    """What is to be said against any text of the reviewer's."""
    bare = QUOTED.sub("x", text)
    found = [f"{what}: {text}" for what, pattern in FAULTS.items() if re.search(pattern, bare)]
    shouted = [word for word in re.findall(r"\b[A-Z]{2,}\b", bare) if word not in ACRONYMS]
    return [*found, *(f"shouts {word}: {text}" for word in shouted)]


def faults_of_fact(text: str) -> list[str]:
    """What is to be said against a message: one sentence that can stand alone, without its full stop."""
    bare = QUOTED.sub("x", text)
    found = faults(text)
    if len(text) > LONGEST_FACT:
        found.append(f"has {len(text)} characters: {text}")
    if re.search(r"\. |\.$", bare):
        found.append(f"is more than one sentence: {text}")
    return [*found, *_beginning(text)]


def faults_of_detail(text: str) -> list[str]:
    """What is to be said against grounds, consequence or suggestion: whole sentences."""
    ends = [] if re.search(r"[.:]$", text) else [f"does not end: {text}"]
    return [*faults(text), *_beginning(text), *ends]


def _beginning(text: str) -> list[str]:
    return [] if re.match(r"[A-Z`\"]", text) else [f"begins small: {text}"]
