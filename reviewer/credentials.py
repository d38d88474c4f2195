"""Is this text a credential? Known formats, names that bind a secret, arguments that take one; and how to mask them.

What is known stands in `aws/secrets.toml`; here is how it is asked. Unknown means silent: a placeholder, the name or
path of a secret, an environment variable's name, a documented example is no credential.

    find(text)                       a known format inside a text
    named(name, text)                a text bound to a name that speaks of a secret
    handed(callee, argument, text)   a text given to an argument that takes a secret
    masked(text)                     a line or message fit to be shown
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

LONGEST = 100_000
"""Characters of a text that are looked at."""
SHORTEST = 12
"""No known format is shorter."""
SHOWN = 4
"""The most characters of a secret that `masked` leaves."""
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Format:
    """The known form of one kind of credential. `pattern`'s group `secret`, or else the whole match, is the secret."""

    id: str
    title: str
    pattern: str
    source: str
    example: str
    keywords: tuple[str, ...]
    entropy: float
    beside: str = ""
    words: bool = False
    pair: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """Where in a text a secret lies, never the secret itself: no message or log can repeat it.

    `kind` is a format's id, `name` or `argument`; `title` says in a few words what it is: "GitHub token".
    """

    kind: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Naming:
    """What a name says about the value that it is bound to.

    `chosen`: people choose such values (passwords). `last`: nothing but a word like "value" stands behind the secret's
    word.
    """

    title: str
    chosen: bool
    last: bool
    qualified: bool


# --- the data -------------------------------------------------------------------------------------------------------


@cache
def _data() -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - most runs ask about text, few need the table

    return tomllib.loads(files("reviewer.aws").joinpath("secrets.toml").read_text("utf-8"))


@cache
def formats() -> tuple[Format, ...]:
    """All known formats, the special ones before the general ones."""
    return tuple(
        Format(**{**entry, "example": "".join(entry["example"]), "keywords": tuple(entry["keywords"])})
        for entry in _data()["format"]
    )


@cache
def _words(section: str, key: str) -> frozenset[str]:
    return frozenset(_data()[section][key])


@cache
def _documented() -> frozenset[str]:
    return frozenset("".join(entry["text"]) for entry in _data()["documented"])


@cache
def _arguments() -> dict[str, dict[str | int, str]]:
    table: dict[str, dict[str | int, str]] = {}
    for entry in _data()["argument"]:
        for callee in entry["callees"]:
            table.setdefault(callee, {}).update(dict.fromkeys(entry["arguments"], entry["title"]))
    return table


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _hint() -> re.Pattern[str]:
    """One search that says whether a text may hold any known format: the keywords, sorted by their first letter."""
    by_letter: dict[str, list[str]] = {}
    for keyword in sorted({keyword for known in formats() for keyword in known.keywords}):
        by_letter.setdefault(keyword[0], []).append(re.escape(keyword[1:]))
    return re.compile("|".join(f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()))


# --- what a text looks like -----------------------------------------------------------------------------------------

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_RUNS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_TEMPLATE = re.compile(
    r"""\$\{|\{\{|\{[\w.:!]*\}|<[^<>]+>|<%|%\(\w*\)|%[sdr](?!\w)|\.\.\.|…|^\$\w+$|^%\w+%$|^!?(?:Ref|Sub|GetAtt)\b|[A-Za-z_.]\("""
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
_REFERENCE = re.compile(
    r"""(?x) [./~].*                                     # a path
    | [A-Za-z][\w.+-]*://.*                              # a URL
    | [A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+                      # the name of an environment variable
    | (?:[A-Z][a-z]+){2,}[0-9A-F]{8}                     # a logical id of the CDK
    | [a-z]{1,8}-[0-9a-f]{8}(?:[0-9a-f]{9})?             # the id of an AWS resource
    | [\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,12}                # a host, a file, a dotted name
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                       # a mail address
    | \d{4}-\d\d-\d\d.*                                  # a date
    | [\d.:/+-]+                                         # a number, an IP address, a version
    | .*(?:\\[dws]|\[\^|\(\?|\[A-Z|\[a-z|\{\d+,).*       # a regular expression
    | .*\b(?i:hmac|sha-?\d|aes[-_]?\d|rsa[-_]|pbkdf).*   # an algorithm
    | [a-z]+/[\w.+-]+(?:;.*)?                            # a MIME type
    """
)
_LOOPBACK = re.compile(r"(?i)localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal")


def entropy(text: str) -> float:
    """Shannon's entropy of the characters of a text, in bits per character."""
    length = len(text)
    counts = [text.count(character) for character in set(text)]
    return -sum(count / length * math.log2(count / length) for count in counts)


def is_placeholder(text: str) -> bool:
    """Whether a text only stands for a secret: `<your-api-key>`, `changeme`, `${TOKEN}`, `xxxx`, a documented example."""
    folded = text.strip().casefold()
    return (
        len(set(folded)) <= 3
        or text in _documented()
        or _TEMPLATE.search(text) is not None
        or any(mark in folded for mark in _data()["texts"]["marks"])
        or _dull(text) * 2 >= len(text)
        or _consists_of(text, _words("texts", "placeholders"))
    )


def _dull(text: str) -> int:
    """How many characters of a text belong to runs such as `xxxx`, `abc`, `1234`."""
    dull = start = 0
    for step in (0, 1):
        least = 4 - step
        start = 0
        for position in range(1, len(text) + 1):
            if position == len(text) or ord(text[position]) - ord(text[position - 1]) != step:
                dull += position - start if position - start >= least else 0
                start = position
    return dull


def _consists_of(text: str, words: frozenset[str]) -> bool:
    """Whether a text is made of these words, also with `@`, `0`, `$` for letters, and of a few digits."""
    for spelling in {text, text.translate(str.maketrans("@0$", "aos"))}:
        parts = _PARTS.findall(spelling)
        if parts and all(part.lower() in words or (part.isdigit() and _is_counter(part)) for part in parts):
            return True
    return text.casefold() in words


def _is_counter(digits: str) -> bool:
    return len(digits) <= 4 or _dull(digits) == len(digits)


def _residue(text: str) -> tuple[int, float]:
    """How many letters and digits of a text lie outside of anything like a word, and their share of all of them."""
    characters = sum(character.isalnum() for character in text)
    wordy = sum(
        len(run)
        for run in _RUNS.findall(text)
        if len(run) >= 3 and _VOWEL.search(run) and not _CONSONANTS.search(run)
    )
    return characters - wordy, (characters - wordy) / (characters or 1)


def _random(text: str) -> bool:
    """Whether a text looks made by a machine, or by a careful person: letters and digits that form no words."""
    if not 8 <= len(text) <= 4096 or not text.isascii() or not text.isprintable() or " " in text:
        return False
    if entropy(text) < (3.0 if len(text) >= 12 else 2.7):
        return False
    residue, share = _residue(text)
    groups = len(re.findall(r"\d+", text))
    if not groups:
        return len(text) >= 20 and share >= 0.5 and not (text.islower() or text.isupper())
    if text.replace(text[0], "").isdigit() or not any(character.isalpha() for character in text):
        return False
    return residue >= 6 and (share >= 0.5 or (share >= 0.3 and groups >= 4))


def _chosen(text: str) -> bool:
    """Whether a text looks like a password that somebody chose: letters with a digit, and no separators."""
    return (
        8 <= len(text) <= 64
        and re.fullmatch(r"[A-Za-z0-9!@#$%^&*?+=~]+", text) is not None
        and re.search(r"[A-Za-z]", text) is not None
        and re.search(r"\d", text) is not None
    )


def _refers(text: str) -> bool:
    """Whether a text names or locates something, or is public, hashed or encrypted."""
    return text.startswith(tuple(_data()["texts"]["prefixes"])) or _REFERENCE.fullmatch(text) is not None


# --- known formats --------------------------------------------------------------------------------------------------


def find(text: str) -> Secret | None:
    """The first credential of a known format inside a text."""
    return next(_found(text), None)


def _found(text: str) -> Iterator[Secret]:
    if len(text) < SHORTEST or not _hint().search(text, 0, LONGEST):
        return
    text = text[:LONGEST]
    for known in formats():
        if not any(keyword in text for keyword in known.keywords):
            continue
        for match in _pattern(known.pattern).finditer(text):
            if _is_credential(known, match):
                start, end = match.span("secret" if "secret" in match.re.groupindex else 0)
                yield Secret(known.id, known.title, start, end)


def _is_credential(known: Format, match: re.Match[str]) -> bool:
    parts = match.groupdict()
    secret = parts.get("secret", match[0])
    if known.pair:
        parts["user"], colon, secret = _decoded(secret).partition(":")
        if not colon:
            return False
    if secret == parts.get("user") or _LOOPBACK.fullmatch(parts.get("host", "")):
        return False
    if known.beside and not _pattern(known.beside).search(match.string):
        return False
    if known.words:
        return _is_typed(secret)
    return entropy(secret) >= known.entropy and _residue(secret)[1] >= 0.3 and not is_placeholder(secret)


def _decoded(text: str) -> str:
    """What a base64 text says, or nothing where it says nothing that can be read."""
    import base64  # noqa: PLC0415 - needed by few texts

    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""
    return decoded if decoded.isprintable() else ""


def _is_typed(text: str) -> bool:
    """Whether a text in the place of a password is one, however weak, and neither a placeholder nor a reference."""
    return (
        len(text) >= 3
        and entropy(text) >= 1.5
        and not is_placeholder(text)
        and not text.startswith(tuple(_data()["texts"]["prefixes"]))
        and not re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", text)
    )


def is_access_key_id(text: str) -> bool:
    """Whether a text has the form of the id of an AWS access key, long-term or temporary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return re.fullmatch(r"(?:AKIA|ASIA)[A-Z0-9]{16}", text) is not None


def is_secret_access_key(text: str) -> bool:
    """Whether a text has the form of an AWS secret access key: 40 characters of base64, and no SHA-1 digest.

    https://aws.amazon.com/blogs/security/a-safer-way-to-distribute-aws-credentials-to-ec2/
    """
    return (
        re.fullmatch(r"[A-Za-z0-9/+]{40}", text) is not None
        and re.fullmatch(r"[0-9a-f]{40}|[0-9A-F]{40}", text) is None
        and _random(text)
    )


# --- names ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _naming(name: str) -> Naming | None:
    words = [word.lower() for word in _PARTS.findall(name[-100:])]
    if not words or not _words("names", "about").isdisjoint(words):
        return None
    passwords, secrets, keys = (_words("names", key) for key in ("passwords", "secrets", "keys"))
    for place in range(len(words) - 1, -1, -1):
        word, before = words[place], words[place - 1] if place else ""
        chosen = word in passwords or word.endswith(("password", "passwd", "passphrase"))
        if not (chosen or word in secrets or word.endswith(("secret", "token", "apikey"))):
            if word != "key" or before not in keys:
                continue
            word = f"{before} key".replace("api", "API")
        last = all(rest in _words("names", "after") or rest.isdigit() for rest in words[place + 1 :])
        return Naming(word, chosen, last, word != "secret" or before in _words("names", "qualifiers"))
    return None


def named(name: str, text: str) -> Secret | None:
    """A text that a name binds as a secret: the name speaks of a secret, and the text looks like one.

    Known formats are `find`'s.
    """
    naming = _naming(name)
    if naming is None or not (_random(text) or (naming.chosen and _chosen(text))):
        return None
    if is_placeholder(text) or _refers(text) or _UUID.fullmatch(text):
        return None
    if _consists_of(text, _words("texts", "placeholders") | _words("texts", "accounts")):
        return None
    return Secret("name", naming.title, 0, len(text))


def template_parameter_is_secret(name: str, default: str | None = None) -> bool:
    """Whether the value of a template parameter is a secret, by its name (`DbPassword`) and its default.

    A default that is the name, path or ARN of a secret says that the parameter takes one of these.
    """
    naming = _naming(name)
    if naming is None or not naming.last or not naming.qualified or naming.title in {"auth", "credentials"}:
        return False
    return naming.chosen or not default or is_placeholder(default) or not _refers(default)


# --- arguments ------------------------------------------------------------------------------------------------------


def secret_arguments(callee: str) -> tuple[str | int, ...]:
    """The arguments of a function that take a secret: keywords, positions from 0, `auth[1]` for an item of a pair."""
    return tuple(_arguments().get(callee, ()))


def handed(callee: str, argument: str | int, text: str, host: str | None = None) -> Secret | None:
    """A text that is handed to an argument that takes a secret. A real password may be weak: words will do.

    `callee` is the function's qualified name (`psycopg2.connect`), `argument` as in `secret_arguments`. `host`, where
    the call names it, tells a database on the same machine, whose password guards nothing.
    """
    title = _arguments().get(callee, {}).get(argument)
    if title is None or not _is_typed(text) or " " in text:
        return None
    if host is not None and _LOOPBACK.fullmatch(host):
        return None
    return Secret("argument", title, 0, len(text))


# --- masking --------------------------------------------------------------------------------------------------------

_ASSIGNED = re.compile(
    r"""(?x)
    (?P<name>[A-Za-z_][\w.-]{0,80}) ["']? \]? \s*
    (?: : \s* (?:[A-Za-z_][\w.]*(?:\[[\w., |]*\])? \s* (?=[=]))? | => | , (?=\s*["']) | (?==) ) \s* =? \s*
    (?: [rbufRBUF]{0,2} (?P<quote>["'])(?P<quoted>(?:\\.|(?!(?P=quote))[^\\\n]){3,4096}) | (?P<bare>[^\s,;"'`()\[\]{}<>=]{4,4096})(?=[\s,;]|$) )"""
)
_LITERAL = re.compile(r"""["'`](?P<text>[^"'`\s]{8,4096})["'`]|[:=]\s*(?P<bare>[^\s"'`,;(){}\[\]]{12,4096})(?=[\s,;]|$)""")
_KEY_LINE = re.compile(r"""(?m)^[\s"'rb]*(?P<text>[A-Za-z0-9+/]{48,76}={0,2})(?:\\n)?["']?[\s\\+,)]*$""")


def masked(text: str, *, strictly: bool = False) -> str:
    """A line of source or a message with each secret that it shows cut to at most its first four characters and `…`.

    The lines of a private key go whole. `strictly` cuts every string literal and every scalar: for a line that is
    known to hold a secret which nothing in the line gives away.
    """
    spans: dict[int, tuple[int, int]] = {}
    for start, end, shown in sorted(_to_mask(text, strictly)):
        ...
    return text


def _to_mask(text: str, strictly: bool) -> Iterator[tuple[int, int, int]]:
    yield (0, 0, 0)
