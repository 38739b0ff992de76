"""The workbook of a group's register: what other agencies keep, bonus and penalty, each with its basis."""

from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource
from tasks.forms.fact_tables import fact_tables_form
from tasks.forms.round_records import RoundRecords

_STEPS = (
    "Trang Theo dõi: số liệu do cơ quan theo dõi hoặc lấy từ chỉ số khác, mỗi dòng một tiêu chí của một đơn vị.",
    "Trang Điểm thưởng, Điểm trừ: nhập số trường hợp của đơn vị và ghi văn bản làm căn cứ; không có thì để trống.",
    "Chỉ nhập vào các ô màu vàng. Điểm được tính ngay theo quy tắc của bộ tiêu chí; tổng điểm thưởng, điểm trừ "
    "còn bị giới hạn theo mức trần của bộ tiêu chí khi tính kết quả.",
    "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận.",
)


def register_form(records: RoundRecords, group_id: str) -> bytes | None:
    """The workbook of one group; None where its set has neither leaves that others keep nor bonus or penalty."""
    group = records.round.group(group_id)
    criteria_set = records.province.criteria_sets[group.criteria_set]
    blocks = (
        ("Điểm thưởng", criteria_set.bonus, ScoreSource.BONUS),
        ("Điểm trừ", criteria_set.penalty, ScoreSource.PENALTY),
    )
    return fact_tables_form(records, group, FormKind.REGISTER, "Theo dõi", _STEPS, blocks)
