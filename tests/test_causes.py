"""What the text of a failure says, and which cause that is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimlab import causes

SHARED = Path(__file__).parents[1].parent / "shared"
SAYS_NOTHING = (
    "Processing of the HTTP request resulted in an exception. "
    "Please see the HTTP response returned by the 'Response' property of this exception for details."
)
RETRY = "This operation was retried 4 times. It will be retried again after this date: 2026-05-04T06:30:00.1234567Z UTC"


def answered(word: str, body: str, *, retry: str = RETRY) -> str:
    """A reason as the provisioning service writes it around what an app answered."""
    return f"StatusCode: {word}\r\nMessage: {SAYS_NOTHING}\r\nWeb Response: \r\n{body}. {retry}"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param(answered("BadRequest", '{"status":"409"}'), 409, id="the body's number as text goes before the word"),
        pytest.param(answered("BadRequest", '{"status":409}'), 409, id="the body's number"),
        pytest.param(answered("BadRequest", '{"status":"Conflict"}'), 409, id="the body's word"),
        pytest.param(answered("BadRequest", '{"status":"broken"}'), 400, id="a status that is none falls back to the word"),
        pytest.param(answered("BadRequest", '{"status":true}'), 400, id="true is not the number 1"),
        pytest.param(answered("502", ""), 502, id="a number instead of the word"),
        pytest.param(answered("RequestUriTooLong", ""), 414, id="a word of .NET"),
        pytest.param("Message: Acme returned the HTTP status code 423. Try later.", 423, id="prose"),
        pytest.param("Web Response: StatusCode: Conflict", None, id="what the app says is not Entra's status line"),
        pytest.param(answered("OK", '{"schemas":["a"],"status":"422","detail":"cut of'), 422, id="a body cut off"),
    ],
)
def test_http_status(reason, expected):
    """The status is the body's, else the status line's, else the prose's."""
    assert causes.decode(None, reason).http_status == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param('{"detail":"Name is taken","status":409}', "Name is taken", id="json"),
        pytest.param(
            '{"detail":{"Operations":{"op":["no \\"add\\""]}}}', '{"Operations":{"op":["no \\"add\\""]}}', id="an object kept as JSON"
        ),
        pytest.param('{"detail":"{\\"Operations\\":[1]}"}', '{"Operations":[1]}', id="JSON in a string"),
        pytest.param('"{\\"detail\\":\\"{\\\\\\"message\\\\\\":\\\\\\"deep\\\\\\"}\\"}"', "deep", id="three levels"),
        pytest.param('{"Errors":[{"description":"older SCIM","code":404}]}', "older SCIM", id="the errors list of SCIM 1.1"),
        pytest.param('{"schemas":["x"],"status":"409"}', None, id="a status alone says no more"),
        pytest.param('{"schemas":["x"],"detail":"cut in the mid', "cut in the mid", id="cut off"),
        pytest.param("Come back later.", "Come back later.", id="plain text keeps its own dot"),
        pytest.param("<html><style>p{}</style><p>Sign&nbsp;in <b>first</b></p></html>", "Sign in first", id="a web page"),
        pytest.param("", None, id="nothing"),
        pytest.param('{"detail":"half \\ud800 of a letter"}', "half ? of a letter", id="half a surrogate pair cannot be stored"),
    ],
)
def test_detail(body, expected):
    """The detail is what the app said, unwrapped, without the sentence that Entra puts behind it."""
    found = causes.decode("Whatever", answered("BadRequest", body))
    assert found.detail == expected
    assert found.retry_count == 4


def test_detail_without_an_answer():
    """Where Entra quotes no answer, its own message is the detail, unless it is the one that says nothing."""
    assert causes.decode(None, "StatusCode: Conflict\nMessage: Acme refused.").detail == "Acme refused."
    assert causes.decode(None, f"StatusCode: Conflict\nMessage: {SAYS_NOTHING}").detail is None


@pytest.mark.parametrize(
    ("sentence", "count", "at"),
    [
        pytest.param(RETRY, 4, datetime(2026, 5, 4, 6, 30, 0, 123456, UTC), id="seven digits cut, not rounded"),
        pytest.param(RETRY.replace("4 times", "zero times"), 0, datetime(2026, 5, 4, 6, 30, 0, 123456, UTC), id="zero as a word"),
        pytest.param("This operation was retried 1 time.", 1, None, id="no date"),
        pytest.param(
            "This operation was retried 7 times. It will be retried again after this date: 5/4/2026 1:02:03 PM UTC",
            7,
            datetime(2026, 5, 4, 13, 2, 3, tzinfo=UTC),
            id="the service's US spelling",
        ),
        pytest.param(
            "This operation was retried 7 times. It will be retried again after this date: 2026-05-04T06:30:00+02:00 UTC",
            7,
            datetime(2026, 5, 4, 4, 30, tzinfo=UTC),
            id="an offset is heeded",
        ),
        pytest.param(
            "This operation was retried 7 times. It will be retried again after this date: soon-ish UTC", 7, None, id="no date at all"
        ),
        pytest.param("This operation was retried 99999999999 times.", None, None, id="a count no column holds"),
        pytest.param("", None, None, id="no such sentence"),
    ],
)
def test_retry(sentence, count, at):
    """The retry count and the next attempt are read from Entra's own sentence."""
    found = causes.decode("EntryConflict", answered("Conflict", '{"detail":"x"}', retry=sentence))
    assert (found.retry_count, found.next_retry_at, found.detail) == (count, at, "x")


def test_retry_said_by_the_app():
    """An app that quotes the retry sentence neither sets the count nor loses its words."""
    quoted = "This operation was retried 99 times. OK"
    found = causes.decode("EntryConflict", answered("Conflict", json.dumps({"detail": quoted})))
    assert (found.retry_count, found.detail) == (4, quoted)


def test_retry_before_the_answer():
    """Details joined behind the retry sentence are read as if they stood before it."""
    found = causes.decode("X", f'Message: no.\r\n{RETRY}\r\nWeb Response: \n{{"status":"409","detail":"taken"}}')
    assert (found.http_status, found.detail, found.retry_count) == (409, "taken", 4)


SERVICE = "SystemForCrossDomainIdentityManagement"


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (SERVICE + "ServiceIncompatibleFiltering", answered("Conflict", '{"scimType":"uniqueness","status":"409"}'), "duplicate_conflict"),
        (SERVICE + "ServiceIncompatible", answered("BadRequest", '{"scimType":"Uniqueness"}'), "duplicate_conflict"),
        ("X", answered("Conflict", "no scimType, no JSON"), "duplicate_conflict"),
        ("X", answered("InternalServerError", '{"detail":"duplicate key value violates unique constraint"}'), "duplicate_conflict"),
        ("X", answered("Conflict", '{"scimType":"mutability","detail":"externalId cannot change"}'), "attribute_value_rejected"),
        ("X", answered("Forbidden", '{"detail":"Cannot deactivate the last owner"}'), "target_refused_state_change"),
        ("X", answered("Forbidden", '{"detail":"You may not modify the status of an administrator"}'), "target_refused_state_change"),
        ("X", answered("Forbidden", '{"detail":"Missing scope"}'), "not_authorised"),
        ("X", answered("Forbidden", "<html>Sign in</html>"), "blocked_before_scim"),
        ("X", answered("Redirect", ""), "blocked_before_scim"),
        ("X", answered("OK", "<html>Welcome</html>"), "unparseable_target_response"),
        ("X", answered("BadRequest", '{"scimType":"invalidPath"}'), "patch_shape_rejected"),
        ("X", answered("BadRequest", '{"detail":{"op":["\\"add\\" is not a valid choice"]}}'), "patch_shape_rejected"),
        ("X", answered("BadRequest", '{"scimType":"invalidValue"}'), "attribute_value_rejected"),
        ("X", answered("BadRequest", '{"detail":"familyName is required"}'), "missing_value"),
        ("X", answered("BadRequest", '{"detail":"we do not like it"}'), "attribute_value_rejected"),
        (SERVICE + "ServiceIncompatible", answered("BadRequest", ""), "unparseable_target_response"),
        ("X", answered("TooManyRequests", ""), "throttled"),
        ("X", answered("ServiceUnavailable", "<html>502</html>"), "target_unavailable"),
        ("X", answered("NotFound", '{"detail":"Resource 17 not found"}'), "stale_link"),
        ("X", answered("PaymentRequired", ""), "license_limit"),
        ("X", answered("NotImplemented", ""), "operation_unsupported"),
        ("X", "Unable to resolve the reference 'manager'.", "reference_unresolved"),
        ("ContosoEntryConflict", None, "duplicate_conflict"),
        ("SomeAppInvalidCredentials", "", "not_authorised"),
        (SERVICE + "MultipleEntriesInResponse", "", "duplicate_target"),
        ("InvalidAnchor", "The linked object is gone.", "stale_link"),
        ("DuplicateSourceEntries", "", "duplicate_source"),
        ("InternalServerError", "", "target_unavailable"),
        ("InternalError", "", "service_fault"),
        ("entryconflict", "", "unknown"),
        ("NobodyKnowsThis", "Something went wrong.", "unknown"),
        (None, "Something went wrong.", "unknown"),
        ("", "  ", None),
        (None, None, None),
    ],
)
def test_cause(code, reason, cause):
    """The cause is what the answer says; the code is asked only where the answer is silent."""
    assert causes.decode(code, reason).cause == cause


def test_every_documented_code_has_a_cause():
    """No code of Microsoft's list is unknown, bare, under the service's prefix, or under an app's."""
    documented = """Conflict EntryConflict TooManyRequests InternalServerError InsufficientRights MethodNotAllowed NotPermitted Unauthorized
        UnprocessableEntity WebExceptionProtocolError InvalidAnchor NotImplemented MandatoryFieldsMissing MissingValues
        SchemaAttributeNotFound InternalError InvalidDomain Timeout LicenseLimitExceeded DuplicateTargetEntries DuplicateSourceEntries
        ImportSkipped EntrySynchronizationSkipped SchemaPropertyCanOnlyAcceptValue"""
    for code in documented.split():
        assert {causes.decode(prefix + code, "").cause for prefix in ("", SERVICE, "Acme")} == {causes.CODES[code]}


def test_table_explains_every_cause():
    """Each cause that an answer or a code can lead to is explained, in whole sentences, with somebody who can act."""
    rows = causes.TABLE.rows(named=True)
    assert {rule["cause"] for rule in causes.RULES["answer"]} | set(causes.CODES.values()) | {"unknown"} == {row["cause"] for row in rows}
    assert all(row["sentence"].endswith(".") and row["remedy"].endswith(".") and row["owner"] for row in rows)
    assert [row["cause"] for row in rows if row["is_reference"]] == ["reference_unresolved"]


PIECES = st.sampled_from(
    ["StatusCode: ", "Web Response:", RETRY, '{"detail":', '"', "{", "[", "<p", "\\ud800", "Conflict", "\r\n", "9" * 5000]
)


@given(st.none() | st.text(), st.none() | st.text() | st.lists(PIECES | st.text(), max_size=12).map("".join))
def test_any_text_is_decoded(code, reason):
    """Any two texts give a result that a table can hold."""
    found = causes.decode(code, reason)
    assert (found.cause is None) == (not (code or "").strip() and not (reason or "").strip())
    assert found.detail is None or found.detail.encode()
    assert found.next_retry_at is None or found.next_retry_at.tzinfo is UTC


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a":' * 100_000, "<" * 100_000, "<script" * 3_000, '"' * 9_999], ids=lambda body: body[:7]
)
def test_deep_and_endless_answers(body):
    """An answer built to exhaust a parser is quoted, not followed."""
    assert causes.decode("EntryConflict", answered("BadRequest", body)).http_status == 400


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not here")
def test_shared_cases():
    """The captured rows: a 409 under a filtering code, an 'add' refused, and a detail that is JSON in a string."""
    error = json.loads((SHARED / "cases/01.json").read_text())["provisioningStatusInfo"]["errorInformation"]
    found = causes.decode(error["errorCode"], error["reason"])
    assert found[:2] + found[3:] == (409, "uniqueness", 1, datetime(2026, 3, 24, 13, 23, 44, 919851, UTC), "duplicate_conflict")
    assert causes.decode(SERVICE + "ServiceIncompatible", (SHARED / "cases/03.txt").read_text()).cause == "patch_shape_rejected"
    found = causes.decode(None, (SHARED / "cases/04.txt").read_text())
    assert (found.http_status, found.retry_count) == (400, 0)
    assert json.loads(found.detail) == {"Operations": {"value": ["value must be a boolean or object"]}}
