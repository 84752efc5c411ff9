"""The portal's three CSV files, joined on the change id; and one CSV of Log Analytics."""

import csv
import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest
from typed_records import failed, lines, put, record

from scimlab import read
from scimlab.errors import InputError

EVENTS_CSV = (
    "\ufeffDate,ID,Change ID,Action,Status,Status reason,Source ID,Identity,Target ID,Target System\r\n"
    # Everything at once: a line break in a cell, a US date, a failure to decode.
    '5/4/2026 8:01:02 AM,e-1,c-1,Create,Failure,"StatusCode: Conflict\nretry",ada-id,"Moor, Ada",,Deskplan\r\n'
    "5/4/2026 12:00:00 AM,e-2,c-2,Update,Success,,ada-id,Ada Moor,acc-1,Deskplan\r\n"
)
STEPS_CSV = (
    "Change ID,Step,Type,Status,Description\r\n"
    'c-1,EntryEscrowRetry,Import,Success,"again\nand again"\r\n'
    "c-1,EntryExportAdd,Export,Failure,no\r\n"
    "c-2,EntryExportUpdate,Export,Success,yes\r\n"
)
PROPERTIES_CSV = "Change ID,Property,Old value,New value\r\nc-1,userName,,ada@example.org\r\nc-2,active,True,False\r\n"


def whole(folder, events=EVENTS_CSV, steps=STEPS_CSV, properties=PROPERTIES_CSV):
    """The three files in a folder, under names that say nothing."""
    return put(folder, a__csv=events, b__csv=steps, c__csv=properties)


def rows(folder, *names):
    """The named columns of the events, in the order of the log."""
    return read.events(folder, workdir=folder / ".parts").select(names).collect().rows()


def test_three_files_are_one_log(tmp_path):
    """Events take what the other two files say of their change; cells with line breaks are one row."""
    whole(tmp_path)
    assert rows(tmp_path, "event_id", "action", "status", "http_status", "source_name") == [
        ("e-1", "create", "failure", 409, "Moor, Ada"),
        ("e-2", "update", "success", None, "Ada Moor"),
    ]
    assert rows(tmp_path, "is_retry", "steps_failed", "sent_user_name", "sent_active") == [
        (True, "EntryExportAdd", "ada@example.org", None),
        (False, None, None, False),
    ]
    assert rows(tmp_path, "at")[0] == (datetime(2026, 5, 4, 8, 1, 2, tzinfo=UTC),)
    receipt = read.receipt(tmp_path, workdir=tmp_path / ".parts")
    assert receipt.select("rows", "kept", "rejected").rows() == [(2, 2, 0), (3, 3, 0), (2, 2, 0)]


def test_the_events_alone(tmp_path):
    """Without the other two files what they would say is not known, and the receipt says so."""
    put(tmp_path, a__csv=EVENTS_CSV)
    assert rows(tmp_path, "is_retry", "sent_active") == [(None, None)] * 2
    assert "without the files of steps" in read.receipt(tmp_path, workdir=tmp_path / ".parts")["notes"][0]


def test_steps_of_no_event(tmp_path):
    """A step or property whose change no event has is set aside, and so is one without a change."""
    whole(tmp_path, steps=STEPS_CSV + "c-9,EntryExportAdd,Export,Success,\r\n,EntryExportAdd,Export,Success,\r\n")
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts").select("file", "row", "reason").rows()
    assert aside == [("b.csv", 4, "no event has this change id"), ("b.csv", 5, "change_id is empty")]
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts").select("rows", "kept", "rejected").rows()[1] == (5, 3, 2)


def test_two_downloads_that_overlap(tmp_path):
    """The same rows in a second download are duplicates in each of the three files, and change nothing."""
    alone = rows(whole(tmp_path / "one"), "event_id", "steps_failed", "sent_user_name")
    both = whole(tmp_path / "two")
    put(both, d__csv=EVENTS_CSV, e__csv=STEPS_CSV, f__csv=PROPERTIES_CSV)
    assert rows(both, "event_id", "steps_failed", "sent_user_name") == alone
    receipt = read.receipt(both, workdir=both / ".parts")
    assert receipt["duplicate"].to_list() == [0, 0, 0, 2, 3, 2]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",e-3,c-3,Update,Success,,x,X,y,D", "at is empty"),
        ("5/4/2026 8:00:00 AM,,,Update,Success,,x,X,y,D", "both event_id and change_id are empty"),
        ("5/4/2026 8:00:00 AM,e-3,c-3,,Success,,x,X,y,D", "action is empty"),
        ("5/4/2026 8:00:00 AM,e-3,c-3,Update,Perhaps,,x,X,y,D", 'status is "Perhaps"'),
        ("5/4/2026 8:00:00 AM,e-3,c-3,Update", "4 cells under 10 headers"),
        ("5/4/2026 8:00:00 AM,e-3,c-3,Update,Success,,x,X,y,D,more", "11 cells under 10 headers"),
    ],
)
def test_a_row_that_is_no_event(tmp_path, cells, reason):
    """A row that lacks what an event needs is rejected by the field; the others stay."""
    whole(tmp_path, events=EVENTS_CSV + cells + "\r\n")
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("row", "kind").rows() == [(3, "rejected")] and reason in aside["reason"][0]
    assert len(rows(tmp_path, "event_id")) == 2


def test_a_quote_left_open_costs_its_line(tmp_path):
    """A quote that never closes would swallow the rest of a file; only its own line is lost."""
    head, first, *_ = EVENTS_CSV.replace("Conflict\nretry", "Conflict retry").split("\r\n")
    torn = '5/4/2026 9:00:00 AM,e-8,c-8,Update,Success,"open,x,X,y,D'
    last = "5/4/2026 9:30:00 AM,e-9,c-9,Update,Success,,x,X,y,D"
    put(tmp_path, a__csv="\r\n".join([head, first, torn, last, ""]))
    assert [each for (each,) in rows(tmp_path, "event_id")] == ["e-1", "e-9"]
    assert read.set_aside(tmp_path, workdir=tmp_path / ".parts")["row"].to_list() == [2]


@pytest.mark.parametrize(
    "saved",
    [
        EVENTS_CSV.replace(",", ";").replace("Moor; Ada", "Moor, Ada"),  # another separator
        EVENTS_CSV.replace("8:01:02 AM", "8:01").replace("12:00:00 AM", "0:00"),  # Excel drops seconds and halves
        "sep=,\r\n" + EVENTS_CSV,
    ],
)
def test_a_file_saved_again_says_no_culture(tmp_path, saved):
    """A download that Excel saved again follows a machine's culture: its dates are unknown until tenant.toml says them."""
    put(tmp_path, a__csv=saved)
    assert rows(tmp_path, "event_id") == []
    assert "tenant.toml" in read.set_aside(tmp_path, workdir=tmp_path / ".parts")["reason"][0]
    put(tmp_path, tenant__toml='[files."a.csv"]\ndate_order = "day_first"\nzone = "Europe/Berlin"')
    assert rows(tmp_path, "at")[0][0] == datetime(2026, 4, 5, 6, 1, 2 if "8:01:02" in saved else 0, tzinfo=UTC)


def test_day_first_in_a_download_stops_it(tmp_path):
    """A download whose first number passes 12 was not written month first: nothing of it is kept."""
    put(tmp_path, a__csv=EVENTS_CSV.replace("5/4/2026 12", "25/4/2026 12"))
    with pytest.raises(InputError, match="25/4/2026"):
        read.events(tmp_path / "a.csv", workdir=tmp_path / ".parts")
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts").select("kept", "rejected").row(0) == (0, 2)


def test_a_header_that_stands_twice_stops_a_file(tmp_path):
    """Of two columns with one name neither can be taken."""
    put(tmp_path, a__csv=EVENTS_CSV.replace("Target System", "Status"))
    got = read.receipt(tmp_path, workdir=tmp_path / ".parts").row(0, named=True)
    assert (got["kept"], got["rejected"]) == (0, 2) and 'two columns are headed "Status"' in got["notes"]


def test_headers_in_another_language(tmp_path):
    """A header map of the reader's own makes a localised download readable; what nothing matches is reported."""
    put(tmp_path, a__csv="Fecha,Acción,Estado,Id. de cambio,Color\r\n5/4/2026 8:01:02 AM,Create,Success,c-1,red\r\n")
    assert rows(tmp_path, "change_id") == []
    put(tmp_path, tenant__toml='[columns]\n"Fecha" = "at"\n"Acción" = "action"\n"Estado" = "status"\n"Id. de cambio" = "change_id"')
    assert rows(tmp_path, "change_id", "status") == [("c-1", "success")]
    assert "headers not used: Color" in read.receipt(tmp_path, workdir=tmp_path / ".parts")["notes"][0]


def test_the_target_names_the_app(tmp_path):
    """A download names no service principal; its target system is the app, unless that is the name every custom app has."""
    put(tmp_path, a__csv=EVENTS_CSV)
    assert rows(tmp_path, "app_id", "app_name") == [(None, "Deskplan")] * 2
    put(tmp_path, a__csv=EVENTS_CSV.replace(",Deskplan\r\n", ",customappsso\r\n"), tenant__toml='[files."a.csv"]\napp = "Frontdesk"')
    assert rows(tmp_path, "app_id", "app_name") == [(None, "Frontdesk")] * 2


def log_analytics(*records, headers=None):
    """A CSV of AADProvisioningLogs with the records, objects as JSON in their cells."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [headers.get(name, name) if headers else name for name in LOG_COLUMNS]
    writer.writerow(names)
    for each in records:
        cells = [LOG_COLUMNS[name](each) for name in LOG_COLUMNS]
        writer.writerow([json.dumps(cell) if isinstance(cell, (dict, list)) else cell for cell in cells])
    return out.getvalue()


LOG_COLUMNS = {
    "TenantId": lambda _: "the-workspace",
    "AADTenantId": lambda each: each["tenantId"],
    "TimeGenerated": lambda each: each["activityDateTime"],
    "ResultType": lambda each: each["provisioningStatusInfo"]["status"].title(),
    "ResultSignature": lambda each: (each["provisioningStatusInfo"]["errorInformation"] or {}).get("errorCode", "None"),
    "ResultDescription": lambda each: (each["provisioningStatusInfo"]["errorInformation"] or {}).get("reason", ""),
    "DurationMs": lambda each: each["durationInMilliseconds"],
    "ChangeId": lambda each: each["changeId"],
    "CycleId": lambda each: each["cycleId"],
    "Id": lambda each: each["id"],
    "JobId": lambda each: each["jobId"],
    "ProvisioningAction": lambda each: each["provisioningAction"],
    "ServicePrincipal": lambda each: {"Id": each["servicePrincipal"]["id"], "Name": each["servicePrincipal"]["displayName"]},
    "SourceIdentity": lambda each: each["sourceIdentity"],
    "TargetIdentity": lambda each: each["targetIdentity"],
    "InitiatedBy": lambda each: each["initiatedBy"],
    "SourceSystem": lambda _: "Azure AD",
    "TargetSystem": lambda _: "Azure AD",
    "ProvisioningSteps": lambda each: each["provisioningSteps"],
    "ModifiedProperties": lambda each: each["modifiedProperties"],
}


@pytest.mark.parametrize("headers", [None, {"TimeGenerated": "TimeGenerated [UTC]"}])
def test_a_log_analytics_csv(tmp_path, headers):
    """Rows of the table give the events that Graph gives; the workspace is not the tenant."""
    records = [failed(1), record(2)]
    put(tmp_path / "graph", log__jsonl=lines(*records))
    put(tmp_path / "table", query__csv=log_analytics(*records, headers=headers))
    graph, table = (read.events(tmp_path / each, workdir=tmp_path / ".parts").drop("file").collect() for each in ("graph", "table"))
    assert table.equals(graph)


def test_a_bad_cell_of_a_log_analytics_csv(tmp_path):
    """A cell that holds no JSON costs its row alone."""
    content = log_analytics(record(1), record(2)).replace('"[]"', "", 1)
    put(tmp_path, query__csv=content.replace('""identityType""', '""identityType', 1))
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("row", "kind").rows() == [(1, "rejected")] and "sourceIdentity" in aside["reason"][0]
    assert isinstance(read.events(tmp_path, workdir=tmp_path / ".parts"), pl.LazyFrame) and rows(tmp_path, "event_id") == [("event-2",)]
