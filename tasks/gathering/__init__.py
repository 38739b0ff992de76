"""Room: published years of many provinces, each verified first → the country's ranking by level, as data and as pages.

Open first: country.py; what comes in: publications.py; what goes out: writing.py, pages.py.
"""
