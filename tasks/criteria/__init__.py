"""Annexes and workbooks that officers write → criteria sets in YAML, and back; copied, compared, tried.

In: a printed annex (Word, Excel) or an edited workbook. Out: a set in YAML, what is unsure marked; a workbook to edit.
Open importing.py first; what a printed rule means is in rule_texts/, a file a kind. as_workbook.py and from_workbook.py
are the way to Excel and back, annex_rows.py and from_annex.py that to Word; coming_back.py tells the files apart.
"""
