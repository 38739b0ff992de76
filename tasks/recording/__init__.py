"""Checked entries of workbooks, CSV files and registers → new versions in the database, and what is current back out.

Open versions.py first: every other file records or reads one kind of entry by it.
"""
