"""How many cores this process may keep busy."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def available_cores() -> int:
    """Cores that neither affinity nor a container's quota takes away; at least 1.

    Source: sched_getaffinity(2); Linux's cgroup-v2.rst, "cpu.max", and sched-bwc.rst for v1.
    """
    cores = _process_cores()
    quota = quota_cores()
    return max(1, cores if quota is None else min(cores, quota))


def _process_cores() -> int:
    # From Python 3.13 on; it knows affinity and -X cpu_count, but no quota.
    process_cpu_count = getattr(os, "process_cpu_count", None)
    if process_cpu_count is not None:
        return process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        # A sandbox may forbid the question.
        with contextlib.suppress(OSError):
            return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# Files to read, which many small operations would do over and over for the same answer.
@functools.cache
def quota_cores(cgroups: Path = _CGROUPS, own_cgroup: Path = _OWN_CGROUP) -> int | None:
    """What the tightest quota above this process allows, rounded up; None without one."""
    try:
        lines = own_cgroup.read_text().splitlines()
    except OSError:
        return None
    quotas = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            root, read_quota = cgroups, _quota_v2
        elif "cpu" in controllers.split(","):
            root, read_quota = cgroups / controllers, _quota_v1
        else:
            continue
        place = root / path.lstrip("/")
        # In a container, the path may be the host's, and only the root is there.
        for folder in (place, *place.parents):
            quotas.append(read_quota(folder))
            if folder == root:
                break
    return min((quota for quota in quotas if quota is not None), default=None)


def _quota_v2(folder: Path) -> int | None:
    """Source: cpu.max holds "QUOTA PERIOD", or "max PERIOD"."""
    try:
        quota, period = (folder / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else -(-int(quota) // int(period))


def _quota_v1(folder: Path) -> int | None:
    """Source: cpu.cfs_quota_us is -1 without a quota."""
    try:
        quota = int((folder / "cpu.cfs_quota_us").read_text())
        period = int((folder / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return None
    return None if quota < 0 else -(-quota // period)
