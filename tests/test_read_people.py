"""People of Entra, accounts of the app, and the roster: what the bytes do not say is null."""

import json
from datetime import UTC, date, datetime

import pytest
from typed_records import ADA, put

from scimlab import read

PORTAL = (
    "\ufeffuserPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,directorySynced,createdDateTime\r\n"
    f"ada.moor@example.org,=1+1 Ada,Moor,Ada@example.org,Ada,{ADA},Member,,Grounds,True,,8/9/2024 1:25:31 PM\r\n"
    "bo_example.net#EXT#@example.org,Bo,,,Bo,b-2,Guest,,,False,True,12/31/2024 12:00:00 AM\r\n"
)
PREFIXED = ADA.replace("-", "") + "ada.moor@example.org"


def tenant(folder, **files):
    """The tenant of a folder of these files."""
    return read.tenant(put(folder, **files), workdir=folder / ".parts")


def graph(*users, **beside):
    """A Graph page of users."""
    return json.dumps({"value": users} | beside)


def test_the_portals_users(tmp_path):
    """The portal's CSV is month first and UTC; a formula in a name stays the name it is; blank is unknown."""
    people = tenant(tmp_path, what__csv=PORTAL).people
    assert people.select("object_id", "user_name", "display_name", "enabled", "user_type", "department", "hybrid").rows() == [
        (ADA, "ada.moor@example.org", "=1+1 Ada", True, "Member", "Grounds", None),
        ("b-2", "bo_example.net#EXT#@example.org", "Bo", False, "Guest", None, True),
    ]
    assert people["created_at"].to_list() == [datetime(2024, 8, 9, 13, 25, 31, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)]


@pytest.mark.parametrize(
    "saved",
    [
        PORTAL.replace("1:25:31 PM", "13:25").replace("12:00:00 AM", "0:00"),  # Excel drops the seconds
        PORTAL.replace(",True,", ",TRUE,").replace(",False,", ",FALSE,"),  # and shouts
        PORTAL.replace("userPrincipalName", "UserPrincipalName"),  # PowerShell
        PORTAL.replace(",", ";"),
    ],
)
def test_users_saved_again_have_no_times(tmp_path, saved):
    """Saved again by another program the same people are there, and when they were made is unknown until tenant.toml says it."""
    found = tenant(tmp_path, what__csv=saved)
    assert found.people.select("enabled", "created_at").rows() == [(True, None), (False, None)]
    assert "created_at is not known in 2 rows" in found.receipt["notes"][0]
    said = tenant(tmp_path, what__csv=saved, tenant__toml='[files]\ndate_order = "month_first"\nzone = "UTC"')
    assert said.people["created_at"].null_count() == 0


def test_graph_users(tmp_path):
    """Graph leaves out what was not asked for: that is unknown, not false."""
    shy = {"id": "s-1", "userPrincipalName": "shy@example.org"}
    full = {
        "id": "f-1", "userPrincipalName": "full@example.org", "mail": "f@example.org", "accountEnabled": False, "employeeId": "0042",
        "employeeType": "Contractor", "onPremisesSyncEnabled": True, "createdDateTime": "2024-01-02T03:04:05Z",
        "employeeLeaveDateTime": "2026-12-31T00:00:00Z",
        "signInActivity": {"lastSignInDateTime": "2026-05-01T00:00:00Z", "lastNonInteractiveSignInDateTime": "2026-05-02T00:00:00Z"},
    }  # fmt: skip
    people = tenant(tmp_path, u__json=graph(shy, full)).people
    assert people.select("enabled", "employee_id", "employee_type", "hybrid", "is_deleted").rows() == [
        (None, None, None, None, False),
        (False, "0042", "Contractor", True, False),
    ]
    assert people["last_sign_in_at"].to_list() == [None, datetime(2026, 5, 2, tzinfo=UTC)]
    assert people["leaves_at"][1] == datetime(2026, 12, 31, tzinfo=UTC)


def test_deleted_users(tmp_path):
    """A user in the recycle bin is known by its time, or by the object id in front of its name, which is kept as it is."""
    binned = {"id": ADA, "userPrincipalName": PREFIXED, "deletedDateTime": "2026-05-02T08:00:00Z"}
    unasked = {"id": ADA, "userPrincipalName": PREFIXED}
    for each, at in ((binned, datetime(2026, 5, 2, 8, tzinfo=UTC)), (unasked, None)):
        people = tenant(tmp_path, d__json=graph(each)).people
        assert people.select("user_name", "is_deleted", "deleted_at").row(0) == (PREFIXED, True, at)


def test_nobody_is_deleted(tmp_path):
    """An empty page of deleted users is told by what Graph calls it: the bin was looked into, and nobody is in it."""
    called = "https://graph.microsoft.com/v1.0/$metadata#directoryObjects/microsoft.graph.user"
    put(tmp_path, empty__json=json.dumps({"@odata.context": called, "value": []}), nothing__json='{"value": []}')
    receipt = read.receipt(tmp_path, workdir=tmp_path / ".parts")
    assert receipt.select("file", "form", "rows").rows() == [
        ("empty.json", "Graph deleted users", 0),
        ("nothing.json", "JSON without a record", 0),
    ]
    assert read.tenant(tmp_path, workdir=tmp_path / ".parts").has_bin


def test_deleted_objects_by_kind(tmp_path):
    """Pages kept by kind in one object: users are read, whatever else was deleted is foreign."""
    user = {"id": ADA, "userPrincipalName": PREFIXED, "deletedDateTime": "2026-05-02T08:00:00Z"}
    group = {"id": "g-1", "displayName": "Old", "deletedDateTime": "2026-05-02T08:00:00Z"}
    pages = {"microsoft.graph.user": {"value": [user]}, "microsoft.graph.group": {"value": [group]}}
    found = tenant(tmp_path, d__json=json.dumps(pages))
    assert found.people["object_id"].to_list() == [ADA]
    assert found.set_aside.select("kind", "reason").rows() == [("foreign", "a deleted object that is no user")]


def test_when_a_snapshot_was_taken(tmp_path):
    """No export says when it was taken; tenant.toml does, for every file or for one."""
    said = '[files]\ntaken_at = 2026-05-03T00:00:00Z\n[files."u*"]\ntaken_at = "2026-05-04T02:00:00+02:00"'
    found = tenant(tmp_path, u__json=graph({"id": "u", "userPrincipalName": "u@example.org"}), w__csv=PORTAL, tenant__toml=said)
    assert dict(found.people.select("object_id", "taken_at").rows())["u"] == datetime(2026, 5, 4, tzinfo=UTC)
    assert dict(found.people.select("object_id", "taken_at").rows())[ADA] == datetime(2026, 5, 3, tzinfo=UTC)
    assert found.as_of == datetime(2026, 5, 4, tzinfo=UTC)


def test_one_user_in_two_exports(tmp_path):
    """The same object at the same time is one row, told by the export that tells most."""
    found = tenant(tmp_path, w__csv=PORTAL, u__json=graph({"id": ADA, "userPrincipalName": "ada.moor@example.org"}))
    assert found.people.filter(object_id=ADA).select("file").rows() == [("w.csv",)]
    assert found.set_aside.select("file", "kind").rows() == [("u.json", "duplicate")]
    assert "row 1 of w.csv" in found.set_aside["reason"][0]


def scim(*accounts, total=None):
    """A SCIM list response."""
    schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    return json.dumps({"schemas": schemas, "totalResults": total if total is not None else len(accounts), "Resources": accounts})


def test_scim_accounts(tmp_path):
    """A SCIM user gives a record: the work address among several, the enterprise extension, active as the text some apps write."""
    account = {
        "id": "acc-7", "userName": "ada.moor@example.org", "externalId": ADA, "active": "False",
        "name": {"givenName": "Ada", "familyName": "Moor"},
        "emails": [{"value": "home@example.org", "primary": True}, {"value": "work@example.org", "type": "work"}],
        "meta": {"created": "2024-01-02T03:04:05Z", "lastModified": "2026-05-02T00:00:00.5Z"},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": 42, "department": "Grounds"},
    }  # fmt: skip
    records = tenant(tmp_path, s__json=scim(account)).records
    assert records.select("target_id", "mail", "external_id", "display_name", "active", "employee_id", "department").row(0) == (
        "acc-7", "work@example.org", ADA, "Ada Moor", False, "42", "Grounds",
    )  # fmt: skip
    assert records["updated_at"][0] == datetime(2026, 5, 2, 0, 0, 0, 500_000, tzinfo=UTC)


def test_scim_pages_that_are_missing(tmp_path):
    """The app says how many users it has: when fewer were read, every page says so; an id on two pages is one account."""
    one, two = {"id": "1", "userName": "a@example.org"}, {"id": "2", "userName": "b@example.org"}
    found = tenant(tmp_path, p1__json=scim(one, total=3), p2__json=scim(one, two, total=3))
    assert found.records["target_id"].to_list() == ["1", "2"]
    assert found.receipt["notes"].to_list() == ["the app says it has 3 users, 2 were read: pages are missing"] * 2
    whole = tenant(tmp_path, p1__json=scim(one, total=2), p2__json=scim(one, two, total=2))
    assert whole.receipt["notes"].to_list() == ["", ""]


APP_CSV = """User ID;E-mail;Login;First name;Last name;Status;Last login
7;w@example.org;ada;Ada;Moor;Active;2026-05-01T10:00:00Z
8;b@example.org;bo;Bo;;deactivated;
"""


def test_the_apps_own_csv(tmp_path):
    """An app's CSV is read by what its headers usually mean; a word of its status it must know, or the state is unknown."""
    records = tenant(tmp_path, a__csv=APP_CSV + "9;c@example.org;cy;Cy;Oh;on leave;\n").records
    assert records.select("target_id", "user_name", "mail", "display_name", "active").rows() == [
        ("7", "ada", "w@example.org", "Ada Moor", True),
        ("8", "bo", "b@example.org", "Bo", False),
        ("9", "cy", "c@example.org", "Cy Oh", None),
    ]
    assert records["last_login_at"][0] == datetime(2026, 5, 1, 10, tzinfo=UTC)


def test_a_word_for_neither_is_said(tmp_path):
    """A status that is neither active nor inactive is unknown, and the receipt names it."""
    found = tenant(tmp_path, a__csv=APP_CSV.replace("Active", "on leave"))
    assert '"on leave" is neither true nor false' in found.receipt["notes"][0]


def test_the_readers_own_map(tmp_path):
    """A header map beats what a header usually means; umlauts of an old code page are read, and said to be guessed."""
    content = "Key;Konto;Login;Anzeige\n7;ada.moor@example.org;internal;Ada Möör\n".encode("cp1252")
    said = '[columns."a.csv"]\n"Key" = "target_id"\n"Konto" = "user_name"\n"Anzeige" = "display_name"'
    found = tenant(tmp_path, a__csv=content, tenant__toml=said)
    assert found.records.select("target_id", "user_name", "display_name").row(0) == ("7", "ada.moor@example.org", "Ada Möör")
    assert "read as Windows-1252" in found.receipt["notes"][0] and "headers not used: Login" in found.receipt["notes"][0]


def test_the_roster(tmp_path):
    """Days of a roster are days of the calendar; a day or an intent that is none costs its row."""
    lines = ["object_id,address,intent,leaves_on,returns_on", "a,,May return,2026-09-01,2027-05-01", ",b@example.org,leaving,soon,"]
    content = "\n".join([*lines, "c,,maybe,,", "d,,permanent,,"])
    found = tenant(tmp_path, roster__csv=content)
    assert found.roster.drop("file", "row").rows() == [
        ("a", None, "may_return", date(2026, 9, 1), date(2027, 5, 1)),
        ("d", None, "permanent", None, None),
    ]
    assert found.set_aside["row"].to_list() == [2, 3]


def test_a_map_is_proposed(tmp_path):
    """`scimlab columns` writes the lines for tenant.toml: what it knows, and what it does not behind a mark."""
    put(tmp_path, a__csv=APP_CSV.replace("Last login", "Zuletzt"))
    assert read.columns(tmp_path / "a.csv").splitlines()[2:] == [
        '[columns."a.csv"]', '"User ID" = "target_id"', '"E-mail" = "mail"', '"Login" = "user_name"', '"First name" = "given_name"',
        '"Last name" = "family_name"', '"Status" = "active"', '# "Zuletzt" = "?"',
    ]  # fmt: skip
