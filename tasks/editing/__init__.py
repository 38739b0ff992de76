"""Files of the province folder ↔ sheets that officers edit: only what was changed comes back, checked at the cell.

Open columns.py first (what a cell of a column says), then tables.py and books.py; changing.py checks and writes.
"""
