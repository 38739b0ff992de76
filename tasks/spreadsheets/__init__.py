"""Words, looks and tables → workbooks, the same for all of them: how cells look, what may be typed, bytes without a clock, text that no program runs.

Open workbooks.py first; tables.py writes plain tables.
"""
