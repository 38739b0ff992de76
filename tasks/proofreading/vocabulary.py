"""The words by which a sentence about results is read: a closed list, each with what it says.

A new word goes here; a word that is not here is a barrier that no statement is read across.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from tasks.proofreading.agreeing import Hedge
from tasks.proofreading.names import Names, lowered


class Kind(Enum):
    """What a token is. From INDEX to PREVIOUS they are words of the trade; FILL means nothing for what is stated."""

    UNIT = auto()
    GROUP = auto()
    AREA = auto()
    LEAF = auto()
    MEASURE = auto()
    NUMBER = auto()
    YEAR = auto()
    GRADE = auto()
    PRONOUN = auto()
    INDEX = auto()
    POINTS = auto()
    APPRAISED = auto()
    SELF = auto()
    SURVEY = auto()
    BONUS = auto()
    PENALTY = auto()
    MAXIMUM = auto()
    SHARE = auto()
    MEAN = auto()
    RANK = auto()
    GRADED = auto()
    BEST = auto()
    WORST = auto()
    MOST = auto()
    LEAST = auto()
    UP = auto()
    DOWN = auto()
    SAME = auto()
    HIGHER = auto()
    LOWER = auto()
    SPREAD = auto()
    FROM = auto()
    TO = auto()
    TOP = auto()
    RANKED = auto()
    UNRANKED = auto()
    NOT_SCORED = auto()
    NOT_COMPARED = auto()
    SILENT = auto()
    TOGETHER = auto()
    RESPECTIVELY = auto()
    PREVIOUS = auto()
    AREAS = auto()
    LEAVES = auto()
    FILL = auto()
    MARK = auto()
    STOP = auto()
    REFERENCE = auto()
    BLOCK = auto()
    WORD = auto()


_PHRASES: Mapping[Kind, Sequence[str]] = {
    Kind.INDEX: (
        "chỉ số cải cách hành chính",
        "chỉ số cchc",
        "chỉ số thành phần",
        "chỉ số chung",
        "chỉ số",
        "điểm chỉ số",
    ),
    Kind.POINTS: ("tổng điểm", "tổng số điểm", "số điểm", "điểm tổng", "điểm số", "tổng cộng"),
    Kind.APPRAISED: ("điểm thẩm định", "điểm sau thẩm định"),
    Kind.SELF: ("điểm tự chấm", "điểm tự đánh giá", "tự chấm", "tự đánh giá được", "điểm đơn vị tự chấm"),
    Kind.SURVEY: (
        "điểm điều tra xã hội học",
        "điểm khảo sát",
        "kết quả điều tra xã hội học",
        "kết quả khảo sát",
        "xác định qua điều tra xã hội học",
        "điều tra xã hội học",
    ),
    Kind.BONUS: ("điểm thưởng", "điểm cộng"),
    Kind.PENALTY: ("điểm trừ", "bị trừ"),
    Kind.MAXIMUM: ("điểm tối đa", "tối đa", "thang điểm"),
    Kind.SHARE: ("tỷ lệ điểm trung bình", "tỉ lệ điểm trung bình", "tỷ lệ điểm", "tỉ lệ điểm"),
    Kind.MEAN: (
        "chỉ số trung bình",
        "chỉ số bình quân",
        "chỉ số cchc trung bình",
        "chỉ số cải cách hành chính trung bình",
        "mức trung bình",
        "giá trị trung bình",
        "điểm trung bình",
        "trung bình chung",
        "trung bình",
        "bình quân",
    ),
    Kind.RANK: (
        "xếp hạng thứ",
        "xếp ở vị trí thứ",
        "xếp vị trí thứ",
        "đứng ở vị trí thứ",
        "đứng vị trí thứ",
        "đứng thứ",
        "xếp thứ",
        "vị trí thứ",
        "vị trí số",
        "hạng thứ",
        "thứ hạng",
        "xếp hạng",
        "xếp vị trí",
        "đứng hạng",
        "vị thứ",
        "vị trí",
        "về thứ",
        "thứ",
        "hạng",
    ),
    Kind.GRADED: ("xếp loại", "được xếp loại", "đạt loại", "loại", "đạt mức", "xếp mức", "mức xếp loại", "xếp ở mức"),
    Kind.BEST: (
        "cao nhất",
        "dẫn đầu",
        "đứng đầu",
        "xếp đầu",
        "đứng nhất",
        "xếp nhất",
        "đứng đầu bảng",
        "đầu bảng",
        "dẫn đầu bảng xếp hạng",
        "quán quân",
        "giữ ngôi đầu",
        "ngôi đầu",
        "vị trí dẫn đầu",
        "vị trí đầu",
        "tốt nhất",
    ),
    Kind.WORST: (
        "thấp nhất",
        "đứng cuối",
        "xếp cuối",
        "đứng cuối bảng",
        "cuối bảng",
        "xếp cuối cùng",
        "đứng cuối cùng",
        "đội sổ",
        "vị trí cuối",
        "vị trí cuối cùng",
        "đứng chót",
        "đứng bét",
        "kém nhất",
    ),
    Kind.MOST: (
        "tăng chỉ số nhiều nhất",
        "tăng chỉ số mạnh nhất",
        "tăng hạng nhiều nhất",
        "tăng bậc nhiều nhất",
        "tăng nhiều bậc nhất",
        "tăng hạng mạnh nhất",
        *(
            f"{what}tăng{whose} {most}"
            for what in ("mức ", "")
            for whose in ("", " hạng", " chỉ số")
            for most in ("cao nhất", "lớn nhất", "mạnh nhất", "nhiều nhất")
        ),
    ),
    Kind.LEAST: (
        "giảm chỉ số nhiều nhất",
        "giảm chỉ số mạnh nhất",
        "giảm hạng nhiều nhất",
        "giảm bậc nhiều nhất",
        "tụt hạng nhiều nhất",
        "giảm hạng mạnh nhất",
        *(
            f"{what}giảm{whose} {most}"
            for what in ("mức ", "")
            for whose in ("", " hạng", " chỉ số")
            for most in ("sâu nhất", "lớn nhất", "mạnh nhất", "nhiều nhất")
        ),
    ),
    Kind.UP: ("tăng", "tăng hạng", "tăng lên", "vươn lên", "tiến", "cải thiện", "thăng", "nhảy vọt", "lên hạng"),
    Kind.DOWN: ("giảm", "giảm hạng", "giảm xuống", "tụt", "tụt hạng", "sụt", "sụt giảm", "tụt xuống", "lùi", "rớt"),
    Kind.SAME: (
        "giữ nguyên thứ hạng",
        "giữ nguyên hạng",
        "giữ nguyên vị trí",
        "giữ nguyên",
        "không thay đổi",
        "không đổi",
        "giữ vững thứ hạng",
        "giữ hạng",
    ),
    Kind.HIGHER: ("cao hơn", "trên mức", "xếp trên", "đứng trên", "vượt", "lớn hơn"),
    Kind.LOWER: ("thấp hơn", "dưới mức", "xếp dưới", "đứng dưới", "đứng sau", "xếp sau", "kém", "kém hơn"),
    Kind.SPREAD: ("chênh lệch", "khoảng cách"),
    Kind.FROM: ("từ hạng", "từ vị trí", "từ vị trí thứ", "từ thứ", "từ hạng thứ", "từ thứ hạng"),
    Kind.TO: (
        *("lên hạng", "lên vị trí", "lên vị trí thứ", "lên thứ", "lên thứ hạng", "lên hạng thứ"),
        *("xuống hạng", "xuống vị trí", "xuống vị trí thứ", "xuống thứ", "xuống hạng thứ", "xuống thứ hạng"),
    ),
    Kind.TOP: ("nhóm đầu", "nhóm dẫn đầu", "nhóm cuối", "tốp đầu", "tốp dẫn đầu", "tốp cuối", "top", "tốp", "nhóm"),
    Kind.RANKED: ("được xếp hạng",),
    Kind.UNRANKED: ("không xếp hạng", "nhưng không xếp hạng"),
    Kind.NOT_SCORED: ("không được chấm điểm", "không chấm điểm"),
    Kind.NOT_COMPARED: ("không so sánh",),
    Kind.SILENT: ("không gửi hồ sơ tự đánh giá, chấm điểm", "không gửi hồ sơ tự đánh giá", "không gửi hồ sơ"),
    Kind.TOGETHER: ("cùng", "đồng hạng", "cùng hạng", "cùng đạt", "đều", "đồng"),
    Kind.RESPECTIVELY: ("lần lượt", "theo thứ tự"),
    Kind.AREAS: ("lĩnh vực",),
    Kind.LEAVES: ("tiêu chí, tiêu chí thành phần", "tiêu chí thành phần", "tiêu chí"),
    Kind.PREVIOUS: ("năm trước", "năm ngoái", "năm liền trước", "kỳ trước"),
    Kind.FILL: (
        *("đạt", "với", "có", "được", "là", "của", "về", "ở", "tại", "trong", "kết quả", "mức", "giá trị", "con số"),
        *(
            "cũng",
            "đã",
            "tiếp tục",
            "hiện",
            "nằm",
            "và",
            "trên địa bàn",
            "trên địa bàn tỉnh",
            "toàn",
            "toàn tỉnh",
            "cả tỉnh",
            "trong tỉnh",
            "cả",
            "vẫn",
        ),
        *("chỉ", "giữ", "ở mức", "trong số", "tổng số", "số", "các", "khối", "cấp", "trong đó", "riêng", "còn", "thì"),
        *("so với", "so", "đứng", "xếp", "đơn vị", "cơ quan", "địa phương", "thuộc về", "gồm", "nêu trên", "trên tổng"),
        *("ubnd", "ủy ban nhân dân", "kết quả cải cách hành chính", "cải cách hành chính", "cchc", "kết quả chung"),
        *("bảng xếp hạng", "xếp hạng chung", "năm", "đó", "nhất", "điểm", "bằng", "công tác", "lần này"),
        *("theo đó", "phê duyệt", "so sánh với", "cụ thể", "bậc", "một", "do", "nhưng", "ra"),
        *("được đánh giá", "đã công bố", "được công bố", "công bố", "theo lĩnh vực", "vị", "tiếp theo", "kế đến"),
        *(
            "trong khi đó",
            "trong khi",
            "bên cạnh đó",
            "ngoài ra",
            "tuy nhiên",
            "đạt tỷ lệ",
            "đạt tỉ lệ",
            "khi đó",
            "nhiều nhất",
        ),
        *("tiếp đến", "sau đó", "bảng", "đều đạt", "trở lên", "trở xuống", "đến", "toàn khối", "thành phần", "nay"),
        *(
            "lên",
            "xuống",
            "vươn",
            "giữ vững",
            "giữ vững được",
            "duy trì",
            "vẫn giữ",
            "năm nay",
            "mình",
            "đạt kết quả",
            "phần trăm",
            "sau khi",
            "làm tròn",
        ),
        *("chi tiết tại", "kèm theo", "kèm theo quyết định này", "kèm theo dự thảo quyết định", "kết quả chi tiết tại"),
        *(
            "quyết định này",
            "dự thảo quyết định",
            "đối với",
            "thuộc",
            "mạnh",
            "nhẹ",
            "thêm",
            "thì có",
            "chưa có số liệu",
            "ghi nhận",
            "giữa",
            "vào",
        ),
    ),
    Kind.BLOCK: (
        *("không", "chưa", "chẳng", "không phải", "nếu", "giả sử", "phấn đấu", "mục tiêu", "dự kiến", "kế hoạch"),
        *("kỳ vọng", "chỉ tiêu", "cam kết", "suýt", "từ dưới lên", "từ dưới", "duy nhất", "cả nước", "toàn quốc"),
        *("trong vùng", "khu vực", "dự báo", "ước", "ước đạt", "sẽ", "cần", "phải", "hài lòng", "par index", "sipas"),
        *(
            "papi",
            "pci",
            "dti",
            "ddci",
            "chuyển đổi số cấp tỉnh",
            "quy định",
            "yêu cầu",
            "tạm tính",
            "có thể",
            "bộ chỉ số",
        ),
        *(
            "liên tiếp",
            "liên tục",
            "lần đầu",
            "thành tích",
            "kỷ lục",
            "hơn nữa",
            "trước đây",
            "trước đó",
            "quý",
            "tháng",
        ),
        *(
            "tiếp tục tăng",
            "tiếp tục giảm",
            "tiếp tục cải thiện",
            "một mình",
            "tất cả",
            "toàn bộ",
            "hầu hết",
            "phần lớn",
            "đa số",
        ),
        *("trừ", "ngoài", "ngoại trừ", "không kể", "không tính", "gần như", "nhiều năm"),
        *("hồ sơ", "tỷ lệ", "tỉ lệ", "giải ngân", "dịch vụ công", "văn bản", "thủ tục", "đảng viên", "biên chế"),
    ),
    Kind.WORD: (
        *(
            "tăng cường",
            "giảm thiểu",
            "giảm tải",
            "nâng cao",
            "cắt giảm",
            "tinh giản",
            "nhiệm vụ",
            "xếp hàng",
            "thứ trưởng",
        ),
        *("loại bỏ", "các loại", "phân loại", "loại hình", "tiến độ", "tiến hành", "đứng tên", "thứ tự", "cải tiến"),
        *("người đứng đầu", "đứng đầu cơ quan", "đứng đầu đơn vị", "hạng mục", "vượt quá", "tiến bộ", "thăng tiến"),
        *("tốt hơn", "lùi thời hạn", "thời hạn", "trung bình dưới", "kém hiệu quả", "đánh giá chung", "khoảng cách số"),
    ),
}
_PRONOUNS = (
    *("đơn vị này", "sở này", "xã này", "phường này", "địa phương này", "cơ quan này", "ngành này", "huyện này"),
    *("thị xã này", "thành phố này", "đơn vị trên", "sở trên"),
)
_HEDGES: Mapping[Hedge, Sequence[str]] = {
    Hedge.ABOUT: ("khoảng", "xấp xỉ", "tương đương", "chừng", "ước khoảng"),
    Hedge.OVER: ("hơn", "trên", "nhỉnh hơn"),
    Hedge.NEARLY: ("gần", "gần đạt", "suýt soát", "xấp xỉ gần"),
    Hedge.UNDER: (
        "dưới",
        "chưa đến",
        "chưa tới",
        "chưa đầy",
        "không đến",
        "không tới",
        "chưa đạt",
        "không đạt",
        "không đạt được",
    ),
    Hedge.AT_LEAST: ("từ", "ít nhất", "tối thiểu", "không dưới", "không thấp hơn"),
    Hedge.AT_MOST: ("không quá", "nhiều nhất"),
}
STILL = ("tiếp tục", "giữ vững", "giữ vững được", "duy trì", "vẫn giữ")
"""Before a rank or the best: it was so the year before too."""
PERHAPS_STILL = ("vẫn", "giữ")
MANY = ("tất cả", "toàn bộ", "hầu hết", "phần lớn", "đa số")
COMPARED = ("so với", "so", "so sánh với")
"""Before a year: it is what something is compared with, not of when it is told."""
TAGS = {lowered(phrase): kind for kind, phrases in _PHRASES.items() for phrase in sorted(phrases, key=len)}
TAGS.update(dict.fromkeys(_PRONOUNS, Kind.PRONOUN))
WORD_HEDGES = {lowered(phrase): hedge for hedge, phrases in _HEDGES.items() for phrase in phrases}
_ORDER = sorted({*TAGS, *WORD_HEDGES}, key=len, reverse=True)
PHRASE = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(phrase) for phrase in _ORDER)})(?!\w)")
REFERENCE = re.compile(
    r"(?:ngày\s+\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?|ngày\s+\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?|ngày\s+tháng"
    r"|\d{1,2}/\d{1,2}/\d{4}|(?:số:?\s*)?\d+/(?:\d{4}/)?[a-zđ][\wđ.-]*(?:[-/][\wđ]+)*"
    r"|(?:phụ lục|điều|khoản|điểm|mục|biểu đồ|bảng)\s+(?:số\s+)?(?:[ivxlc]+|\d+|[a-zđ])\b(?!\s*%)"
    r"|tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?|quý\s+[ivx]+(?:\s+năm\s+\d{4})?|\d+ tháng(?: đầu)?(?: năm(?: \d{4})?)?"
    r"|giai đoạn\s+\d{4}\s*[-–]\s*\d{4}|kỳ đánh giá năm \d{4}|kế hoạch năm \d{4}|\d+\s*chữ số thập phân"
    r"|\(\d(?:,\s*\d)+\)|https?://\S+|\b\d+ (?:ngày|phụ lục)\b)"
)
AREA_CODE = re.compile(r"lĩnh vực\s+(?:thứ\s+|số\s+)?([ivx]+|\d{1,2})\b(?!\s*(?:%|đơn vị|lĩnh vực|/))")
YEAR = re.compile(r"(?:năm\s+)?(?<![\d,.])(20\d\d)(?![\d,.]\d|\d)")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:\s?/\s?(\d+(?:[.,]\d{1,2}(?!\d))?))?")
NO_UNIT = re.compile(
    r"không (?:có |còn )?(sở|đơn vị|xã|phường|đặc khu|huyện|cơ quan|địa phương|xã, phường|sở, ban, ngành) nào"
    r"(?: có| đạt)?(?!\w)"
)
DIGITS = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "nhất": 1,
    "nhì": 2,
}
SPOKEN = re.compile(
    r"mười (?:một|hai|ba|bốn|tư|lăm|năm|sáu|bảy|tám|chín)|hai mươi|"
    r"(?:một|hai|ba|bốn|tư|năm|sáu|bảy|bẩy|tám|chín|mười|nhất|nhì)"
)
UNIT_WORDS = (
    ("pp", r"điểm phần trăm|điểm %|điểm%"),
    ("%", r"%|phần trăm"),
    ("points", r"điểm"),
    ("places", r"bậc|hạng|vị trí|thứ bậc|bậc xếp hạng"),
    ("areas", r"lĩnh vực"),
    ("leaves", r"tiêu chí, tiêu chí thành phần|tiêu chí thành phần|tiêu chí"),
    (
        "units",
        r"đơn vị|sở, ban, ngành|sở, ngành|sở|xã, phường, đặc khu|xã, phường|phường, xã|xã|phường|đặc khu|cơ quan|"
        r"địa phương|huyện, thị xã, thành phố|huyện|thị xã|thành phố",
    ),
)
UNIT_OF = re.compile("|".join(rf"(?P<u{place}>\s*(?:{words})(?!\w))" for place, (_, words) in enumerate(UNIT_WORDS)))
NAMES = {
    Names.UNIT: Kind.UNIT,
    Names.GROUP: Kind.GROUP,
    Names.AREA: Kind.AREA,
    Names.LEAF: Kind.LEAF,
    Names.MEASURE: Kind.MEASURE,
}
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
CLAIMS = frozenset(
    (
        *(Kind.BEST, Kind.WORST, Kind.MOST, Kind.LEAST, Kind.UP, Kind.DOWN, Kind.SAME, Kind.HIGHER, Kind.LOWER),
        *(Kind.TOP, Kind.GRADE),
    )
)
