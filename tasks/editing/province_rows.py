"""province.yaml as a sheet: a row a key, its value, and what it means; keys that are not said yet stand there empty."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.province.config import ProvinceConfig
from tasks.editing.columns import EditedColumn, Sort, file_names
from tasks.editing.path_rows import PATH_COLUMNS, path_rows
from tasks.editing.tables import EditedTable, TableRow

PROVINCE_FILE = "province.yaml"
_MEANING = "meaning"
_NOTE = "Mỗi dòng một khóa; signers.2 là mục thứ hai của signers. Để trống giá trị thì dùng giá trị mặc định."
MEANINGS = {
    "name": "Tên tỉnh như viết trong câu, có danh từ chung (tỉnh Mẫu); bắt buộc",
    "code": "Mã ngắn của tỉnh, ghi vào bản kết quả",
    "place": "Địa danh trước ngày tháng; mặc định: tên tỉnh bỏ danh từ chung",
    "issuer": "Cơ quan ban hành: lines là các dòng ở góc trái trang đầu, name là tên trong câu",
    "organ_id": "Mã định danh của cơ quan ban hành, nhiều nhất 13 ký tự",
    "department": "Cơ quan được giao thực hiện, cũng là cơ quan trình, báo cáo; mặc định: Sở Nội vụ",
    "department_signer": "Người ký báo cáo, tờ trình của cơ quan ấy: id, power, title, name",
    "symbols": "Phần sau số của văn bản: decision, report, submission",
    "signers": "Người ký: id, power (quyền hạn ký), title (chức vụ), name (họ tên), image; người đầu tiên là mặc định",
    "seal": "Con dấu trên quyết định ký số: image (tệp PNG trong images/), diameter (mm)",
    "appraisers": "Cơ quan thẩm định: id, name; appraised_by trong bộ tiêu chí nêu một trong các id này",
    "legal_bases": "Căn cứ chung, mỗi căn cứ một dòng",
    "proposal": "Dòng “Theo đề nghị của …”",
    "recipients": "Nơi nhận, không gồm dòng “Lưu”",
    "filing": "Sau chữ “Lưu:” của văn bản UBND ban hành",
    "department_filing": "Sau chữ “Lưu:” của báo cáo, tờ trình, công văn do sở ban hành",
    "mark": "Dòng đóng dấu lên mọi trang, cho dữ liệu mẫu; tỉnh thật để trống",
    "source_note": "Ghi chú nguồn số liệu, in ở cuối phụ lục",
    "holidays": "Ngày nghỉ thêm, ngoài ngày lễ, Tết, nghỉ bù phần mềm đã biết",
    "working_days": "Ngày làm bù: cuối tuần hoặc ngày lễ nhưng vẫn làm việc",
    "reporting": "Hạn gửi báo cáo tháng, quý, 6 tháng, 9 tháng, năm",
    "site": "Trang kết quả: address, licence, hide_units, hide_fields, show_robustness",
}
"""What each key of province.yaml says; docs/thu-muc-tinh.md, 2 tells it at length."""


def province_table(values: Mapping[str, Any]) -> EditedTable:
    """The sheet of what the file says."""
    key, value = PATH_COLUMNS
    columns = (
        EditedColumn(key.id, "Khóa", key.width, key.sort),
        EditedColumn(value.id, value.title, 80, value.sort),
        EditedColumn(_MEANING, "Ý nghĩa (chỉ để đọc)", 60, Sort.TOLD),
    )
    return EditedTable(PROVINCE_FILE, "Thông tin tỉnh", _NOTE, columns, tuple(_rows(values)), 10)


def _rows(values: Mapping[str, Any]) -> Iterator[TableRow]:
    for row in path_rows(values):
        told = MEANINGS.get(row.key.partition(".")[0])
        yield TableRow(row.key, {**row.values, **({_MEANING: told} if told else {})})
    for name in file_names(ProvinceConfig):
        if name not in values:
            yield TableRow(name, {"path": name, _MEANING: MEANINGS[name]})
