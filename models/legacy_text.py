"""Vietnamese text in the encodings from before Unicode: TCVN3 (ABC) and VNI, recognised and told in Unicode.

Such text arrives as Latin letters with marks in the wrong places: `ñy ban nh©n d©n`, `UÛy ban nhaân daân`. A word is
legacy where it is no Vietnamese syllable as it stands and becomes one when its old encoding is undone.
Source of TCVN3: TCVN 5712:1993, table VN3; of VNI: the two-byte table of the VNI fonts.
"""

import re
from enum import StrEnum
from unicodedata import combining, normalize


class LegacyEncoding(StrEnum):
    """An encoding from before Unicode, by the name that officers know."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ¡¢£¤¥¦§",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_VNI_SINGLES = dict(zip("ñÑöÖôÔæÆóÓòÒîÎ", "đĐưƯơƠỉỈĩĨịỊỵỴ", strict=True))
_MARKS = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ON_CIRCUMFLEX = {"á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_ON_BREVE = {"é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ENDINGS = {
    **_MARKS,
    "â": "\u0302",
    "ê": "\u0306",
    **{sign: "\u0302" + mark for sign, mark in _ON_CIRCUMFLEX.items()},
    **{sign: "\u0306" + mark for sign, mark in _ON_BREVE.items()},
}
_VNI_PAIR = re.compile(f"([aeouyôö])([{''.join(_VNI_ENDINGS)}])", re.IGNORECASE)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"(?:iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|uya|uao|"
    r"a[iouy]|â[uy]|e[o]|êu|i[aêu]|o[aăeio]|ôi|ơi|u[aâêiơôy]|ư[aiơu]|yê|[aăâeêioôơuưy])"
    r"(?:ng|nh|ch|[cmnpt])?"
)
_WORD = re.compile(r"[^\s\d.,;:!?()\[\]{}\"'/\\“”‘’…=+*<>&|_-]+")

_LETTER = re.compile(r"[a-zA-Z]")


def legacy_encoding(text: str) -> LegacyEncoding | None:
    """The old encoding that a text is written in, None for Unicode text of any language.

    Args:
        text: as received; plain letters are Vietnamese in every encoding and tell nothing.
    """
    if text.isascii():
        return None
    words = [word for word in _WORD.findall(normalize("NFC", text)) if not word.isascii()]
    old = [word for word in words if not _is_surely_unicode(word)]
    modern = len(words) - len(old)
    if len(old) <= modern:
        return None
    strange = [word for word in old if _LETTER.search(word) and not _is_syllable(word)]
    found = {  # equals go to VNI, whose pairs of letter and mark do not come about by chance
        LegacyEncoding.VNI: sum(_is_syllable(_from_vni(word)) for word in strange),
        LegacyEncoding.TCVN3: sum(_is_syllable(_from_tcvn3(word)) for word in strange),
    }
    best = max(found, key=lambda encoding: found[encoding])
    return best if found[best] > modern else None


def in_unicode(text: str, encoding: LegacyEncoding) -> str:
    """The text as its writer meant it, in composed Unicode."""
    return _from_tcvn3(text) if encoding is LegacyEncoding.TCVN3 else _from_vni(text)


def _from_tcvn3(text: str) -> str:
    return "".join(_TCVN3.get(letter, letter) for letter in text)


def _from_vni(text: str) -> str:
    """Pairs of a letter and its mark first; a single sign that is no mark of a letter before it stands for itself."""
    out, position = [], 0
    while position < len(text):
        pair = _VNI_PAIR.match(text, position)
        letter = text[position]
        base = _VNI_SINGLES.get(letter, letter)
        if pair:
            out.append(normalize("NFC", base + _VNI_ENDINGS[pair[2].casefold()]))
            position += 2
        else:
            out.append(base)
            position += 1
    return "".join(out)


def _is_surely_unicode(word: str) -> bool:
    """Whether a word has letters that only Unicode text has, such as ơ, ư, ạ, ế: it is in no old encoding."""
    return any(letter >= "\u0102" for letter in word)


def _is_syllable(word: str) -> bool:
    """Whether a word is spelled like a Vietnamese syllable, with at most one tone."""
    apart = normalize("NFD", word.casefold())
    tones = sum(letter in _TONES for letter in apart)
    bare = normalize("NFC", "".join(letter for letter in apart if not combining(letter) or letter not in _TONES))
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None
