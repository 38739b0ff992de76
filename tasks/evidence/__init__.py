"""Files that units send as evidence → scanned, kept, matched with the criteria they prove, searched.

Open receiving.py first: it is what desk and command line do with the files that somebody sent.
"""
