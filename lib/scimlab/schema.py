"""Every frame, named once: its columns, their types, and what one row is.

Instants (`at`, `*_at`) are UTC, in microseconds, with the zone in the type. Ids are text and are
never refused for not looking like a GUID. A column that a form cannot carry is null: unknown, not false.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

EVENTS = pl.Schema(
    {
        "event_id": pl.String,
        "at": INSTANT,
        "tenant_id": pl.String,
        "job_id": pl.String,
        "cycle_id": pl.String,
        "change_id": pl.String,
        "app_id": pl.String,
        "app_name": pl.String,
        "action": pl.String,
        "status": pl.String,
        "object_type": pl.String,
        "source_id": pl.String,
        "source_name": pl.String,
        "source_user_name": pl.String,
        "target_id": pl.String,
        "target_name": pl.String,
        "error_code": pl.String,
        "http_status": pl.Int32,
        "scim_type": pl.String,
        "cause": pl.String,
        "detail": pl.String,
        "reason": pl.String,
        "retry_count": pl.Int32,
        "next_retry_at": INSTANT,
        "is_retry": pl.Boolean,
        "skip_reason": pl.String,
        "skip_property": pl.String,
        "sent_active": pl.Boolean,
        "sent_user_name": pl.String,
        "sent_mail": pl.String,
        "sent_external_id": pl.String,
        "matched_target_id": pl.String,
        "matched_user_name": pl.String,
        "matched_active": pl.Boolean,
        "source_enabled": pl.Boolean,
        "source_soft_deleted": pl.Boolean,
        "assigned": pl.Boolean,
        "in_scope": pl.Boolean,
        "steps_failed": pl.String,
        "initiated_by": pl.String,
        "duration_ms": pl.Int64,
        "counted": pl.Boolean,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a provisioning event: one object, one change, one outcome.

`action` is create, update, disable, delete, staged_delete or other; `status` success, failure, skipped
or warning; `object_type` user, group, role or other. `cause` is a slug of rules/causes.toml, null where
nothing failed. `steps_failed` names the failed steps, a space between two. `counted` is true for the
chosen app and tenant. `row` counts the records of `file` from 1.
"""

PEOPLE = pl.Schema(
    {
        "object_id": pl.String,
        "user_name": pl.String,
        "mail": pl.String,
        "display_name": pl.String,
        "enabled": pl.Boolean,
        "user_type": pl.String,
        "employee_id": pl.String,
        "employee_type": pl.String,
        "department": pl.String,
        "hybrid": pl.Boolean,
        "created_at": INSTANT,
        "deleted_at": INSTANT,
        "is_deleted": pl.Boolean,
        "leaves_at": INSTANT,
        "last_sign_in_at": INSTANT,
        "privileged": pl.Boolean,
        "taken_at": INSTANT,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a user object of Entra; `is_deleted` is true for those in the recycle bin, `privileged` for those who hold a role there."""

RECORDS = pl.Schema(
    {
        "target_id": pl.String,
        "user_name": pl.String,
        "mail": pl.String,
        "external_id": pl.String,
        "display_name": pl.String,
        "active": pl.Boolean,
        "employee_id": pl.String,
        "department": pl.String,
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "deactivated_at": INSTANT,
        "last_login_at": INSTANT,
        "taken_at": INSTANT,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row an account of the app."""

ASSIGNMENTS = pl.Schema(
    {
        "principal_id": pl.String,
        "principal_type": pl.String,
        "principal_name": pl.String,
        "group_id": pl.String,
        "resource_id": pl.String,
        "role_id": pl.String,
        "created_at": INSTANT,
        "taken_at": INSTANT,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a principal assigned to the app, directly or as a direct member of the group named."""

AUDIT = pl.Schema(
    {
        "audit_id": pl.String,
        "at": INSTANT,
        "activity": pl.String,
        "result": pl.String,
        "actor": pl.String,
        "object_id": pl.String,
        "object_type": pl.String,
        "user_name": pl.String,
        "property": pl.String,
        "old_value": pl.String,
        "new_value": pl.String,
        "correlation_id": pl.String,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a property changed by a directory event, or the event itself where it changed none."""

ACTIVITY = pl.Schema(
    {
        "object_id": pl.String,
        "user_name": pl.String,
        "at": INSTANT,
        "kind": pl.String,
        "target_id": pl.String,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a sign-in or a use of the app: `kind` is sign_in, or says of the use what it was."""

JOBS = pl.Schema(
    {
        "job_id": pl.String,
        "app_id": pl.String,
        "status": pl.String,
        "state": pl.String,
        "interval": pl.String,
        "quarantine_reason": pl.String,
        "quarantined_at": INSTANT,
        "deletion_threshold": pl.Int64,
        "syncs_all": pl.Boolean,
        "skips_out_of_scope": pl.Boolean,
        "last_run_at": INSTANT,
        "taken_at": INSTANT,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a synchronization job as it was when looked at."""

MAPPINGS = pl.Schema(
    {
        "job_id": pl.String,
        "object_type": pl.String,
        "target": pl.String,
        "source": pl.String,
        "matching_order": pl.Int32,
        "flow": pl.String,
        "actions": pl.String,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row an attribute mapping of a job; `actions` are those its object type is provisioned with: add, update, delete."""

ROSTER = pl.Schema(
    {
        "object_id": pl.String,
        "address": pl.String,
        "intent": pl.String,
        "leaves_on": pl.Date,
        "returns_on": pl.Date,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row what the business says of a person: `intent` is may_return, leaving or permanent."""

INVOICE = pl.Schema(
    {"address": pl.String, "target_id": pl.String, "billed_on": pl.Date, "quantity": pl.Float64, "file": pl.String, "row": pl.Int64}
)
"""A row a line of the vendor's bill."""

DESKS = pl.Schema(
    {
        "target_id": pl.String,
        "desk": pl.String,
        "kind": pl.String,
        "from_at": INSTANT,
        "until_at": INSTANT,
        "file": pl.String,
        "row": pl.Int64,
    }
)
"""A row a desk held by a record: what the app itself calls a seat."""

RECEIPT = pl.Schema(
    {
        "file": pl.String,
        "form": pl.String,
        "rows": pl.Int64,
        "kept": pl.Int64,
        "duplicate": pl.Int64,
        "foreign": pl.Int64,
        "rejected": pl.Int64,
        "first_at": INSTANT,
        "last_at": INSTANT,
        "notes": pl.String,
    }
)
"""A row a file read; `rows` is the sum of the four columns behind it."""

SET_ASIDE = pl.Schema({"file": pl.String, "row": pl.Int64, "kind": pl.String, "reason": pl.String, "text": pl.String})
"""A row a record that was read and not kept: `kind` is duplicate, foreign or rejected; `text` its beginning."""

LEDGER = pl.Schema(
    {
        "collection": pl.Int64,
        "kept_at": INSTANT,
        "what": pl.String,
        "kind": pl.String,
        "file": pl.String,
        "form": pl.String,
        "from_at": INSTANT,
        "until_at": INSTANT,
        "complete": pl.Boolean,
        "missing": pl.String,
        "pages": pl.Int64,
        "bytes": pl.Int64,
        "sha256": pl.String,
        "sha256_before": pl.String,
        "rows": pl.Int64,
        "kept": pl.Int64,
        "duplicate": pl.Int64,
        "foreign": pl.Int64,
        "rejected": pl.Int64,
        "first_at": INSTANT,
        "last_at": INSTANT,
        "notes": pl.String,
    }
)
"""A row a file that an archive took in, or a thing that was done to it since; runs are numbered from 1 by `collection`.

`what` is collected, taken_in, forgotten, dropped or compacted. `kind` is what was asked for, `from_at` to before `until_at`;
`missing` is what of that did not come, null where it is `complete`. `rows` is the sum of the four columns behind it.
"""

CHECKS = pl.Schema(
    {"check": pl.String, "question": pl.String, "answer": pl.String, "because": pl.String, "blocks": pl.String, "remedy": pl.String}
)
"""A row a thing the inputs can or cannot answer: `answer` is yes, partly or no."""

IDENTITIES = pl.Schema({"person_id": pl.String, "alias_kind": pl.String, "alias": pl.String, "strength": pl.String, "evidence": pl.String})
"""A row an alias of a person.

`alias_kind` is object_id, target_id, external_id or address (canonical); `strength` is confirmed, probable or suspect.
"""

TIMELINE = pl.Schema(
    {
        "person_id": pl.String,
        "at": INSTANT,
        "lane": pl.String,
        "what": pl.String,
        "detail": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "outcome": pl.String,
        "cause": pl.String,
        "latest": pl.String,
    }
)
"""A row a thing known of a person: when, in which lane, what happened or was seen, and where that stands.

`lane` is provisioning, directory, app, audit, activity, roster or billing. A null `at` is "not known when". `outcome` is done,
failed, skipped, seen (in a list, as it was taken) or planned. `latest` is what differs each time a thing happens again.
"""

RUNS = pl.Schema(
    {
        "person_id": pl.String,
        "at": INSTANT,
        "last_at": INSTANT,
        "times": pl.Int64,
        "lane": pl.String,
        "outcome": pl.String,
        "what": pl.String,
        "cause": pl.String,
        "detail": pl.String,
        "evidence": pl.String,
    }
)
"""A row a thing that befell a person once, or again and again from `at` to `last_at`; the words are those of TIMELINE."""

CONCERNED = pl.Schema(
    {
        "person_id": pl.String,
        "person": pl.String,
        "risk": pl.String,
        "story": pl.String,
        "deadline_at": INSTANT,
        "attempts": pl.Int64,
        "is_asked": pl.Boolean,
        "is_told": pl.Boolean,
    }
)
"""A row a person whom something concerns, or who was asked for, the worst first; `story` is what happened, in a sentence or two.

`is_told`: among those whose timeline a page has room for. Who was asked for and is nobody here has no `person_id`.
"""

ATTEMPTS = pl.Schema({"storm_id": pl.String, "event_id": pl.String, "at": INSTANT, "ordinal": pl.Int64, "gap_hours": pl.Float64})
"""A row a failed attempt of a storm; `ordinal` counts from 1 as seen, `gap_hours` is the wait since the one before."""

STORMS = pl.Schema(
    {
        "storm_id": pl.String,
        "person_id": pl.String,
        "person": pl.String,
        "object_type": pl.String,
        "source_id": pl.String,
        "target_id": pl.String,
        "job_id": pl.String,
        "app_id": pl.String,
        "action": pl.String,
        "first_at": INSTANT,
        "first_is_cut": pl.Boolean,
        "last_at": INSTANT,
        "next_attempt_at": INSTANT,
        "attempts_seen": pl.Int64,
        "attempts": pl.Int64,
        "cause": pl.String,
        "scope": pl.String,
        "share": pl.Float64,
        "cadence": pl.String,
        "gap_hours_median": pl.Float64,
        "is_open": pl.Boolean,
        "is_silent": pl.Boolean,
        "ended_at": INSTANT,
        "attempts_to_come": pl.Int64,
        "detail": pl.String,
    }
)
"""A row a run of failures of one source object in one job and action, ended only by that object's success in that job.

`first_is_cut`: the start lies before the log, `first_at` is then the first attempt seen. `scope` is app or
person. `is_silent`: open, yet the job has gone on far longer than the longest wait without another attempt.
"""

CYCLE_ATTEMPTS = pl.Schema({"job_id": pl.String, "at": INSTANT, "cause": pl.String, "attempts": pl.Int64, "in_storms": pl.Int64})
"""A row a job, start of a cycle (or of a longer span where there would be too many) and cause: failed attempts, and those of storms."""

DEFECTS = pl.Schema(
    {
        "job_id": pl.String,
        "app_id": pl.String,
        "object_type": pl.String,
        "cause": pl.String,
        "people": pl.Int64,
        "attempts": pl.Int64,
        "first_at": INSTANT,
        "last_at": INSTANT,
        "share": pl.Float64,
        "is_open": pl.Boolean,
    }
)
"""A row a job, kind of object and cause that hit over half of those seen in the job: many storms, one thing to mend."""

QUARANTINE = pl.Schema(
    {
        "job_id": pl.String,
        "app_id": pl.String,
        "quarantined": pl.String,
        "disabled_at": INSTANT,
        "objects": pl.Int64,
        "failing": pl.Int64,
        "failing_reference": pl.Int64,
        "failing_share": pl.Float64,
        "is_over": pl.Boolean,
        "distance": pl.Int64,
        "projected_at": INSTANT,
        "failed_events": pl.Int64,
        "failed_events_reference": pl.Int64,
        "is_over_by_events": pl.Boolean,
        "top_causes": pl.String,
        "says": pl.String,
    }
)
"""A row a job: the objects failing now, counted against the thresholds at which Entra is documented to quarantine it.

`quarantined` is yes, no or not known. `distance` is how many more objects must fail, null where there are not enough.
"""

FINDINGS = pl.Schema(
    {
        "finding_id": pl.String,
        "subject_kind": pl.String,
        "subject_id": pl.String,
        "person_id": pl.String,
        "rank": pl.String,
        "diagnosis": pl.String,
        "entra": pl.String,
        "scope": pl.String,
        "app": pl.String,
        "link": pl.String,
        "confidence": pl.String,
        "risk": pl.String,
        "consequence": pl.String,
        "action": pl.String,
        "owner": pl.String,
        "reversible": pl.String,
        "deadline_at": INSTANT,
        "runbook": pl.String,
        "evidence": pl.String,
        "person": pl.String,
        "means": pl.String,
        "missing": pl.String,
    }
)
"""A row a subject and a diagnosis; `means` says it in a sentence, `missing` which input would tell more."""

CLUSTERS = pl.Schema(
    {
        "person_id": pl.String,
        "person": pl.String,
        "target_id": pl.String,
        "user_name": pl.String,
        "mail": pl.String,
        "external_id": pl.String,
        "active": pl.Boolean,
        "is_linked": pl.Boolean,
        "desks": pl.Int64,
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "last_login_at": INSTANT,
        "is_survivor": pl.Boolean,
        "reason": pl.String,
        "evidence": pl.String,
    }
)
"""A row a record of a person who has several: what it holds, and whether it is proposed to survive the others, and why."""

STATES = pl.Schema({"entra": pl.String, "app": pl.String, "people": pl.Int64, "healthy": pl.Int64, "first_names": pl.String})
"""A row a state in Entra and a state in the app: how many people stand there, and how many of them are in order."""

RECOVERED = pl.Schema(
    {
        "person": pl.String,
        "target_id": pl.String,
        "corrupted": pl.String,
        "clean": pl.String,
        "object_id": pl.String,
        "proof": pl.String,
        "diagnosis": pl.String,
        "evidence": pl.String,
    }
)
"""A row a record's name that carries an object id in front: as it is, as it was, and how sure it is whose id that is."""

DEADLINES = pl.Schema(
    {
        "deadline_at": INSTANT,
        "act_by": INSTANT,
        "person_id": pl.String,
        "person": pl.String,
        "subject_kind": pl.String,
        "subject_id": pl.String,
        "diagnosis": pl.String,
        "action": pl.String,
        "owner": pl.String,
        "lost": pl.String,
        "finding_id": pl.String,
    }
)
"""A row a primary finding with a day on which something ends; `act_by` leaves the job its last whole cycle before, `lost` is what goes."""

INTERVALS = pl.Schema(
    {
        "person_id": pl.String,
        "target_id": pl.String,
        "kind": pl.String,
        "on_at_min": INSTANT,
        "on_at_max": INSTANT,
        "off_at_min": INSTANT,
        "off_at_max": INSTANT,
        "on_evidence": pl.String,
        "off_evidence": pl.String,
    }
)
"""A row a half-open span in which a record was active, each end a range that holds the truth.

A null minimum is "no telling how early"; a null `off_at_max` is "not seen to end". Where `on_at_max` lies after
`off_at_min`, or that is null, nothing says that it was active at all. `kind` is member, guest, service or unmanaged.
"""

SEATS = pl.Schema(
    {
        "policy": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "zone": pl.String,
        "unit": pl.String,
        "low": pl.Float64,
        "high": pl.Float64,
        "people": pl.Int64,
        "records": pl.Int64,
        "money_low": pl.Float64,
        "money_high": pl.Float64,
        "currency": pl.String,
        "reason": pl.String,
    }
)
"""A row a counting rule and a period: the count lies between `low` and `high`; `reason` says why where it is null."""

COUNTED = pl.Schema(
    {
        "person_id": pl.String,
        "kind": pl.String,
        "records": pl.Int64,
        "target_ids": pl.String,
        "first_day": pl.Date,
        "last_day": pl.Date,
        "days_low": pl.Int64,
        "days_high": pl.Int64,
        "last_low": pl.Int64,
        "last_high": pl.Int64,
        "busiest_low": pl.Int64,
        "busiest_high": pl.Int64,
        "any_low": pl.Int64,
        "any_high": pl.Int64,
        "on_evidence": pl.String,
        "off_evidence": pl.String,
    }
)
"""A row a person who held a seat in a period: the days, and whether at its last instant, on its busiest day and at any time (0 or 1).

Each is a range, and the sum of each over all people is what the rule of that name counts.
"""

KINDS = pl.Schema(
    {
        "kind": pl.String,
        "people": pl.Int64,
        "records": pl.Int64,
        "days_low": pl.Int64,
        "days_high": pl.Int64,
        "first_names": pl.String,
        "reasons": pl.String,
    }
)
"""A row a kind of account: how many people and seat-days; service accounts are not counted, and `reasons` say why each is one."""

MONTHS = pl.Schema(
    {
        "period_start": pl.Date,
        "period_end": pl.Date,
        "snapshot_end": pl.String,
        "user_days_prorated": pl.String,
        "peak_daily": pl.String,
        "any_active_full": pl.String,
        "snapshot_end_low": pl.Float64,
        "snapshot_end_high": pl.Float64,
        "user_days_prorated_low": pl.Float64,
        "user_days_prorated_high": pl.Float64,
        "peak_daily_low": pl.Float64,
        "peak_daily_high": pl.Float64,
        "any_active_full_low": pl.Float64,
        "any_active_full_high": pl.Float64,
    }
)
"""A row a month, a column a counting rule: the count in words, and as two numbers between which it lies."""

SEAT_DAYS = pl.Schema(
    {
        "person_id": pl.String,
        "target_id": pl.String,
        "day": pl.Date,
        "is_certain": pl.Boolean,
        "on_evidence": pl.String,
        "off_evidence": pl.String,
    }
)
"""A row a record and a day on which it was active, or may have been: which event opened the seat, and which closed it."""

BILLED = pl.Schema(
    {
        "person_id": pl.String,
        "address": pl.String,
        "target_ids": pl.String,
        "policy": pl.String,
        "billed": pl.Float64,
        "counted_low": pl.Float64,
        "counted_high": pl.Float64,
        "difference": pl.Float64,
        "why": pl.String,
        "first_day": pl.Date,
        "last_day": pl.Date,
        "on_evidence": pl.String,
        "off_evidence": pl.String,
    }
)
"""A row a person who was billed, or counted by the rule `policy`, or both.

`difference` is what was billed above what may be counted at the most, or below what is counted at the least; 0 between the two. `why` is
agreed, open (the exports do not say more), not_known, not_active, doubled, excluded, too_much or not_billed.
"""

BILLS = pl.Schema(
    {
        "policy": pl.String,
        "unit": pl.String,
        "billed": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "difference": pl.Float64,
        "fits": pl.Boolean,
    }
)
"""A row a rule the vendor may have counted by, beside what was billed; "records" is every record that was active at any time."""

LEAKS = pl.Schema(
    {
        "person_id": pl.String,
        "why": pl.String,
        "first_day": pl.Date,
        "last_day": pl.Date,
        "days_low": pl.Int64,
        "days_high": pl.Int64,
        "money_low": pl.Float64,
        "money_high": pl.Float64,
        "currency": pl.String,
        "records": pl.String,
        "evidence": pl.String,
        "off_evidence": pl.String,
    }
)
"""A row a person and a reason for which days of a seat were needless.

`why` is deleted, disabled, unassigned, unsaid (Entra sent the person as inactive, nothing says why) or doubled (a second
record was active as well). `evidence` says how that is known, `off_evidence` how the seat is known to have ended, if it has.
"""

LATE = pl.Schema(
    {
        "boundary_on": pl.Date,
        "person_id": pl.String,
        "target_id": pl.String,
        "why": pl.String,
        "changed_at_min": INSTANT,
        "changed_at_max": INSTANT,
        "off_at": INSTANT,
        "minutes": pl.Int64,
        "is_certain": pl.Boolean,
        "evidence": pl.String,
        "off_evidence": pl.String,
    }
)
"""A row a seat that went on into the day `boundary_on`, since the change in Entra arrived in the app after that had begun.

The change came between `changed_at_min` and `changed_at_max`, before the boundary where `is_certain`; it took `minutes` at the least.
"""

WHAT_IF = pl.Schema(
    {
        "way": pl.String,
        "policy": pl.String,
        "people": pl.Int64,
        "attempts_low": pl.Int64,
        "attempts_high": pl.Int64,
        "seats_low": pl.Float64,
        "seats_high": pl.Float64,
        "periods": pl.Int64,
        "money_low": pl.Float64,
        "money_high": pl.Float64,
        "currency": pl.String,
        "prose": pl.String,
    }
)
"""A row a way in which those who were away might have left: what Entra would have tried in vain, and what would have been paid for.

`seats` are those of the counting rule `policy`, summed over so many `periods`; `people` were away, by any way.
"""

STEPS = pl.Schema(
    {
        "person_id": pl.String,
        "person": pl.String,
        "situation": pl.String,
        "runbook": pl.String,
        "step": pl.Int64,
        "title": pl.String,
        "owner": pl.String,
        "portal": pl.String,
        "request": pl.String,
        "holds": pl.String,
        "verify": pl.String,
        "undo": pl.String,
        "reversible": pl.Boolean,
        "deadline_at": INSTANT,
        "people": pl.Int64,
    }
)
"""A row a step for a person: who does it, where, what must hold before, what is seen after, how it is undone.

`people` is how many it serves: 1, but for what fails for a whole job, which is told once, `person_id` naming the job.
"""

DECISIONS = pl.Schema(
    {
        "what": pl.String,
        "people": pl.Int64,
        "first_names": pl.String,
        "by": INSTANT,
        "owner": pl.String,
        "cost": pl.String,
        "runbook": pl.String,
        "situation": pl.String,
        "person_ids": pl.String,
    }
)
"""A row a thing to decide: for how many, by when, who has a part in it, and what it costs to wait.

`first_names` and `person_ids` name the same people in the same order, the first three and all, with "; " between two.
"""

PLAN_BASIS = pl.Schema({"parameter": pl.String, "value": pl.String, "origin": pl.String})
"""A row a thing that the plan of a season rests on; a null value is not known."""

SEASONS = pl.Schema(
    {"name": pl.String, "first_day": pl.Date, "last_day": pl.Date, "state": pl.String, "is_whole": pl.Boolean, "origin": pl.String}
)
"""A row a season: `state` is past, running, next or later; `is_whole` where it began within the log and has ended."""

RETURNS = pl.Schema(
    {
        "person_id": pl.String,
        "person": pl.String,
        "season": pl.String,
        "left_at": INSTANT,
        "back_at": INSTANT,
        "tried_at": INSTANT,
        "days_away": pl.Int64,
        "how": pl.String,
        "target_id": pl.String,
        "account_before": pl.String,
        "account_after": pl.String,
    }
)
"""A row a return of a person who had been away for three weeks or more, or an account of theirs that the app refused since `tried_at`.

`how` is same_account, same_record (the account is not known), new_account (taken up by the old record), new_record or refused.
"""

DUE = pl.Schema(
    {
        "person_id": pl.String,
        "person": pl.String,
        "what": pl.String,
        "on_min": pl.Date,
        "on_max": pl.Date,
        "is_overdue": pl.Boolean,
        "is_refused": pl.Boolean,
        "wave": pl.Int64,
        "account": pl.String,
        "is_active": pl.Boolean,
        "intent": pl.String,
        "source": pl.String,
        "says": pl.String,
        "object_id": pl.String,
        "target_id": pl.String,
    }
)
"""A row a person who is due to leave or to return (`what`): on a day, or about the days of earlier seasons.

`account` is enabled, disabled, deleted or not listed; `source` is roster, entra or earlier_seasons.
"""

FORECAST = pl.Schema(
    {
        "policy": pl.String,
        "season": pl.String,
        "first_day": pl.Date,
        "last_day": pl.Date,
        "seasons_before": pl.Int64,
        "expected_low": pl.Float64,
        "expected_high": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "verdict": pl.String,
    }
)
"""A row a counting rule and a season: what the seasons before led to expect, and what was counted; null for the next."""

WAVES = pl.Schema(
    {
        "wave": pl.Int64,
        "day": pl.Date,
        "act_by": INSTANT,
        "people": pl.Int64,
        "first_names": pl.String,
        "person_ids": pl.String,
        "threshold": pl.Int64,
        "holds": pl.String,
        "verify": pl.String,
    }
)
"""A row a wave of accounts to disable together: no more than `threshold`, which is null where it is not known."""

KEEP = pl.Schema(
    {
        "object_id": pl.String,
        "address": pl.String,
        "intent": pl.String,
        "leaves_on": pl.Date,
        "returns_on": pl.Date,
        "person": pl.String,
        "target_id": pl.String,
        "employee_id": pl.String,
        "account": pl.String,
        "is_active": pl.Boolean,
        "is_refused": pl.Boolean,
        "times_returned": pl.Int64,
        "last_left_on": pl.Date,
        "last_back_on": pl.Date,
        "wave": pl.Int64,
        "person_id": pl.String,
    }
)
"""A row a person who comes and goes, by the id to meet them by next year; the first columns are those of roster.csv."""

DESKS_TO_NOTE = pl.Schema(
    {
        "wave": pl.Int64,
        "person": pl.String,
        "leaves_on": pl.Date,
        "desk": pl.String,
        "kind": pl.String,
        "from_at": INSTANT,
        "until_at": INSTANT,
        "target_id": pl.String,
    }
)
"""A row a desk of somebody who is due to leave: the app cancels it when it deactivates the record."""

FRAMES: Mapping[str, pl.Schema] = {
    "events": EVENTS,
    "people": PEOPLE,
    "records": RECORDS,
    "assignments": ASSIGNMENTS,
    "audit": AUDIT,
    "activity": ACTIVITY,
    "jobs": JOBS,
    "mappings": MAPPINGS,
    "roster": ROSTER,
    "invoice": INVOICE,
    "desks": DESKS,
    "receipt": RECEIPT,
    "set_aside": SET_ASIDE,
}
"""The frames a tenant is read into, by attribute."""


@dataclass(frozen=True)
class Setting:
    """A setting in force: its value and where it came from (parameter, tenant.toml, inputs or default)."""

    value: object
    origin: str


DELETED_USERS = "Graph deleted users"
"""The form of a list of deleted users that lists nobody."""


@dataclass(frozen=True)
class Tenant:
    """A tenant as its exports show it: each frame of FRAMES (`events` lazy, absent ones empty), and its settings.

    `settings` holds, by name: tenant_id, app_id, app_name, zone, as_of, least_attempts, delete_semantics,
    deletion_threshold, terms (a table), seasons and exclude (lists of tables).
    """

    name: str
    settings: Mapping[str, Setting]
    events: pl.LazyFrame = field(default_factory=lambda: EVENTS.to_frame().lazy())
    people: pl.DataFrame = field(default_factory=PEOPLE.to_frame)
    records: pl.DataFrame = field(default_factory=RECORDS.to_frame)
    assignments: pl.DataFrame = field(default_factory=ASSIGNMENTS.to_frame)
    audit: pl.DataFrame = field(default_factory=AUDIT.to_frame)
    activity: pl.DataFrame = field(default_factory=ACTIVITY.to_frame)
    jobs: pl.DataFrame = field(default_factory=JOBS.to_frame)
    mappings: pl.DataFrame = field(default_factory=MAPPINGS.to_frame)
    roster: pl.DataFrame = field(default_factory=ROSTER.to_frame)
    invoice: pl.DataFrame = field(default_factory=INVOICE.to_frame)
    desks: pl.DataFrame = field(default_factory=DESKS.to_frame)
    receipt: pl.DataFrame = field(default_factory=RECEIPT.to_frame)
    set_aside: pl.DataFrame = field(default_factory=SET_ASIDE.to_frame)

    @property
    def as_of(self) -> datetime | None:
        """The instant the tenant is judged at; None where nothing was ever observed."""
        return self.settings["as_of"].value

    @property
    def zone(self) -> str:
        """The IANA zone whose days and clock the tenant's people live by."""
        return self.settings["zone"].value

    @property
    def has_bin(self) -> bool:
        """Whether a list of deleted users was given, be it one that lists nobody."""
        return bool(self.people["is_deleted"].any()) or DELETED_USERS in self.receipt["form"]


assert set(FRAMES) <= {each.name for each in fields(Tenant)}
