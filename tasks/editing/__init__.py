"""Files of the province folder → sheets that officers edit → the same files, only what was edited changed.

Open columns.py first (what a cell of a column says), then tables.py and books.py; changing.py checks and writes.
"""
