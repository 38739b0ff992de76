"""The forms that go out and come back: kinds, sheets, columns, row keys, identity.

Open descriptions.py first.
"""
