"""The desk (bàn làm việc): pages in a browser for units, appraisers, officers, leaders, administrators and auditors.

In: requests of browsers that are signed in. Out: pages, files, and the same acts as the command line: behind every
button is a flow, a task or a recorded version; nothing is decided or kept here. A page is a file here and a template of
the same name in report_templates/desk/; over each function stands what one must be allowed to do. Open app.py first.
"""
