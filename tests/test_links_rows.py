"""Each row of the decision table, from exports typed by hand."""

import polars as pl
import pytest
from typed_tenant import object_id, tenant

from scimlab import links

WORLD = (
    "user zoe",  # somebody whose record shows that external ids are object ids
    "record z zoe key=zoe",
    "given zoe",
    "bin yves deleted=-20d",  # the recycle bin was exported
    "record y yves inactive key=yves prefix=yves",
    "disable yves y -20d",
    "create zoe z -199d",  # the log goes back to the beginning, …
    "update zoe z -1h",  # … and on to the end
    "done zoe Add_user -199d",  # so does the audit log
)
"""What every tenant of these tests holds: all lists, and logs that reach from end to end."""

LIFE = ("user ada", "given ada", "create ada r -150d")
"""Ada, given the app and a record."""

ROWS = {
    "HEALTHY_ACTIVE": (*LIFE, "record r ada active key=ada"),
    "HEALTHY_PARKED": (
        "user ada disabled",
        "given ada",
        "create ada r -150d",
        "disable ada r -9d enabled=no",
        "record r ada inactive key=ada",
    ),
    "OUT_OF_SCOPE_OK": ("user ada",),
    "CLEAN_LEAVER": ("create ada r -150d", "done ada Hard_Delete_user -9d"),
    "PENDING_CREATE": ("user ada created=-30m", "given ada"),
    "PENDING_DISABLE": (
        "user ada disabled",
        "given ada",
        "create ada r -150d",
        "record r ada active key=ada",
        "done ada Disable_account -30m",
    ),
    "PENDING_REACTIVATE": (*LIFE, "disable ada r -40d enabled=no", "record r ada inactive key=ada", "done ada Enable_account -30m"),
    "DISABLE_NOT_DELIVERED": (
        "user ada disabled",
        "given ada",
        "create ada r -150d",
        "disable ada r -5d failure=target_refused_state_change enabled=no",  # refused since five days
        "record r ada active key=ada",
    ),
    "MANUAL_REACTIVATION": (
        "user ada disabled",
        "given ada",
        "create ada r -150d",
        "disable ada r -9d enabled=no",
        "record r ada active key=ada changed=-4d",  # switched on five days after the app took the disable
    ),
    "MANUAL_DEACTIVATION": (*LIFE, "record r ada inactive key=ada changed=-4d"),
    "NOT_YET_PROVISIONABLE": ("user ada disabled created=-9d", "given ada"),
    "PARKED_WITHOUT_ASSIGNMENT": (
        "user ada disabled",
        "create ada r -150d",
        "disable ada r -9d enabled=no",
        "record r ada inactive key=ada",
    ),
    "UNASSIGNED_PARKED": ("user ada", "create ada r -150d", "disable ada r -9d scope=no", "record r ada inactive key=ada"),
    "UNASSIGN_NOT_DELIVERED": ("user ada", "create ada r -150d", "done ada Remove_member_from_group -9d", "record r ada active key=ada"),
    "NESTED_GROUP_NOT_IN_SCOPE": (
        "user ada",
        "given outer kind=Group",  # the assigned group …
        "given inner kind=Group group=outer",  # … holds another …
        "given ada group=inner",  # … in which Ada is
    ),
    "FILTERED_OUT": ("user ada", "given ada", "create ada r -150d", "disable ada r -9d scope=filtered", "record r ada inactive key=ada"),
    "CREATE_FAILING": ("user ada", "given ada", "create ada -9d skipped=AttributeValidationFailed lacks=name.familyName"),
    "DELETED_IN_APP": (*LIFE, "update ada r -2d failure=stale_link"),
    "UNLINKED_MATCHABLE": ("user ada created=-30m", "given ada", "record r ada active"),
    "UNLINKED_INACTIVE": ("user ada created=-30m", "given ada", "record r ada inactive"),
    "STALE_EXTERNAL_ID": (*LIFE, "record r ada active external=legacy-7"),
    "CROSS_LINKED": (
        "user ada created=-20d",
        "given ada",
        "create bert r -190d",  # the record was Bert's, …
        "done bert Hard_Delete_user -90d",
        "update ada r -19d",  # … and Ada was matched to it by the address she has from him
        "record r ada active key=ada",
    ),
    "RECOVERABLE": ("bin ada deleted=-9d", "create ada r -150d", "disable ada r -9d enabled=no", "record r ada inactive key=ada"),
    "RESTORE_WINDOW_CLOSING": (
        "bin ada deleted=-24d",
        "create ada r -150d",
        "disable ada r -24d",
        "record r ada inactive key=ada prefix=ada",
    ),
    "SOFT_DELETE_NOT_DELIVERED": ("bin ada deleted=-9d", "create ada r -150d", "record r ada active key=ada"),
    "LEAVER_IN_PROGRESS": (
        "bin ada deleted=-9d",
        "create ada r -150d",
        "disable ada r -9d",
        "record r ada inactive key=ada",
        "says ada leaving",
    ),
    "ORPHAN_IN_WAITING": ("bin ada deleted=-9d", "create ada r -150d", "disable ada r -90d scope=no", "record r ada inactive key=ada"),
    "RECREATED_WHILE_RESTORABLE": (
        "bin ada1 deleted=-9d",
        "user ada created=-5d",
        "given ada",
        "create ada1 r -150d",
        "create ada -5d failure=duplicate_conflict",
        "record r ada inactive key=ada1 prefix=ada1",
    ),
    "ORPHAN_RECORD": ("create ada r -150d", "done ada Hard_Delete_user -9d", "record r ada inactive key=ada"),
    "GHOST_SEAT": ("create ada r -150d", "done ada Hard_Delete_user -9d", "record r ada active key=ada"),
    "CORRUPTED_ORPHAN": ("record r ada inactive key=ada prefix=ada",),  # two marks of one id prove it
    "CORRUPTED_GHOST_SEAT": ("record r ada active key=ada prefix=ada",),
    "REMATCH_EXPECTED": (
        "user ada created=-5d",
        "given ada",
        "create ada1 r -150d",
        "record r ada inactive key=ada1",
        "create ada -5d failure=duplicate_conflict",
    ),
    "CORRUPTED_BLOCKING_RETURN": (
        "user ada created=-5d",
        "given ada",
        "create ada -5d failure=duplicate_conflict",
        "record r ada inactive key=ada1 prefix=ada1",
    ),
    "HIDDEN_EMAIL_RESERVATION": ("user ada created=-5d", "given ada", "create ada -5d failure=duplicate_conflict"),
    "SPLIT_IDENTITY": (
        "user ada created=-5d",
        "given ada",
        "create ada n -5d",
        "record n ada active key=ada",
        "record r ada inactive key=ada1 prefix=ada1",
    ),
    "DOUBLE_BILLED": (
        "user ada created=-5d",
        "given ada",
        "create ada n -5d",
        "record n ada active key=ada",
        "record r ada active key=ada1 prefix=ada1",
    ),
    "RECREATED_NOT_ASSIGNED": ("user ada created=-5d", "record r ada inactive key=ada1 prefix=ada1"),
    "DUPLICATE_TARGET": (
        "user ada created=-5d",
        "given ada",
        "create ada -5d failure=duplicate_target",
        "record r ada inactive",
        "record n ada inactive",
    ),
    "DUPLICATE_SOURCE": (
        *LIFE,
        "record r ada active key=ada",
        "user guest created=-5d",
        "given guest",
        "create guest -5d failure=duplicate_source",  # matches Ada's record, which has its account
    ),
    "CORRUPTED_BUT_LINKED": (
        *LIFE,
        "record r ada inactive key=ada prefix=ada",
        "update ada r -5d failure=duplicate_conflict",
        "record n ada inactive",
    ),
    "RENAME_PENDING": (
        "user ada name=ada.lang@contoso.example",
        "given ada",
        "create ada r -150d",
        "record r ada active key=ada",
        "done ada Update_user -30m property=UserPrincipalName",
    ),
    "NAME_DRIFT": (*LIFE, "record r ada active key=ada name=reception@contoso.example"),
    "UNMANAGED_ACCOUNT": ("record r ada active",),
    "UNMANAGED_INACTIVE": ("record r ada inactive",),
    "CORRUPTED_UNKNOWN": ("record r ada inactive prefix=nobody",),
}

BESIDE = {
    "DUPLICATE_SOURCE": (object_id("ada"), "r"),  # of two accounts that want one record, the one that has it is fine
    "CROSS_LINKED": (object_id("bert"),),  # whose record it was
}
"""Subjects of an example that it is not about."""


@pytest.mark.parametrize("diagnosis", ROWS)
def test_row(diagnosis):
    """A subject typed as a row of the table describes it has that row's diagnosis, and no other, as its primary finding."""
    found = links.findings(tenant(*WORLD, *ROWS[diagnosis])).filter(pl.col("rank") == "primary")
    others = [object_id("zoe"), object_id("yves"), "z", "y", "job-1", *BESIDE.get(diagnosis, ())]
    assert {*found.filter(~pl.col("subject_id").is_in(others))["diagnosis"]} == {diagnosis}
    assert found.group_by("subject_kind", "subject_id").len().filter((pl.col("len") > 1) & (pl.col("subject_kind") != "job")).is_empty()


def test_every_row_has_an_example():
    """No diagnosis of the table is without an example, but those that stand beside others or need no row."""
    from scimlab.links.table import SUBJECTS

    assert {*SUBJECTS.rank} - {*ROWS} == {"SETTLING", "TOMBSTONE_NAME", "HYBRID_SOURCE", "NEVER_PRESENT"}


def test_known_people_are_fine():
    """Whoever nothing was typed against is healthy, or recoverable."""
    found = links.findings(tenant(*WORLD)).filter(pl.col("rank") == "primary", pl.col("subject_kind") != "job")
    assert dict(found.select("subject_id", "diagnosis").iter_rows()) == {
        object_id("zoe"): "HEALTHY_ACTIVE",
        object_id("yves"): "RECOVERABLE",
        "z": "HEALTHY_ACTIVE",
        "y": "RECOVERABLE",
    }
