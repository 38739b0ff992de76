"""Files that come by the desk: laid down whole, then received as those of the inbox are, one batch after another.

A file that is laid down is received, whatever happens to the desk meanwhile: what a stopped desk left is received when
it starts again. Whoever sent it waits here for what became of it, as long as seconds may take.
"""

import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from flows.guarding import desk_address
from flows.running import province_of, storage_of
from models.settings import Settings, for_the_owner, var_folder
from tasks.intake.inbox import Arrival, FileStore, is_passed_over, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FileReport, receive_inbox
from tasks.mail.telling_desk import tell_of_waiting
from tasks.reading.file_names import shown_name

VIA = "desk"
_SENDER = ".sender"
_AGAIN_AFTER = 0.5  # seconds, where another intake is at work
_LOOKED_EVERY = 60.0  # seconds, for what was left because something failed
_HALF_SENT = 3600.0  # seconds; no upload takes as long
_REMEMBERED = 2_000
_LOG = logging.getLogger("cchc.desk")


class _Laid(FileStore):
    """The folder of uploads as an inbox: of each file it says who sent it, and whatever it is called it is a form."""

    takes_evidence = False

    def __init__(self, root: Path) -> None:
        from fsspec.implementations.local import LocalFileSystem

        super().__init__(LocalFileSystem(use_listings_cache=False), str(root), str(root))

    def _arrival(self, path: str, info: dict[str, Any], now: datetime) -> Arrival:
        arrival = super()._arrival(path, info, now)
        sender = Path(path).parent / _SENDER
        return replace(arrival, sent_by=sender.read_text(encoding="utf-8") if sender.is_file() else "")


class Uploads:
    """The folder of files that came by the desk, and the one thread that receives them."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._root = var_folder(folder) / "uploads"
        self._changed = threading.Condition()
        self._asked = self._stopping = False
        self._reports: dict[str, FileReport] = {}
        self._held: set[str] = set()
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

    def lay_down(self, subject: str, name: str, content: IO[bytes], sender: str) -> str:
        """Keep a sent file, whole or not at all, and have it received.

        Args:
            subject: whose form may be in it: code of a unit, or id of an appraising agency.
            name: the file's name as it was sent.
            content: its bytes.
            sender: who sent it, as records name people.

        Returns:
            What it is waited for by: `SUBJECT/UPLOAD/NAME`.
        """
        shown = shown_name(name.replace("\\", "/").rpartition("/")[2]).lstrip(".~$") or "khong-ten"
        if is_passed_over(shown):
            shown += "_"
        relative = f"{subject}/{uuid4().hex}/{shown}"
        target = self._root / relative
        target.parent.mkdir(parents=True)
        (target.parent / _SENDER).write_text(sender, encoding="utf-8")
        unfinished = target.parent / f".{uuid4().hex}.part"
        with open(unfinished, "xb", opener=for_the_owner) as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        self.receive_now()
        return relative

    def receive_now(self) -> None:
        """Look at once at what lies here: there is something new, or what waited need wait no more."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    def is_held(self, relative: str) -> bool:
        """Whether a file waits because an appraiser has its unit open."""
        with self._changed:
            return relative in self._held

    def report_of(self, relative: str) -> FileReport | None:
        """What became of a file, None while that is not known."""
        with self._changed:
            return self._reports.get(relative)

    def report_by(self, subject: str, upload: str) -> FileReport | None:
        """The same, by the middle part of what it is waited for by."""
        with self._changed:
            return next((self._reports[at] for at in self._reports if at.startswith(f"{subject}/{upload}/")), None)

    def lying(self, subject: str) -> list[str]:
        """What is waited for of a sender: files that lie here whole and are still to be received, the oldest first."""
        found = []
        for path in self._root.glob("*/*/*"):
            with suppress(FileNotFoundError):  # received meanwhile
                if path.parts[-3] == subject and not path.name.startswith("."):
                    found.append((path.stat().st_mtime, path.relative_to(self._root).as_posix()))
        return [relative for _, relative in sorted(found)]

    def lies_here(self, subject: str, upload: str) -> bool:
        """Whether a file is still to be received."""
        return any(relative.split("/")[1] == upload for relative in self.lying(subject))

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
        try:
            province, storage = province_of(str(self._folder), receiving=True), storage_of(str(self._folder))
            store = _Laid(self._root)
            outbox = outbox_of(self._folder, self._settings)
            report = receive_inbox(province, storage, store, outbox, standard_parts(), VIA, 0)
        except Exception:  # the folder, the database or a disk failed: what lies here is received later
            _LOG.exception("files that came by the desk could not be received")
            return
        if report.busy:
            time.sleep(_AGAIN_AFTER)
            self._asked = True
            return
        self._clear({self._root / Path(file.path).parent for file in report.files})
        self._note(report.files, {path for path, _ in report.waiting})  # only now: replies are written
        if report.waiting:
            tell_of_waiting(
                province, storage, self._settings, desk_address(self._folder, self._settings), datetime.now(UTC)
            )

    def _clear(self, received: Set[Path]) -> None:
        """Remove the folders of received files, and what a desk that was killed has left of a file half sent."""
        for folder in sorted(self._root.glob("*/*")):
            empty = {path.name for path in folder.iterdir()} <= {_SENDER}
            stale = time.time() - folder.stat().st_mtime > _HALF_SENT and all(
                path.name.startswith(".") for path in folder.iterdir()
            )
            if (folder in received and empty) or stale:
                shutil.rmtree(folder)

    def _note(self, reports: Iterable[FileReport], held: set[str]) -> None:
        with self._changed:
            self._held = held
            self._reports |= {report.path: report for report in reports}
            while len(self._reports) > _REMEMBERED:
                del self._reports[next(iter(self._reports))]
            self._changed.notify_all()
