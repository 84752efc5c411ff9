"""The first cell of a page: are its parameters of the types that it declares?"""

from datetime import date
from typing import Any, get_origin

from scimlab import seats
from scimlab.errors import UsageError
from scimlab.schema import Tenant

WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}


def begin(page: dict[str, Any]) -> None:
    """Stop the page unless each annotated parameter holds a value of its type.

    papermill hands a text where a number is asked for, and the page would fail far from the cause.

    page: the page's `globals()`.
    raises: UsageError naming the parameter, its value and the type expected.

    >>> begin({"__annotations__": {"least_attempts": int}, "least_attempts": "5"})
    Traceback (most recent call last):
    scimlab.errors.UsageError: least_attempts: "5" is a text. Give a whole number.
    """
    for name, expected in page.get("__annotations__", {}).items():
        check(name, page[name], expected)


def check(name: str, value: object, expected: type) -> None:
    """Stop unless a value is of the type; a whole number will do for a number, True will not do for a whole one."""
    expected = get_origin(expected) or expected
    if type(value) is not expected and not (expected is float and type(value) is int):
        quoted = f'"{value}"' if isinstance(value, str) else repr(value)
        kind = WORDS.get(type(value), type(value).__name__)
        raise UsageError(f"{quoted} is {kind}", f"Give {WORDS.get(expected, expected.__name__)}.", field=name)


def period(tenant: Tenant, first_day: str, end_day: str) -> tuple[date, date] | None:
    """The first day and the day after the last, from two parameters; both empty mean the tenant's last whole month.

    returns: None where both are empty and nothing says when anything was, so that no month is known to have ended.

    raises: UsageError where one is empty and the other is not, or one is no day.
    """
    if not first_day and not end_day:
        return seats.default_period(tenant) if tenant.as_of else None
    return _day("period_start", first_day), _day("period_end", end_day)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'"{text}" is no day', "Write both days as 2026-08-01, the second being the day after the last.", field=name
        ) from None
