"""Tests of each step of the work."""

from hypothesis import settings

# A busy machine is no failure: no single example of a property is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
