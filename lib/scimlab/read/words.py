"""What the enumerations of a provisioning log mean, by word in any case or by number, and texts that mean true or false."""

from functools import lru_cache


class Words(dict):
    """A lookup that forgives the case of a word; an unknown one gives None."""

    def __missing__(self, key: object) -> object:
        """The meaning of a spelling not listed."""
        return self.get(key.strip().casefold()) if isinstance(key, str) else None


def _enumeration(*words: str) -> dict:
    return {None: None} | dict(enumerate(words)) | {word: word for word in words}


STATUS = Words(_enumeration("success", "failure", "skipped", "warning"))
STEP = Words(_enumeration("import", "scoping", "matching", "processing", "reference", "export") | {"referenceresolution": "reference"})
INITIATOR = Words(_enumeration("user", "application", "system"))
ACTION = Words(
    _enumeration("other", "create", "delete", "disable", "update", "staged_delete")
    # Held back by the accidental-deletion threshold, in the words of Graph and of the portal's manual.
    | {"stageddelete": "staged_delete", "stagedaction": "staged_delete"}
    # The oldest exports name the step that carried the change.
    | {
        f"entryexport{step}": action
        for step, action in {"add": "create", "update": "update", "delete": "delete", "disable": "disable"}.items()
    }
)
TRUTH = Words({None: None, True: True, False: False, "true": True, "false": False, "True": True, "False": False})


@lru_cache(256)
def object_type(identity_type: str | None) -> str | None:
    """What kind of object an identity type names.

    >>> object_type("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"), object_type("RolesCompound")
    ('user', 'role')
    """
    if not identity_type:
        return None
    word = identity_type.casefold().rpartition(":")[2]
    return word if word in ("user", "group") else "role" if "role" in word else "other"
