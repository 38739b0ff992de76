"""Why a file is not opened: one sentence of what is wrong, one of what to do."""

SAVE_AGAIN = "Mở bằng Excel hoặc LibreOffice, lưu lại dạng .xlsx rồi gửi lại"
SEND_FORM = "Gửi đúng biểu mẫu đã nhận, dạng .xlsx"
TOO_BIG = "Gửi đúng biểu mẫu đã nhận, không chèn thêm ảnh, trang hay tệp khác"
FILL_IN_AGAIN = "Dán riêng giá trị vào biểu mẫu đã nhận rồi gửi lại"


class UnopenableError(Exception):
    """A file that is not opened. Carries what is wrong and what to do, in Vietnamese, without full stops."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
