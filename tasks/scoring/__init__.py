"""Facts → points → rank → comparison → explanation, list of repairs, analysis of the criteria. Pure functions.

Open points.py first, then ranking.py and comparison.py; gathering.py puts a whole round through them.
"""
