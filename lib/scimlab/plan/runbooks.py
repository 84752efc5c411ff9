"""The runbooks of rules/runbooks.toml, and a step filled with one person's ids."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote

RULES = tomllib.loads(files("scimlab").joinpath("rules", "runbooks.toml").read_text(encoding="utf-8"))
SITUATIONS: dict[str, dict] = RULES["situation"]
RANK = {name: rank for rank, name in enumerate(SITUATIONS)}
HOSTS = {"graph": "https://graph.microsoft.com", "scim": "<the app's SCIM address>"}
PLAIN = "$,:()/'{}"
PLACE = re.compile(r"\{(\w+)\}")
# What a reader must look up, because these inputs do not hold it.
UNKNOWN = {
    "object_id": "<object id of the account>",
    "old_id": "<object id of the deleted account>",
    "record_id": "<id of the record>",
    "clean_name": "<clean user name>",
    "job_id": "<id of the job>",
    "app_id": "<object id of the enterprise application>",
}

Facts = Mapping[str, Any]


def steps(situation: str, facts: Facts) -> Iterator[dict[str, Any]]:
    """The steps of a situation that apply to a person, each with its texts and its request filled in.

    facts: a row of SUBJECTS.
    """
    holds = {
        "live": facts["is_live"],
        "not_live": not facts["is_live"],
        "hybrid": facts["is_hybrid"] is True,
        "cloud": facts["is_hybrid"] is not True,
    }
    fitting = (RULES["step"][name] for name in SITUATIONS[situation]["steps"])
    for number, step in enumerate((step for step in fitting if all(holds[fact] for fact in step.get("for", []))), 1):
        texts = {name: fill(step[name], facts) for name in ("title", "portal", "holds", "verify", "undo")}
        written = request(step["request"], facts) if "request" in step else None
        yield texts | {"step": number, "owner": RULES["owner"][step["owner"]], "request": written, "reversible": step["reversible"]}


def request(template: Mapping[str, Any], facts: Facts) -> str:
    """A request as it goes over the wire: method and address, then the body as JSON.

    >>> print(request({"method": "PATCH", "graph": "/v1.0/users/{object_id}", "body": {"accountEnabled": False}}, {"object_id": "a/b"}))
    PATCH https://graph.microsoft.com/v1.0/users/a%2Fb
    Content-Type: application/json
    <BLANKLINE>
    {"accountEnabled": false}
    """
    api = next(name for name in HOSTS if name in template)
    path = fill(template[api], facts, lambda text: quote(text, safe=""))
    query = "&".join(
        f"{name}={fill(quote(text, safe=PLAIN), facts, WITHIN_QUOTES[api])}" for name, text in template.get("query", {}).items()
    )
    line = f"{template['method']} {HOSTS[api]}{path}" + (f"?{query}" if query else "")
    if "body" not in template:
        return line
    kind = "application/scim+json" if api == "scim" else "application/json"
    return f"{line}\nContent-Type: {kind}\n\n{json.dumps(_filled(template['body'], facts), ensure_ascii=False)}"


def fill(text: str, facts: Facts, escape: Callable[[str], str] = str) -> str:
    """The text with each {place} filled once, escaped for where it stands; what is not known is named in angle brackets, as it is."""

    def value(place: re.Match) -> str:
        known = facts.get(place[1])
        return UNKNOWN[place[1]] if known is None else escape(known)

    return PLACE.sub(value, text)


def _filled(value: Any, facts: Facts) -> Any:
    if isinstance(value, str):
        return fill(value, facts)
    if isinstance(value, list):
        return [_filled(each, facts) for each in value]
    return {key: _filled(each, facts) for key, each in value.items()} if isinstance(value, dict) else value


# OData doubles the quote within a quoted string; SCIM writes strings as JSON does.
WITHIN_QUOTES: dict[str, Callable[[str], str]] = {
    "graph": lambda text: quote(text.replace("'", "''"), safe=""),
    "scim": lambda text: quote(json.dumps(text, ensure_ascii=False)[1:-1], safe=""),
}
