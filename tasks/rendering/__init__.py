"""HTML → PDF/A: templates in their sandbox, fonts, images, the resource fetcher; charts as SVG. Knows no paper of ours.

Open pdf.py first.
"""
