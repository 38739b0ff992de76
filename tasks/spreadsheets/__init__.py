"""Values and looks → workbooks: cells, what may be typed, bytes without a clock, text that no program runs.

Open workbooks.py first; tables.py writes plain tables.
"""
