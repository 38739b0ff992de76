"""A published folder: written whole beside its place, moved there at once, never changed, checked by its hashes.

What lies in it is told by its manifest, which names every file with its hash; of a signed one also the hash of the
bytes before signing, since no two signatures are the same. It serves the decision on the index and the reports of
periods alike. Source: Nghị định 30/2020/NĐ-CP, Điều 18.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from glob import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from models.findings import Finding, RefusedError, refusal
from models.notation import notation
from models.records.tables import Approval
from models.working_days import VIETNAM
from tasks.publishing.kinds import DECISION, REPORT, PaperKind, kind_of

if TYPE_CHECKING:
    from tasks.publishing.signing import Hand, Signed

MANIFEST = "manifest.json"
_FORMAT = 1


def refuse_foreign_folder(out: Path) -> None:
    """The place is free, or holds a publication; known at once, before anything is rendered."""
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise occupied(out)


def refuse_other_content(out: Path, edition: bytes) -> None:
    """The place is free, or holds this very publication whole, signed or not."""
    if not out.exists() or not any(out.iterdir()):
        return
    if before_signing(manifest_in(out)) != edition or verify_folder(out):
        raise occupied(out)


def occupied(out: Path) -> RefusedError:
    """Something else lies in a folder."""
    return refusal(str(out), "thư mục đã có nội dung khác", "Chọn thư mục --out khác; bản công bố không ghi đè được")


def remove_abandoned(out: Path) -> None:
    """Take away the unfinished folders of processes that were killed."""
    for left in out.parent.glob(f".{escape(out.name)}.*"):
        process = left.name.rpartition(".")[2]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def move(staging: Path, out: Path, edition: bytes) -> bool:
    """Put the finished folder in its place, which may have been taken meanwhile; whether it was not there before."""
    try:
        staging.rename(out)  # an empty folder gives way
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        refuse_other_content(out, edition)
        return False
    return True


def fill(
    folder: Path, original: Path | None, approval: Approval, files: Mapping[str, bytes], hand: "Hand | None"
) -> None:
    """Write a publication into an empty folder: a copy of the original if there is one, else signed with the keys."""
    if original:
        shutil.copytree(original, folder, dirs_exist_ok=True)
        return
    signed: Signed | None = None
    if hand:
        assert approval.number is not None
        now = datetime.now(VIETNAM).replace(microsecond=0)
        signed = hand.sign(files, notation(approval.number, approval.symbol), now)
    manifest = manifest_of(approval, files, signed)
    for name, content in {**files, **(signed.files if signed else {}), MANIFEST: manifest}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)


def manifest_of(approval: Approval, files: Mapping[str, bytes], signed: "Signed | None" = None) -> bytes:
    """What is published, with the hash of every file; of a signed one also that of the bytes that were signed."""
    assert approval.number is not None
    assert approval.day is not None
    values: dict[str, Any] = {
        "format": _FORMAT,
        "year": approval.year,
        **({"period": approval.period} if approval.period else {}),
        "snapshot": approval.snapshot_sha256,
        kind_of(approval.period).entry: {
            "notation": notation(approval.number, approval.symbol),
            "date": approval.day.isoformat(),
            "replaces": approval.replaces or None,
        },
        "files": {name: _entry(content) for name, content in sorted(files.items())},
    }
    if signed:
        values["signing"] = {"at": signed.at.isoformat()}
        for name, content in signed.files.items():
            before = _entry(files[name])
            unsigned = {"unsigned_sha256": before["sha256"], "unsigned_size": before["size"]}
            values["files"][name] = _entry(content) | unsigned
    return _manifest_bytes(values)


def _entry(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _manifest_bytes(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def before_signing(manifest: bytes) -> bytes:
    """The manifest as it would be without signatures; nothing where it cannot be read."""
    try:
        values = json.loads(manifest)
        values.pop("signing", None)
        for entry in values["files"].values():
            if "unsigned_sha256" in entry:
                entry.update(sha256=entry.pop("unsigned_sha256"), size=entry.pop("unsigned_size"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return b""
    return _manifest_bytes(values)


def manifest_in(folder: Path) -> bytes:
    """The bytes of the manifest of a folder; nothing where there is none."""
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError:
        return b""


def journal_head(manifest: bytes) -> str:
    """The link of the journal in which the approval was recorded; empty where a manifest names none."""
    try:
        return str(json.loads(manifest).get("journal", ""))
    except (ValueError, AttributeError, RecursionError):
        return ""


def verify_folder(folder: Path) -> list[Finding]:
    """Recompute every hash of a published folder.

    Returns:
        What is wrong: missing, changed and foreign files, a signed file that does not begin with what was approved, an
        unreadable manifest; nothing when all is as published.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        listed: dict[str, dict[str, Any]] = manifest["files"]
        snapshot = str(manifest["snapshot"])
        expected = {_inside(name): (str(entry["sha256"]), int(entry["size"])) for name, entry in listed.items()}
        approved = {
            name: (str(entry["unsigned_sha256"]), int(entry["unsigned_size"]))
            for name, entry in listed.items()
            if "unsigned_sha256" in entry
        }
        str(issued(manifest)["notation"]), date.fromisoformat(issued(manifest)["date"])
    except FileNotFoundError:
        return [Finding(MANIFEST, 0, f"không có tệp này trong {folder}", "Chỉ đúng thư mục đã công bố")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [Finding(MANIFEST, 0, "không đọc được", "Lấy lại bản gốc của thư mục công bố")]
    findings: list[Finding] = []
    for name, (sha256, size) in sorted(expected.items()):
        file = folder / name
        if not file.is_file():
            findings.append(Finding(name, 0, "thiếu tệp", "Lấy lại bản gốc của thư mục công bố"))
            continue
        content = file.read_bytes()
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            findings.append(Finding(name, 0, "tệp đã bị thay đổi sau khi công bố", "Lấy lại bản gốc"))
        elif name in approved and hashlib.sha256(content[: approved[name][1]]).hexdigest() != approved[name][0]:
            findings.append(Finding(name, 0, "nội dung được ký không phải bản đã phê duyệt", "Lấy lại bản gốc"))
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in expected and name != MANIFEST:
            findings.append(Finding(name, 0, "tệp không thuộc bản công bố", "Chuyển tệp này đi nơi khác"))
    for name in (DECISION.contents, REPORT.contents):
        if name in expected and expected[name][0] != snapshot:
            findings.append(Finding(name, 0, "không phải bản kết quả đã phê duyệt", "Lấy lại bản gốc"))
    return findings


def _inside(name: str) -> str:
    """A file's name in a manifest, which must not lead out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(name)
    return name


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder that was verified."""
    values: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return values


def kind_in(manifest: Mapping[str, Any]) -> PaperKind:
    """Whether a manifest is of a decision or of a report."""
    return kind_of(manifest.get("period", ""))


def issued(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Number with symbol, date and replaced document of the decision or the report that a manifest is of."""
    entry: Mapping[str, Any] = manifest[kind_in(manifest).entry]
    return entry
