"""The same as `cchc`, for a Python that has no scripts beside it."""

from flows.cli.main import main

main()
