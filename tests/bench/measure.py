"""Measure: what a child process takes: time, processor, and memory at most."""

import os
import subprocess
import time

from stage.checks import Failed


class Took:
    def __init__(self, client, seconds, cpu=None, mebibytes=None):
        self.client = client  # As the audit log names it.
        self.seconds = seconds
        self.cpu = cpu  # Seconds of processor time, those of its own children included.
        self.mebibytes = mebibytes


class Measured:
    def __init__(self, what, took, verbs):
        self.what = what
        self.seconds = took.seconds
        self.cpu = took.cpu
        self.mebibytes = took.mebibytes
        self.verbs = verbs

    @property
    def requests(self):
        return sum(self.verbs.values())

    def __str__(self):
        cpu = f"{self.cpu:6.2f} s cpu" if self.cpu is not None else " " * 12
        memory = f"{self.mebibytes:5.0f} MiB" if self.mebibytes else " " * 9
        verbs = ", ".join(f"{count} {verb}" for verb, count in sorted(self.verbs.items()))
        return (f"{self.what:14} {self.seconds:6.2f} s  {cpu}  {memory}  "
                f"{self.requests:5} requests: {verbs}")


def measure(client, argv, environment, statuses):
    """Runs a program to its end. The memory is the kernel's count for this child alone."""
    began = time.monotonic()
    child = subprocess.Popen([str(word) for word in argv], env=environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
    err = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)  # It is waited for already.
    if child.returncode not in statuses:
        raise Failed(f"{' '.join(map(str, argv))}: status {child.returncode}\n{err}")
    return Took(client, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
