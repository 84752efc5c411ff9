"""Clients of services are large, so they come only with an extra: what is missing is said in a line."""

from importlib.util import find_spec

from scimlab.errors import UsageError


def needed(*modules: str) -> None:
    """Nothing, where all the modules are installed.

    raises: UsageError that names the missing ones and the extra that brings them.
    """
    if missing := [name for name in modules if not _is_there(name)]:
        found = f"a living tenant is read with packages that are not installed: {', '.join(missing)}"
        raise UsageError(found, 'Run pip install "scimlab[live]".')


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        # Not even the package that it would be a part of.
        return False
