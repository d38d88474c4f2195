"""Blameless words: what a message must not say.

A message is read by whoever wrote the code. It states a fact about the code, what follows from it and what would help;
it speaks of no person, judges nothing, and gives no orders. Code spans, quotations and links are not looked at.
"""

from __future__ import annotations

import re

QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|https?://\S+")

ACRONYMS = {
    *("API", "ARN", "ARNS", "AWS", "CDK", "CPU", "CR", "DLQ", "DNS", "FTP", "HTTP", "HTTPS", "IAM", "ID", "IP"),
    *("JSON", "JWT", "KMS", "LF", "NUL", "REST", "SAM", "SDK", "SNS", "SQL", "SQS", "SSH", "TLS", "TOML", "URL"),
    *("UTC", "UTF", "UUID", "XML", "YAML"),
}

WORDS = {
    "speaks to the reader": ("you", "your", "yours", "yourself", "you're", "you've", "you'll"),
    "speaks of a person": (
        *("developers?", "programmers?", "authors?", "engineers?", "teams?", "someone", "somebody", "we", "us(?!-)"),
        *("ours?", "(?-i:I)(?!/O)"),
    ),
    "blames what was done": (
        *("(?:should|could|must|ought to) (?:not )?have", r"forgot\w*", "failed to", r"neglect\w*", "mistakes?"),
        *(r"careless\w*", "oversights?"),
    ),
    "judges": (
        *("bad(?:ly)?", "wrong(?:ly)?", "poor(?:ly)?", "ugly", "lazy", "lazily", "awful", "stupid", "silly", "sloppy"),
        *("nonsense", r"terribl\w+", r"horribl\w+", r"smell\w*"),
    ),
    "makes light of it": (
        *("simple", "simply", "just", "obvious(?:ly)?", "clearly", "easy", "easily", "trivial(?:ly)?", "merely"),
        "of course",
    ),
}
ORDERS = r"(?i)(?:please|do not|don't|never|always|stop|avoid|must)\b"

LONGEST_FACT = 120
"""Characters of the sentence that is shown alone where there is room for one only."""


def faults(text: str) -> list[str]:
    """What is to be said against any text of the reviewer's."""
    bare = QUOTED.sub("x", text)
    found = [what for what, words in WORDS.items() if re.search(rf"(?i)\b(?:{'|'.join(words)})\b", bare)]
    found += ["asks or exclaims"] if re.search("[?!]", bare) else []
    found += ["gives an order"] if re.match(ORDERS, bare) else []
    shouted = [word for word in re.findall(r"\b[A-Z]{2,}\b", bare) if word not in ACRONYMS]
    return [f"{what}: {text}" for what in (*found, *(f"shouts {word}" for word in shouted))]


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
