"""The folder that people write: configuration, units, successions, rounds; files with line numbers, and every check.

Open folder.py first: it loads and checks the whole folder.
"""
