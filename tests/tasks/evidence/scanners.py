"""Virus scanners on this machine: a real clamd with one signature of its own where it is installed, and one that only
speaks as clamd does.
"""

import shutil
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.evidence.scanning import examined_scanner
from tests.mailbox import free_port

# The test file of the antivirus makers (eicar.org), in two parts so that no scanner takes this file for it.
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = shutil.which("clamd") or ("/usr/sbin/clamd" if Path("/usr/sbin/clamd").exists() else None)


@contextmanager
def real_clamd(folder: Path, by_socket: bool = False) -> Iterator[str]:
    """The address of a clamd that knows the test file, until the end of the block."""
    if CLAMD is None:
        pytest.skip("clamd is not installed")
    signatures = folder / "signatures"
    signatures.mkdir(parents=True)
    # A signature in hexadecimal, anywhere (*) in a file of any type (0).
    (signatures / "test.ndb").write_text(f"Test.Virus:0:*:{TEST_VIRUS.hex()}\n")
    port = free_port()
    where = f"LocalSocket {folder}/clamd.sock" if by_socket else f"TCPSocket {port}\nTCPAddr 127.0.0.1"
    config = folder / "clamd.conf"
    config.write_text(f"{where}\nDatabaseDirectory {signatures}\nForeground yes\nStreamMaxLength 1M\nUser root\n")
    process = subprocess.Popen([CLAMD, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"{folder}/clamd.sock" if by_socket else f"127.0.0.1:{port}"
    try:
        until = time.monotonic() + 30
        while examined_scanner(address)[1]:
            assert process.poll() is None, "clamd ended"
            assert time.monotonic() < until
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


class _Speaking(socketserver.StreamRequestHandler):
    """Clamd's side of INSTREAM and PING, for machines without clamd."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        assert command == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
        self.wfile.write(b"stream: Test.Virus FOUND\0" if TEST_VIRUS in content else b"stream: OK\0")


@contextmanager
def speaking_clamd() -> Iterator[str]:
    """The address of a server that speaks as clamd does, until the end of the block."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Speaking) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
