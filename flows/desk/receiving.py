"""Files that come by the desk: laid down whole, then received as those of the inbox are, one batch after another.

A file that is laid down is received, whatever happens to the desk meanwhile: what a stopped desk left is received when
it starts again. Whoever sent it waits here for what became of it, as long as seconds may take.
"""

import logging
import shutil
import threading
import time
from pathlib import Path
from typing import IO
from uuid import uuid4

from flows.running import province_of, storage_of
from models.settings import Settings, for_the_owner, var_folder
from tasks.intake.inbox import FileStore, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FileReport, receive_inbox

VIA = "desk"
_AGAIN_AFTER = 0.5  # seconds, where another intake is at work
_LOOKED_EVERY = 60.0  # seconds, for what was left because something failed
_REMEMBERED = 2_000
_LOG = logging.getLogger("cchc.desk")


class Uploads:
    """The folder of files that came by the desk, and the one thread that receives them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._root = var_folder(folder) / "uploads"
        self._changed = threading.Condition()
        self._asked = self._stopping = False
        self._reports: dict[str, FileReport] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to receive; what lies there already first."""
        self._root.mkdir(parents=True, exist_ok=True)
        self._stopping, self._asked = False, True
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the batch that is under way."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join(timeout=30)

    def lay_down(self, subject: str, name: str, content: IO[bytes]) -> str:
        """Keep a sent file, whole or not at all, and have it received.

        Args:
            subject: whose form may be in it: code of a unit, or id of an appraising agency.
            name: the file's name as it was sent.
            content: its bytes.

        Returns:
            What it is waited for by.
        """
        shown = standard_parts().shown_name(name.replace("\\", "/").rpartition("/")[2]) or "khong-ten"
        relative = f"{subject}/{uuid4().hex}/{shown}"
        target = self._root / relative
        target.parent.mkdir(parents=True)
        unfinished = target.parent / f".{uuid4().hex}.part"
        with open(unfinished, "xb", opener=for_the_owner) as file:
            shutil.copyfileobj(content, file)
        unfinished.replace(target)
        with self._changed:
            self._asked = True
            self._changed.notify_all()
        return relative

    def wait(self, relative: str, seconds: float) -> FileReport | None:
        """What became of a file; None where that takes longer."""
        until = time.monotonic() + seconds
        with self._changed:
            while relative not in self._reports:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            return self._reports[relative]

    def _run(self) -> None:
        while self._goes_on():
            if any(self._root.iterdir()):
                self._receive()

    def _goes_on(self) -> bool:
        """Wait until there is something to do; False where the desk stops."""
        with self._changed:
            if not self._asked and not self._stopping:
                self._changed.wait(_LOOKED_EVERY)
            self._asked = False
            return not self._stopping

    def _receive(self) -> None:
        from fsspec.implementations.local import LocalFileSystem

        try:
            province, storage = province_of(str(self._folder), receiving=True), storage_of(str(self._folder))
            store = FileStore(LocalFileSystem(use_listings_cache=False), str(self._root), str(self._root))
            outbox = outbox_of(self._folder, self._settings)
            report = receive_inbox(province, storage, store, outbox, standard_parts(), VIA, 0, self._note)
        except Exception:  # the folder, the database or a disk failed: what lies here is received later
            _LOG.exception("files that came by the desk could not be received")
            return
        if report.busy:
            time.sleep(_AGAIN_AFTER)
            self._asked = True
            return
        for folder in sorted(self._root.glob("*/*")):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _note(self, report: FileReport) -> None:
        with self._changed:
            self._reports[report.path] = report
            while len(self._reports) > _REMEMBERED:
                del self._reports[next(iter(self._reports))]
            self._changed.notify_all()
