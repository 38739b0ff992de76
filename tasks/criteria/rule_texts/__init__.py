"""The words in which annexes print a rule → the rule, or why it is not sure and what it may mean. Pure functions.

Open recognising.py first: it asks one file after another, each of which knows one kind of rule.
"""
