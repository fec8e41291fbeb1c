"""Commands: child processes, each with a deadline, none of them left behind.

Every child has a session of its own, so a Ctrl-C reaches this program alone,
which then ends its children itself: beds are brought down in an orderly way.
"""

import os
import shlex
import signal
import subprocess
import threading
import time


class Interrupted(Exception):
    """We were asked to end; whoever sees this cleans up and goes."""


class TookTooLong(Exception):
    pass


class Ended:
    """A command that has ended."""

    def __init__(self, argv, status, out, err, seconds):
        self.argv = argv
        self.status = status
        self.out = out
        self.err = err
        self.seconds = seconds

    @property
    def said(self):
        """All that a person would have seen."""
        return self.out + self.err

    def __str__(self):
        parts = [f"$ {shlex.join(self.argv)}", f"(status {self.status}, {self.seconds:.1f} s)"]
        for title, text in (("standard output", self.out), ("standard error", self.err)):
            if text.strip():
                parts.append(f"-- {title}\n{text.rstrip()}")
        return "\n".join(parts)


_lock = threading.RLock()  # A second signal may come while the first is handled.
_running = set()
_interrupted = threading.Event()


def interrupt():
    """Ends every child that runs; from now on, running one raises Interrupted."""
    _interrupted.set()
    with _lock:
        for child in _running:
            _end(child, signal.SIGTERM)


def was_interrupted():
    return _interrupted.is_set()


def pause(seconds):
    """Sleeps, or raises Interrupted."""
    if _interrupted.wait(seconds):
        raise Interrupted


def start(argv, *, at_the_end=False, **options):
    """Starts a child; `at_the_end` allows it after an interruption, for cleaning up."""
    with _lock:
        if _interrupted.is_set() and not at_the_end:
            raise Interrupted
        child = subprocess.Popen(argv, start_new_session=True, **options)
        if not at_the_end:
            _running.add(child)
        return child


def forget(child):
    with _lock:
        _running.discard(child)


def run(argv, *, stdin=None, env=None, cwd=None, deadline=120, at_the_end=False):
    """Runs a command to its end, or kills it after `deadline` seconds and fails."""
    argv = [str(word) for word in argv]
    began = time.monotonic()
    child = start(argv, at_the_end=at_the_end, env=env, cwd=cwd, text=True,
                  stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = child.communicate(stdin, timeout=deadline)
    except subprocess.TimeoutExpired:
        _end(child, signal.SIGKILL)
        out, err = child.communicate()
        ended = Ended(argv, "killed", out, err, time.monotonic() - began)
        raise TookTooLong(f"still running after {deadline} s:\n{ended}") from None
    finally:
        forget(child)
    if _interrupted.is_set() and not at_the_end:
        raise Interrupted
    return Ended(argv, child.returncode, out, err, time.monotonic() - began)


def _end(child, how):
    # Its session is its process group: what it started in turn ends too.
    try:
        os.killpg(child.pid, how)
    except ProcessLookupError:
        pass
