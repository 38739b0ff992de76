"""When and who starts: Prefect flows, schedules, approval, the command line. No arithmetic, no SQL, no HTML."""
