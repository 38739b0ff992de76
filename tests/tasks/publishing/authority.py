"""A certification authority of the tests: keys, certificates, revocation lists, a time stamp server, pictures."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, ImageDraw
from pyhanko.sign.timestamps import DummyTimeStamper

PASSPHRASE = "mật-khẩu-bí-mật-7391"
PIN = "48613907"
PERSON = "Nguyễn Văn Mẫu"
AGENCY = "Ủy ban nhân dân tỉnh Mẫu"
YEAR = timedelta(days=365)


class Certified:
    """A key with its certificate."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
        self.key = key
        self.certificate = certificate
        self.issuer = issuer

    def p12(self, file: Path, passphrase: str = PASSPHRASE) -> Path:
        """The key in a PKCS#12 file, with the issuer's certificate."""
        encryption = BestAvailableEncryption(passphrase.encode())
        content = pkcs12.serialize_key_and_certificates(b"key", self.key, self.certificate, [self.issuer], encryption)
        file.write_bytes(content)
        return file

    @property
    def key_der(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @property
    def key_der_rsa(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


class Authority:
    """A root that certifies persons, agencies and time stamp servers."""

    def __init__(self, name: str = "Tổ chức chứng thực mẫu") -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = self._builder(self.name, self.key, now - 5 * YEAR, now + 5 * YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_usage(cert_sign=True), critical=True)
        self.certificate = builder.sign(self.key, hashes.SHA256())

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, first: datetime, last: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(first)
            .not_valid_after(last)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )

    def certify(
        self,
        name: str,
        organisation: str = AGENCY,
        first: datetime | None = None,
        last: datetime | None = None,
        stamps: bool = False,
    ) -> Certified:
        """A new key with a certificate, of a time stamp server when asked."""
        key = rsa.generate_private_key(65537, 2048)
        attributes = {NameOID.COMMON_NAME: name, NameOID.ORGANIZATION_NAME: organisation}
        subject = x509.Name([x509.NameAttribute(kind, text) for kind, text in attributes.items()])
        now = datetime.now(UTC)
        builder = self._builder(subject, key, first or now - YEAR, last or now + YEAR)
        builder = builder.add_extension(_usage(), critical=True)
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return Certified(key, builder.sign(self.key, hashes.SHA256()), self.certificate)

    def revocations(self, revoked: dict[Certified, datetime] | None = None) -> bytes:
        """A list of revoked certificates, DER."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        builder = builder.last_update(now - timedelta(hours=1)).next_update(now + YEAR)
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        for one, when in (revoked or {}).items():
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(when).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def trusted_in(self, folder: Path, revocations: bytes | None = None) -> Path:
        """The root, and a revocation list, as an office keeps them."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "goc.crt").write_bytes(self.certificate.public_bytes(Encoding.PEM))
        if revocations is not None:
            (folder / "thu-hoi.crl").write_bytes(revocations)
        return folder


def _usage(cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=cert_sign,
        crl_sign=cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


@contextmanager
def time_stamp_server(certified: Certified) -> Iterator[str]:
    """A server of RFC 3161 on this machine; its address."""
    stamper = DummyTimeStamper(asn1.Certificate.load(certified.der), keys.PrivateKeyInfo.load(certified.key_der))

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *said: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def draw_signature(file: Path, ink: tuple[int, int, int] = (0, 0, 0)) -> Path:
    """A scribble on a transparent ground with room around it."""
    picture = Image.new("RGBA", (900, 600), (*ink, 0))
    pen = ImageDraw.Draw(picture)
    points = [(150, 380), (240, 180), (300, 420), (380, 220), (450, 400), (520, 260), (600, 380), (750, 200)]
    pen.line(points, fill=(*ink, 255), width=14, joint="curve")
    pen.line([(140, 420), (760, 390)], fill=(*ink, 255), width=8)
    picture.save(file)
    return file


def draw_seal(file: Path, red: tuple[int, int, int] = (214, 16, 32)) -> Path:
    """A round seal on a transparent ground with room around it."""
    picture = Image.new("RGBA", (800, 800), (*red, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((50, 50, 749, 749), outline=(*red, 255), width=16)
    pen.ellipse((170, 170, 629, 629), outline=(*red, 255), width=6)
    pen.regular_polygon((400, 400, 150), 5, fill=(*red, 255))
    picture.save(file)
    return file
