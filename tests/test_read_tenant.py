"""A tenant out of its folder: which app, which tenant, whose clock, as of when; and a tenant handed on."""

from datetime import UTC, date, datetime

import pytest
from polars.testing import assert_frame_equal
from typed_records import APP, TENANT, lines, put, record

from scimlab import read
from scimlab.errors import InputError, UsageError
from scimlab.schema import FRAMES, Setting

OTHER = {"id": "sp-other", "displayName": "Ticketing"}


def tenant(folder, toml="", *, records=None, **given):
    """The tenant of a folder with a log, two apps unless told, and these settings."""
    log = lines(*(records or [record(1), record(2, servicePrincipal=OTHER)]))
    return read.tenant(put(folder, log__jsonl=log, tenant__toml=toml), workdir=folder / ".parts", **given)


def counted(found):
    """The ids of the events that are counted."""
    return found.events.filter("counted").select("event_id").collect()["event_id"].to_list()


@pytest.mark.parametrize("name", ["Deskplan", "deskPLAN", APP, APP.upper()])
def test_the_app_that_is_named(tmp_path, name):
    """The app is named by its name or id, in any case; the others stay in EVENTS, uncounted."""
    found = tenant(tmp_path, app=name)
    assert counted(found) == ["event-1"] and found.events.collect().height == 2
    assert found.settings["app_id"] == Setting(APP, "parameter") and found.settings["app_name"].value == "Deskplan"


def test_the_only_app(tmp_path):
    """Where the log names one app alone, that is counted."""
    found = tenant(tmp_path, records=[record(1)])
    assert counted(found) == ["event-1"] and found.settings["app_id"] == Setting(APP, "inputs")


def test_several_apps_and_none_named(tmp_path):
    """Several apps and none named stops with the list of them."""
    with pytest.raises(InputError, match=f"2 apps: Deskplan \\({APP}\\); Ticketing \\(sp-other\\)"):
        tenant(tmp_path)


def test_an_app_that_is_not_there(tmp_path):
    """A name that no event has stops with those there are; a name two apps share asks for the id."""
    with pytest.raises(InputError, match='no event is of the app "Deskplam". The log holds Deskplan'):
        tenant(tmp_path, app="Deskplam")
    with pytest.raises(InputError, match='several apps are called "Ticketing"'):
        twin = record(3, servicePrincipal={"id": "sp-3", "displayName": "Ticketing"})
        tenant(tmp_path, records=[record(2, servicePrincipal=OTHER), twin], app="Ticketing")


def test_a_parameter_beats_the_file_beats_the_default(tmp_path):
    """Each setting says where its value came from."""
    toml = 'app = "Ticketing"\nzone = "Asia/Tokyo"\nleast_attempts = 5'
    found = tenant(tmp_path, toml)
    assert counted(found) == ["event-2"]
    assert [found.settings[name] for name in ("zone", "least_attempts", "deletion_threshold")] == [
        Setting("Asia/Tokyo", "tenant.toml"), Setting(5, "tenant.toml"), Setting(None, "default"),
    ]  # fmt: skip
    given = tenant(tmp_path, toml, app="Deskplan", zone="Europe/Berlin")
    assert counted(given) == ["event-1"] and given.settings["zone"] == Setting("Europe/Berlin", "parameter")


def test_a_second_tenant(tmp_path):
    """A second tenant in one folder stops, unless one is named; then only its events are counted."""
    both = [record(1), record(2, tenantId="another")]
    with pytest.raises(InputError, match=f"2 tenants: {TENANT}, another"):
        tenant(tmp_path, records=both)
    assert counted(tenant(tmp_path, records=both, tenant_id="ANOTHER")) == ["event-2"]
    with pytest.raises(InputError, match='no event is of the tenant "third"'):
        tenant(tmp_path, records=both, tenant_id="third")


def test_rows_that_do_not_say(tmp_path):
    """Rows without tenant and app are told by tenant.toml for their file; unsaid, they are of no app that is known."""
    silent = [record(1), record(3, tenantId=None, servicePrincipal=None)]
    assert counted(tenant(tmp_path, records=silent)) == ["event-1"]
    assert counted(tenant(tmp_path, '[files."log.jsonl"]\napp = "Deskplan"', records=silent)) == ["event-1", "event-3"]
    assert counted(tenant(tmp_path, records=silent[1:])) == ["event-3"]


def test_as_of_is_what_was_observed(tmp_path):
    """The latest event or snapshot is the instant of judgement, never a planned one; a parameter sets another."""
    planned = record(1, provisioningStatusInfo={"status": "failure", "errorInformation": {"errorCode": "x", "reason": (
        "This operation was retried 1 times. It will be retried again after this date: 2027-01-01T00:00:00Z UTC")}})  # fmt: skip
    found = tenant(tmp_path, '[files]\ntaken_at = "2027-02-02T00:00:00Z"', records=[planned])
    assert found.as_of == datetime(2026, 5, 4, 0, 1, tzinfo=UTC) and found.settings["as_of"].origin == "inputs"
    given = tenant(tmp_path, records=[planned], as_of="2026-06-01T00:00:00+02:00")
    assert given.settings["as_of"] == Setting(datetime(2026, 5, 31, 22, tzinfo=UTC), "parameter")


def test_tables_of_settings(tmp_path):
    """Seasons, exclusions and terms come as they stand in tenant.toml."""
    season = '[[season]]\nname = "s"\nfirst_day = 2026-06-01\nlast_day = 2026-08-31\n'
    toml = season + '[[exclude]]\naddress = "k@example.org"\nreason = "kiosk"\n[terms]\nprice = 6.5'
    found = tenant(tmp_path, toml, records=[record(1)])
    assert found.settings["seasons"].value == [{"name": "s", "first_day": date(2026, 6, 1), "last_day": date(2026, 8, 31)}]
    assert found.settings["exclude"].value == [{"address": "k@example.org", "reason": "kiosk"}] and found.settings["terms"].value == {
        "price": 6.5
    }


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("zoen = 'UTC'", ["zoen", 'Did you mean "zone"?']),
        ("zone = 'Europe/Berlyn'", ["zone", 'Did you mean "Europe/Berlin"?']),
        ("zone = 7", ["zone", "7 is no text"]),
        ("least_attempts = 0", ["least_attempts", "below 1"]),
        ("least_attempts = true", ["least_attempts", "True is no number"]),
        ("delete_semantics = 'soft'", ["delete_semantics", "soft_reserves_email"]),
        ("app = 'x\nzone = 'UTC'", ["no TOML", "line 1"]),
        ("[files]\ntaken = 1", ["files.taken", 'Did you mean "taken_at"?']),
        ("[files]\ntaken_at = '2026-01-01'", ["files.taken_at", "no instant with its zone"]),
        ("[files]\ntaken_at = 2026-01-01T00:00:00", ["files.taken_at", "no instant with its zone"]),
        ("[files.'a.csv']\ndate_order = 'us'", ['files."a.csv".date_order', "month_first"]),
        ("[columns]\n'Login' = 'usr_name'", ['columns."Login"', 'Did you mean "user_name"?']),
        ("[[season]]\nname = 's'\nfirst_day = '2026-06-01'", ["[[season]] 1.first_day", "no date"]),
        ("season = ['summer']", ["[[season]] 1", "is no table"]),
        ("[terms]\nprize = 3", ["terms.prize", 'Did you mean "price"?']),
    ],
)
def test_a_wrong_tenant_toml(tmp_path, toml, words):
    """A key that is unknown or holds the wrong thing stops before anything is read, and names the nearest known one."""
    with pytest.raises(UsageError) as met:
        tenant(tmp_path, toml)
    assert all(word in str(met.value) for word in ["tenant.toml", *words])


@pytest.mark.parametrize(("given", "word"), [({"zone": "Mars/Base"}, "no time zone"), ({"as_of": "today"}, "no instant with its zone")])
def test_a_wrong_parameter(tmp_path, given, word):
    """A parameter that is no zone or no instant is a wrong use, said of the parameter."""
    with pytest.raises(UsageError, match=word) as met:
        tenant(tmp_path, app="Deskplan", **given)
    assert "tenant.toml" not in str(met.value)


def test_no_folder(tmp_path):
    """A folder that is not there is said so."""
    with pytest.raises(InputError, match="no such folder"):
        read.tenant(tmp_path / "nowhere")


def test_an_empty_folder(tmp_path):
    """A folder without exports is a tenant without rows: every frame is there, with its schema."""
    found = read.tenant(tmp_path, workdir=tmp_path / ".parts")
    assert found.as_of is None and found.zone == "UTC"
    assert all(getattr(found, name).lazy().collect().is_empty() for name in FRAMES)
    assert all(getattr(found, name).lazy().collect_schema() == schema for name, schema in FRAMES.items())


def test_a_tenant_handed_on(tmp_path):
    """What a report hands to its pages is the same tenant, and takes other parameters without the exports."""
    toml = 'app = "Deskplan"\nzone = "Asia/Tokyo"\n[[season]]\nname = "s"\nfirst_day = 2026-06-01\nlast_day = 2026-08-31'
    given = tenant(tmp_path / "in", toml)
    taken = read.tenant(read.write_tidy(given, tmp_path / "out"), workdir=tmp_path / ".parts")
    assert (taken.name, taken.settings) == (given.name, given.settings)
    for name in FRAMES:
        assert_frame_equal(getattr(taken, name).lazy().collect(), getattr(given, name).lazy().collect())
    other = read.tenant(tmp_path / "out", app="Ticketing", zone="UTC", workdir=tmp_path / ".parts")
    assert counted(other) == ["event-2"] and other.settings["zone"] == Setting("UTC", "parameter")


def test_a_tenant_handed_on_in_pieces(tmp_path):
    """A frame that is missing or is not its own says which, and stops."""
    read.write_tidy(tenant(tmp_path / "in", app="Deskplan"), tmp_path / "out")
    (tmp_path / "out" / "people.parquet").unlink()
    with pytest.raises(InputError, match="people.parquet"):
        read.tenant(tmp_path / "out")


def test_tidy_events_are_a_form(tmp_path):
    """EVENTS as Parquet, as `scimlab tidy` writes them, read back to themselves, file and row of their origin included."""
    put(tmp_path, log__jsonl=lines(record(1), record(2)))
    events = read.events(tmp_path / "log.jsonl", workdir=tmp_path / ".parts")
    events.sink_parquet(tmp_path / "tidy")
    assert_frame_equal(read.events(tmp_path / "tidy", workdir=tmp_path / ".parts"), events)
    assert read.receipt(tmp_path, workdir=tmp_path / ".parts").select("kept", "duplicate").sum().row(0) == (2, 2)


def test_parquet_of_something_else(tmp_path):
    """A Parquet file without the columns of EVENTS is foreign, and one with a bad row loses that row."""
    read.events(put(tmp_path, log__jsonl=lines(record(1))), workdir=tmp_path / ".parts").select("event_id", "at").sink_parquet(
        tmp_path / "else"
    )
    aside = read.set_aside(tmp_path, workdir=tmp_path / ".parts")
    assert aside.select("file", "kind").rows() == [("else", "foreign")] and "action, status" in aside["reason"][0]
