"""The catalogue of checks for whoever reads no code: every suite, and docs/kiem-tra-phieu.md, which is made from them.

`python -m expectations.catalogue > docs/kiem-tra-phieu.md` writes the document anew.
"""

import sys
from textwrap import fill

from expectations import appraisal, explanation, monthly, register, results, self_assessment, survey
from expectations.checking import Suite

SUITES = (
    self_assessment.SUITE,
    appraisal.SUITE,
    explanation.SUITE,
    survey.SUITE,
    register.SUITE,
    monthly.SUITE,
    results.SUITE,
)

_WIDTH = 120
_INTRODUCTION = """\
# Phiếu gửi về được kiểm tra những gì

Mọi phiếu trong một lượt nhận được kiểm tra cùng lúc, và mỗi phiếu nhận kết quả riêng, từng ô. **LỖI**: phiếu được trả
lại, chưa ghi nhận gì; sửa rồi gửi lại. **CẢNH BÁO**: phiếu được ghi nhận, cần người xem lại. **LƯU Ý**: chỉ cho biết. Ô
mà phần mềm không đọc được (chữ thay cho số, ngày không có thật, công thức lỗi …) đã báo khi đọc phiếu thì không báo lần
nữa.

Phép đối chiếu số liệu và mức thay đổi so với năm trước do bộ tiêu chí khai báo:
[thu-muc-tinh.md](thu-muc-tinh.md), mục 5.3.
"""


def catalogue() -> str:
    """The text of docs/kiem-tra-phieu.md."""
    return "\n".join([_INTRODUCTION, *(_section(number, suite) for number, suite in enumerate(SUITES, 1))])


def _section(number: int, suite: Suite) -> str:
    note = f"{fill(suite.note, _WIDTH, break_on_hyphens=False)}\n\n" if suite.note else ""
    rows = (f"| {check.severity.label} | {check.expected} | {check.remedy} |\n" for check in suite.checks)
    return f"## {number}. {suite.title}\n\n{note}| Mức | Điều cần đạt | Nếu không đạt |\n|---|---|---|\n{''.join(rows)}"


if __name__ == "__main__":
    sys.stdout.write(catalogue())
