"""People and accounts out of PowerShell's CSV and out of workbooks: what a machine's culture writes is not guessed, totals are nobody."""

from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from typed_records import ADA, put

from scimlab import read

SAID = '[files]\ndate_order = "day_first"\nzone = "Europe/Berlin"'
NAMED = (
    '"AboutMe","AccountEnabled","BusinessPhones","CreatedDateTime","EmployeeLeaveDateTime","EmployeeType",'
    '"Id","Mail","OnPremisesSyncEnabled","SignInActivity","UserPrincipalName","UserType"'
)
WITHOUT_PARTS = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInActivity"
MG_USER = f"""#TYPE Microsoft.Graph.PowerShell.Models.MicrosoftGraphUser
{NAMED}
"","False","System.String[]","09.08.2024 13:25:31","31.12.2026 00:00","Temp","{ADA}","","True","{WITHOUT_PARTS}","ada@example.org","Member"
"","","System.String[]","","","","b-2","bo@example.net","","","bo_example.net#EXT#@example.org","Guest"
"""


def tenant(folder, **files):
    """The tenant of a folder of these files."""
    return read.tenant(put(folder, **files), workdir=folder / ".parts")


def workbook(path, **sheets):
    """A workbook of these sheets, a list of rows each."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy hh:mm", "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path.parent


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_users_of_powershell(tmp_path, encoding):
    """A blank cell was not asked for, so it is unknown; so is what PowerShell wrote the type of."""
    found = tenant(tmp_path, u__csv=MG_USER.encode(encoding))
    assert found.people.select("object_id", "enabled", "user_type", "employee_type", "hybrid", "last_sign_in_at").rows() == [
        (ADA, False, "Member", "Temp", True, None),
        ("b-2", None, "Guest", None, None, None),
    ]
    assert "last_sign_in_at is not known: PowerShell wrote a type's name in 1 rows" in found.receipt["notes"][0]


def test_dates_of_powershell(tmp_path):
    """PowerShell writes dates as its machine does: unknown until tenant.toml says the order and the zone."""
    unsaid = tenant(tmp_path, u__csv=MG_USER)
    assert unsaid.people["created_at"].to_list() == [None, None]
    assert "say date_order and zone for this file" in unsaid.receipt["notes"][0]
    said = tenant(tmp_path, u__csv=MG_USER, tenant__toml=SAID).people.row(0, named=True)
    assert said["created_at"] == datetime(2024, 8, 9, 11, 25, 31, tzinfo=UTC)  # summer time in Berlin
    assert said["leaves_at"] == datetime(2026, 12, 30, 23, tzinfo=UTC)  # midnight there


@pytest.mark.parametrize(
    ("header", "frame"),
    [
        ("Id,DisplayName,UserPrincipalName,Mail", "people"),  # Get-MgUser | Select-Object
        ("ObjectId,DisplayName,UserPrincipalName,AccountEnabled", "people"),  # Get-AzureADUser
        ("Id,DeletedDateTime,UserPrincipalName,Mail", "people"),  # Get-MgDirectoryDeletedItemAsUser
        ("id,userName,userPrincipalName,active", "records"),  # an app that has a status of its own
        ("id,userPrincipalName,externalId,mail", "records"),  # and one that keeps Entra's id beside its own
        ("id,userName,mail,displayName", "records"),
    ],
)
def test_whose_list_it_is(tmp_path, header, frame):
    """Entra's users are told by their principal name beside an id, the app's by what only an app has."""
    found = tenant(tmp_path, x__csv=f"{header}\n1,2026-01-02T00:00:00Z,ada@example.org,ada@example.org\n")
    assert [name for name in ("people", "records") if getattr(found, name).height] == [frame]


def test_who_holds_a_role(tmp_path):
    """Whether somebody holds a role of the directory is told by yes and no, or by the roles; blank is unknown."""
    rows = ["1,a@example.org,True,Global Reader; Helpdesk", "2,b@example.org,True,None", "3,c@example.org,True,", "4,d@example.org,True,no"]
    found = tenant(tmp_path, u__csv="\n".join(["Id,UserPrincipalName,AccountEnabled,Roles", *rows]))
    assert found.people["privileged"].to_list() == [True, False, None, False]


APP = [
    ["Users of Deskplan"],  # a title
    [],
    ["User ID", "Login", "E-mail", "Active", "Created", "Desks"],
    [7, "ada", "ada.moor@example.org", True, datetime(2024, 8, 9, 13, 25, 31), 2],
    ["008", "=1+1", "bo@example.org", False, "9/8/2024", 1],  # typed as text, all three
    [],
]


def test_a_workbook_of_accounts(tmp_path):
    """Cells are the text they hold: no decimals on a number, no zeros lost of a text, no formula run; a title is no header."""
    found = tenant(workbook(tmp_path / "any.name", people=APP))
    assert found.records.select("target_id", "user_name", "mail", "active", "created_at").rows() == [
        ("7", "ada", "ada.moor@example.org", True, None),
        ("008", "=1+1", "bo@example.org", False, None),
    ]
    assert "created_at is not known in 2 rows" in found.receipt["notes"][0] and "carries no zone" in found.receipt["notes"][0]
    assert found.receipt.select("file", "form", "rows", "kept").rows() == [("any.name", "app users sheet", 2, 2)]


def test_dates_of_a_workbook(tmp_path):
    """A date in Excel bears no zone: tenant.toml says it, and the order of those that are text."""
    found = tenant(workbook(tmp_path / "a.xlsx", people=APP), tenant__toml=SAID)
    assert found.records["created_at"].to_list() == [datetime(2024, 8, 9, 11, 25, 31, tzinfo=UTC), datetime(2024, 8, 8, 22, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("totals", "note"),
    [
        (["Total", "", "", 2], ""),
        (["Total users: 2"], ""),
        (["Totals", "1 active", "1 inactive"], ""),
        (["Total", 3], 'the totals say "Total, 3", 2 rows were read: rows are missing'),
        (["Gesamt", 1], 'the totals say "Gesamt, 1", 2 rows were read: there are more'),
    ],
)
def test_totals_are_nobody(tmp_path, totals, note):
    """A row of totals is no account, and what it counts is held against the rows above it."""
    found = tenant(workbook(tmp_path / "a.xlsx", people=[*APP, totals]))
    assert found.records["target_id"].to_list() == ["7", "008"]
    assert found.set_aside.select("row", "kind", "reason").rows() == [(3, "foreign", "a row of totals")]
    assert [each for each in found.receipt["notes"][0].split("; ") if "totals say" in each] == [note] * bool(note)


def test_somebody_called_total(tmp_path):
    """Whoever bears a word for totals as a name has an address all the same."""
    found = tenant(tmp_path, a__csv="Login,E-mail,Status\ntotal,total@example.org,active\nsum-1,,active\n")
    assert found.records["user_name"].to_list() == ["total", "sum-1"]


def test_every_sheet_is_looked_at(tmp_path):
    """Each sheet is a file of its own, a hidden one and a roster too; one without a table says so."""
    sheets = {
        "Active": APP,
        "Intents": [["Address", "Intent", "Leaves on"], ["ada.moor@example.org", "may return", datetime(2026, 9, 1)]],
        "Remarks": [["Made by hand"]],
        "Nothing": [],
    }
    found = tenant(workbook(tmp_path / "all.xlsx", **sheets))
    assert found.roster.select("address", "leaves_on").rows() == [("ada.moor@example.org", date(2026, 9, 1))]
    assert dict(found.receipt.select("file", "form").rows()) == {
        "all.xlsx/Active": "app users sheet", "all.xlsx/Intents": "roster", "all.xlsx/Nothing": "empty", "all.xlsx/Remarks": "unrecognised",
    }  # fmt: skip
    assert len(found.records) == 2


def test_a_damaged_workbook(tmp_path):
    """A workbook that gives out is refused, and the rest of the folder is read."""
    workbook(tmp_path / "a.xlsx", people=APP)
    whole = (tmp_path / "a.xlsx").read_bytes()
    found = tenant(tmp_path, a__xlsx=whole[: len(whole) // 2], b__csv="Login,E-mail,Status\nada,ada@example.org,active\n")
    assert dict(found.receipt.select("file", "kept").rows()) == {"a.xlsx": 0, "b.csv": 1}
    assert found.set_aside["reason"].to_list() == ["neither text nor Parquet"]
