"""Room: a text about the results → each of its statements held against what is published: right, wrong, or not checked.

`checking.py` first: `proofread(paragraphs, known)`. `known.py` says what is published, `tokens.py` how a sentence is
read; one file a family of statements. What was not checked is never called right.
"""
