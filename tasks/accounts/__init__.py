"""Accounts of the desk: who may sign in, as what, for whom; passwords, second factors, sessions.

In: what an administrator or the account's owner enters. Out: accounts as versions, sign-ins as entries of the journal,
and for each request the account that sends it. Open accounts.py first.
"""
