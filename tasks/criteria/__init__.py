"""Criteria sets from and to the files officers write."""
