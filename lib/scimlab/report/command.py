"""The command that makes a report again."""

import shlex
from collections.abc import Mapping
from pathlib import Path


def command(folder: str | Path, parameters: Mapping[str, object], asked: Mapping[str, object]) -> str:
    """The command line of a run, quoted for a shell.

    >>> command("my exports", {"least_attempts": 5}, {"zone": "Europe/Berlin", "only": ["remediate"], "strict": True, "as_of": ""})
    "scimlab report 'my exports' --zone Europe/Berlin --only remediate --strict -p least_attempts 5"
    """
    words = ["scimlab", "report", str(folder)]
    for name, value in asked.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif value:
            words += [word for each in (value if isinstance(value, list) else [value]) for word in (option, str(each))]
    words += [word for name, value in parameters.items() for word in ("-p", name, str(value))]
    return shlex.join(words)
