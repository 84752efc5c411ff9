"""What a page puts before its reader: its answer, its charts, its tables and its decision.

Each is also handed out as data beside the picture of it, so that a report, a test or another program
reads the whole of it from the executed page.
"""

from scimlab.show.figure import chart
from scimlab.show.parameters import begin
from scimlab.show.shown import ANSWER, CHART, TABLE
from scimlab.show.tables import decision, table

__all__ = ["ANSWER", "CHART", "TABLE", "begin", "chart", "decision", "table"]
