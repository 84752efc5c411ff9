"""`python -m scimlab`: the command line."""

from scimlab.cli import main

main()
