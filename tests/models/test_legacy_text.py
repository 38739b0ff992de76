"""Text from before Unicode: recognised, named, told in Unicode; other languages and signs left alone."""

from unicodedata import normalize

import pytest

from models.legacy_text import LegacyEncoding, in_unicode, legacy_encoding


@pytest.mark.parametrize(
    ("text", "encoding", "meant"),
    [
        ("Së Néi vô", LegacyEncoding.TCVN3, "Sở Nội vụ"),
        ("ñy ban nh©n d©n", LegacyEncoding.TCVN3, "ủy ban nhân dân"),
        ("KÕ ho¹ch c¶i c¸ch hµnh chÝnh n¨m 2025", LegacyEncoding.TCVN3, "Kế hoạch cải cách hành chính năm 2025"),
        ("kh«ng", LegacyEncoding.TCVN3, "không"),
        ("®¹t", LegacyEncoding.TCVN3, "đạt"),
        ("Sôû Noäi vuï", LegacyEncoding.VNI, "Sở Nội vụ"),
        ("UÛy ban nhaân daân", LegacyEncoding.VNI, "Ủy ban nhân dân"),
        ("Keá hoaïch caûi caùch haønh chính naêm 2025", LegacyEncoding.VNI, "Kế hoạch cải cách hành chính năm 2025"),
        ("khoâng", LegacyEncoding.VNI, "không"),
        ("ñöôïc", LegacyEncoding.VNI, "được"),
    ],
)
def test_legacy_text_is_recognised_and_told_in_unicode(text: str, encoding: LegacyEncoding, meant: str) -> None:
    assert legacy_encoding(text) is encoding
    assert in_unicode(text, encoding) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12/KH-STP",
        "Kế hoạch cải cách hành chính năm 2025",
        normalize("NFD", "Ủy ban nhân dân xã Long Điền"),
        "hoá học, quý khách, tuý",
        "à, có",
        "café Müller, naïve Straße, Noël",
        "khuỷu, ngoằn ngoèo, oẳn tù tì, giếng",
        "© § × ÷ ± « » ²",
        "😀 tốt",
    ],
)
def test_unicode_text_of_any_language_is_left_alone(text: str) -> None:
    assert legacy_encoding(text) is None
