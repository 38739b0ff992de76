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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from glob import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from models.findings import Finding, RefusedError, refusal
from models.notation import notation
from models.records.tables import Approval
from models.working_days import VIETNAM
from tasks.publishing.contents import Signing, content_borne, content_hash
from tasks.publishing.kinds import DECISION, REPORT, PaperKind, kind_of

if TYPE_CHECKING:
    from tasks.publishing.signing import Hand, Signed

MANIFEST = "manifest.json"
MANIFEST_SIGNATURE = "manifest.json.p7s"
_FORMAT = 1
_LINK = "là liên kết tới tệp khác, không phải tệp của bản công bố"
_ORIGINAL = "Lấy lại bản gốc của thư mục công bố"


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
    """Take away what processes that were killed left unfinished of a folder to be."""
    _remove_of_dead(out.parent.glob(f".{escape(out.name)}.*"))


def remove_all_abandoned(parent: Path) -> None:
    """The same of all folders that lie in one."""
    _remove_of_dead(parent.glob(".*.*"))


def _remove_of_dead(unfinished: Iterable[Path]) -> None:
    for left in unfinished:
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
    folder: Path,
    original: Path | None,
    approval: Approval,
    files: Mapping[str, bytes],
    recorded: "RecordedApproval",
    hand: "Hand | None",
) -> None:
    """Write a publication into an empty folder: a copy of the original if there is one, else signed with the keys."""
    if original:
        shutil.copytree(original, folder, dirs_exist_ok=True)
        return
    signed: Signed | None = None
    signature: dict[str, bytes] = {}
    if hand:
        assert approval.number is not None
        now = datetime.now(VIETNAM).replace(microsecond=0)
        signed = hand.sign(files, notation(approval.number, approval.symbol), now)
    manifest = manifest_of(approval, files, recorded, signed)
    if hand and (of_agency := hand.sign_manifest(manifest)) is not None:
        signature = {MANIFEST_SIGNATURE: of_agency}
    for name, content in {**files, **(signed.files if signed else {}), MANIFEST: manifest, **signature}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)


@dataclass(frozen=True, slots=True)
class RecordedApproval:
    """What a manifest says beside the approval: who signs, and the link of the journal that the approval is in."""

    signing: Signing = Signing.NOBODY
    journal: str = ""


def manifest_of(
    approval: Approval, files: Mapping[str, bytes], recorded: RecordedApproval, signed: "Signed | None" = None
) -> bytes:
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
        **_settled(approval),
        "files": {name: entry_of(content) for name, content in sorted(files.items())},
    }
    borne = content_hash(values["files"], kind_of(approval.period).paper, recorded.signing)
    values["content"] = {"sha256": borne, "signing": recorded.signing.value}
    if recorded.journal:
        values["journal"] = recorded.journal
    if signed:
        values["signing"] = {"at": signed.at.isoformat()}
        for name, content in signed.files.items():
            before = entry_of(files[name])
            unsigned = {"unsigned_sha256": before["sha256"], "unsigned_size": before["size"]}
            values["files"][name] = entry_of(content) | unsigned
    return _manifest_bytes(values)


def _settled(approval: Approval) -> dict[str, Any]:
    """The submission that was followed, and what was grave and accepted, with the reasons; nothing where neither is."""
    told: dict[str, Any] = {"accepted": approval.accepted} if approval.accepted else {}
    if approval.submission_number is not None and approval.submission_day is not None:
        told["submission"] = {"number": approval.submission_number, "date": approval.submission_day.isoformat()}
    return told


def entry_of(content: bytes) -> dict[str, Any]:
    """How a manifest tells a file."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _manifest_bytes(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def linked_manifest(edition: bytes, journal: str) -> bytes:
    """An unsigned manifest with the link of the journal that its approval is in."""
    return _manifest_bytes({**json.loads(edition), **({"journal": journal} if journal else {})})


def before_signing(manifest: bytes) -> bytes:
    """The manifest as it would be before approval and signatures; nothing where it cannot be read."""
    try:
        values = json.loads(manifest)
        values.pop("signing", None)
        values.pop("journal", None)
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


def signing_in(manifest: bytes) -> Signing:
    """Who signed what a manifest is of."""
    try:
        return Signing(json.loads(manifest)["content"]["signing"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Signing.NOBODY


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
    if path.is_symlink():
        return [Finding(MANIFEST, 0, _LINK, "Đặt lại chính tệp của bản gốc")]
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
        if _is_link(folder, file):
            findings.append(Finding(name, 0, _LINK, "Đặt lại chính tệp của bản gốc"))
            continue
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
        if name in (MANIFEST, MANIFEST_SIGNATURE) and not file.is_symlink():
            continue
        if (file.is_symlink() or not file.is_dir()) and name not in expected:
            findings.append(Finding(name, 0, "tệp không thuộc bản công bố", "Chuyển tệp này đi nơi khác"))
    for name in (DECISION.contents, REPORT.contents):
        if name in expected and expected[name][0] != snapshot:
            findings.append(Finding(name, 0, "không phải bản kết quả đã phê duyệt", "Lấy lại bản gốc"))
    return findings or _content_findings(folder, manifest)


def _is_link(folder: Path, file: Path) -> bool:
    """Whether a file, or a folder on the way to it, is only a link to another."""
    return any(part.is_symlink() for part in (file, *file.parents) if part != folder and part.is_relative_to(folder))


def _content_findings(folder: Path, manifest: Mapping[str, Any]) -> list[Finding]:
    """Whether the paper bears the hash of the files that the manifest lists, and the signatures it was published with.

    A publication of an earlier version of the program bears none, and proves less.
    """
    kind, stated = kind_in(manifest), manifest.get("content", {})
    borne = content_borne((folder / kind.paper).read_bytes()) if kind.paper in manifest["files"] else ""
    if not borne and "content" not in manifest:
        return []
    try:
        before = json.loads(before_signing(json.dumps(manifest).encode()))["files"]
        signing = Signing(stated["signing"])
        agrees = borne == stated["sha256"] == content_hash(before, kind.paper, signing)
    except (ValueError, KeyError, TypeError):
        return [Finding(MANIFEST, 0, "đã bị viết lại: không còn mã băm nội dung mà văn bản mang", _ORIGINAL)]
    if not agrees:
        what = "mang mã băm của nội dung khác: có tệp bị bớt, thêm hoặc thay cùng với manifest"
        return [Finding(kind.paper, 0, what, _ORIGINAL)]
    signed = {name for name, entry in manifest["files"].items() if "unsigned_sha256" in entry}
    due = {name for name in before if name == kind.paper or name.startswith("phu-luc-")}
    if signing is not Signing.NOBODY and not (due <= signed and "signing" in manifest):
        return [Finding(kind.paper, 0, "chữ ký số đã bị gỡ khỏi bản công bố", _ORIGINAL)]
    if signing is Signing.HERE and not (folder / MANIFEST_SIGNATURE).is_file():
        return [Finding(MANIFEST_SIGNATURE, 0, "thiếu chữ ký số của manifest", _ORIGINAL)]
    return []


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
