"""Asking a service: paced, again after a refusal, and to an end where that is no use."""

import asyncio
from collections.abc import Iterator
from time import monotonic

import pytest

from scimlab.live import Answer, Patience, Unanswered, answered
from scimlab.live.answers import Damaged, Unreachable


class Script:
    """A session that gives one answer after the other."""

    base = "https://x.example"

    def __init__(self, *answers: Answer | Exception):
        """Give these."""
        self.answers: Iterator = iter(answers)
        self.renewed = 0

    async def ask(self, url: str) -> Answer:
        """The next one."""
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def renew(self) -> None:
        """Count it."""
        self.renewed += 1


def asked(session: Script, *, tries: int = 8, read=bytes) -> tuple[bytes, list[float]]:
    """What is answered in the end, and the seconds waited on the way."""
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    patience = Patience(requests=0, tries=tries, sleep=wait)
    return asyncio.run(answered(session, "https://x.example/a", read, patience)), waits


GOOD = Answer(200, b"all")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(status):
    """A status that may be another the next time is waited out: Retry-After where there is one."""
    assert asked(Script(Answer(status, b"<html>", 7.0), GOOD)) == (b"all", [7.0])


def test_a_torn_connection_and_a_damaged_page_are_asked_again():
    """Half an answer is none; the waits double."""
    told, waits = asked(Script(Unreachable("torn"), Unreachable("torn"), GOOD))
    assert told == b"all"
    assert 1.5 <= waits[0] <= 2.5 and 3.0 <= waits[1] <= 5.0

    def read(body: bytes) -> bytes:
        if body != b"all":
            raise Damaged("half")
        return body

    assert asked(Script(Answer(200, b"al"), GOOD), read=read)[0] == b"all"


def test_an_expired_token_is_renewed_once_at_no_wait():
    """One new token; where that is refused as well, it is the secret that is wrong."""
    session = Script(Answer(401, b""), GOOD)
    assert asked(session) == (b"all", [])
    assert session.renewed == 1
    with pytest.raises(Unanswered) as error:
        asked(Script(Answer(401, b""), Answer(401, b"")))
    assert error.value.status == 401


def test_a_token_may_expire_more_than_once():
    """Between two outages a second token may end as well."""
    assert asked(Script(Answer(401, b""), Answer(503, b"", 1.0), Answer(401, b""), GOOD))[0] == b"all"


@pytest.mark.parametrize("status", [400, 403, 404, 410, 302])
def test_what_stays_as_it_is_is_not_asked_again(status):
    """The refusal is told in the service's own words."""
    body = b'{"error": {"code": "Denied", "message": "Insufficient privileges."}}'
    with pytest.raises(Unanswered, match=f"{status} Denied Insufficient privileges") as error:
        asked(Script(Answer(status, body)))
    assert (error.value.status, error.value.code) == (status, "Denied")


def test_patience_ends():
    """After so many tries it is said how many, and why the last one failed; nobody waits behind the last."""
    session = Script(*[Answer(503, b"", 1.0)] * 3)
    with pytest.raises(Unanswered, match="asked 3 times in vain: 503"):
        asked(session, tries=3)
    with pytest.raises(Unanswered, match="come back in 3600 seconds"):
        asked(Script(Answer(429, b"", 3600.0)))


def test_no_more_than_so_many_in_a_span():
    """Of seven paced requests at three in a fifth of a second, the seventh waits for two spans; others do not count."""

    async def run() -> float:
        patience, start = Patience(requests=3, seconds=0.2), monotonic()
        for _ in range(7):
            await patience.turn(paced=True)
            await patience.turn(paced=False)
        return monotonic() - start

    assert 0.4 <= asyncio.run(run()) < 0.8
