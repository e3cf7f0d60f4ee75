"""A scheduler with one worker that speak TLS, until standard input is closed.

Run as ``python tls_cluster.py CERTIFICATE KEY``; prints the scheduler's address.
"""

import sys

from distributed import LocalCluster, Security

if __name__ == "__main__":
    pem, key = sys.argv[1:]
    roles = {f"tls_{role}_{what}": path for role in ("scheduler", "worker", "client")
             for what, path in (("cert", pem), ("key", key))}  # fmt: skip
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        host="127.0.0.1",
        protocol="tls://",
        security=Security(tls_ca_file=pem, require_encryption=True, **roles),
        resources={"TRAINING": 1},
        memory_limit=0,
        dashboard_address=None,
    ) as cluster:
        sys.stdout.write(f"{cluster.scheduler_address}\n")
        sys.stdout.flush()
        sys.stdin.read()
