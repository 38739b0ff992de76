"""Who may do what at the desk: permissions are named actions, a role is a name, a sentence and a list of them.

A role that is bound acts for one subject, a unit or an appraising agency, and for no other.
Source: docs/operators.md (the desk); docs/process.md, 1 (who does what in a round).
"""

from enum import StrEnum
from typing import NamedTuple


class Permission(StrEnum):
    """One thing that an account may do, on the objects of its subject where its role is bound, else on all."""

    SEND_FORMS = "send_forms"
    SEE_FORMS = "see_forms"
    APPRAISE = "appraise"
    SEE_APPRAISAL = "see_appraisal"
    SEE_ROUND = "see_round"
    RUN_ROUND = "run_round"
    APPROVE = "approve"
    SEE_RUNS = "see_runs"
    SEE_JOURNAL = "see_journal"
    MANAGE_ACCOUNTS = "manage_accounts"
    EDIT_FOLDER = "edit_folder"


class Bound(StrEnum):
    """What an account of a role acts for."""

    UNIT = "unit"
    APPRAISER = "appraiser"


class Role(StrEnum):
    """What an account is at the desk."""

    UNIT = "unit"
    APPRAISER = "appraiser"
    OFFICER = "officer"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def description(self) -> "RoleDescription":
        """What the role is called, and what it may do."""
        return _ROLES[self]


class RoleDescription(NamedTuple):
    """A role as people read it, and its permissions.

    Attributes:
        bound: what each of its accounts acts for, None for the whole province.
    """

    name: str
    sentence: str
    permissions: frozenset[Permission]
    bound: Bound | None = None


_ROLES = {
    Role.UNIT: RoleDescription(
        "Đơn vị",
        "Gửi phiếu tự đánh giá, giải trình và báo cáo tháng của chính đơn vị mình; xem kết quả kiểm tra.",
        frozenset((Permission.SEND_FORMS, Permission.SEE_FORMS)),
        Bound.UNIT,
    ),
    Role.APPRAISER: RoleDescription(
        "Cơ quan thẩm định",
        "Thẩm định các tiêu chí được giao của mọi đơn vị, trên trang này hoặc bằng phiếu thẩm định.",
        frozenset((Permission.APPRAISE, Permission.SEE_APPRAISAL)),
        Bound.APPRAISER,
    ),
    Role.OFFICER: RoleDescription(
        "Chuyên viên Sở Nội vụ",
        "Theo dõi kỳ đánh giá, nhắc, gia hạn, nhận phiếu thay đơn vị, tính chỉ số, lập dự thảo, trình phê duyệt.",
        frozenset(
            (
                Permission.SEND_FORMS,
                Permission.SEE_FORMS,
                Permission.SEE_APPRAISAL,
                Permission.SEE_ROUND,
                Permission.RUN_ROUND,
                Permission.SEE_RUNS,
            )
        ),
    ),
    Role.LEADER: RoleDescription(
        "Lãnh đạo",
        "Xem dự thảo như sẽ in, xếp hạng và thay đổi; phê duyệt, yêu cầu lập lại hoặc không phê duyệt.",
        frozenset((Permission.SEE_FORMS, Permission.SEE_APPRAISAL, Permission.SEE_ROUND, Permission.APPROVE)),
    ),
    Role.ADMINISTRATOR: RoleDescription(
        "Quản trị",
        "Tài khoản, thư mục tỉnh và bộ tiêu chí, các lần chạy và sự cố, sao lưu; không xem, không sửa số liệu.",
        frozenset((Permission.MANAGE_ACCOUNTS, Permission.EDIT_FOLDER, Permission.SEE_RUNS)),
    ),
    Role.AUDITOR: RoleDescription(
        "Kiểm tra, giám sát",
        "Xem tất cả, kể cả nhật ký; không sửa gì.",
        frozenset(
            (
                Permission.SEE_FORMS,
                Permission.SEE_APPRAISAL,
                Permission.SEE_ROUND,
                Permission.SEE_RUNS,
                Permission.SEE_JOURNAL,
            )
        ),
    ),
}
