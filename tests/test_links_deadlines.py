"""The days on which something ends, and the calendar of them."""

import polars as pl
from test_links_rows import ROWS, WORLD
from typed_tenant import NOW, object_id, tenant

from scimlab import links, schema

HOSTILE = 'Ada; "Lang", \\ \r\nBEGIN:VEVENT'


def test_the_earliest_first():
    """Deadlines stand in order of time; what ends needs a last cycle before it, what is due now is due now."""
    found = links.deadlines(links.findings(tenant(*WORLD, *ROWS["DISABLE_NOT_DELIVERED"])))
    told = found.select(
        "subject_id",
        "diagnosis",
        wait=(pl.col("deadline_at") - pl.lit(NOW)).dt.total_minutes(),
        early=(pl.col("deadline_at") - pl.col("act_by")).dt.total_minutes(),
    )
    assert told.rows() == [
        (object_id("ada"), "DISABLE_NOT_DELIVERED", 0, 0),
        (object_id("yves"), "RECOVERABLE", 10 * 24 * 60, 80),  # deleted twenty days ago
    ]


def test_nothing_ends():
    """Where nothing ends there is an empty frame, and a calendar without entries."""
    found = links.deadlines(schema.FINDINGS.to_frame())
    assert found.is_empty() and found.schema == schema.DEADLINES
    assert "VEVENT" not in links.calendar(found, stamp=NOW)


def test_a_record_has_no_deadline_of_its_own():
    """What ends for a person is told once, not once for each record."""
    found = links.deadlines(links.findings(tenant(*WORLD, *ROWS["SPLIT_IDENTITY"])))
    assert found["diagnosis"].to_list().count("SPLIT_IDENTITY") == 1


def entry(**values: object) -> list[str]:
    """The unfolded lines of a calendar of one deadline."""
    row = {
        "deadline_at": NOW,
        "act_by": NOW,
        "person": "Ada",
        "diagnosis": "RECOVERABLE",
        "finding_id": "f1",
        "action": "Restore.",
        "owner": "UA",
        "lost": "all",
    }
    text = links.calendar(pl.DataFrame([{name: (row | values).get(name) for name in schema.DEADLINES}], schema=schema.DEADLINES), stamp=NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")


def test_an_entry():
    """An entry spans the last cycle, says who and what, and reminds a day before."""
    lines = entry()
    assert lines[6:9] == ["DTSTART:20260630T120000Z", "DTEND:20260630T120000Z", "SUMMARY:Ada: RECOVERABLE"]
    assert "TRIGGER:-P1D" in lines and "UID:f1@scimlab" in lines


def test_hostile_names_stay_in_their_line():
    """A name cannot end a line or a value, so it cannot make an entry of its own."""
    lines = entry(person=HOSTILE)
    assert 'SUMMARY:Ada\\; "Lang"\\, \\\\ \\nBEGIN:VEVENT: RECOVERABLE' in lines
    assert lines.count("BEGIN:VEVENT") == 1


def test_long_lines_are_folded_between_characters():
    """Lines of more than 75 octets go on in the next one, and no character is torn."""
    assert f"SUMMARY:{'ö' * 100}: RECOVERABLE" in entry(person="ö" * 100)
