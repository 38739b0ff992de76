"""Figures of months, plan tasks, commitments and targets → where each unit stands, and what its index would be today.

Open computing.py first; gathering.py reads what it needs, freezing.py keeps it for a report.
"""
