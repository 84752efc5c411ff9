"""Pages and windows: what a page must be, and which of its rows were asked for."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from scimlab.collect.asked import AUDITS, PROVISIONING, USERS
from scimlab.collect.pages import graph_page, scim_page
from scimlab.collect.windows import OVERLAP, Window, following
from scimlab.live.answers import Damaged

MAY = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC))
MONTH = timedelta(days=30)


def log(*rows: tuple[str, str], **more: object) -> bytes:
    """A page of a log: an id and an instant a row."""
    return msgspec.json.encode({"value": [{"id": name, "activityDateTime": at} for name, at in rows], **more})


def test_a_window_is_cut_again_where_it_was_asked_for():
    """The first second belongs to a window, its end does not, and a fraction of a second counts."""
    page = graph_page(
        log(
            ("before", "2026-04-30T23:59:59.9Z"),  # gt the second before lets it through
            ("first", "2026-05-01T00:00:00Z"),
            ("zoned", "2026-05-02T01:59:59+02:00"),  # a second before the end, in another zone
            ("ticks", "2026-05-01T07:58:01.1200000Z"),  # seven digits, as audits have them
            ("end", "2026-05-02T00:00:00Z"),  # le lets it through
        ),
        at="activityDateTime",
        window=MAY,
    )
    assert (page.ids, page.outside) == (["first", "zoned", "ticks"], 2)
    assert [each["id"] for each in msgspec.json.decode(page.body)["value"]] == ["first", "zoned", "ticks"]


def test_a_page_within_its_window_is_kept_byte_for_byte():
    """What came is evidence: nothing is spelled anew unless rows are left out."""
    body = b'{ "value" : [ {"id":"a", "activityDateTime":"2026-05-01T12:00:00Z", "odd": 1.0} ] }'
    assert graph_page(body, at="activityDateTime", window=MAY).body is body


def test_rows_left_out_leave_the_rest_of_the_page_alone():
    """The link to the next page, and numbers as they were spelled, stay."""
    body = log(("out", "2026-01-01T00:00:00Z"), **{"@odata.nextLink": "https://x.example/next"})
    assert graph_page(body, at="activityDateTime", window=MAY).body == b'{"value":[],"@odata.nextLink":"https://x.example/next"}'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"value":[{"id":"a"},{"id":"Sync_cut"{"error":{"code":"BadRequest"}}', id="spliced"),
        pytest.param(b'{"value":[{"id":"a","error":{"code":"BadRequest"}}]}', id="error-in-a-row"),
        pytest.param(b'{"value":[],"error":{"code":"BadRequest"}}', id="error-behind-the-rows"),
        pytest.param(b'{"value":[{"id":"a"}', id="torn"),
        pytest.param(b'{"value":[{"displayName":"nobody"}]}', id="no-id"),
        pytest.param(b'{"error":{"code":"BadRequest"}}', id="no-rows"),
        pytest.param(b"<html>Sign in</html>", id="html"),
        pytest.param(b"\xff\xfe", id="no-utf-8"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_page_that_cannot_be_what_was_asked_for_is_damaged(body):
    """A status of 200 is no proof."""
    with pytest.raises(Damaged):
        graph_page(body)


@pytest.mark.parametrize("at", ["2026-05-01T00:00:00", "yesterday", None])
def test_a_record_without_an_instant_is_damaged(at):
    """Whoever cannot be placed in time cannot be said to lie in the window."""
    with pytest.raises(Damaged):
        graph_page(log(("a", at)), at="activityDateTime", window=MAY)


def test_a_list_of_users_says_how_many_there_are():
    """SCIM counts them; without a count there is no telling when all have come."""
    assert scim_page(b'{"totalResults":3,"Resources":[{"id":"7"}]}').promised == 3
    assert scim_page(b'{"totalResults":0}').ids == []
    with pytest.raises(Damaged):
        scim_page(b'{"Resources":[{"id":"7"}]}')


def test_each_log_is_asked_in_the_words_it_knows():
    """gt and lt for provisioning, which knows no ge; ge and le for audits, which know no gt."""
    assert "activityDateTime%20gt%202026-04-30T23:59:59Z%20and" in PROVISIONING.url(base="https://x", window=MAY)
    assert "activityDateTime%20ge%202026-05-01T00:00:00Z%20and" in AUDITS.url(base="https://x", window=MAY)


def test_a_property_that_may_not_be_read_is_not_asked_for():
    """The rest of the users still comes."""
    url = USERS.url(base="https://x", without=frozenset({"signInActivity"}))
    assert "employeeLeaveDateTime" in url and "accountEnabled" in url and "signInActivity" not in url


def test_windows_overlap():
    """The next window reaches back into the last one, whatever order they are told in, as records come up to two hours late."""
    days = [Window(MAY.start + timedelta(days=day), MAY.stop + timedelta(days=day)) for day in (1, 0)]
    window, lost = following(days, MAY.stop + timedelta(days=2), remembers=MONTH)
    assert window == (days[0].stop - OVERLAP, MAY.stop + timedelta(days=2))
    assert lost is None


def test_what_nobody_remembers_is_said():
    """After forty days the ten that Entra has forgotten are lost, and named."""
    window, lost = following([MAY], MAY.stop + timedelta(days=40), remembers=MONTH)
    assert window.start == MAY.stop + timedelta(days=10)
    assert lost == (MAY.stop, MAY.stop + timedelta(days=10))


def test_a_clock_that_went_back_asks_for_nothing_backwards():
    """A window never ends before it begins."""
    window, lost = following([MAY], MAY.start, remembers=MONTH)
    assert window.start < window.stop == MAY.start and lost is None
