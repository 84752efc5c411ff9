"""One person, several records: what each holds, and which is proposed to survive."""

import polars as pl
from test_links_rows import LIFE, ROWS, WORLD
from typed_tenant import tenant

from scimlab import links, schema


def told(*lines: str) -> list[tuple]:
    """Each record of a cluster: its id, whether it is linked and proposed, and why."""
    found = links.clusters(tenant(*WORLD, *lines))
    assert found.schema == schema.CLUSTERS
    return found.select("target_id", "is_linked", "is_survivor", "reason").rows()


def test_nobody_has_two():
    """One record each is no cluster."""
    assert told(*LIFE, "record r ada active key=ada") == []


def test_the_linked_one_survives():
    """The record Entra is connected to is kept, so that no link breaks; the other holds the history."""
    assert told(*ROWS["SPLIT_IDENTITY"]) == [
        ("n", True, True, "Entra is connected to it, so keeping it breaks no link"),
        ("r", False, False, "holds the history of the person's earlier account"),
    ]


def test_an_active_one_that_is_not_linked_is_paid_for():
    """What is paid for needlessly is said of the record that is."""
    assert told(*ROWS["DOUBLE_BILLED"])[1] == (
        "r",
        False,
        False,
        "active, and so paid for; holds the history of the person's earlier account",
    )


def test_without_a_link_the_active_one():
    """Of two that Entra is connected to neither of, the only active one is proposed."""
    lines = ("user ada created=-5d", "given ada", "create ada -5d failure=duplicate_target", "record r ada inactive", "record n ada active")
    assert told(*lines) == [("n", False, True, "it is the only active one"), ("r", False, False, "holds nothing that is known")]


def test_desks_are_counted():
    """Desks that a record holds are counted where they were exported, so that they can be given back."""
    from dataclasses import replace

    typed = tenant(*WORLD, *ROWS["SPLIT_IDENTITY"])
    desk = pl.DataFrame([{"target_id": "r", "desk": "4.12"}], schema_overrides={"target_id": pl.String}).select(
        pl.col(name) if name in ("target_id", "desk") else pl.lit(None, dtype).alias(name) for name, dtype in schema.DESKS.items()
    )
    found = links.clusters(replace(typed, desks=desk))
    assert found.select("target_id", "desks").rows() == [("n", 0), ("r", 1)]
    assert "holds 1 desks" in found["reason"][1]
