"""The invented tenant behaves as the vendor's guide and Microsoft's pages say: a test a sentence."""

from datetime import date
from itertools import pairwise

import pytest

from scimlab import simulate
from scimlab.simulate.clock import DAY, HOUR, MINUTE
from scimlab.simulate.exports import activity
from scimlab.simulate.people import Person
from scimlab.simulate.truth import corrupted_names, storms
from scimlab.simulate.world import Rules, World

NAME = "ada.falk@strandhof.example"


def lived(*acts, cadence="backoff", sends_delete=True, semantics="hard", months=4):
    """A world that has run, in which one person lives these acts: (hours after the start, what happens), in order."""
    world = World(1, Rules("Maptician", "strandhof.example", "UTC", date(2026, 1, 1), months, cadence, sends_delete, semantics))
    ada = Person("Ada", "Falk", NAME, NAME, "Kitchen", "Lead", "10001")
    world.people = [ada]

    def story():
        for hours, act in acts:
            yield world.rules.start + hours * HOUR
            act(world, world.directory.users[ada.objects[-1]] if ada.objects else None)

    world.tell(story())
    world.run()
    return world


def hire(world, user):
    """A new object for the one person, given the app."""
    world.join(world.people[0])


def disable(world, user):
    """Sign-in blocked."""
    world.directory.set_enabled(world.now, user, False)


def enable(world, user):
    """Sign-in allowed."""
    world.directory.set_enabled(world.now, user, True)


def delete(world, user):
    """Into the recycle bin."""
    world.directory.delete(world.now, user)


def restore(world, user):
    """Out of it."""
    world.directory.restore(world.now, user)


def purge(world, user):
    """Gone for good."""
    world.directory.purge(world.now, user)


def unassign(world, user):
    """The app taken away."""
    world.leave_app(user)


def told(world):
    """(action, status) of the person's events in order, without the group's."""
    return [(each.action, each.status) for each in world.job.events if each.source.kind == "User"]


def record(world):
    """The only record of the app."""
    (found,) = world.app.records.values()
    return found


def test_no_match_creates_and_a_match_updates():
    """Without a match the record is made; with one it is adopted and updated."""
    assert told(lived((1, hire))) == [("create", "success")]

    def enter(world, user):
        world.app.enter(world.now, {"userName": NAME.upper()}, False)

    world = lived((1, enter), (2, hire))
    assert told(world) == [("update", "success")]
    assert record(world).active


def test_disabled_is_inactive_and_enabled_is_active_within_a_cycle():
    """Disable and enable reach the same record within about forty minutes, its spans are the seconds of the events."""
    world = lived((1, hire), (100, disable), (500, enable))
    made, off, on = (each.at for each in world.job.events if each.source.kind == "User")
    assert told(world) == [("create", "success"), ("disable", "success"), ("update", "success")]
    assert [(since, until) for since, until, _ in record(world).spans] == [(made, off), (on, None)]
    assert 0 <= off - world.rules.start - 100 * HOUR <= 43 * MINUTE
    assert record(world).values["userName"] == NAME


def test_disabling_keeps_the_link_and_all_data():
    """Parked and brought back, a person has the same record, link, name and history; the desk was given up, and nobody acted in the app."""
    before, after = lived((1, hire)), lived((1, hire), (100, disable), (500, enable))
    (link,) = {each for object_id, each in after.job.links.items() if object_id in after.directory.users}
    assert (record(after).target_id, record(after).values, record(after).created_at) == (
        link,
        record(before).values,
        record(before).created_at,
    )
    assert [until is None for _, _, until in record(before).desks] == [True]
    assert [until for _, _, until in record(after).desks] == [record(after).spans[0][1]]
    assert {each.administrator for each in after.job.events} == {""}


def test_after_enabling_there_is_a_short_delay():
    """Between enabling and the next cycle the person is not active yet, for less than a cycle, without anybody's doing."""
    world = lived((1, hire), (100, disable), (500, enable))
    (_, off, _), (on, _, _) = record(world).spans
    assert off < world.rules.start + 500 * HOUR < on < world.rules.start + 500 * HOUR + 43 * MINUTE


@pytest.mark.parametrize(("acts", "billed"), [(((1, hire),), 1), (((1, hire), (100, disable)), 0)])
def test_whoever_is_parked_costs_nothing(acts, billed):
    """A deactivated user does not count for billing: the vendor's invoice for the last month lists nobody who was away all month."""
    header, *lines = activity.invoice_rows(lived(*acts))
    assert len(lines) == billed


def test_for_thirty_days_the_way_back_is_open():
    """A soft-deleted user keeps its link and can be restored; once purged the link is severed, and nobody can restore it."""
    world = lived((1, hire), (100, delete), (100 + 29 * 24, restore))
    assert (record(world).active, len(world.job.links)) == (True, 2)  # the group's link is the other one
    gone = lived((1, hire), (100, delete), (100 + 31 * 24, purge))
    (user,) = gone.directory.users.values()
    assert user.object_id not in gone.job.links
    with pytest.raises(ValueError, match="purged"):
        gone.directory.restore(gone.now, user)


def test_stories_purge_some_time_after_the_thirtieth_day():
    """Nobody who is left in the recycle bin is purged before the thirty days are over, and everybody soon after; some by hand."""
    world = simulate.tenant(seed=3, people=210)
    days = {each.person.story: (each.purged_at - each.deleted_at) / DAY for each in world.directory.users.values() if each.purged_at}
    assert days.pop("purged_by_hand") < 5
    assert 30 <= min(days.values()) <= max(days.values()) < 32


def test_soft_delete_writes_the_object_id_before_the_name():
    """Deleting sends active=false and the renamed userName in one change; restoring heals both."""
    world = lived((1, hire), (100, delete))
    deleted = world.job.events[-1]
    user = next(iter(world.directory.users.values()))
    assert (deleted.action, [name for name, _, _ in deleted.modified]) == ("disable", ["userName", "active"])
    assert [*corrupted_names(world)] == [(user.object_id.replace("-", "") + NAME, user.object_id, NAME)]
    healed = lived((1, hire), (100, delete), (200, restore))
    assert (record(healed).values["userName"], record(healed).active) == (NAME, True)


def test_a_leaver_is_deleted_after_the_purge():
    """With the Delete action on, the purge deletes the record; with it off, nothing is sent and the record stays."""
    acts = ((1, hire), (100, delete), (100 + 31 * 24, purge))
    assert told(lived(*acts)) == [("create", "success"), ("disable", "success"), ("delete", "success")]
    kept = lived(*acts, sends_delete=False)
    assert told(kept) == [("create", "success"), ("disable", "success")]
    assert not record(kept).active


def test_a_corrupted_name_is_never_seen_at_work():
    """Presence finds its occupant by the name people sign in with: a record that still carries the object id in front is not found."""

    def double(world, user):
        world.app.enter(world.now, {"userName": NAME}, False)

    def sign_in(world, user):
        world.sign_ins.append((world.now, user, user.upn))

    fine = lived((1, hire), (100, sign_in))
    spoilt = lived((1, hire), (100, delete), (101, double), (102, restore), (200, sign_in))
    assert [name for _, name, _ in activity.presence_rows(fine)][1:] == [NAME]
    assert [name for _, name, _ in activity.presence_rows(spoilt)][1:] == []


def test_reassigned_the_same_object_finds_its_record():
    """Given the app again, the same object reactivates the same record: the link was kept."""

    def assign(world, user):
        world.directory.assign(world.now, world.job.connection.app_id, user.object_id)

    world = lived((1, hire), (100, unassign), (200, assign))
    assert [each for each in told(world) if each[1] == "success"] == [("create", "success"), ("disable", "success"), ("update", "success")]
    assert record(world).active


def test_unassigned_means_unmanaged():
    """Taking the app away disables once; what is deleted afterwards is never told to the app."""
    world = lived((1, hire), (100, unassign), (200, delete), (200 + 31 * 24, purge))
    assert [each for each in told(world) if each[1] == "success"] == [("create", "success"), ("disable", "success")]
    assert record(world).values["userName"] == NAME


@pytest.mark.parametrize("semantics", ["soft_reserves_email", "soft_frees_email"])
def test_a_deleted_record_may_keep_its_address(semantics):
    """An app that archives on DELETE refuses the return where it reserves the address, and takes it where it does not."""
    world = lived((1, hire), (100, delete), (840, purge), (1000, hire), semantics=semantics, months=2)
    assert told(world)[3] == ("create", "failure" if semantics == "soft_reserves_email" else "success")


def test_hired_again_after_the_purge_is_refused_on_and_on():
    """No match under the clean name, and yet a conflict: by back-off thirty-one attempts in twenty-eight days, then silence."""
    world = lived((1, hire), (100, delete), (840, purge), (1000, hire), sends_delete=False)
    (storm,) = storms(world)
    failures = [each for each in world.job.events if each.status == "failure"]
    gaps = [(after.at - before.at) / HOUR for before, after in pairwise(failures)]
    assert (storm[2], storm[5], storm[6]) == ("create", 31, "duplicate_conflict")
    assert [round(each) for each in gaps[:3]] == [6, 6, 12]
    assert all(23 < each < 25 for each in gaps[3:])
    assert [each.retry.count for each in failures] == [*range(31)]
    assert failures[-1].at - failures[0].at < 28 * DAY + HOUR


def test_every_cycle_means_about_a_thousand_attempts():
    """Cycles come about every forty minutes; retried in each, the same twenty-eight days hold about a thousand attempts."""
    world = lived((1, hire), (100, delete), (840, purge), (1000, hire), sends_delete=False, cadence="each_cycle")
    (storm,) = storms(world)
    failures = [each for each in world.job.events if each.status == "failure"]
    assert 950 < storm[5] < 1010
    assert all(38 * MINUTE <= after.at - before.at <= 43 * MINUTE for before, after in pairwise(failures))


def test_the_vendor_repairs_the_name_and_the_storm_ends():
    """Once the clean name stands in the record, the next attempt finds it and updates it."""

    def repair(world, user):
        world.app.rename(world.now, record(world), {"userName": NAME})

    world = lived((1, hire), (100, delete), (840, purge), (1000, hire), (1100, repair), sends_delete=False)
    assert told(world)[-1] == ("update", "success")
    assert (record(world).values["externalId"], record(world).active) == (world.people[0].objects[1], True)
    assert [run.ended_at for run in world.job.ended] == [world.job.events[-1].at]


def test_the_app_changed_by_hand_is_not_noticed():
    """Entra is not aware of what is done in the app, until the object changes next."""

    def switch_off(world, user):
        world.app.switch(world.now, record(world), False)

    def retitle(world, user):
        world.directory.update(world.now, user, title="Chef")

    assert told(lived((1, hire), (100, switch_off))) == [("create", "success")]
    noticed = lived((1, hire), (100, switch_off), (200, retitle))
    assert [name for name, _, _ in noticed.job.events[-1].modified] == ["title", "active"]


def test_deleted_in_the_app_by_hand_the_link_leads_nowhere():
    """While somebody is still assigned, deleting the record by hand makes the next change fail: what the link leads to is gone."""

    def remove(world, user):
        world.app.remove(world.now, record(world))

    def retitle(world, user):
        world.directory.update(world.now, user, title="Chef")

    world = lived((1, hire), (100, remove), (200, retitle), months=2)
    assert told(world)[:2] == [("create", "success"), ("update", "failure")]
    assert {each.refusal.code for each in world.job.events if each.refusal} == {"InvalidAnchor"}
    assert world.app.records == {}


def test_out_of_scope_may_stay_active():
    """With SkipOutOfScopeDeletions, taking the app away sends nothing, and the record stays active."""

    def hire_and_switch(world, user):
        world.job.skips_out_of_scope = True
        hire(world, user)

    world = lived((1, hire_and_switch), (100, unassign), (200, delete))
    assert [each for each in told(world) if each[1] == "success"] == [("create", "success")]
    assert record(world).active


def test_without_the_update_action_nobody_is_disabled():
    """The Update action switched off, a disabled user stays active in the app, and no event says so."""

    def hire_and_switch(world, user):
        world.job.sends_update = False
        hire(world, user)

    world = lived((1, hire_and_switch), (100, disable))
    assert told(world) == [("create", "success")]
    assert record(world).active


def test_an_app_that_hides_inactive_users_refuses_their_return():
    """Whom the filter does not return is created again, and refused for the address."""

    def hide(world, user):
        world.app.hides_inactive = True

    world = lived((1, hire), (100, unassign), (200, delete), (1000, purge), (1100, hide), (1200, hire), months=2)
    assert told(world)[-1] == ("create", "failure")


def test_a_dynamic_group_may_take_the_app_away():
    """A rule that asks for enabled accounts drops whoever is disabled: one disable, and the record is no longer managed."""

    def hire_by_rule(world, user):
        world.staff.only_enabled = True
        user = world.join(world.people[0], assigned=False)
        world.directory.set_member(world.now, world.staff, user, True)

    world = lived((1, hire_by_rule), (100, disable), (200, enable))
    assert [each for each in told(world) if each[1] == "success"] == [("create", "success"), ("disable", "success")]
    assert world.staff.members == set()
