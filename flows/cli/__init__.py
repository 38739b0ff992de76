"""The command line: each command is a thin call of the same functions and flows that Prefect schedules.

Exit codes: 0 done, 1 the input was refused (every reason printed), 2 wrong usage. Heavy libraries are imported inside
the commands that need them, so that `cchc --help` answers at once. Open main.py first; a file holds
a group of commands.
"""
