"""Criteria sets: areas, criteria, components, their facts, cross-checks and rules, and the formulas of the forms.

Open sets.py first; rules/ has a file for each kind of rule.
"""
