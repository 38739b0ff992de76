"""Who must know what → mail: receipts and returns of what was sent, reminders of what is due.

Open notifying.py first: it composes and sends; what is told of a file stands in acknowledging.py,
what is due in reminder_mail.py.
"""
