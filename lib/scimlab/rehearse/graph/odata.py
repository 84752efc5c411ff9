"""Just enough of OData to list a collection as Graph does: $filter, $select, $orderby, $top, and pages behind opaque links."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lark import Lark, LarkError, Token, Tree

FILTER = Lark(
    r"""
    ?start: both | start "or" both -> either
    ?both: term | both "and" term
    ?term: "not" term -> negated
        | "(" start ")"
        | path OPERATOR literal -> comparison
        | NAME "(" path "," literal ")" -> call
        | path "/" "any" "(" NAME ":" start ")" -> any
    path: NAME | path "/" NAME -> path
    ?literal: TEXT | TRUTH | NULL | INSTANT | GUID | NUMBER
    OPERATOR: "eq" | "ne" | "gt" | "ge" | "lt" | "le"
    TRUTH: "true" | "false"
    NULL: "null"
    TEXT: /'([^']|'')*'/
    INSTANT.3: /\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?/
    GUID.2: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i
    NUMBER: /-?\d+(\.\d+)?/
    NAME: /[A-Za-z_]\w*/
    %ignore /\s+/
    """,
    parser="lalr",
)
"""As much of OData's filter language as clients of these services write."""

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]


class GraphError(Exception):
    """An answer in Graph's error shape."""

    def __init__(self, status: int, code: str, message: str):
        """Carry the answer to the door."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def bad_request(message: str, code: str = "BadRequest") -> GraphError:
    """The answer to a request that Graph does not understand, or does not want to."""
    return GraphError(400, code, message)


def not_found(what: str) -> GraphError:
    """The answer where nothing is."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{what}' does not exist or one of its queried reference-property objects are not present.",
    )


@dataclass(frozen=True)
class Collection:
    """A collection and what may be asked of it.

    operators: what $filter may do with each property; anything else is refused.
    selected: the properties given where $select names none; empty gives all. more: others that $select may name.
    folds_case: whether text is compared without regard to case, as the directory does and the logs do not.
    """

    context: str
    operators: Mapping[str, frozenset[str]] = field(default_factory=dict)
    selected: tuple[str, ...] = ()
    more: frozenset[str] = frozenset()
    most: int = 999
    folds_case: bool = False

    def condition(self, text: str) -> Condition:
        """A $filter as a test of one row.

        raises: GraphError 400 for what cannot be read, an unknown property, or an operator it does not have.
        """
        try:
            return self._condition(FILTER.parse(text))
        except LarkError as error:
            raise bad_request(f"Invalid filter clause: {str(error).splitlines()[0]}") from error

    def names(self, text: str) -> tuple[str, ...]:
        """A $select as property names; empty where everything is given."""
        names = tuple(each.strip() for each in text.split(",") if each.strip()) or self.selected
        if self.selected and (unknown := {*names} - {*self.selected} - self.more):
            raise bad_request(f"Could not find a property named '{sorted(unknown)[0]}'.")
        return names

    def ordering(self, text: str) -> tuple[str, bool]:
        """An $orderby as (property, descending)."""
        name, _, direction = text.strip().partition(" ")
        if name not in self.operators or direction.strip() not in ("", "asc", "desc"):
            raise bad_request(f"Invalid orderby clause: '{text}'.")
        return name, direction.strip() == "desc"

    def _condition(self, node: Tree, held: str = "", variable: str = "") -> Condition:
        """One node of a $filter; within any(), `held` is the collection and `variable` what one of its elements is called."""
        match node:
            case Tree("either" | "both", [left, right]):
                first, second = self._condition(left, held, variable), self._condition(right, held, variable)
                if node.data == "either":
                    return lambda row: first(row) or second(row)
                return lambda row: first(row) and second(row)
            case Tree("negated", [operand]):
                inner = self._condition(operand, held, variable)
                return lambda row: not inner(row)
            case Tree("any", [path, element, operand]):
                owner = _names(path)
                inner = self._condition(operand, "/".join(owner), str(element))
                return lambda row: any(inner({str(element): each}) for each in _value(row, owner) or ())
            case Tree("call", [operator, path, literal]) | Tree("comparison", [path, operator, literal]):
                return self._compared(str(operator), _names(path), literal, held, variable)

    def _compared(self, operator: str, path: tuple[str, ...], literal: Token, held: str, variable: str) -> Condition:
        inner = path[1:] if variable and path[0] == variable else path
        name = "/".join((held, "any", *inner) if held else path)
        if name not in self.operators:
            raise bad_request(f"Could not find a property named '{name}' that can be filtered.")
        if operator not in self.operators[name]:
            raise bad_request(f"The operator '{operator}' is not supported for the property '{name}'.")
        kind = "INSTANT" if name.endswith("DateTime") else "TRUTH" if name.endswith("Enabled") else "TEXT"
        if literal.type not in (kind, "NULL") and (kind, literal.type) != ("TEXT", "GUID"):
            raise bad_request(f"A binary operator with incompatible types was detected for '{name}'.")
        read = {"INSTANT": _instant, "TRUTH": _truth, "TEXT": self._folded}[kind]
        try:
            return _test(operator, path, read, None if literal.type == "NULL" else read(_text(literal)))
        except ValueError as error:
            raise bad_request(f"Invalid filter clause: {error}") from error

    def _folded(self, value: str) -> str:
        return value.casefold() if self.folds_case else value


def _test(operator: str, path: tuple[str, ...], read: Callable[[Any], Any], sought: Any) -> Condition:
    compare = OPERATORS[operator]

    def holds(row: Row) -> bool:
        value = _value(row, path)
        if value is None or sought is None:
            return operator in ("eq", "ne") and (value is sought) == (operator == "eq")
        return compare(read(value), sought)

    return holds


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, sought: value == sought,
    "ne": lambda value, sought: value != sought,
    "gt": lambda value, sought: value > sought,
    "ge": lambda value, sought: value >= sought,
    "lt": lambda value, sought: value < sought,
    "le": lambda value, sought: value <= sought,
    "contains": lambda value, sought: sought in value,
    "startswith": lambda value, sought: value.startswith(sought),
    "endswith": lambda value, sought: value.endswith(sought),
}


def selected(row: dict, names: Sequence[str]) -> dict:
    """The named properties of a row, null where it has none; `id` always goes along, and no names are all."""
    return {"id": row["id"]} | {name: row.get(name) for name in names} if names else row


def _names(path: Tree) -> tuple[str, ...]:
    return tuple(str(each) for each in path.scan_values(lambda _: True))


def _text(literal: Token) -> str:
    return literal[1:-1].replace("''", "'") if literal.type == "TEXT" else str(literal)


def _value(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        row = row.get(name) if isinstance(row, Mapping) else None
    return row


def _instant(text: str) -> datetime:
    then = datetime.fromisoformat(text)
    return then if then.tzinfo else then.replace(tzinfo=UTC)


def _truth(value: str | bool) -> bool:
    return value if isinstance(value, bool) else value == "true"
