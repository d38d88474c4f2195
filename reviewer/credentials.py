"""Is this text a credential? Known formats, names that bind a secret, arguments that take one; and how to mask them.

Unknown means silent: a placeholder, the name or path of a secret, an environment variable's name, a documented example
is no credential.

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

from reviewer.aws import secrets as known

LONGEST = 100_000
"""Characters of a text that are looked at."""
SHORTEST = 12
"""No known format is shorter."""
SHOWN = 4
"""The most characters of a secret that `masked` leaves."""


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
class _Naming:
    """What a name says of the value that it is bound to: a password that people choose, or what machines make.

    `last`: nothing but a word like "value" stands behind the secret's word. `qualified`: it does not mean the name of
    a secret, as `DatabaseSecret` may.
    """

    title: str
    chosen: bool
    last: bool
    qualified: bool


# --- what a text looks like -----------------------------------------------------------------------------------------

_PARTS = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+"
_RUNS = r"[A-Z]?[a-z]{2,}|[A-Z]{3,}"
_SHORT_WORDS = r"(?<![^-_./])[a-z]{1,2}(?![^-_./])"
_LOWER_RUNS = r"[A-Z]?[a-z]{2,}"
_CONSONANTS = r"(?i)[b-df-hj-np-tv-xz]{5}"
_TEMPLATE = r"""(?x)
    \$\{ | \{\{ | \{[\w.:!]*\} | <[\w\ '.:/|-]*> | <% | %> | %\(\w*\) | %[sdr](?!\w) | \.\.\. | … | ^\$\w+$ | ^%\w+%$
    | ^!?(?:Ref|Sub|GetAtt)\b | [A-Za-z_]\([^()]*\)"""
_UUID = r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_VARIABLE = r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
_REFERENCE = r"""(?x) [./~].*                            # a path
    | [A-Za-z][\w.+-]*://.*                              # a URL
    | (?:[A-Z][a-z]+){2,}[0-9A-F]{8}                     # a logical id of the CDK
    | [a-z]{1,8}-[0-9a-f]{8}(?:[0-9a-f]{9})?             # the id of an AWS resource
    | [\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,12}                # a host, a file, a dotted name
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                       # a mail address
    | \d{4}-\d\d-\d\d.*                                  # a date
    | [\d.:/+-]+ | v?\d+(?:\.\d+)+[\w.+-]*             # a number, an IP address, a version
    | .*(?:\\[dws]|\[\^|\(\?|\[A-Z|\[a-z|\{\d+,).*       # a regular expression
    | .*\b(?i:hmac|sha-?\d|aes[-_]?\d|rsa[-_]|pbkdf).*   # an algorithm
    | [a-z]+/[\w.+-]+(?:;.*)?                            # a MIME type
    """
_LOOPBACK = r"(?i)localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal"


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def entropy(text: str) -> float:
    """Shannon's entropy of the characters of a text, in bits per character."""
    length = len(text)
    shares = [text.count(character) / length for character in set(text)]
    return -sum(share * math.log2(share) for share in shares)


def is_placeholder(text: str) -> bool:
    """Whether a text only stands for a secret: `<your-api-key>`, `changeme`, `${TOKEN}`, `xxxx`, a documented key."""
    folded = text.strip().casefold()
    return (
        len(set(folded)) <= 3
        or text in known.documented()
        or _regex(_TEMPLATE).search(text) is not None
        or any(mark in folded for mark in known.text_marks())
        or _dull(text) * 2 >= len(text)
        or _consists_of(text, known.text_words("placeholders"))
    )


def _dull(text: str) -> int:
    """How many characters of a text belong to runs such as `xxxx`, `abc`, `1234`."""
    dull = 0
    for step in (0, 1):
        start = 0
        for place in range(1, len(text) + 1):
            if place == len(text) or ord(text[place]) - ord(text[place - 1]) != step:
                dull += place - start if place - start >= 3 else 0
                start = place
    return dull


def _consists_of(text: str, words: frozenset[str]) -> bool:
    """Whether a text is made of these words, also with `@`, `0`, `$` in place of letters, and of a few digits."""
    for spelling in (text, text.casefold().translate(str.maketrans("@0$", "aos"))):
        parts = _regex(_PARTS).findall(spelling)
        if parts and all(part.lower() in words or (part.isdigit() and _is_counter(part)) for part in parts):
            return True
    return text.casefold() in words


def _is_counter(digits: str) -> bool:
    return len(digits) <= 4 or _dull(digits) == len(digits)


def _residue(text: str, runs: str = _RUNS) -> tuple[int, float]:
    """How many letters and digits of a text lie outside of anything like a word, and their share of all of them."""
    characters = sum(map(str.isalnum, text))
    wordy = sum(map(len, _regex(_SHORT_WORDS).findall(text))) + sum(
        len(run)
        for run in _regex(runs).findall(text)
        if len(run) >= 3 and not set("aeiouyAEIOUY").isdisjoint(run) and not _regex(_CONSONANTS).search(run)
    )
    return characters - wordy, (characters - wordy) / (characters or 1)


def _is_random(text: str) -> bool:
    """Whether a text looks made by a machine, or by a careful person: letters and digits that form no words."""
    if not 8 <= len(text) <= 4096 or not (text.isascii() and text.isprintable()) or " " in text:
        return False
    if entropy(text) < (2.8 if len(text) >= 12 else 2.6) or _regex(r"[^A-Za-z]+|[A-Za-z][a-z]+\d{0,4}").fullmatch(text):
        return False
    residue, share = _residue(text)
    groups = len(_regex(r"\d+").findall(text))
    if not groups:
        return share >= 0.5 and _regex("(?=.*[a-z])(?=.*[A-Z])[A-Za-z+=]{24,}").fullmatch(text) is not None
    return residue >= 6 and (share >= 0.5 or (share >= 0.3 and groups >= 4))


def _is_chosen(text: str) -> bool:
    """Whether a text looks like a password that somebody chose: letters with a digit, and no separators."""
    return _regex(r"(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9!@#$%^&*?+=~]{8,64}").fullmatch(text) is not None


def _is_typed(text: str) -> bool:
    """Whether a text in the place of a password is one, however weak, and no placeholder, variable or public key."""
    return (
        3 <= len(text) <= 4096
        and entropy(text) >= 1.5
        and not is_placeholder(text)
        and not text.startswith(known.text_prefixes())
        and not _regex(_VARIABLE).fullmatch(text)
    )


def _refers(text: str) -> bool:
    """Whether a text names or locates something, or is public, hashed or encrypted."""
    return text.startswith(known.text_prefixes()) or any(
        _regex(pattern).fullmatch(text) for pattern in (_VARIABLE, _UUID, _REFERENCE)
    )


# --- known formats --------------------------------------------------------------------------------------------------


def find(text: str) -> Secret | None:
    """The first credential of a known format inside a text."""
    return next(_found(text), None)


def _found(text: str) -> Iterator[Secret]:
    if len(text) < SHORTEST or not known.keyword_search().search(text, 0, LONGEST):
        return
    text = text[:LONGEST]
    for form in known.formats():
        if not any(keyword in text for keyword in form.keywords):
            continue
        for match in _regex(form.pattern).finditer(text):
            if _is_credential(form, match):
                start, end = match.span("secret" if "secret" in match.re.groupindex else 0)
                yield Secret(form.id, form.title, start, end)


def _is_credential(form: known.Format, match: re.Match[str]) -> bool:
    parts = match.groupdict()
    secret, user = parts.get("secret", match[0]), parts.get("user")
    if form.pair:
        user, colon, secret = _decoded(secret).partition(":")
        if not colon:
            return False
    if secret == user or _regex(_LOOPBACK).fullmatch(parts.get("host", "")):
        return False
    if form.beside and not _regex(form.beside).search(match.string):
        return False
    if form.words:
        secret = _regex("%[0-9A-Fa-f]{2}").sub("+", secret)  # as URLs spell what is no letter
        return _is_typed(secret) and not _consists_of(secret, known.text_words("accounts"))
    return entropy(secret) >= form.entropy and _residue(secret, _LOWER_RUNS)[1] >= 0.3 and not is_placeholder(secret)


def _decoded(text: str) -> str:
    """What a base64 text says; empty where it says nothing that can be read."""
    import base64  # noqa: PLC0415 - few texts need it

    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""
    return decoded if decoded.isprintable() else ""


def is_access_key_id(text: str) -> bool:
    """Whether a text has the form of the id of an AWS access key, long-term or temporary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return _regex(r"(?:AKIA|ASIA)[A-Z0-9]{16}").fullmatch(text) is not None


def is_secret_access_key(text: str) -> bool:
    """Whether a text has the form of an AWS secret access key: 40 characters of base64, and no SHA-1 digest.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    return _regex(r"(?![0-9a-f]{40}|[0-9A-F]{40})[A-Za-z0-9/+]{40}").fullmatch(text) is not None and _is_random(text)


# --- names ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _naming(name: str) -> _Naming | None:
    words = [word.lower() for word in _regex(_PARTS).findall(name[-100:])]
    if not known.name_words("about").isdisjoint(words):
        return None
    for place in range(len(words) - 1, -1, -1):
        word, before = words[place], words[place - 1] if place else ""
        chosen = word in known.name_words("passwords") or word.endswith(("password", "passwd", "passphrase"))
        if not (chosen or word in known.name_words("secrets") or word.endswith(("secret", "token", "apikey"))):
            if word != "key" or before not in known.name_words("keys"):
                continue
            word = f"{before} key".replace("api", "API")
        last = all(rest in known.name_words("after") or rest.isdigit() for rest in words[place + 1 :])
        return _Naming(word, chosen, last, word != "secret" or before in known.name_words("qualifiers"))
    return None


def named(name: str, text: str) -> Secret | None:
    """A text that a name binds as a secret: the name speaks of a secret, and the text looks like one.

    Known formats are left to `find`.
    """
    naming = _naming(name)
    if naming is None or not (_is_random(text) or (naming.chosen and _is_chosen(text))):
        return None
    if is_placeholder(text) or _refers(text) or _consists_of(text, known.text_words("accounts")):
        return None
    return Secret("name", naming.title, 0, len(text))


def template_parameter_is_secret(name: str, default: str | None = None) -> bool:
    """Whether the value of a template parameter is a secret, by its name (`DbPassword`) and its default.

    A default that is a path, an ARN or a dynamic reference says that the parameter takes one of these.
    """
    naming, broad = _naming(name), {"auth", "authorization", "credentials"}
    if naming is None or not naming.last or not naming.qualified or naming.title in broad:
        return False
    return not default or ("{{resolve:" not in default and (is_placeholder(default) or not _refers(default)))


# --- arguments ------------------------------------------------------------------------------------------------------


def secret_arguments(callee: str) -> tuple[str | int, ...]:
    """The arguments of a function that take a secret: keywords, positions from 0, `auth[1]` for an item of a pair."""
    return tuple(known.arguments().get(callee, ()))


def handed(callee: str, argument: str | int, text: str, host: str | None = None) -> Secret | None:
    """A text that is handed to an argument that takes a secret. Where people choose the secret, words will do.

    `callee` is the function's qualified name (`psycopg2.connect`), `argument` as in `secret_arguments`. `host`, where
    the call names it, tells a database on the same machine, whose password guards nothing.
    """
    takes = known.arguments().get(callee, {}).get(argument)
    if takes is None or not _is_typed(text) or (takes.random and not _is_random(text)):
        return None
    if host is not None and _regex(_LOOPBACK).fullmatch(host):
        return None
    return Secret("argument", takes.title, 0, len(text))


# --- masking --------------------------------------------------------------------------------------------------------

_QUOTED = r"""(?P<quote>\\{0,2}["'`])(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\\\n])){0,4096})(?P=quote)"""
_BARE = r"""(?<=[=\s])(?P<bare>[^\s,;"'`(){}\[\]<>=]{4,4096}(?<!:))(?=[\s,;]|$)"""
_ASSIGNED = rf"""(?xm) (?<![\w.-]) (?P<name>[A-Za-z_][\w.-]{{0,80}})
    (?: \\{{0,2}}["'] \s{{0,9}} (?P<default>,) (?=\s{{0,9}}["'])                         # get("NAME", "value")
      | \\{{0,2}}["']? \]? \s{{0,9}}
        (?: : \s{{0,9}} [A-Za-z_][\w.|\[\]]{{0,80}} \s{{0,9}} = | => | [=!]= | [:=] ))    # name: str = "value"
    \s{{0,9}} [rbufRBUF]{{0,2}} (?: {_QUOTED} | {_BARE} )"""
_LITERAL = rf"""(?xm) {_QUOTED} | [:=] \s{{0,9}} {_BARE}"""
_SCALAR = rf"""(?xm) {_QUOTED} | [:=] \s{{0,9}} (?:
    (?<=[=\s]) (?P<words>[^\s"'`(){{}}\[\],;=:\#<>][^"'`(){{}}\[\]=:\#\n]{{1,4096}}(?<!\s)) (?=[ \t]{{0,99}}(?:\#.*)?$)
    | {_BARE} )"""
_KEY_LINE = r"""(?m)^[ \t"'rb]{0,200}(?P<key>[A-Za-z0-9+/]{48,76}={0,2})(?:\\n)?["']?[ \t\\+,)]{0,200}$"""
_KEY_REST = r"""(?m)^[ \t]{0,200}(?P<key>[A-Za-z0-9+/]{8,76}={0,2})["']{0,3}[)]?$"""


def masked(text: str, *, strictly: bool = False) -> str:
    """A line of source or a message with each secret in it cut to at most its first four characters and `…`.

    The lines of a private key go whole. `strictly` cuts every string literal and every scalar, for a line that is
    known to hold a secret which nothing in the line gives away (`connect("db", "shop", "sunshine")`). A text that is
    too long to be looked at ends where the looking ends.
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}…"
    while spans := _merged(_spans(text, strictly)):  # a cut can lay bare what ran into the secret before it
        kept, place = [], 0
        for start, end, shown in spans:
            kept += [text[place : start + shown], "…"]
            place = end
        text = "".join([*kept, text[place:]])
    return text


def _merged(spans: Iterator[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Spans in order, those that overlap as one: start, end, and how many characters of it may be shown."""
    merged: list[tuple[int, int, int]] = []
    for start, end, shown in sorted(spans):
        if merged and start < merged[-1][1]:
            first, last, least = merged.pop()
            merged.append((first, max(last, end), min(least, shown)))
        else:
            merged.append((start, end, shown))
    return merged


def _spans(text: str, strictly: bool) -> Iterator[tuple[int, int, int]]:
    for secret in _found(text):
        yield (secret.start, secret.end, 0) if secret.kind == "private-key" else _cut(secret.start, secret.end)
    for match in _regex(_ASSIGNED).finditer(text):
        if _is_assigned_secret(match):
            yield _cut(*match.span(match.lastgroup or 0))
    for match in _regex(_SCALAR if strictly else _LITERAL).finditer(text):
        value = _value(match)
        if (strictly and len(value) >= 3 and "…" not in value) or _is_unnamed_secret(value):
            yield _cut(*match.span(match.lastgroup or 0))
    for pattern in (_KEY_LINE, _KEY_REST)[: 1 + strictly]:
        for match in _regex(pattern).finditer(text):
            yield *match.span("key"), 0


def _value(match: re.Match[str]) -> str:
    return match[match.lastgroup or 0]


def _cut(start: int, end: int) -> tuple[int, int, int]:
    """The span of a secret, and how much of it may be shown: no more than a third."""
    return start, end, min(SHOWN, (end - start) // 3)


def _is_assigned_secret(match: re.Match[str]) -> bool:
    """Whether a value under a secret's name is to be masked: in doubt it is, but for what may be a variable's name."""
    naming, value = _naming(match["name"]), _value(match)
    if naming is None or len(set(value)) <= 2 or _regex(rf"{_TEMPLATE} | \s | ^{_VARIABLE}$").search(value):
        return False
    if match["default"]:
        return named(match["name"], value) is not None
    if match["quoted"] and naming.chosen:
        return True
    return _regex(r"(?=.*[A-Za-z]).*\d").search(value) is not None and not _refers(value)


def _is_unnamed_secret(value: str) -> bool:
    """Whether a value can hardly be anything but a secret or a digest, whatever it is bound to."""
    if not _regex(r"(?=(?:\D*\d+){3})[\w+/=!@#$%^&*-]{12,}").fullmatch(value) or not _is_random(value):
        return False
    return _residue(value)[1] >= 0.7 and not is_placeholder(value) and not _refers(value)
