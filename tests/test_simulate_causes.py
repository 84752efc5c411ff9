"""What the invented app refuses means to the decoder what it means to the truth."""

import csv

import pytest

from scimlab import causes, simulate
from scimlab.simulate import app
from scimlab.simulate.events import Event, Retry
from scimlab.simulate.exports import graph

REFUSALS = {name: each for name, each in vars(app).items() if isinstance(each, app.Refusal)}


def failed(refusal):
    """An event with so much of a failure as its reason needs."""
    retry = Retry(count=2, since=0, since_ticks=0, due=1_767_225_600, due_ticks=1_234_567)
    return Event(0, "", "", "", None, None, "Add", status="failure", refusal=refusal, retry=retry)


@pytest.mark.parametrize("name", REFUSALS)
def test_each_refusal_is_decoded_as_what_it_is(name):
    """The words the app uses and the sentence Entra puts around them lead to the cause the truth notes."""
    decoded = causes.decode(REFUSALS[name].code, graph.reason(failed(REFUSALS[name])))
    assert decoded.cause == REFUSALS[name].cause
    assert decoded.retry_count == 2
    assert decoded.next_retry_at.isoformat() == "2026-01-01T00:00:00.123456+00:00"


def test_truth_speaks_the_rules_language(tmp_path):
    """Every cause in the truth is a slug of the rules."""
    simulate.write(tmp_path, seed=3, people=200)
    with (tmp_path / "truth/storms.csv").open(encoding="utf-8") as file:
        told = {row["cause"] for row in csv.DictReader(file)}
    assert told <= {*causes.TABLE["cause"]}
    assert len(told) >= 3
