"""One installation → all of it in one file, and back from there; what is wrong with it, in words.

Open backing_up.py first: it says what such a file holds; restoring.py reads it, examining.py is the doctor.
"""
