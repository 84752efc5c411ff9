"""What a service answered, and what it means that it did not."""

from typing import NamedTuple, Protocol

import msgspec

from scimlab.errors import ScimlabError


class Answer(NamedTuple):
    """The bytes of an answer, its status, and the seconds to wait that it asks for."""

    status: int
    body: bytes
    retry_after: float | None = None


class Session(Protocol):
    """A service that can be asked."""

    base: str

    async def ask(self, url: str) -> Answer:
        """The answer to one GET.

        raises: Unreachable where none came.
        """

    async def rights(self) -> frozenset[str]:
        """The rights that the access token says it carries; none where it does not say."""

    def renew(self) -> None:
        """The access token was refused: have another one the next time."""

    async def close(self) -> None:
        """Let go of the connections."""


class Unreachable(Exception):
    """No answer, or half of one: the connection failed."""


class Damaged(Exception):
    """An answer that cannot be what was asked for, though its status says so."""


class Unanswered(ScimlabError):
    """A request that will get no better answer now: `status` and `code` as the service gave them, 0 where it gave none."""

    def __init__(self, found: str, todo: str, *, status: int = 0, code: str = ""):
        """Keep what was answered beside the words."""
        super().__init__(found, todo)
        self.status, self.code = status, code


class _Told(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Refusal(msgspec.Struct):
    error: _Told = msgspec.field(default_factory=_Told)
    detail: str | None = None


def refusal(answer: Answer) -> tuple[str, str]:
    """The code and the words of a refusal: Graph's error, SCIM's detail, else nothing.

    >>> refusal(Answer(403, b'{"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}'))
    ('Authorization_RequestDenied', 'Insufficient privileges.')
    >>> refusal(Answer(502, b"<html>Bad Gateway</html>"))
    ('', '')
    """
    try:
        told = msgspec.json.decode(answer.body, type=_Refusal)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "", ""
    return told.error.code, told.error.message or told.detail or ""
