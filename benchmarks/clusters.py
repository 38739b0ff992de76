"""A Dask cluster as operators run it: scheduler and workers as processes of their own, started anew when they end.

Each worker has a home and a working folder of its own, and knows nothing but the code, the address of the database and
that of the store. Workers and scheduler are killed where a test says so.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from distributed import Client

from benchmarks.places import ROOT

_PATIENCE = 300.0
_PAUSE = 0.02


class Service:
    """A process that is started again whenever it ends, as systemd does with `Restart=always`."""

    def __init__(self, words: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._words, self._folder, self._environment = words, folder, environment
        self._over = Event()
        self._log = (folder / "log").open("ab")
        self.process = self._start()
        self._watching = Thread(target=self._watch, daemon=True)
        self._watching.start()

    def kill(self) -> None:
        """End it as a power cut does."""
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it for good."""
        self._over.set()
        self._watching.join()
        self.kill()
        self.process.wait()
        self._log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._words, cwd=self._folder, env=dict(self._environment), stdout=self._log, stderr=subprocess.STDOUT
        )

    def _watch(self) -> None:
        while not self._over.wait(_PAUSE):
            if self.process.poll() is not None:
                self.process = self._start()


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, work: Path, settings: Mapping[str, str], workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("CCHC_", "PREFECT_"))}
        environment |= {"PYTHONPATH": str(ROOT), **settings}
        port = self.address.rpartition(":")[2]
        scheduling = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]
        working = ["-m", "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        self.scheduler = _service(scheduling, work / "scheduler", environment)
        self.workers = [_service(working, work / f"home-{number}", environment) for number in range(1, workers + 1)]

    def stop(self) -> None:
        """End all of it."""
        for service in (*self.workers, self.scheduler):
            service.stop()

    def wait(self) -> None:
        """Until every worker is there."""
        with Client(self.address, timeout=_PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=_PATIENCE)

    @contextmanager
    def struck(self, at: int, strike: Callable[["Cluster", int], None]) -> Iterator[list[int]]:
        """Strike while a job is at work.

        Args:
            at: at which job, from 1, in the order in which they begin.
            strike: what is done, with the process that works on it.

        Returns:
            The processes that worked on struck jobs; empty where that job never came.
        """
        struck: list[int] = []
        over = Event()
        watching = Thread(target=self._watch, args=(at, strike, struck, over), daemon=True)
        watching.start()
        try:
            yield struck
        finally:
            over.set()
            watching.join()

    def _watch(self, at: int, strike: Callable[["Cluster", int], None], struck: list[int], over: Event) -> None:
        seen: set[str] = set()
        with Client(self.address, timeout=_PATIENCE, set_as_default=False) as client:
            pids = client.run(os.getpid)
            while not over.wait(_PAUSE):
                for worker, keys in client.processing().items():
                    seen.update(keys)
                    if keys and len(seen) >= at:
                        struck.append(pids[worker])
                        strike(self, pids[worker])
                        return


def kill_worker(cluster: Cluster, pid: int) -> None:
    """The worker that has the job."""
    os.kill(pid, signal.SIGKILL)


def kill_scheduler(cluster: Cluster, pid: int) -> None:
    """The scheduler, which forgets all it knew."""
    cluster.scheduler.kill()


def _service(words: list[str], folder: Path, environment: Mapping[str, str]) -> Service:
    folder.mkdir(parents=True)
    homes = {"HOME": str(folder), "PREFECT_HOME": str(folder / "prefect")}
    return Service([sys.executable, *words], folder, {**environment, **homes})


@contextmanager
def cluster(work: Path, settings: Mapping[str, str], workers: int = 2) -> Iterator[Cluster]:
    """A cluster that is up, for as long as it is needed.

    Args:
        work: an empty folder.
        settings: what the environment of the workers says.
        workers: how many there are.
    """
    started = Cluster(work, settings, workers)
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@contextmanager
def s3_server(bucket: str) -> Iterator[dict[str, str]]:
    """A server that speaks S3 on this machine, with an empty bucket; the settings that reach it."""
    import s3fs
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ACCESS_KEY_ID": "sample",
        "AWS_SECRET_ACCESS_KEY": "sample",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    try:
        files = s3fs.S3FileSystem(
            key="sample", secret="sample", endpoint_url=settings["AWS_ENDPOINT_URL"], skip_instance_cache=True
        )
        files.call_s3("create_bucket", Bucket=bucket)
        s3fs.S3FileSystem.clear_instance_cache()  # of those that knew no server or another one
        yield settings
    finally:
        server.stop()
