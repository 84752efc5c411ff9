"""What the app knows of a user, as SCIM resources: the attributes it stores, and no others."""

from typing import Annotated

from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    ETag,
    ExtensibleStringEnum,
    Extension,
    External,
    Filter,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

MOST_RESULTS = 200
"""Records of one page, however many are asked for."""


class Name(ComplexAttribute):
    """The parts of a person's name."""

    given_name: str | None = None
    family_name: str | None = None


class Email(ComplexAttribute):
    """The one address of an occupant; which of several is the primary one is no question here."""

    class Type(ExtensibleStringEnum):
        """The kinds of address the app holds."""

        work = "work"

    value: Annotated[str | None, Required.true, Uniqueness.server] = None
    type: Type | None = None


class PhoneNumber(ComplexAttribute):
    """The one number of an occupant."""

    class Type(ExtensibleStringEnum):
        """The kinds of number the app holds."""

        mobile = "mobile"

    value: Annotated[str | None, Required.true] = None
    type: Type | None = None


class User(Resource):
    """An account of the app."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    display_name: str | None = None
    name: Name | None = None
    title: str | None = None
    active: Annotated[bool | None, Required.true] = None
    emails: list[Email] | None = None
    phone_numbers: list[PhoneNumber] | None = None


class EnterpriseUser(Extension):
    """What the app keeps of the enterprise extension."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None
    department: str | None = None


Occupant = User[EnterpriseUser]

# Entra sends empty roles, attributes the app has no place for, a value with "remove", and paths whose filter matches nothing yet.
AS_ENTRA_WRITES = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


def provider(*, etag: bool) -> ScimProvider:
    """The service as it describes itself: users alone, filter and PATCH, versions where `etag` says so."""
    bearer = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken,
        name="Bearer token",
        description="The token that Entra's connection holds.",
        spec_uri=Reference[External]("https://datatracker.ietf.org/doc/html/rfc6750"),
    )
    config = ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=etag),
        authentication_schemes=[bearer],
    )
    return ScimProvider([User, EnterpriseUser], [ResourceType.from_resource(Occupant)], config, AS_ENTRA_WRITES)
