"""Samples that play a round and a year through Prefect, with made-up agencies that fill in the forms.

Open yearly_round.py first; year.py plays the twelve months before it.
"""
