"""The Entra directory: users, groups, assignments, the recycle bin, and the audit log of what was done to them."""

from dataclasses import dataclass, field
from random import Random

from scimlab.simulate.clock import guid, iso
from scimlab.simulate.people import Person

UPDATABLE = ("upn", "mail", "given", "surname", "display_name", "department", "title", "mobile")


@dataclass(frozen=True, slots=True)
class Source:
    """An object of the directory as it stood when it was read; shared by every event that saw the same state."""

    kind: str
    object_id: str
    display_name: str
    upn: str
    details: dict[str, str]


@dataclass(slots=True)
class User:
    """A user object; while it is soft-deleted `upn` carries the object id in front.

    `places` are (second, place on each axis) in order of time.
    """

    object_id: str
    person: Person
    upn: str
    mail: str
    given: str
    surname: str
    display_name: str
    department: str
    title: str
    employee_id: str
    created_at: int
    mobile: str = ""
    user_type: str = "Member"
    hybrid: bool = False
    enabled: bool = True
    deleted_at: int | None = None
    purged_at: int | None = None
    seen: Source | None = None
    places: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def source(self) -> Source:
        """The object as a reader finds it now."""
        if self.seen is None:
            details = {
                "objectId": self.object_id,
                "accountEnabled": str(self.enabled),
                "displayName": self.display_name,
                "givenName": self.given,
                "mailNickname": self.mail.split("@")[0],
                "surname": self.surname,
                "userPrincipalName": self.upn,
                "mail": self.mail,
                "department": self.department,
                "jobTitle": self.title,
                "mobile": self.mobile,
                "IsSoftDeleted": str(self.deleted_at is not None),
                "appRoleAssignments": "User",
            }
            self.seen = Source("User", self.object_id, self.display_name, self.upn, {key: text for key, text in details.items() if text})
        return self.seen


@dataclass(slots=True)
class Group:
    """A security group; only its direct members count for an app it is assigned to.

    `only_enabled`: a dynamic group whose rule asks for accountEnabled, so that whoever is disabled drops out.
    """

    object_id: str
    display_name: str
    created_at: int
    members: set[str] = field(default_factory=set)
    only_enabled: bool = False

    def source(self) -> Source:
        """The group as a reader finds it now."""
        return Source("Group", self.object_id, self.display_name, "", {"objectId": self.object_id})


@dataclass(frozen=True, slots=True)
class Audit:
    """A line of the directory's own log: what was done to which object, with the properties it changed."""

    at: int
    activity: str
    object_id: str
    name: str
    changed: tuple[tuple[str, str | None, str | None], ...] = ()


class Directory:
    """All objects by id. Every method is an act of an administrator at a second; each leaves a change for the jobs and an audit line."""

    def __init__(self, rng: Random):
        """An empty directory that draws its object ids from `rng`."""
        self.rng = rng
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.holders: dict[str, str] = {}
        self.assigned: dict[str, dict[str, int]] = {}
        self.changes: list[str] = []
        self.audit: list[Audit] = []

    def hire(self, at: int, person: Person, *, enabled: bool = True, user_type: str = "Member", upn: str = "") -> User:
        """A new user object for a person; an address somebody else holds is an error of the story, not of the world."""
        user = User(
            object_id=guid(self.rng),
            person=person,
            upn=upn or person.user_name,
            mail=person.mail,
            given=person.given,
            surname=person.surname,
            display_name=person.display_name,
            department=person.department,
            title=person.title,
            employee_id=person.employee_id,
            created_at=at,
            hybrid=person.is_hybrid,
            user_type=user_type,
            enabled=enabled,
        )
        self._rename(user, user.upn)
        person.objects.append(user.object_id)
        self.users[user.object_id] = user
        made_of = {
            "AccountEnabled": str(enabled),
            "DisplayName": user.display_name,
            "StsRefreshTokensValidFrom": iso(at),
            "UserType": user_type,
        }
        self._done(at, "Add user", user, *((name, None, value) for name, value in made_of.items()))
        return user

    def update(self, at: int, user: User, **attributes: str) -> None:
        """New values for some of UPDATABLE."""
        if unknown := attributes.keys() - set(UPDATABLE):
            raise ValueError(f"no attribute of a user: {unknown}")
        changed = [(name, getattr(user, name), text) for name, text in attributes.items()]
        self._rename(user, attributes.pop("upn", user.upn))
        for name, text in attributes.items():
            setattr(user, name, text)
        self._done(at, "Update user", user, *changed)

    def set_enabled(self, at: int, user: User, enabled: bool) -> None:
        """Sign-in blocked or allowed again."""
        user.enabled, was = enabled, user.enabled
        self._done(at, "Enable account" if enabled else "Disable account", user, ("AccountEnabled", str(was), str(enabled)))
        for group in self.groups.values():
            if group.only_enabled and not enabled and user.object_id in group.members:
                self.set_member(at, group, user, False)

    def delete(self, at: int, user: User) -> None:
        """Into the recycle bin: the object id, dashes removed, moves in front of the name to free it. Assignments stay."""
        user.deleted_at = at
        self._rename(user, user.object_id.replace("-", "") + user.upn)
        self._done(at, "Delete user", user, ("Is Hard Deleted", None, "False"))

    def restore(self, at: int, user: User, upn: str = "") -> None:
        """Back from the recycle bin with everything it had, its name included; under another one where somebody has taken that."""
        if user.purged_at is not None:
            raise ValueError(f"{user.object_id} is purged, and nobody can restore it")
        self._rename(user, upn or user.upn.removeprefix(user.object_id.replace("-", "")))
        user.deleted_at = None
        self._done(at, "Restore user", user)

    def purge(self, at: int, user: User) -> None:
        """Gone for good, assignments and memberships with it; the object is kept here, marked, so that the jobs see it go."""
        user.purged_at = at
        self._done(at, "Hard Delete user", user, ("Is Hard Deleted", None, "True"))

    def give_role(self, at: int, user: User, role: str) -> None:
        """An administrator's role for a user."""
        self._done(at, "Add member to role", user, ("Role.DisplayName", None, role))

    def add_group(self, at: int, display_name: str) -> Group:
        """A new, empty group."""
        group = Group(guid(self.rng), display_name, at)
        self.groups[group.object_id] = group
        self.changes.append(group.object_id)
        self.audit.append(Audit(at, "Add group", group.object_id, display_name))
        return group

    def set_member(self, at: int, group: Group, user: User, member: bool) -> None:
        """A user joins or leaves a group."""
        (group.members.add if member else group.members.discard)(user.object_id)
        self.changes.append(group.object_id)
        self._done(at, "Add member to group" if member else "Remove member from group", user, ("Group.ObjectID", None, group.object_id))

    def assign(self, at: int, resource_id: str, principal_id: str) -> None:
        """An app is given to a user or to a group's direct members."""
        self.assigned.setdefault(resource_id, {})[principal_id] = at
        self._touch_principal(at, principal_id, "Add app role assignment")

    def unassign(self, at: int, resource_id: str, principal_id: str) -> None:
        """An app is taken away again."""
        self.assigned[resource_id].pop(principal_id)
        self._touch_principal(at, principal_id, "Remove app role assignment")

    def is_assigned(self, resource_id: str, user: User) -> bool:
        """Whether a user holds an app, directly or as a direct member of a group that does."""
        holders = self.assigned.get(resource_id, {})
        return user.object_id in holders or any(each in holders and user.object_id in group.members for each, group in self.groups.items())

    def _touch_principal(self, at: int, principal_id: str, activity: str) -> None:
        if principal_id in self.users:
            self._done(at, f"{activity} grant to user" if activity.startswith("Add") else f"{activity} from user", self.users[principal_id])
            return
        group = self.groups[principal_id]
        self.audit.append(Audit(at, f"{activity} {'to' if activity.startswith('Add') else 'from'} group", principal_id, group.display_name))
        self.changes += [principal_id, *sorted(group.members)]

    def _done(self, at: int, activity: str, user: User, *changed: tuple[str, str | None, str | None]) -> None:
        user.seen = None
        self.changes.append(user.object_id)
        self.audit.append(Audit(at, activity, user.object_id, user.upn, changed))

    def _rename(self, user: User, upn: str) -> None:
        holder = self.holders.setdefault(upn.lower(), user.object_id)
        if holder != user.object_id:
            raise ValueError(f"the story gives {upn} to two objects at once")
        if upn.lower() != user.upn.lower():
            self.holders.pop(user.upn.lower())
        user.upn = upn
