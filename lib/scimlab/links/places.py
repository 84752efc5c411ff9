"""Where a person stands on each axis, as expressions over what is known of them; `|` stands between values that are open."""

from datetime import timedelta

import polars as pl

from scimlab.links.accounts import BIN_DAYS
from scimlab.links.held import BEFORE, NAMED, PREFIXED
from scimlab.links.known import Known, instant

CLOSING = timedelta(days=7)
SAME_MOMENT = timedelta(minutes=5)
"""Between the log's clock and the app's."""

ANY = {
    "app": "act|ina|cor.act|cor.ina|abs|tomb",
    "link": "ok|mis|none|stale|wrong",
    "others": "none|ina|act",
    "scope": "A|U|filtered|nested",
    "told": "on|off|ignored|none",
    "trouble": "none|skipped|duplicate|two_targets|two_sources|anchor|other",
}
HOLDS, IS_LIVE = pl.col("tie").is_not_null(), pl.col("state").is_in(["EN", "DI", "EN|DI"])


def is_whole(known: Known) -> pl.Expr:
    """Whether the log holds all that Entra ever did for this account in this app."""
    if not known.log_reaches:
        return pl.lit(False)
    return pl.col("created_here").fill_null(False) | (pl.col("created_at") >= instant(known.log_from)).fill_null(False)


def observed_at(known: Known) -> pl.Expr:
    """When the app was looked at; null where nobody said."""
    return pl.coalesce("record_at", instant(known.records_at))


def active() -> pl.Expr:
    """Whether the record is active: as listed, or as the app accepted since."""
    later = (pl.col("told_at") > pl.col("observed_at")).fill_null(False)
    return pl.when(later | ~HOLDS).then("told_active").otherwise("active")


def is_newer_than_list() -> pl.Expr:
    """Whether the record was made after the list of records was taken."""
    return (pl.col("pointer").is_not_null() & ~pl.col("is_listed_pointer") & (pl.col("pointer_at") > pl.col("observed_at"))).fill_null(
        False
    )


def is_stale(known: Known) -> pl.Expr:
    """Whether Entra's connection leads to a record that is not there."""
    missing = pl.col("pointer").is_not_null() & ~pl.col("is_listed_pointer").fill_null(False) & (pl.col("pointer_action") != "delete")
    refused = (pl.col("ended") == "anchor").fill_null(False) & ~pl.col("is_listed_pointer").fill_null(False)
    return refused | (missing & pl.lit(known.records and known.log_reaches) & ~pl.col("is_new").fill_null(False))


def app(known: Known) -> pl.Expr:
    """The axis app."""
    words = pl.when("is_active").then(pl.lit("act")).when(~pl.col("is_active")).then(pl.lit("ina")).otherwise(pl.lit("act|ina"))
    prefixed = pl.lit("cor.") + words.str.replace("|", "|cor.", literal=True)
    plain = words if known.names else words + "|" + prefixed
    refused = (pl.col("ended") == "duplicate").fill_null(False)
    hidden = pl.when(refused & ~pl.col("is_address_seen")).then(pl.lit("tomb")).when(pl.col("trouble") == "none").then(pl.lit("abs"))
    unseen = hidden.when(pl.col("trouble") == ANY["trouble"]).then(pl.lit("abs|tomb")).otherwise(pl.lit("abs"))
    return (
        pl.when("is_new", ~HOLDS)
        .then(words)
        .when(_is_any_record())
        .then("apps")
        .when(HOLDS)
        .then(pl.when(pl.col("prefix").is_not_null()).then(prefixed).otherwise(plain))
        .when(pl.lit(known.records))
        .then(unseen)
        .otherwise(pl.lit(ANY["app"]))
    )


def app_of_record(known: Known) -> pl.Expr:
    """The axis app of a record by itself."""
    words = pl.when("active").then(pl.lit("act")).when(~pl.col("active")).then(pl.lit("ina")).otherwise(pl.lit("act|ina"))
    prefixed = pl.lit("cor.") + words.str.replace("|", "|cor.", literal=True)
    return pl.when(pl.col("prefix").is_not_null()).then(prefixed).otherwise(words if known.names else words + "|" + prefixed)


def _is_any_record() -> pl.Expr:
    """Whether any of several records may be the one Entra is connected to."""
    return (HOLDS & (pl.col("tie") >= BEFORE) & pl.col("other_records").list.len().gt(0) & ~pl.col("is_whole")).fill_null(False)


def others(known: Known) -> pl.Expr:
    """The axis others."""
    none = pl.lit("none" if known.records else ANY["others"])
    return pl.when(_is_any_record()).then(pl.lit("ina|act")).otherwise(pl.col("others").fill_null(none))


def _is_before_log(known: Known) -> pl.Expr:
    """Whether the record was made before the account, and before the log: it may have been somebody's whom nothing names."""
    before = (pl.col("record_created_at") < pl.col("created_at")).fill_null(not known.users)
    unseen = pl.lit(True) if known.log_from is None else (pl.col("record_created_at") < instant(known.log_from)).fill_null(False)
    return HOLDS & before & unseen


def older(known: Known) -> pl.Expr:
    """The axis older: that nothing names an earlier account means none only where something would."""
    unnamed = (pl.col("tie") == NAMED) & _is_before_log(known) & pl.lit(not known.ids)
    is_open = (pl.col("older") == "none") & (unnamed | pl.lit(not known.records))
    return pl.when(is_open.fill_null(False)).then(pl.lit("none|purged")).otherwise("older")


def scope() -> pl.Expr:
    """The axis scope: whoever is given the app and yet not active may be left out by a filter, where no log says so."""
    idle = ~pl.col("app").is_in(["act", "cor.act"]) & pl.col("is_filter_open") & ~pl.col("is_whole")
    return pl.when((pl.col("scope") == "A") & idle).then(pl.lit("A|filtered")).otherwise("scope")


def link(known: Known) -> pl.Expr:
    """The axis link."""
    # An earlier account of the same name is the person's own.
    was_anothers = _is_before_log(known) & ~pl.col("is_older_kin").fill_null(False)
    or_wrong = pl.when(was_anothers).then(pl.lit("|wrong")).otherwise(pl.lit(""))
    wrong = pl.col("is_foreign").fill_null(False) | pl.col("claimants").is_not_null() | (pl.col("stranger_record") == pl.col("target_id"))
    otherwise = pl.when((pl.col("tie") == BEFORE) | pl.col("is_id")).then(pl.lit("mis")).otherwise(pl.lit("none"))
    return (
        pl.when(wrong.fill_null(False))
        .then(pl.lit("wrong"))
        .when(is_stale(known))
        .then(pl.lit("stale"))
        .when((pl.col("tie") <= PREFIXED) | pl.col("is_new"))
        .then(pl.lit("ok") + or_wrong)
        .when(not known.records)
        .then(pl.lit(ANY["link"]))
        .when(HOLDS)
        .then(pl.when("is_whole").then(otherwise).otherwise(pl.lit("ok|") + otherwise + or_wrong))
        .when("is_whole", pl.col("pointer").is_null() | (pl.col("pointer_action") == "delete"))
        .then(pl.lit("none"))
        .otherwise(pl.lit("none|stale"))
    )


def key(known: Known) -> pl.Expr:
    """The axis key; where the export has no external ids, nothing speaks against them."""
    carried = pl.col("external")
    return (
        pl.when(~HOLDS & pl.lit(not known.records))
        .then(pl.lit("same|other|drift"))
        .when(carried.is_null() | (carried == pl.col("key")))
        .then(pl.lit("same"))
        .when("is_id")
        .then(pl.lit("other"))
        .otherwise(pl.lit("drift") if known.ids else pl.lit("same"))
    )


def spelled(known: Known, mapped: str) -> pl.Expr:
    """The axis spelled: the name is compared with what it is made of, capitals and the guest form apart.

    mapped: what the user name is made of: upn, mail, either (one of the two, nobody says which), or neither.
    """
    upn, mail = pl.col("address") == pl.col("own_address"), pl.col("address") == pl.col("own_mail")
    at_home = pl.when(pl.col("user_name").str.contains("#EXT#")).then("own_address").otherwise("user_name")
    exact = pl.any_horizontal(pl.col("spelling") == each for each in (at_home if mapped != "mail" else pl.col("mail"), pl.col("mail")))
    same = {"upn": upn, "mail": mail, "either": upn & mail.fill_null(True), "neither": pl.lit(True)}[mapped].fill_null(False)
    open_ = (upn | mail).fill_null(False) if mapped == "either" else pl.lit(False)
    may_live = pl.col("state").str.contains("EN|DI")
    named = HOLDS & may_live & pl.col("prefix").is_null() & pl.col("spelling").is_not_null()
    unnamed = may_live & (HOLDS & pl.col("own_address").is_null() | ~HOLDS & pl.lit(not known.records))
    return (
        pl.when(unnamed)
        .then(pl.lit("same|case|other"))
        .when(~named | (same & (exact.fill_null(False) | pl.lit(mapped == "neither"))))
        .then(pl.lit("same"))
        .when(same)
        .then(pl.lit("case"))
        .when(open_)
        .then(pl.lit("same|other"))
        .otherwise(pl.lit("other"))
    )


def changed() -> pl.Expr:
    """The last change in Entra that bears on the app; an answer of the app that its record contradicts counts as one."""
    contradicted = pl.when(pl.col("told_active") != pl.col("is_active")).then("told_at")
    deleted = pl.when(pl.col("state") == "SD").then("deleted_at")
    return pl.max_horizontal("created_at", deleted, "given_at", "changed_at", contradicted)


def age(known: Known) -> pl.Expr:
    """The axis age: settled where the log shows that Entra has long seen things so, or where no change is recent and one would be seen."""
    line = pl.col("observed_at") - pl.lit(known.settle)
    enabled = pl.when(pl.col("state") == "EN").then(True).when(pl.col("state") == "DI").then(False)
    agrees = (pl.col("log_enabled") == enabled) & pl.col("is_scope_logged") & (pl.col("log_user_name") == pl.col("user_name"))
    by_log = (agrees & (pl.col("same_at") <= line)).fill_null(False) & pl.lit(known.log_reaches)
    tried = (IS_LIVE & ~HOLDS & (pl.min_horizontal("failing_since", "ended_at") <= line)).fill_null(False) & pl.lit(known.log_reaches)
    explained = ~((pl.col("log_enabled") != enabled) & (pl.col("changed_at").is_null() | (pl.col("changed_at") < pl.col("log_enabled_at"))))
    by_audit = pl.lit(known.audit_from) <= line if known.audit_from else pl.lit(False)
    by_bin = (pl.col("state") == "SD") & pl.col("deleted_at").is_not_null()
    return (
        pl.when(pl.col("observed_at").is_null())
        .then(pl.lit("fresh|settled"))
        .when(by_log | tried)
        .then(pl.lit("settled"))
        .when((pl.col("change_at") > line).fill_null(False))
        .then(pl.lit("fresh"))
        .when(by_bin | (by_audit & explained.fill_null(True)))
        .then(pl.lit("settled"))
        .otherwise(pl.lit("fresh|settled"))
    )


def told(known: Known) -> pl.Expr:
    """The axis told."""
    untouched = pl.col("updated_at") <= pl.col("told_at") + SAME_MOMENT
    never = pl.col("is_whole") | (instant(known.log_from) <= pl.col("changed_at")).fill_null(False)
    return (
        pl.when(not known.log_reaches)
        .then(pl.lit(ANY["told"]))
        .when("told_active")
        .then(pl.lit("on"))
        .when(~pl.col("told_active") & untouched.fill_null(False))
        .then(pl.lit("ignored"))
        .when(~pl.col("told_active"))
        .then(pl.lit("off"))
        .when(never)
        .then(pl.lit("none"))
        .otherwise(pl.lit(ANY["told"]))
    )


def trouble(known: Known) -> pl.Expr:
    """The axis trouble."""
    silent = pl.col("is_whole") | pl.col("seen_from").is_not_null()
    return (
        pl.when(not known.log_reaches)
        .then(pl.lit(ANY["trouble"]))
        .when(pl.col("ended").is_not_null())
        .then("ended")
        .when(silent)
        .then(pl.lit("none"))
        .otherwise(pl.lit(ANY["trouble"]))
    )


def window(known: Known) -> pl.Expr:
    """The axis window."""
    left = pl.col("deleted_at") + BIN_DAYS - instant(known.as_of)
    known_left = (
        pl.when(left > CLOSING).then(pl.lit("wide")).when(left.is_not_null()).then(pl.lit("closing")).otherwise(pl.lit("wide|closing"))
    )
    return (
        pl.when(pl.col("state") == "SD")
        .then(known_left)
        .when(pl.col("state").str.contains("SD"))
        .then(pl.lit("none|") + known_left)
        .otherwise(pl.lit("none"))
    )
