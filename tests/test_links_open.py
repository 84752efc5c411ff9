"""What the inputs leave open stays open: the finding says which export would tell, and never guesses."""

from dataclasses import replace

import polars as pl
import pytest
from test_links_findings import of
from test_links_rows import LIFE, ROWS, WORLD
from typed_tenant import object_id, tenant

from scimlab import links

FINE = (*WORLD, *LIFE, "record r ada active key=ada")
PARKED = (*WORLD, *ROWS["HEALTHY_PARKED"])


def without(lines, *kinds):
    """The lines but those of these kinds."""
    return tenant(*(line for line in lines if line.split()[0] not in kinds))


OPEN = {
    "nobody asked for accountEnabled": (
        tenant(*WORLD, "user ada unsaid", *LIFE[1:], "record r ada active key=ada"),
        "accountEnabled of the users",
        {"HEALTHY_ACTIVE", "DISABLE_NOT_DELIVERED"},
    ),
    "no list of deleted users": (
        without((*WORLD, "create ada r -150d", "record r ada inactive key=ada"), "bin"),
        "the deleted users",
        {"RECOVERABLE", "ORPHAN_RECORD"},
    ),
    "no list of users": (without(FINE, "user"), "the users of Entra", {"HEALTHY_ACTIVE", "GHOST_SEAT"}),
    "no records": (without(FINE, "record"), "the app's users", {"HEALTHY_ACTIVE", "DELETED_IN_APP"}),
    "no assignments, and a log that begins later": (
        tenant(*(line for line in FINE if not line.startswith(("given", "create ada")))),
        "who is given the app",
        {"HEALTHY_ACTIVE", "UNASSIGN_NOT_DELIVERED"},
    ),
    "a group whose members nobody exported": (
        tenant(*(line for line in FINE if not line.startswith(("given", "create ada"))), "given staff kind=Group"),
        "who is given the app",
        {"HEALTHY_ACTIVE", "UNASSIGN_NOT_DELIVERED"},
    ),
    "nobody asked for deletedDateTime": (
        tenant(*WORLD, "bin ada", "create ada r -150d", "disable ada r -9d", "record r ada inactive key=ada"),
        "when the account was deleted",
        {"RECOVERABLE", "RESTORE_WINDOW_CLOSING"},
    ),
    "no word on when the lists were taken": (
        tenant(*(*WORLD, *ROWS["PENDING_DISABLE"]), taken=""),
        "the audit log",
        {"PENDING_DISABLE", "DISABLE_NOT_DELIVERED"},
    ),
    "neither log nor audit log": (
        without((*WORLD, "user ada disabled", "given ada", "record r ada active key=ada"), "create", "update", "disable", "done"),
        "the audit log",
        {"PENDING_DISABLE", "DISABLE_NOT_DELIVERED", "MANUAL_REACTIVATION"},
    ),
    "an external id that may be of another tenant": (
        tenant(
            "user zoe", "record z zoe external=E7", "given zoe", "create zoe z -3d", "bin yves deleted=-2d", "record r ada inactive key=ada"
        ),
        "where an object id comes from",
        {"ORPHAN_RECORD", "UNMANAGED_INACTIVE"},
    ),
}


@pytest.mark.parametrize("what", OPEN)
def test_open(what):
    """Without this input the evidence does not suffice: the finding names the input, and the diagnoses that stay possible."""
    typed, missing, possible = OPEN[what]
    found = links.findings(typed).filter(pl.col("rank") == "primary", pl.col("subject_id").is_in([object_id("ada"), "r"]))
    told = found.filter(pl.col("diagnosis") == "INSUFFICIENT_EVIDENCE").row(0, named=True)
    assert missing in told["missing"]
    assert all(each in told["means"] for each in possible)
    assert told["confidence"] == "unknown" and told["action"].startswith("Export what is missing: ")


def test_gone_needs_both_lists():
    """Not in the list of users is deleted for good only where the recycle bin does not hold it either."""
    typed = (*WORLD, "create ada r -150d", "record r ada inactive key=ada")
    assert of(links.findings(tenant(*typed)), object_id("ada"))["diagnosis"] == "ORPHAN_RECORD"
    assert of(links.findings(without(typed, "bin")), object_id("ada"))["entra"] == "unknown"


def test_a_list_cut_short_is_no_list():
    """Whoever is missing from a list that was cut short may stand in the part that was lost."""
    typed = tenant(*WORLD, "create ada r -150d", "record r ada inactive key=ada")
    receipt = pl.DataFrame({"file": ["people.json"], "notes": ["the list of records ends before its closing bracket"]})
    cut = replace(typed, receipt=pl.concat([typed.receipt, receipt], how="diagonal"))
    assert of(links.findings(cut), object_id("ada"))["diagnosis"] == "INSUFFICIENT_EVIDENCE"


def test_silence_is_no_proof():
    """A log that ends weeks before the lists were taken says nothing of what has been since."""
    early = tenant(
        *(line for line in FINE if not line.endswith(("-1h", "y -20d"))), "update zoe z -140d", "user bea created=-3d", "given bea"
    )
    assert of(links.findings(early), object_id("bea"))["diagnosis"] == "INSUFFICIENT_EVIDENCE"


def test_an_act_after_the_list_counts():
    """What the audit log saw after a list was taken is newer than the list."""
    later = [line for line in PARKED if not line.startswith("done")]
    typed = tenant(*later, "done ada Hard_Delete_user -1h", taken="-2d")
    assert of(links.findings(typed), object_id("ada"))["diagnosis"] == "ORPHAN_RECORD"


def test_the_app_after_the_list_counts():
    """What the app accepted after its list was taken is newer than the list."""
    typed = tenant(
        *WORLD,
        "user ada disabled",
        "given ada",
        "create ada r -150d",
        "disable ada r -1d enabled=no",
        "record r ada active key=ada",
        taken="-2d",
    )
    assert of(links.findings(typed), object_id("ada"))["app"] == "ina"
