"""A snapshot and an approval → an immutable folder: documents, open data, manifest, signatures; and its verification.

Open issuing.py first: it drafts and publishes; who approved what stands in approvals.py,
what a folder proves in verifying.py.
"""
