"""How a service is asked without being a burden: paced, and after a refusal again, later each time.

The SDK's own retries are switched off. They would run past the pace, do not come back after 500, 502, a torn
connection or a damaged page, and give up where a service asks for three minutes of patience.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from scimlab.live.answers import Answer, Damaged, Session, Unanswered, Unreachable, refusal

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 120.0
MOST_ASKED_FOR_S = 900.0

Told = TypeVar("Told")


@dataclass
class Patience:
    """How often a service is asked, and how long one waits where it refuses.

    requests: at most so many paced ones in any `seconds`; 0 for no pace. About 5 in 10 s is what Graph's reporting endpoints bear.
    tries: how often the same thing is asked. sleep: how one waits. asked, waited_s: what it came to.
    """

    requests: int = 5
    seconds: float = 10.0
    tries: int = 8
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    asked: int = 0
    waited_s: float = 0.0
    _times: deque[float] = field(default_factory=deque)

    async def turn(self, *, paced: bool) -> None:
        """Until the next request may go out."""
        self.asked += 1
        if not (paced and self.requests):
            return
        if len(self._times) == self.requests:
            await self._wait(max(0.0, self._times.popleft() + self.seconds - monotonic()))
        self._times.append(monotonic())

    async def back_off(self, tries: int, retry_after: float | None) -> None:
        """Until it is worth asking again: as long as the service says, else twice as long each time, give or take a quarter."""
        wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tries - 1)) * random.uniform(0.75, 1.25) if retry_after is None else retry_after
        await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        self.waited_s += seconds
        await self.sleep(seconds)


async def answered(session: Session, url: str, read: Callable[[bytes], Told], patience: Patience, *, paced: bool = False) -> Told:
    """What a service says at an address, asked as often as it takes and `patience` allows.

    read: makes of a body what is wanted, and raises Damaged where that cannot be.
    raises: Unanswered where the service refuses for good, or again and again.
    """
    why, had_new_token = "", False
    for tries in range(1, patience.tries + 1):
        await patience.turn(paced=paced)
        retry_after = None
        try:
            answer = await session.ask(url)
            if answer.status == 200:
                return read(answer.body)
        except (Unreachable, Damaged) as error:
            why = str(error)
        else:
            if answer.status == 401 and not had_new_token:
                had_new_token = True
                session.renew()
                continue
            # A token that is new is refused only where it is no good at all; but one may expire again while others fail.
            had_new_token = answer.status == 401
            why, retry_after = _refused(answer), answer.retry_after
        if tries < patience.tries:
            await patience.back_off(tries, retry_after)
    raise Unanswered(f"asked {patience.tries} times in vain: {why}", "Run again: what is there already is not asked for anew.")


def _refused(answer: Answer) -> str:
    """Why a service refused for now.

    raises: Unanswered where it refuses for good, or for longer than anybody waits.
    """
    code, words = refusal(answer)
    why = " ".join(part for part in (str(answer.status), code, words) if part)
    if answer.status not in AGAIN:
        raise Unanswered(why, TODO.get(answer.status, "Run again later."), status=answer.status, code=code)
    if (answer.retry_after or 0) > MOST_ASKED_FOR_S:
        raise Unanswered(why, f"The service asks to come back in {answer.retry_after:.0f} seconds: run again then.", status=answer.status)
    return why


TODO = {
    401: "Sign in anew, or put a valid token or secret in its place, and run again: what is there already is not asked for anew.",
    403: "Have the right granted that is named beside it.",
}
