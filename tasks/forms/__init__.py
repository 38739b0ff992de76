"""A round or a month, and a unit → workbooks to fill in, with live points, validation and protection.

Open writing.py first: it writes every kind of form of a round; each kind is a file.
"""
