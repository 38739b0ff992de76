"""The bytes of an unknown file → what it says, each value with its cell, and what is wrong with it. No database.

Open workbooks.py first: it opens, identifies, and reads a workbook by the plan of its form.
"""
