"""Results and progress → what each paper says: decision, annexes, reports, sheets, charts, sentences, as HTML.

Open decision.py first, then annexes.py; progress_report.py is the same for the report of a period.
"""
