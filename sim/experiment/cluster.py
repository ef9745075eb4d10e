"""A Dask cluster as the place where replications are done: `--cluster tcp://host:port`."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sim.compilation import digest_of
from sim.engine.choice import COMPILING, Engine
from sim.errors import ExitCode, RunError, shown
from sim.experiment.replicate import Job
from sim.experiment.store.inputs import RESULTS_COME_FROM
from sim.experiment.stream import Pool
from sim.plan import Plan

if TYPE_CHECKING:
    from distributed import Client

CONNECTING_S = 10
"""Seconds after which a scheduler that does not answer, or that has no worker, is given up."""

WITHOUT_WORKERS_S = 60
"""Seconds that a run goes on waiting once its last worker has gone: another may come."""

GIVEN_TO_A_THREAD = 2
"""Tasks: one under way and one that waits for it."""

SAME = ("sim", "numpy", "numba")
"""Packages on which the digits of a result may depend: workers must have the same version."""

log = logging.getLogger("sim")


class ClusterError(RunError):
    """A cluster that cannot be used."""

    exit_code = ExitCode.INVALID


class ClusterLostError(RunError):
    """A cluster that could be used at first."""


@contextmanager
def cluster(address: str, job: Job) -> Iterator[Pool]:
    """The workers of a scheduler, once each has been found to be of use; `job` is one of those to come.

    Dask itself gives the tasks of a worker that died to another one.

    Raises:
        ClusterError: it does not answer, has no workers, or workers that would give other results.
        ClusterLostError: scheduler or workers went away during the run, or died at one task again and again.
    """
    with _connected(address) as client:
        _check_versions(client.get_versions(packages=list(SAME)))
        _check_sources(client.run(digest_of, RESULTS_COME_FROM))
        if job.engine is Engine.COMPILED:
            _prepare(client, job.plan)
        executor = client.get_executor(pure=False)
        try:
            with _losses(address):
                yield Pool(executor, _capacity(client, address), _sharing(client))
        finally:
            executor.shutdown(wait=False)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    _check_address(address)
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "a cluster needs the package `distributed`, which is not installed",
            "pip install distributed, or do without --cluster",
        ) from None
    # Plans with recorded arrivals are large; what Dask and its sockets say when a cluster goes away is said
    # here in other words.
    quiet = {"distributed.admin.large-graph-warning-threshold": "1GB"}
    with dask.config.set(quiet), _silent("distributed", "tornado"):
        try:
            client = _made(partial(Client, address, timeout=CONNECTING_S, set_as_default=False))
        except Exception as error:  # whatever something else than a scheduler makes of it
            raise ClusterError(
                f"no Dask scheduler answers at {shown(address)}",
                "start one with `dask scheduler`, and write the address that it prints",
            ) from error
        try:
            try:
                client.wait_for_workers(1, timeout=CONNECTING_S)
            except TimeoutError:
                raise ClusterError(
                    f"the scheduler at {shown(address)} has no workers",
                    f"start some on other machines with `dask worker {address}`",
                ) from None
            yield client
        finally:
            client.close(timeout=CONNECTING_S)


def _made(client: Callable[[], Client]) -> Client:
    """The client, in bounded time: Dask would wait for ever for something that listens and says nothing."""
    made: Future[Client] = Future()

    def make() -> None:
        try:
            made.set_result(client())
        except Exception as error:
            made.set_exception(error)

    Thread(target=make, daemon=True).start()
    return made.result(CONNECTING_S + 1)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("tcp", "tls") and bool(parts.hostname) and bool(parts.port)
    except ValueError:  # a port that is no number
        is_good = False
    if not is_good or parts.path or parts.query:
        raise ClusterError(
            f"{shown(address)} is not the address of a cluster (allowed: tcp://host:port)",
            "write the address that `dask scheduler` prints, such as tcp://10.0.0.5:8786",
        )


def _check_versions(found: Mapping[str, Any]) -> None:
    """Refuse workers that could give other results, or none."""
    here = found["client"]["packages"]
    wanted = {"python": _minor(here["python"]), **{name: here[name] for name in SAME}}
    for address, worker in sorted(found["workers"].items()):
        packages = worker["packages"]
        there = {"python": _minor(packages["python"]), **{name: packages.get(name) for name in SAME}}
        differing = [name for name in wanted if there[name] != wanted[name]]
        if differing:
            told = ", ".join(f"{name} {there[name] or 'not at all'}" for name in differing)
            needed = ", ".join(f"{name} {wanted[name]}" for name in differing)
            raise ClusterError(
                f"the worker at {address} has {told}; this machine has {needed}",
                "install the same versions there, and start the worker again",
            )


def _check_sources(found: Mapping[str, str]) -> None:
    """Refuse workers whose `sim` was changed, or is changed here, without another version."""
    here = digest_of(RESULTS_COME_FROM)
    for address, there in sorted(found.items()):
        if there != here:
            raise ClusterError(
                f"the worker at {address} has other sources of sim than this machine, though of one version",
                "install the same there, and start the worker again",
            )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _prepare(client: Client, plan: Plan) -> None:
    """Compile the engine once on each machine of the cluster, by one of its workers."""
    from sim.engine import compiled

    ready = client.run(compiled.is_ready)
    first = {urlsplit(address).hostname: address for address, is_ready in ready.items() if not is_ready}
    if first:
        log.warning(COMPILING)
        client.run(compiled.prepare, plan, workers=list(first.values()))


def _sharing(client: Client) -> Callable[[Job], Any]:
    """A job travels once, pickled, and is unpickled by a task of its own: a worker that dies takes along
    nothing that could not be made again.
    """
    shared: dict[int, Any] = {}

    def share(job: Job) -> Any:
        if id(job) not in shared:
            shared[id(job)] = client.submit(pickle.loads, pickle.dumps(job), pure=False)
        return shared[id(job)]

    return share


def _capacity(client: Client, address: str) -> Callable[[], int]:
    """How many tasks the workers of the moment take.

    Raises ClusterLostError once there have been none for too long.
    """
    seen = time.monotonic()

    def at_once() -> int:
        nonlocal seen
        threads = int(sum(client.nthreads().values()))
        if threads:
            seen = time.monotonic()
        elif time.monotonic() - seen > WITHOUT_WORKERS_S:
            raise ClusterLostError(
                f"the cluster at {address} has had no workers for {WITHOUT_WORKERS_S} s",
                "start some, and run again",
            )
        return GIVEN_TO_A_THREAD * threads

    return at_once


@contextmanager
def _losses(address: str) -> Iterator[None]:
    """What Dask raises when a cluster goes away, in other words."""
    from distributed import KilledWorker

    try:
        yield
    except KilledWorker as error:
        raise ClusterLostError(
            f"several workers of the cluster died with the same replication under way: {error}",
            "their memory may be too small for it: give them more, or start fewer on a machine",
        ) from error
    except (CancelledError, OSError) as error:
        raise ClusterLostError(
            f"the connection to the cluster at {address} was lost",
            "see whether its scheduler is still there, and run again",
        ) from error


@contextmanager
def _silent(*packages: str) -> Iterator[None]:
    """Without what these packages log; each of their modules may have a level of its own."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in packages]
    levels = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)
