"""Tests that hold the documents to the code: every example in them is computed, run or loaded again."""
