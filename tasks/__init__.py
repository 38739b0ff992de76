"""How: one step of the work a folder, one subject a file, plain functions; Prefect wraps them in flows/."""
