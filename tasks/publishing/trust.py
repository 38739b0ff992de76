"""Whom to believe: the certificates and revocation lists that an office keeps, read from a folder or a file.

Certificates that name themselves as issuer are roots, the others may stand between a root and a signer. Nothing is
fetched. Whoever imports this module waits for the libraries of certificates.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import crl, pem, x509
from pyhanko_certvalidator import ValidationContext

from models.findings import refusal
from models.settings import Settings

FOLDER = "trust"
_SUFFIXES = (".cer", ".crt", ".der", ".pem", ".crl")


@dataclass(frozen=True)
class Trust:
    """Roots, certificates between, revocation lists."""

    roots: tuple[x509.Certificate, ...] = ()
    between: tuple[x509.Certificate, ...] = ()
    revoked: tuple[crl.CertificateList, ...] = ()

    def context(self, at: datetime | None = None, fetching: bool = False) -> ValidationContext:
        """What a validation needs; at a given time, lists that came out later count too."""
        return ValidationContext(**self.context_values(at), allow_fetching=fetching)

    def context_values(self, at: datetime | None = None) -> dict[str, Any]:
        """The same, for a validation that adds what a file carries."""
        return {
            "trust_roots": list(self.roots),
            "other_certs": list(self.between),
            "crls": list(self.revoked),
            "moment": at,
            "retroactive_revinfo": at is not None,
        }

    def revoked_at(self, certificate: x509.Certificate) -> datetime | None:
        """When the office's lists say that a certificate was revoked, whether or not it names where lists are kept."""
        dates = [
            entry["revocation_date"].native
            for kept in self.revoked
            if kept.issuer == certificate.issuer
            for entry in kept["tbs_cert_list"]["revoked_certificates"]
            if entry["user_certificate"].native == certificate.serial_number
        ]
        return min(dates, default=None)


def trust_of(settings: Settings, province: Path | None) -> Trust:
    """What CCHC_TRUST_ROOTS names, else the province's trust/, else nothing.

    Raises:
        RefusedError: the setting names nothing, or a file is neither a certificate nor a revocation list.
    """
    place = settings.trust_roots or (province / FOLDER if province else None)
    if place is None or (settings.trust_roots is None and not place.is_dir()):
        return Trust()
    if not place.exists():
        raise refusal(str(place), "không có tệp hoặc thư mục chứng thư gốc này", "Kiểm tra biến CCHC_TRUST_ROOTS")
    files = (
        sorted(file for file in place.iterdir() if file.suffix.casefold() in _SUFFIXES) if place.is_dir() else [place]
    )
    certificates: list[x509.Certificate] = []
    lists: list[crl.CertificateList] = []
    for file in files:
        try:
            for content in _parts(file.read_bytes()):
                if file.suffix.casefold() == ".crl":
                    lists.append(crl.CertificateList.load(content, strict=True))
                else:
                    certificates.append(x509.Certificate.load(content, strict=True))
            for value in (*certificates, *lists):
                value.native  # noqa: B018 - asn1crypto reads late, and complains late
        except (ValueError, TypeError):
            what = "không phải chứng thư (.pem, .crt, .cer, .der) hoặc danh sách thu hồi (.crl) đọc được"
            raise refusal(str(file), what, "Lấy lại tệp từ tổ chức chứng thực hoặc bỏ tệp này") from None
    roots = tuple(one for one in certificates if one.self_signed != "no")
    return Trust(roots, tuple(one for one in certificates if one.self_signed == "no"), tuple(lists))


def _parts(content: bytes) -> list[bytes]:
    """The DER parts of a file, which may be PEM with several of them."""
    if not pem.detect(content):
        return [content]
    return [part for _, _, part in pem.unarmor(content, multiple=True)]
