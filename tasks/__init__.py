"""How: one step of the work a file, as plain functions; Prefect wraps them in flows/."""
