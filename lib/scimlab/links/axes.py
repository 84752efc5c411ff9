"""Each subject's place on every axis of the decision table; where the inputs leave an axis open, all the values it may have."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from scimlab import names
from scimlab.links import accounts as account_rows
from scimlab.links import audit, held, log, persons, places, presence, scope, subjects
from scimlab.links import known as coverage
from scimlab.links import records as record_rows
from scimlab.links.held import CARRIES
from scimlab.links.known import Known
from scimlab.schema import Tenant

LEAST_NAMED = 5


class Seen(NamedTuple):
    """What a tenant's exports come to: a row a person, a record, an account; the logs, and what is covered."""

    people: pl.DataFrame
    records: pl.DataFrame
    accounts: pl.DataFrame
    events: pl.DataFrame
    acts: pl.DataFrame
    known: Known


def seen(tenant: Tenant, as_of: datetime, identities: pl.DataFrame) -> Seen:
    """Each person with their axes, one value or several with `|` between, and all that led there."""
    events = log.user_events(tenant, as_of)
    known = coverage.known(tenant, as_of, events)
    acts = audit.done(tenant, known.as_of)
    objects = account_rows.accounts(tenant, known, subjects.aliases(identities, "object_id"), log.logged(events), audit.audited(acts))
    listed = record_rows.records(tenant, known, subjects.aliases(identities, "target_id"))
    listed = listed.with_columns(app_alone=places.app_of_record(known))
    found = persons.persons(objects)
    roles = audit.role_acts(acts, tenant.settings["app_id"].value if "app_id" in tenant.settings else None)
    joined = found
    for each in (
        held.held(found, objects, listed),
        scope.scopes(tenant, known, found, roles),
        persons.strangers(objects, found),
        _intents(tenant, identities),
        presence.presence(tenant, known, identities),
    ):
        joined = joined.join(each, on="subject", how="left")
    joined = joined.join(held.contested(found, listed), on="target_id", how="left")
    return Seen(_placed(tenant, joined, known, listed), listed, objects, events, acts, known)


def _placed(tenant: Tenant, people: pl.DataFrame, known: Known, records: pl.DataFrame) -> pl.DataFrame:
    """The axes of each person, in the order in which one needs the other."""
    shown = pl.concat([records["address"], records["mail_address"]]).drop_nulls().unique().implode()
    placed = people.with_columns(
        own_address=names.canonical_names(pl.col("user_name")),
        own_mail=names.canonical_names(pl.col("mail")),
        is_listed_pointer=pl.col("pointer").is_in(records["target_id"].implode()),
        is_whole=places.is_whole(known),
        observed_at=places.observed_at(known),
    ).with_columns(
        is_address_seen=(pl.col("own_address").is_in(shown) | pl.col("own_mail").is_in(shown)).fill_null(False),
        is_active=places.active(),
        is_new=places.is_newer_than_list(),
        trouble=places.trouble(known),
    )
    placed = placed.with_columns(
        entra=pl.col("state"),
        app=places.app(known),
        link=places.link(known),
        key_axis=places.key(known),
        spelled=places.spelled(known, _mapped(tenant, placed)),
        change_at=places.changed(),
        told=places.told(known),
        window=places.window(known),
        hybrid=pl.when("hybrid").then(pl.lit("yes")).otherwise(pl.lit("no")),
        others=places.others(known),
        older=places.older(known),
        intent=pl.when("is_leaving").then(pl.lit("leaving")).otherwise(pl.lit("may_return")),
        presence=pl.col("presence").fill_null("fine"),
        subject_id=pl.coalesce("object_id", "source_id", "audit_object_id", "spelled"),
        person=pl.coalesce(persons.display_name(), "record_name", "user_name"),
    )
    return placed.with_columns(age=places.age(known), scope=places.scope()).rename({"key": "object_key", "key_axis": "key"})


def _mapped(tenant: Tenant, placed: pl.DataFrame) -> str:
    """What user names are made of: as the mapping says, else as the names of linked records show.

    returns: upn, mail, either (one of the two: nobody's addresses tell which), or neither.
    """
    said = tenant.mappings.filter(pl.col("target") == "userName")["source"].drop_nulls()
    if len(said):
        return (
            "upn" if said.str.contains("(?i)userPrincipalName").all() else "mail" if said.str.contains(r"(?i)\bmail\b").all() else "neither"
        )
    linked = placed.filter(pl.col("tie") <= CARRIES, pl.col("prefix").is_null(), pl.col("state").is_in(["EN", "DI"]))
    upn, mail = linked["address"] == linked["own_address"], linked["address"] == linked["own_mail"]
    if len(linked) >= LEAST_NAMED and 2 * (upn | mail).sum() < len(linked):
        return "neither"
    only_upn, only_mail = (upn & ~mail).sum(), (mail & ~upn).sum()
    return "upn" if only_upn > 2 * only_mail else "mail" if only_mail > 2 * only_upn else "either"


def _intents(tenant: Tenant, identities: pl.DataFrame) -> pl.DataFrame:
    """What the roster says of each person, by object id first and by address then; the last line of a person is the latest word."""
    roster = tenant.roster.filter(pl.col("intent").is_not_null())
    if roster.is_empty():
        return pl.DataFrame(schema={"subject": pl.String, "is_leaving": pl.Boolean})
    said = roster.with_columns(alias=pl.col("object_id").str.to_lowercase(), address=names.canonical_names(pl.col("address")))
    objects = identities.filter(pl.col("alias_kind") == "object_id").select(pl.col("alias").str.to_lowercase(), subject="person_id")
    addresses = identities.filter(pl.col("alias_kind") == "address", pl.col("strength") != "suspect").select(
        address="alias", subject="person_id"
    )
    # An address that several people have had says of none of them.
    alone = addresses.filter(pl.col("subject").n_unique().over("address") == 1)
    by_id = said.join(objects.unique("alias"), on="alias")
    by_address = said.join(by_id.select("file", "row"), on=["file", "row"], how="anti").join(alone, on="address")
    return (
        pl.concat([each.select("subject", "intent", "file", "row") for each in (by_address, by_id)])
        .unique("subject", keep="last", maintain_order=True)
        .select("subject", is_leaving=pl.col("intent") == "leaving", roster_where=log.WHERE)
    )
