"""Findings put together: who stands where, whom to see to first, what is to be decided, and the names as they were."""

from datetime import timedelta

import polars as pl
import pytest
from test_links_rows import LIFE, ROWS, WORLD
from typed_tenant import NOW, object_id, tenant

from scimlab import charts, links, schema, show
from scimlab.show import ANSWER

TROUBLED = tenant(
    *WORLD,
    *ROWS["CORRUPTED_BLOCKING_RETURN"],
    "record s sam active",  # nobody in Entra has this one
    "user dora disabled created=-190d",  # disabled nine days ago, and the app was not told
    "given dora",
    "create dora d -150d",
    "record d dora active key=dora",
    "done dora Disable_account -9d",
)
FOUND = links.findings(TROUBLED)


def test_states():
    """Each person counts once where they stand, and so does a record that nobody in Entra has."""
    assert links.states(FOUND).select("entra", "app", "people", "healthy").rows() == [
        ("EN", "act", 1, 1),  # Zoe
        ("RC", "cor", 1, 0),  # Ada
        ("DI", "act", 1, 0),  # Dora
        ("SD", "cor", 1, 0),  # Yves
        ("AB", "act", 1, 0),  # Sam's record
    ]


def test_the_most_urgent_first():
    """By risk first and by deadline then; whoever is in order is left out."""
    assert links.urgent(FOUND)["diagnosis"].to_list() == [
        "DISABLE_NOT_DELIVERED",
        "CORRUPTED_BLOCKING_RETURN",
        "RECOVERABLE",
        "UNMANAGED_ACCOUNT",
    ]


def test_each_decision_once():
    """A row a decision, under the name the runbooks have for it, with a deadline only where one is ahead."""
    found = links.decisions(FOUND, as_of=NOW + timedelta(hours=1))
    assert found.select("situation", "people", "by", "runbook").rows() == [
        ("restorable", 1, NOW + timedelta(days=10), "R3"),
        ("name_corrupted_blocks_return", 1, NOW + timedelta(days=23), "R4"),
        ("disable_not_delivered", 1, None, "R10"),  # due when it was found
        ("unmanaged_account", 1, None, "R9"),
    ]
    assert found["what"][1] == "Have the vendor give back the clean names that block people's return"


def test_each_decision_has_a_runbook_of_the_same_name():
    """Where both know a decision, the runbooks and the findings say the same of it."""
    from scimlab.links.table import RULES
    from scimlab.plan.runbooks import SITUATIONS

    named = [each for each in RULES["diagnosis"] if "situation" in each]
    assert len(named) > 10
    assert all(each["situation"] in SITUATIONS for each in named)


def test_names_as_they_were():
    """A corrupted name with its id, the name beneath, and how it is known whose id it is."""
    told = links.recovered(TROUBLED, FOUND).select("target_id", "clean", "object_id", "proof").rows()
    assert told == [
        ("r", "ada@contoso.example", object_id("ada1"), "confirmed"),  # the record carries the id a second time
        ("y", "yves@contoso.example", object_id("yves"), "confirmed"),
    ]


@pytest.mark.parametrize(("mail", "proof"), [("nobody@contoso.example", "probable"), ("other@contoso.example", "suspect")])
def test_a_name_alone_is_no_proof(mail, proof):
    """With nothing but the name the id is suspect; the same address beside it makes it probable."""
    typed = tenant(*WORLD, f"record r nobody inactive prefix=nobody mail={mail}")
    assert links.recovered(typed, links.findings(typed)).row(0, named=True)["proof"] == proof


def test_nothing_found():
    """Without findings every table is there, and empty."""
    nothing = schema.FINDINGS.to_frame()
    assert links.states(nothing).schema == schema.STATES
    assert links.urgent(nothing).schema == schema.FINDINGS
    assert links.decisions(nothing).schema == schema.DECISIONS and links.decisions(nothing).is_empty()
    assert links.recovered(tenant(), nothing).schema == schema.RECOVERED


def test_the_answer_counts_people():
    """The first line says how many are not the same in both systems, and whom the exports cannot tell of."""
    told = show.answer_links(FOUND, as_of=NOW).bundle[ANSWER]
    assert told["answer"] == "3 people are not the same in both systems, of 4 known. 1 deadline falls within seven days."
    unsaid = links.findings(tenant(*WORLD, "user ada unsaid", *LIFE[1:], "record r ada active key=ada"))
    assert (
        show.answer_links(unsaid, as_of=NOW)
        .bundle[ANSWER]["answer"]
        .endswith("Of 1 person these exports cannot tell: missing first of all is accountEnabled of the users.")
    )


def test_the_chart_of_states():
    """Each encoded field is a column that is drawn, the title counts people, and an empty frame is a chart too."""
    told = charts.states(links.states(FOUND)).to_dict()
    assert told["title"]["text"] == ["4 people do not stand where they should, 1 of 5 do"]
    drawn = pl.DataFrame(next(iter(told["datasets"].values())))
    assert {"entra", "app", "people", "healthy", "order", "first_names"} <= {*drawn.columns}
    assert charts.states(schema.STATES.to_frame()).to_dict()["title"]["text"] == ["Nobody is known"]
