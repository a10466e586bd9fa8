"""Start a command, wait for it, and print what it took.

Run as a command with the arguments LIMIT_SECONDS COMMAND…

A process of its own for each measurement, and a small one (it runs with -I -S and imports little):
the system counts a process's peak memory from before it became the measured program, from when it
was a copy of the one that started it.

Prints wall, user and system seconds, peak RSS in KiB, the exit code (negative: a signal), and
this process's own peak RSS in KiB. The exit code is 3 for a command that was stopped at the limit.
"""

import os
import select
import signal
import sys
import time

STOPPED = 3


def launch(limit_seconds: float, command: list[str]) -> int:
    """Run the command; its standard error is ours."""
    quiet = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    begun = time.perf_counter()
    # Python ignores SIGPIPE, and a child would inherit that.
    pid = os.posix_spawn(
        command[0], command, os.environ, file_actions=quiet, setsigdef=[signal.SIGPIPE]
    )
    is_reaped = False
    try:
        # The descriptor is readable when the process has ended; it is not reaped by that.
        ends = select.poll()
        ends.register(os.pidfd_open(pid), select.POLLIN)
        if not ends.poll(limit_seconds * 1000):
            return STOPPED
        wall_seconds = time.perf_counter() - begun
        _, status, usage = os.wait4(pid, 0)
        is_reaped = True
    finally:
        if not is_reaped:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    # Its own getrusage, too, counts from before it was this process.
    with open("/proc/self/status") as facts:  # noqa: PTH123  # pathlib is large
        own_kib = next(line.split()[1] for line in facts if line.startswith("VmHWM"))
    code = os.waitstatus_to_exitcode(status)
    print(f"{wall_seconds:.6f}", usage.ru_utime, usage.ru_stime, usage.ru_maxrss, code, own_kib)
    return 0


if __name__ == "__main__":
    sys.exit(launch(float(sys.argv[1]), sys.argv[2:]))
