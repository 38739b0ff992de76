"""Tests of what there is: numbers, facts, rules, units, the province folder."""

from hypothesis import settings

# A busy machine is no failure: no single example of a property is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
