"""What people enter of themselves → accounts of the desk: who may in, as what, for whom; passwords, codes, sessions.

Accounts are versions, sign-ins are entries of the journal; of each request it says whose it is. Open accounts.py first.
"""
