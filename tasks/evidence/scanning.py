"""A file → what the virus scanner says of it. The scanner is clamd, where the settings name one.

The file goes over the scanner's own connection piece by piece, so that it needs no right to read our folders.
Source: clamd(8), INSTREAM.
"""

import socket
from collections.abc import Callable
from pathlib import Path

from models.findings import Finding

_PIECE = 64 * 1024
_TIMEOUT = 60.0  # seconds for a connection, and for each answer
_LONGEST_ANSWER = 4096

Scan = Callable[[Path], str | None]
"""What finds the name of a virus in a file, None where it finds none."""


class ScannerError(Exception):
    """The scanner gave no verdict: it cannot be reached, or does not take the file. Carries why, in Vietnamese."""


def scanner_at(address: str | None) -> Scan:
    """The scanner of an address (`host:port` or the path of a socket); without one nothing is scanned."""
    if address is None:
        return lambda path: None
    return lambda path: _scanned(address, path)


def _scanned(address: str, path: Path) -> str | None:
    """The name of what was found in a file, None where it is clean.

    Raises:
        ScannerError: there is no verdict.
    """
    try:
        with _connection(address) as scanner, path.open("rb") as file:
            scanner.sendall(b"zINSTREAM\0")
            try:
                while piece := file.read(_PIECE):
                    scanner.sendall(len(piece).to_bytes(4, "big") + piece)
                scanner.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it says why: the file is larger than its StreamMaxLength
            said = _answer(scanner)
    except OSError as error:
        raise ScannerError(f"máy quét vi-rút không trả lời ({error.strerror or error})") from error
    if said.endswith(" OK"):
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND").rpartition(": ")[2]
    raise ScannerError(f"máy quét vi-rút không quét được tệp này ({said or 'không nói gì'})")


def _connection(address: str) -> socket.socket:
    if address.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(_TIMEOUT)
        try:
            scanner.connect(address)
        except OSError:
            scanner.close()
            raise
        return scanner
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), _TIMEOUT)


def _answer(scanner: socket.socket) -> str:
    said = b""
    while len(said) < _LONGEST_ANSWER and not said.endswith(b"\0") and (more := scanner.recv(_LONGEST_ANSWER)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def examined_scanner(address: str | None) -> tuple[str, list[Finding]]:
    """What is said of the scanner, and what is wrong with it, for the doctor."""
    if address is None:
        return "không đặt máy quét, tệp minh chứng không được quét vi-rút", []
    try:
        with _connection(address) as scanner:
            scanner.sendall(b"zPING\0")
            if _answer(scanner) == "PONG":
                return f"{address} trả lời", []
            why = "trả lời lạ, không phải clamd"
    except OSError as error:
        why = str(error.strerror or error)
    return address, [Finding("máy quét vi-rút", 0, f"không dùng được ({why})", "Kiểm tra CCHC_CLAMD và dịch vụ clamd")]
