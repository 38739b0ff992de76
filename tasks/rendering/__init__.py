"""HTML → PDF/A, and → Word: templates in their sandbox, fonts, images, the resource fetcher; charts. Knows no paper.

Open pdf.py first.
"""
