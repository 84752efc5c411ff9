"""What a failed provisioning attempt says, and what that means: rules/causes.toml holds the meanings."""

import html
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any, NamedTuple

import polars as pl


class Decoded(NamedTuple):
    """What the text of a failure says; each part None where it is silent."""

    http_status: int | None
    scim_type: str | None
    detail: str | None
    retry_count: int | None
    next_retry_at: datetime | None
    cause: str | None


class Answer(NamedTuple):
    """What the app, or something in front of it, answered."""

    http_status: int | None
    scim_type: str | None
    detail: str | None
    is_markup: bool


RETRY_BEGINS = "This operation was retried "
RETRY = re.compile(
    r"This operation was retried (?P<count>[0-9]+|zero) times?\."
    r"(?:\s+It will be retried again after this date:\s+(?P<at>[^\"\n]{6,40}?)\s+UTC\.?)?(?=\s|$)"
)
MARKER = "Web Response:"
SAYS_NOTHING = (
    "Processing of the HTTP request resulted in an exception. "
    "Please see the HTTP response returned by the 'Response' property of this exception for details."
)
HEAD = re.compile(r"\s*(?:StatusCode:\s*\w*\s*)?(?:Message:\s*)?")
STATUS_CODE = re.compile(r"StatusCode:\s*(\w+)")
STATUS_PROSE = re.compile(r"\bHTTP(?: status code |/)([1-5][0-9]{2})\b", re.IGNORECASE)
# For a body that was cut off, and so is no JSON any more.
TORN = {
    "status": re.compile(r'"status"\s*:\s*"?([1-5][0-9]{2})\b'),
    "scimtype": re.compile(r'"scimType"\s*:\s*"(\w+)"'),
    "detail": re.compile(r'"detail"\s*:\s*"((?:[^"\\]|\\.)*)'),
}
TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
MARKUP_MOST = 20_000
LEVELS = 6
SAYING_KEYS = ("detail", "message", "description", "error_description", "error", "errors", "title")
FRAME_KEYS = ("schemas", "status", "scimtype")
SERVICE_PREFIX = "SystemForCrossDomainIdentityManagement"

# .NET, which writes these words, knows some statuses by names that Python does not.
STATUS_WORDS = {name.replace("_", "").casefold(): int(status) for name, status in HTTPStatus.__members__.items()} | {
    "ambiguous": 300,
    "moved": 301,
    "redirect": 302,
    "redirectmethod": 303,
    "redirectkeepverb": 307,
    "requestentitytoolarge": 413,
    "requesturitoolong": 414,
    "requestedrangenotsatisfiable": 416,
    "unprocessablecontent": 422,
}

RULES = tomllib.loads(files("scimlab").joinpath("rules", "causes.toml").read_text(encoding="utf-8"))
CODES = {code: name for name, cause in RULES["cause"].items() for code in cause["codes"]}

TABLE = pl.DataFrame(
    [(name, cause["sentence"], cause["owner"], cause["remedy"], cause["is_reference"]) for name, cause in RULES["cause"].items()],
    schema={"cause": pl.String, "sentence": pl.String, "owner": pl.String, "remedy": pl.String, "is_reference": pl.Boolean},
    orient="row",
)
"""A row a cause: what it means in a plain sentence, who can do something about it, and what."""


def decode(error_code: str | None, reason: str | None) -> Decoded:
    """What a failure's code and text say: status, scimType, detail, the retry announced, and the cause.

    The sentence in which Entra announces its next attempt is its own, never part of what the app said.
    The cause comes from what was answered, and from the code only where the answer is silent, since codes mislabel.

    error_code: Entra's code, as logged. reason: the text beside it, as logged, line breaks and all.
    returns: `next_retry_at` in UTC, cut to microseconds; `cause` a slug of rules/causes.toml, `unknown` where
        neither speaks, None where there is neither code nor text. Any two texts give a result.
    source: formats.md 2a (codes and texts seen); a refused duplicate was captured under ServiceIncompatibleFiltering.

    >>> found = decode("ServiceIncompatibleFiltering", 'StatusCode: Conflict Web Response: {"scimType":"uniqueness"}. '
    ...                "This operation was retried 2 times. It will be retried again after this date: 2026-05-04T06:00:00.1234567Z UTC")
    >>> found.http_status, found.retry_count, found.next_retry_at.isoformat(), found.cause
    (409, 2, '2026-05-04T06:00:00.123456+00:00', 'duplicate_conflict')
    """
    code, text = (error_code or "").strip(), (reason or "").strip()
    if not code and not text:
        return Decoded(None, None, None, None, None, None)
    text, retry_count, next_retry_at = _retry(text)
    answer, cause = _understood(code, text)
    return Decoded(answer.http_status, answer.scim_type, answer.detail, retry_count, next_retry_at, cause)


def _retry(text: str) -> tuple[str, int | None, datetime | None]:
    """The text without the sentence that announces the next attempt, and what that sentence says."""
    found = RETRY.match(text, at) if (at := text.rfind(RETRY_BEGINS)) >= 0 else None
    if found is None:
        return text, None, None
    count = "0" if found["count"] == "zero" else found["count"]
    before = text[:at].rstrip().removesuffix(".")
    return f"{before} {text[found.end() :]}".strip(), int(count) if len(count) < 10 else None, _instant(found["at"])


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    for read in (datetime.fromisoformat, _month_first):
        try:
            at = read(text)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _month_first(text: str) -> datetime:
    # The service that writes this sentence is set to US English, as the same capture's NextAttempt shows.
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")


@lru_cache(maxsize=16_384)
def _understood(code: str, text: str) -> tuple[Answer, str]:
    answer = _answer(text)
    return answer, _cause(code, answer)


def _answer(text: str) -> Answer:
    head, marker, body = text.partition(MARKER)
    status_code = STATUS_CODE.search(head)
    prose = STATUS_PROSE.search(head)
    said = body.strip() or _message(head)
    is_markup = said.startswith("<")
    status, scim_type, detail = (None, None, _plain(said)) if is_markup else _body(said)
    status = status or (_status(status_code[1]) if status_code else None) or (int(prose[1]) if prose else None)
    return Answer(status, _sound(scim_type), _sound(detail), is_markup)


def _message(head: str) -> str:
    return head[HEAD.match(head).end() :].replace(SAYS_NOTHING, "").strip()


def _plain(markup: str) -> str | None:
    return " ".join(html.unescape(TAGS.sub(" ", markup[:MARKUP_MOST])).split()) or None


def _body(said: str) -> tuple[int | None, str | None, str | None]:
    """Status, scimType and detail of a SCIM error, whether it came as JSON, as JSON in a string, torn, or as words."""
    level, status, scim_type = said, None, None
    for _ in range(LEVELS):
        level, before = _json(level), level
        level = level[0] if isinstance(level, list) and len(level) == 1 else level
        if isinstance(level, str) and level is not before:
            continue
        if not isinstance(level, dict):
            break
        keys = {key.casefold(): key for key in level}
        status = status or _status(level.get(keys.get("status"))) or _status(level.get(keys.get("code")))
        scim_type = scim_type or level.get(keys.get("scimtype"))
        saying = next((keys[key] for key in SAYING_KEYS if level.get(keys.get(key))), None)
        if saying is None:
            level = {key: value for key, value in level.items() if key.casefold() not in FRAME_KEYS}
            break
        level = level[saying]
    if level is said and said[:1] in "{[":
        return _torn(said)
    return status, scim_type if isinstance(scim_type, str) else None, _words(level)


def _json(value: Any) -> Any:
    """The value, or what it holds if it is JSON written as a text."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[", '"'):
        return value
    try:
        return json.JSONDecoder().raw_decode(value.lstrip())[0]
    except (ValueError, RecursionError):
        return value


def _torn(said: str) -> tuple[int | None, str | None, str | None]:
    found = {key: match[1] if (match := pattern.search(said)) else None for key, pattern in TORN.items()}
    return _status(found["status"]), found["scimtype"], found["detail"] or said


def _words(level: Any) -> str | None:
    if isinstance(level, str):
        return level.strip() or None
    try:
        return json.dumps(level, ensure_ascii=False, separators=(",", ":")) if level not in (None, {}, []) else None
    except (ValueError, RecursionError):
        return None


def _sound(text: str | None) -> str | None:
    """The text without halves of characters, which JSON can spell and no table can hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if text else None


def _status(value: object) -> int | None:
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"[0-9]{3}", value.strip()) else STATUS_WORDS.get(value.strip().casefold())
    return value if isinstance(value, int) and 100 <= value <= 599 else None


def _each_answer() -> Iterator[tuple[str, frozenset[int], frozenset[str], re.Pattern[str] | None, bool, bool]]:
    for rule in RULES["answer"]:
        words = "|".join(f"(?:{each})" for each in rule.get("words", []))
        yield (
            rule["cause"],
            frozenset(rule.get("http", [])),
            frozenset(each.casefold() for each in rule.get("scim_types", [])),
            re.compile(words, re.IGNORECASE) if words else None,
            rule.get("markup", False),
            rule.get("said", False),
        )


ANSWERS = tuple(_each_answer())


def _cause(code: str, answer: Answer) -> str:
    detail = answer.detail or ""
    for cause, http, scim_types, words, markup, said in ANSWERS:
        if (
            (not http or answer.http_status in http)
            and (not scim_types or (answer.scim_type or "").casefold() in scim_types)
            and (words is None or words.search(detail))
            and (not markup or answer.is_markup)
            and (not said or detail)
        ):
            return cause
    return _cause_of_code(code)


def _cause_of_code(code: str) -> str:
    bare = code.removeprefix(SERVICE_PREFIX)
    endings = sorted((known for known in CODES if bare == known or bare.endswith(known)), key=len)
    return CODES[endings[-1]] if endings else "unknown"
