"""The prompter's desk: the clock that a client moves on, and the ledger of what was sent. No fault strikes here."""

from collections import Counter
from datetime import datetime

import msgspec
from werkzeug.wrappers import Request, Response

from scimlab.rehearse.stage import Stage
from scimlab.rehearse.wire import decoded
from scimlab.simulate.clock import DAY, HOUR, iso, second

MOST_DAYS = 1100
"""How far a single move may go: three years."""

MOVES = ("advance_hours", "advance_days", "cycles", "until")


class Desk:
    """Answers requests to /rehearsal."""

    def __init__(self, stage: Stage):
        """Tell of this stage."""
        self.stage = stage

    def __call__(self, request: Request) -> Response:
        """`GET` and `POST /rehearsal/clock`; `GET` and `DELETE /rehearsal/log`."""
        match request.method, request.path.rstrip("/"):
            case "GET", "/rehearsal/clock":
                return _told(200, self._time())
            case "POST", "/rehearsal/clock":
                return self._move(request.get_data())
            case "GET", "/rehearsal/log":
                return _told(200, self.stage.ledger.told())
            case "DELETE", "/rehearsal/log":
                self.stage.ledger.clear()
                return Response(status=204)
        return _told(404, {"error": "There are /rehearsal/clock and /rehearsal/log."})

    def _move(self, content: bytes) -> Response:
        """One of MOVES; the clock never goes back. The answer counts the records that the log gained, by action and status."""
        known = [len(each.events) for each in self.stage.world.jobs]
        try:
            sent = decoded(content)
            (move, amount), now = sent.popitem(), self.stage.world.now
            if sent or move not in MOVES:
                raise ValueError(move)
            if move == "cycles":
                self._run_cycles(int(amount))
            else:
                self.stage.clock.move_to(_within(now, _target(move, amount, now)))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            expected = f'one of {", ".join(MOVES)}, such as {{"advance_hours": 24}} or {{"until": "{iso(self.stage.world.now + DAY)}"}}'
            return _told(400, {"error": f"Send {expected}; never back, and at most {MOST_DAYS} days."})
        gained = [event for job, before in zip(self.stage.world.jobs, known, strict=True) for event in job.events[before:]]
        return _told(200, self._time() | {"records": Counter(f"{each.action} {each.status}" for each in gained)})

    def _run_cycles(self, count: int) -> None:
        if not 1 <= count <= MOST_DAYS * 36:
            raise ValueError(count)
        self.stage.clock.move_cycles(count)

    def _time(self) -> dict:
        return {"now": iso(self.stage.world.now), "cycles": self.stage.clock.cycles}


def _target(move: str, amount: object, now: int) -> int:
    if move == "until":
        return second(datetime.fromisoformat(amount))
    return now + int(float(amount) * (DAY if move == "advance_days" else HOUR))


def _within(now: int, until: int) -> int:
    if not now <= until <= now + MOST_DAYS * DAY:
        raise ValueError(until)
    return until


def _told(status: int, body: dict) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json")
