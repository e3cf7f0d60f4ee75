"""The local Dask cluster of one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from distributed import LocalCluster

DASK_SETTINGS: dict[str, Any] = {
    "distributed.worker.daemon": False,  # daemonic workers may not start processes
    "distributed.worker.profile.enabled": False,
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.scheduler.allowed-failures": 2,
    # A library that holds the interpreter for minutes is at work, not lost.
    "distributed.scheduler.worker-ttl": None,
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


def start_cluster(workspace: Workspace) -> LocalCluster:
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
        local_directory=str(workspace.engine / "dask"),
        scheduler_kwargs={
            "scheduler_file": str(workspace.engine / "scheduler.json"),
            "dashboard": False,
            "dashboard_address": "127.0.0.1:0",
        },
    )
