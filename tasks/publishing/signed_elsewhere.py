"""Files that a leader and the clerk signed with another program, brought back for publication.

They are taken as they are when each begins with the very bytes that would be published, bears the signatures it needs,
and nothing else was changed. Whoever imports this module waits for pyHanko.
Source: Nghị định 30/2020/NĐ-CP, Điều 32.2d.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.findings import Finding, RefusedError, has_critical
from models.working_days import VIETNAM
from tasks.publishing.signing import Signed, is_annex, is_decision
from tasks.publishing.trust import Trust
from tasks.publishing.verifying import check_pdf, last_signed

_AGAIN = "Ký lại các tệp của bản trình ký đã có số và ngày, bằng phần mềm ký nối tiếp (không ghi lại tệp)"


@dataclass(frozen=True)
class SignedElsewhere:
    """Signed files by name, checked."""

    files: Mapping[str, bytes]

    def sign(self, files: Mapping[str, bytes], notation: str, at: datetime) -> Signed:
        """The signed files; their time is that of the newest signature."""
        newest = max(last_signed(content) for content in self.files.values())
        return Signed(self.files, newest.astimezone(VIETNAM))

    def sign_manifest(self, manifest: bytes) -> bytes | None:
        """Nobody is here who could: the decision, signed elsewhere, bears the hash of what the manifest lists."""
        return None


def take_signed(folder: Path, files: Mapping[str, bytes], trust: Trust) -> SignedElsewhere:
    """Read and check what was signed elsewhere.

    Args:
        folder: holds the signed files under the names of the unsigned ones.
        files: what would be published, before signing.
        trust: whom to believe.

    Raises:
        RefusedError: a file is missing, is not what would be published, or its signatures are not in order.
    """
    findings: list[Finding] = []
    signed: dict[str, bytes] = {}
    for name in (name for name in files if is_decision(name) or is_annex(name)):
        path = folder / name
        if not path.is_file():
            findings.append(
                Finding(str(path), 0, "thiếu tệp đã ký", "Đặt đủ quyết định và các phụ lục đã ký vào thư mục")
            )
            continue
        signed[name] = path.read_bytes()
        if not signed[name].startswith(files[name]):
            findings.append(Finding(str(path), 0, "tệp được ký không phải bản sẽ công bố", _AGAIN))
            continue
        expected = 2 if is_decision(name) else 1
        findings += check_pdf(str(path), signed[name], trust, expected, len(files[name])).findings
    if has_critical(findings):
        raise RefusedError([finding for finding in findings if has_critical([finding])])
    return SignedElsewhere(signed)
