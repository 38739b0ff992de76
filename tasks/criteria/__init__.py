"""Criteria sets from and to the files officers write: printed annexes and workbooks to edit; copied, compared, tried.

In: a printed annex (Word, Excel) or an edited workbook. Out: a set in YAML, what is unsure marked; the set as a workbook.
Open importing.py first; what a printed rule means is in rule_texts/, one file a kind; as_workbook.py and from_workbook.py
are the way out to Excel and back.
"""
