"""When and who starts: Prefect flows, schedules, approval, the command line. No arithmetic, no SQL, no HTML."""

from models.collecting import collect_rarely

collect_rarely()  # commands, the desk and flows in processes of their own all begin here
