"""What the headers of a table mean: our columns by the spellings met, and which kind of table they make.

No public source shows the headers of the portal's provisioning CSVs, and an app's export may be called
anything; so headers are compared without case and punctuation, a map of the reader's own beats the
spellings listed here, and what nothing matches is reported.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

OBJECTS, PROPERTIES = range(1, 4), range(1, 6)
"""How many objects of an act the portal's audit CSV has room for, and properties of each."""

OF_OBJECTS = {
    f"object_{n}_{ours}": f"target{n}{theirs}"
    for n in OBJECTS
    for ours, theirs in {"type": "type", "id": "objectid", "user_name": "userprincipalname"}.items()
} | {
    f"object_{n}_property_{m}{ours}": f"target{n}modifiedproperty{m}{theirs}"
    for n in OBJECTS
    for m in PROPERTIES
    for ours, theirs in {"": "name", "_old": "oldvalue", "_new": "newvalue"}.items()
}
ALIASES: Mapping[str, Mapping[str, str]] = {
    "events": {
        "event_id": "id logid eventid",
        "at": "activitydatetime date dateutc datetime timegenerated timegeneratedutc time timestamp",
        "tenant_id": "tenantid",
        "job_id": "jobid",
        "cycle_id": "cycleid",
        "change_id": "changeid",
        "app_id": "serviceprincipalid applicationid appid",
        "app_name": "application serviceprincipaldisplayname serviceprincipalname serviceprincipal appname",
        "action": "provisioningaction action",
        "status": "status provisioningstatusinfostatus provisioningstatus result resulttype",
        "object_type": "sourceidentitytype identitytype objecttype sourcetype",
        "source_id": "sourceid sourceidentityid sourceobjectid",
        "source_name": "sourceidentity sourceidentitydisplayname identity displayname sourcename",
        "source_user_name": "sourceuserprincipalname userprincipalname sourceidentityuserprincipalname",
        "target_id": "targetid targetidentityid targetobjectid",
        "target_name": "targetidentity targetidentitydisplayname targetname",
        "target_system": "targetsystem targetsystemdisplayname targetsystemname",
        "error_code": "errorcode statuserrorcode provisioningstatusinfoerrorinformationerrorcode",
        "reason": "reason statusreason resultdescription errorreason provisioningstatusinfoerrorinformationreason",
        "initiated_by": "initiatedby initiatedbydisplayname initiator",
        "duration_ms": "durationinmilliseconds durationms duration durationmilliseconds",
    },
    "steps": {
        "change_id": "changeid",
        "step": "step stepname name provisioningstepname",
        "step_type": "type steptype provisioningsteptype",
        "step_status": "status stepstatus result",
        "description": "description stepdescription",
        "details": "details stepdetails",
    },
    "properties": {
        "change_id": "changeid",
        "property": "property propertyname displayname name attribute attributename modifiedproperty",
        "old_value": "oldvalue old",
        "new_value": "newvalue new",
    },
    "audit": {
        "at": "dateutc date activitydatetime",
        "correlation_id": "correlationid",
        "activity": "activity activitydisplayname",
        "result": "result",
        "actor_user_name": "actoruserprincipalname",
        "actor_name": "actordisplayname",
        "actor_app_name": "actorserviceprincipalname",
        "actor_id": "actorobjectid",
        "actor_app_id": "actorserviceprincipalid",
        **OF_OBJECTS,
    },
    "sign_ins": {
        "at": "dateutc date createddatetime",
        "object_id": "userid",
        "user_name": "username userprincipalname",
        "status": "status",
    },
    "people": {
        "object_id": "id objectid",
        "user_name": "userprincipalname",
        "mail": "mail",
        "display_name": "displayname",
        "enabled": "accountenabled",
        "user_type": "usertype",
        "employee_id": "employeeid",
        "employee_type": "employeetype",
        "department": "department",
        "hybrid": "directorysynced onpremisessyncenabled dirsyncenabled",
        "created_at": "createddatetime whencreated",
        "deleted_at": "deleteddatetime deletiontimestamp softdeletiontimestamp",
        "leaves_at": "employeeleavedatetime",
        "last_sign_in_at": "lastsignindatetime signinactivitylastsignindatetime lastsignin signinactivity",
        "privileged": "privileged isprivileged isadmin directoryroles assignedroles adminroles roles",
    },
    "records": {
        "target_id": "targetid userid id occupantid scimid",
        "user_name": "username login loginname userprincipalname",
        "mail": "mail email emailaddress workemail primaryemail",
        "external_id": "externalid scimexternalid",
        "display_name": "displayname name fullname",
        "given_name": "givenname firstname",
        "family_name": "familyname lastname surname",
        "active": "active isactive status state enabled",
        "employee_id": "employeeid employeenumber",
        "department": "department",
        "created_at": "createdat created createdon createddate datecreated",
        "updated_at": "updatedat updated lastmodified modifiedat lastmodifiedat",
        "deactivated_at": "deactivatedat deactivated deactivatedon disabledat",
        "last_login_at": "lastlogin lastloginat lastseen lastseenat lastactive",
    },
    "roster": {
        "object_id": "objectid id userid",
        "address": "address mail email userprincipalname username",
        "intent": "intent",
        "leaves_on": "leaveson leaves lastday",
        "returns_on": "returnson returns firstday",
    },
    "activity": {
        "target_id": "targetid occupantid occupant",
        "user_name": "username login loginname userprincipalname mail email address",
        "at": "at seen seenat presentat",
        "kind": "kind",
    },
    "desks": {
        "target_id": "targetid occupantid occupant userid",
        "desk": "desk seat deskname seatname workplace",
        "kind": "kind type",
        "from_at": "from fromat since assignedat",
        "until_at": "until untilat to",
    },
    "invoice": {
        "target_id": "targetid occupantid occupant userid",
        "address": "address mail email username login userprincipalname",
        "billed_on": "billedon billed billingdate invoicedate",
        "quantity": "quantity seats",
    },
}
"""For each kind of table, our column and the spellings of its header, case and punctuation gone."""

NEEDED: Sequence[tuple[str, Sequence[set[str]]]] = (
    ("properties", [{"change_id", "property", "new_value"}]),
    ("steps", [{"change_id", "step", "step_type"}, {"change_id", "step", "step_status", "description"}]),
    ("events", [{"at", "action", "status", "change_id"}, {"at", "action", "status", "event_id", "source_id"}]),
    ("audit", [{"at", "activity", "object_1_id"}, {"at", "activity", "object_1_user_name"}]),
    ("sign_ins", [{"at", "user_name", "status", "=requestid"}]),
    ("people", [{"object_id", "user_name", "enabled"}, {"object_id", "user_name", "user_type"}]),
    ("roster", [{"intent", "object_id"}, {"intent", "address"}]),
    ("invoice", [{"billed_on", "address"}, {"billed_on", "target_id"}]),
    ("desks", [{"target_id", "desk", "from_at"}]),
    ("activity", [{"target_id", "at"}, {"user_name", "at", "kind"}]),
    ("records", [{"target_id", "=externalid"}, {"target_id", "=active"}, {"target_id", "=isactive"}, {"target_id", "=status"}]),
    ("people", [{"object_id", "=userprincipalname"}]),
    ("records", [{"target_id", "user_name"}, {"target_id", "mail"}, {"user_name", "active"}, {"mail", "active"}]),
)
"""A table is of the first kind of which it has one of these sets of columns; behind "=" stands a header as it is met."""

LOG_ANALYTICS = {
    "log": {"timegenerated", "jobid", "changeid", "provisioningsteps"},
    "audit log": {"timegenerated", "activitydisplayname", "targetresources"},
    "sign-in log": {"timegenerated", "appdisplayname", "userprincipalname", "resulttype"},
}
"""The headers by which a table of Log Analytics is known; its columns are those of its records."""

NOT_NEEDED = {
    "people": "surname givenname jobtitle usagelocation streetaddress state country officelocation physicaldeliveryofficename city "
    "postalcode telephonenumber mobilephone mobile authenticationalternativephonenumber authenticationemail alternateemailaddress "
    "agegroup consentprovidedforminor legalagegroupclassification companyname creationtype invitationstate identityissuer",
    "events": "sourcesystem targetidentitytype",
    "audit": " ".join(
        ["service category resultreason useragent actortype ipaddress actorhometenantid actorhometenantname"]
        + [f"target{n}displayname" for n in OBJECTS]
        + [f"additionaldetail{n}key additionaldetail{n}value" for n in range(1, 7)]
    ),
}
"""Headers of the portal's exports that no question here needs."""


class Headers(NamedTuple):
    """The kind of a table, our column for each header (empty where there is none), and the headers nothing matched."""

    kind: str
    columns: list[str]
    unmatched: list[str]


def plain(header: str) -> str:
    """A header without case and punctuation; a unit in brackets, as in "TimeGenerated [UTC]", goes too.

    >>> plain(" Change ID"), plain("TimeGenerated [UTC]"), plain("Date (UTC)")
    ('changeid', 'timegenerated', 'dateutc')
    """
    return re.sub(r"[^\w]|_", "", re.sub(r"\[utc\]", "", header.casefold()))


def recognised(headers: Sequence[str], own: Mapping[str, str]) -> Headers:
    """What kind of table these headers make; `own` maps a header, as met, to our column and beats the spellings."""
    mine = {plain(header): column for header, column in own.items()}
    spelled = [plain(header) for header in headers]
    for kind, marks in LOG_ANALYTICS.items():
        if marks <= set(spelled):
            return Headers(kind, [], [])
    for kind, needs in NEEDED:
        columns = _columns(kind, spelled, mine)
        if any(need <= {*columns, *(f"={each}" for each in spelled)} for need in needs):
            passed = NOT_NEEDED.get(kind, "").split()
            met = zip(headers, columns, spelled, strict=True)
            unmatched = [header for header, name, key in met if not name and key and key not in passed]
            return Headers(kind, columns, unmatched)
    return Headers("", [""] * len(headers), list(headers))


def _columns(kind: str, spelled: Sequence[str], mine: Mapping[str, str]) -> list[str]:
    """Our column for each header, each column once: the reader's own map first, then the spellings in their order."""
    known = ALIASES[kind]
    columns = [mine[key] if mine.get(key) in known else "" for key in spelled]
    for column, spellings in known.items():
        if column in columns:
            continue
        for spelling in spellings.split():
            if spelling in spelled and not columns[at := spelled.index(spelling)] and spelling not in mine:
                columns[at] = column
                break
    return columns
