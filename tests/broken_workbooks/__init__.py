"""Damaged workbooks, each made from a real form when a test asks for it: no damaged file lies in the repository."""
