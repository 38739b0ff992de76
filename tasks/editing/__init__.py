"""Files of the province folder → sheets that officers edit, and back: only what was changed, checked at the cell.

Open columns.py first (what a cell of a column says), then tables.py and books.py; changing.py checks and writes.
"""
