"""Criteria sets from and to the files officers write: a printed annex in Word or Excel → a set in YAML, doubts marked.

Open importing.py first; what a printed rule means is in rule_texts/, one file a kind.
"""
