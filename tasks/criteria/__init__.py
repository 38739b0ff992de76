"""Criteria sets from and to the files officers write.

A file of an officer → a set of the folder; a set → a workbook to edit, the set of another year, what differs between
two, an earlier year tried under it. Open as_tables.py first; trying.py and carrying.py are the trial.
"""
