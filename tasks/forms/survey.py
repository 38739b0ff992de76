"""The workbook in which the results of a group's survey are entered: a row a surveyed leaf and unit."""

from models.forms.descriptions import FormKind
from tasks.forms.fact_tables import fact_tables_form
from tasks.forms.round_records import RoundRecords

_STEPS = (
    "Mỗi dòng là một tiêu chí khảo sát của một đơn vị. Chỉ nhập vào các ô màu vàng.",
    "Số phiếu: nhập số phiếu hợp lệ theo từng phương án trả lời; không có phiếu chọn phương án đó thì nhập 0. "
    "Đơn vị không khảo sát tiêu chí nào thì để trống cả dòng.",
    "Điểm được tính ngay; hiện “Xem lại” thì số liệu chưa hợp lý.",
    "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận.",
)


def survey_form(records: RoundRecords, group_id: str) -> bytes | None:
    """The workbook of one group; None where its set has no surveyed leaf."""
    return fact_tables_form(records, records.round.group(group_id), FormKind.SURVEY, "Khảo sát", _STEPS)
