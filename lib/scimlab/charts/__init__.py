"""Frames in, Altair charts out: what each shows stands in its title, how it is read in its subtitle."""

from scimlab.charts.attempts import attempts_by_person
from scimlab.charts.bars import attempts_by_cycle, attempts_in_vain
from scimlab.charts.coverage import coverage
from scimlab.charts.deadlines import deadlines
from scimlab.charts.lanes import lanes
from scimlab.charts.months import seats_by_month
from scimlab.charts.people import active_people
from scimlab.charts.season import due, forecast
from scimlab.charts.states import states
from scimlab.charts.waits import gaps

__all__ = [
    "active_people",
    "attempts_by_cycle",
    "attempts_by_person",
    "attempts_in_vain",
    "coverage",
    "deadlines",
    "due",
    "forecast",
    "gaps",
    "lanes",
    "seats_by_month",
    "states",
]
