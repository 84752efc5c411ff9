"""A tenant out of its folder: which app is counted, by whose clock, and as of when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from scimlab.errors import InputError
from scimlab.read.folder import Folder
from scimlab.read.settings import FILE, instant_named, zone_named
from scimlab.read.snapshots import KEYS
from scimlab.read.tidy import is_tidy, tidy_tenant
from scimlab.schema import Setting, Tenant

DEFAULTS: Mapping[str, object] = {"zone": "UTC", "least_attempts": 3, "delete_semantics": "", "deletion_threshold": None}
TABLES: Mapping[str, tuple[str, object]] = {"seasons": ("season", []), "exclude": ("exclude", []), "terms": ("terms", {})}
"""Settings that are tables, with their key in tenant.toml and what they are without it."""


def tenant(
    folder: str | Path, *, app: str = "", tenant_id: str = "", zone: str = "", as_of: str = "", workdir: str | Path | None = None
) -> Tenant:
    """Everything that the files of a folder say of one tenant.

    Files are recognised by what is in them. A parameter beats tenant.toml, which beats the default.
    app: name or id of the enterprise application that is counted; else the only one of the log.
    tenant_id: the tenant that is counted; else the only one of the log.
    zone: IANA zone of its days. as_of: ISO instant; else the latest at which something was observed.
    workdir: where parsed parts are kept; else SCIMLAB_WORKDIR, else data/private/.parts of the project.
    returns: a Tenant; frames for which there is no file are empty.
    raises: InputError where the folder holds several apps or tenants and none is named, or is none;
        UsageError for a tenant.toml or a parameter that is wrong.
    """
    if not Path(folder).is_dir():
        raise InputError("there is no such folder", "Give the folder that holds the tenant's exports.", file=str(folder))
    if is_tidy(Path(folder)):
        return _given_again(tidy_tenant(Path(folder)), app=app, tenant_id=tenant_id, zone=zone, as_of=as_of)
    read = Folder(folder, workdir)
    told, names = read.settings.told, read.apps()
    settings = {name: Setting(told.get(name, value), FILE if name in told else "default") for name, value in DEFAULTS.items()}
    settings |= {ours: Setting(told.get(theirs, value), FILE if theirs in told else "default") for ours, (theirs, value) in TABLES.items()}
    if zone:
        settings["zone"] = Setting(zone_named(zone, "--zone"), "parameter")
    settings |= _counted(names, _named(tenant_id, told, "tenant_id"), _named(app, told, "app"))
    snapshots = {frame: read.snapshot(frame) for frame in KEYS}
    receipt = read.receipt()
    settings["as_of"] = Setting(instant_named(as_of, "--as-of"), "parameter") if as_of else _last_observed(receipt, snapshots)
    return Tenant(
        name=Path(folder).resolve().name,
        settings=settings,
        events=read.events().with_columns(counted=_is_counted(settings)),
        receipt=receipt,
        set_aside=read.set_aside(),
        **snapshots,
    )


def _given_again(tenant: Tenant, *, app: str, tenant_id: str, zone: str, as_of: str) -> Tenant:
    """A tenant that was handed over, with the parameters that were given anew."""
    settings = dict(tenant.settings)
    if zone:
        settings["zone"] = Setting(zone_named(zone, "--zone"), "parameter")
    if as_of:
        settings["as_of"] = Setting(instant_named(as_of, "--as-of"), "parameter")
    if app or tenant_id:
        names = tenant.events.select("tenant_id", "app_id", "app_name").unique().collect()
        before = Setting(settings["app_id"].value or settings["app_name"].value or "", settings["app_name"].origin)
        of = Setting(tenant_id, "parameter") if tenant_id else settings["tenant_id"]
        settings |= _counted(names, of, Setting(app, "parameter") if app else before)
    return replace(tenant, settings=settings, events=tenant.events.with_columns(counted=_is_counted(settings)))


def _counted(names: pl.DataFrame, tenant_id: Setting, app: Setting) -> dict[str, Setting]:
    """The tenant and the app that are counted.

    names: a row a tenant and app that events name. tenant_id, app: what was asked for.
    """
    of = _tenant_id(names, tenant_id)
    return {"tenant_id": of, **_app(names.filter(_is_tenant(of.value)), app)}


def _is_counted(settings: Mapping[str, Setting]) -> pl.Expr:
    return _is_tenant(settings["tenant_id"].value) & _is_app(settings["app_id"].value, settings["app_name"].value)


def _named(given: str, told: Mapping[str, object], name: str) -> Setting:
    """What the parameter or tenant.toml names; empty where neither does."""
    return Setting(given, "parameter") if given else Setting(told.get(name, ""), FILE if name in told else "default")


def _tenant_id(names: pl.DataFrame, named: Setting) -> Setting:
    """The tenant that is counted, as the log spells it."""
    found = names["tenant_id"].drop_nulls().unique().sort().to_list()
    if named.value:
        met = [each for each in found if each.casefold() == named.value.casefold()]
        if found and not met:
            raise InputError(f'no event is of the tenant "{named.value}"', f"The log holds {', '.join(found)}.", field="tenant_id")
        return Setting(met[0] if met else named.value, named.origin)
    if len({each.casefold() for each in found}) > 1:
        raise InputError(
            f"the folder holds {len(found)} tenants: {', '.join(found)}",
            f"Name one by tenant_id, in {FILE} or as a parameter.",
            field="tenant_id",
        )
    return Setting(found[0], "inputs") if found else Setting(None, "default")


def _app(names: pl.DataFrame, named: Setting) -> dict[str, Setting]:
    """The id and the name of the app that is counted: the one named, else the only one."""
    named_ids = names.filter(pl.col("app_id").is_not_null()).group_by("app_id")
    ids = named_ids.agg(pl.col("app_name").drop_nulls().unique().sort()).sort("app_id")
    known = {name for shown in ids["app_name"] for name in shown}
    alone = names.filter(pl.col("app_id").is_null() & pl.col("app_name").is_not_null() & ~pl.col("app_name").is_in(list(known)))
    apps = [(app_id, tuple(shown)) for app_id, shown in ids.iter_rows()]
    apps += [(None, (name,)) for name in alone["app_name"].unique().sort()]
    listed = "; ".join(sorted(_shown(*each) for each in apps))
    if named.value:
        word = named.value.casefold()
        apps = [(app_id, shown) for app_id, shown in apps if word in {(app_id or "").casefold(), *(each.casefold() for each in shown)}]
        if not apps and listed:
            raise InputError(f'no event is of the app "{named.value}"', f"The log holds {listed}.", field="app")
        if len(apps) > 1:
            raise InputError(f'several apps are called "{named.value}"', f"Name one by its id: {listed}.", field="app")
    elif len(apps) > 1:
        raise InputError(f"the log holds {len(apps)} apps: {listed}", f"Name one by app, in {FILE} or as a parameter.", field="app")
    origin = named.origin if named.value else "inputs" if apps else "default"
    app_id, shown = apps[0] if apps else (None, (named.value,) if named.value else ())
    name = next((each for each in shown if each.casefold() == str(named.value).casefold()), shown[0] if shown else None)
    return {"app_id": Setting(app_id, origin), "app_name": Setting(name, origin)}


def _shown(app_id: str | None, names: tuple[str, ...]) -> str:
    return f"{' or '.join(names) or 'an app without a name'}{f' ({app_id})' if app_id else ''}"


def _is_tenant(tenant_id: str | None) -> pl.Expr:
    """Rows of the tenant; a row that names none is of the only one there is."""
    return pl.lit(True) if tenant_id is None else (pl.col("tenant_id").str.to_lowercase() == tenant_id.lower()).fill_null(True)


def _is_app(app_id: str | None, app_name: str | None) -> pl.Expr:
    """Rows of the app: by its id; by its name where a form carries no id. Where the log names no app at all, every row."""
    if app_id is None and app_name is None:
        return pl.lit(True)
    by_name = pl.col("app_id").is_null() & (pl.col("app_name").str.to_lowercase() == (app_name or "").lower()).fill_null(False)
    return by_name | (pl.col("app_id") == app_id).fill_null(False) if app_id else by_name


def _last_observed(receipt: pl.DataFrame, snapshots: Mapping[str, pl.DataFrame]) -> Setting:
    """The latest instant of an event or a snapshot; what is only planned or announced was not observed."""
    taken: list[datetime] = [each["taken_at"].max() for each in snapshots.values() if "taken_at" in each.columns]
    last = max((each for each in (receipt["last_at"].max(), *taken) if each is not None), default=None)
    return Setting(last, "inputs" if last else "default")
