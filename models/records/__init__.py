"""What is kept: tables of the database, storage and migrations, submissions, entries, results and frozen snapshots.

Open tables.py first.
"""
