"""Where the work of one engine is done: processes of its own, or the workers of a scheduler."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from astro_core.runs.processes import kill_children, kill_tree
from astro_core.runs.remote import Remote, connect, patience_s
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

TRAINING = "TRAINING"  # what a worker offers once: one long run at a time, whoever asked
ASK_EVERY_S = 2.0

DASK_SETTINGS: dict[str, Any] = {
    "distributed.worker.daemon": False,  # daemonic workers may not start processes
    "distributed.worker.profile.enabled": False,
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.scheduler.allowed-failures": 2,
    # A library that holds the interpreter for minutes is at work, not lost.
    "distributed.scheduler.worker-ttl": None,
    # Else a worker that is slow to come back is given up for good, and the engine has none left.
    "distributed.deploy.lost-worker-timeout": "1000 days",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "2s",
    "distributed.admin.tick.limit": "1h",
    "distributed.diagnostics.nvml": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.nanny.pre-spawn-environ.NUMBA_NUM_THREADS": 1,
    # Dask has glibc hand back every freed image at once; asking anew costs more than decoding.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 268_435_456,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 67_108_864,
}


class Cluster(Protocol):
    """Workers and the way to them."""

    client: Client

    def may_hold(self) -> int:
        """How many runs may hold a worker at the same time."""
        ...

    def connected(self) -> bool:
        """Whether the scheduler is there."""
        ...

    def end_workers(self, addresses: Collection[str]) -> None:
        """Kill worker processes; others take their place."""
        ...

    def close(self) -> None:
        """Let go of the workers."""
        ...


class OwnCluster:
    """Worker processes of this machine that end with the engine."""

    def __init__(self, workspace: Workspace) -> None:
        from distributed import Client

        self._cluster = _start(workspace)
        self.client = Client(self._cluster, set_as_default=False)

    def may_hold(self) -> int:
        """All but one, so that the other work goes on."""
        return max(1, len(self._cluster.workers) - 1)

    def connected(self) -> bool:
        """Our own scheduler lives as long as we do."""
        return True

    def end_workers(self, addresses: Collection[str]) -> None:
        """Kill worker processes, also those that hear nothing; others take their place."""
        for nanny in self._cluster.workers.values():
            if nanny.worker_address in addresses and nanny.pid:
                kill_tree(nanny.pid)

    def close(self) -> None:
        """End all workers, by force where they do not end at once."""
        self.client.close(timeout=2)
        with suppress(TimeoutError):
            self._cluster.close(timeout=5)
        kill_children()


class RemoteCluster:
    """Workers of a scheduler that others started and may use at the same time."""

    def __init__(self, where: Remote) -> None:
        import dask

        dask.config.set(DASK_SETTINGS)
        self.client = connect(where)
        self._offers = 0
        self._asked_at = 0.0

    def may_hold(self) -> int:
        """One for every worker that offers it."""
        if time.monotonic() - self._asked_at > ASK_EVERY_S:
            self._asked_at = time.monotonic()
            workers = self.client.scheduler_info()["workers"].values()
            self._offers = int(sum(w.get("resources", {}).get(TRAINING, 0) for w in workers))
        return self._offers

    def connected(self) -> bool:
        """Whether the scheduler answers."""
        return self.client.status == "running"

    def end_workers(self, addresses: Collection[str]) -> None:
        """Have their nannies start worker processes anew."""
        if addresses:
            self.client.restart_workers(
                list(addresses), timeout=patience_s(), raise_for_error=False
            )

    def close(self) -> None:
        """Leave; the workers stay."""
        self.client.close(timeout=2)


def _start(workspace: Workspace) -> LocalCluster:
    """Start one single-threaded worker process per core, reachable from this machine only.

    Memory is left to the operating system: memory-mapped pixels count as a worker's own, and
    Dask would pause a worker that reads many.
    """
    import dask
    from dask.system import CPU_COUNT
    from distributed import LocalCluster

    dask.config.set(DASK_SETTINGS)
    return LocalCluster(
        n_workers=max(2, CPU_COUNT),
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        memory_limit=0,
        resources={TRAINING: 1},
        local_directory=str(workspace.engine / "dask"),
        scheduler_kwargs={
            "scheduler_file": str(workspace.engine / "scheduler.json"),
            "dashboard": False,
            "dashboard_address": "127.0.0.1:0",
        },
    )
