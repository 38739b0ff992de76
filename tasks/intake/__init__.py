"""The inbox → every file judged, recorded, and answered with a marked workbook or a letter; who has sent what.

Open judging.py first: it takes a batch from reading to findings; inbox.py holds what came, feedback.py answers.
"""
