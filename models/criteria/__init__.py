"""Criteria sets: areas, criteria, components, their facts, cross-checks and rules, and the formulas of the forms.

Open sets.py first; rules.py says what each kind of rule means.
"""
