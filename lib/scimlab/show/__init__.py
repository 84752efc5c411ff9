"""What a page puts before its reader: its answer, its charts, its tables and its decision.

Each is also handed out as data beside the picture of it, so that a report, a test or another program
reads the whole of it from the executed page.
"""

from scimlab.show.answers import answer, answer_inputs, answer_seats, answer_steps, answer_storms
from scimlab.show.counts import named
from scimlab.show.decisions import to_ask, to_collect, to_fill
from scimlab.show.figure import chart
from scimlab.show.inputs import came_in, folder
from scimlab.show.lanes import answer_timelines, timelines
from scimlab.show.links import answer_links
from scimlab.show.met import causes_met
from scimlab.show.parameters import begin, period
from scimlab.show.season import answer_season
from scimlab.show.seats import to_settle
from scimlab.show.shown import ANSWER, CHART, TABLE
from scimlab.show.steps import checklist
from scimlab.show.tables import decision, table

__all__ = [
    "ANSWER",
    "CHART",
    "TABLE",
    "answer",
    "answer_inputs",
    "answer_links",
    "answer_season",
    "answer_seats",
    "answer_steps",
    "answer_storms",
    "answer_timelines",
    "begin",
    "came_in",
    "causes_met",
    "chart",
    "checklist",
    "decision",
    "folder",
    "named",
    "period",
    "table",
    "timelines",
    "to_ask",
    "to_collect",
    "to_fill",
    "to_settle",
]
