"""Program: holdfast, run to its end or in the background."""

import json
import signal
import subprocess
import threading
import time

from stage import commands, places
from stage.checks import Failed, until


class Program:
    def __init__(self, path):
        self.path = path

    def run(self, arguments, environment, status, deadline=120):
        """Runs it to its end; fails unless it ends with `status`, one or any of several."""
        ended = commands.run([self.path, *arguments], env=environment, deadline=deadline)
        allowed = status if isinstance(status, tuple) else (status,)
        if ended.status not in allowed:
            raise Failed(f"expected exit status {' or '.join(map(str, allowed))}:\n{ended}")
        return ended

    def start(self, arguments, environment):
        return Running([str(word) for word in [self.path, *arguments]], environment)


def document(ended):
    """What the program printed for other programs: one JSON document."""
    try:
        told = json.loads(ended.out)
    except ValueError as error:
        raise Failed(f"standard output is no JSON ({error}):\n{ended}") from None
    if told.get("kind") == "Diff":
        held = commands.run([places.ROOT / "tests/daemon/schema", "-"], stdin=ended.out)
        if held.status != 0:
            raise Failed(f"it does not fit daemon/diff.schema.json:\n{held}\n{ended}")
    return told


class Running:
    """holdfast in the background; end it by interrupt(), terminate() or kill()."""

    def __init__(self, argv, environment):
        self._argv = argv
        self._began = time.monotonic()
        self._process = commands.start(argv, env=environment, text=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
        self._lines = []  # Of both streams, as they came: (stream, line).
        self._readers = [threading.Thread(target=self._read, args=(stream,), daemon=True)
                         for stream in (self._process.stdout, self._process.stderr)]
        for reader in self._readers:
            reader.start()

    def _read(self, stream):
        for line in stream:
            self._lines.append((stream, line))

    def said(self, since=0):
        return "".join(line for _, line in self._lines[since:])

    @property
    def position(self):
        """For said() and await_words(): all that was said until now."""
        return len(self._lines)

    @property
    def runs(self):
        return self._process.poll() is None

    def await_words(self, words, seconds=45, since=0):
        """Waits until it says `words`; fails if it ends before. Longer than one request may take,
        so that a daemon may lose one."""
        def heard():
            if words in self.said(since):
                return True
            if not self.runs:
                raise Failed(f"it ended without saying {words!r}")
            return False
        try:
            until(heard, seconds, f"it says {words!r}")
        except Failed as failed:
            raise Failed(f"{failed}\n{self.said()}") from None

    def interrupt(self, seconds=5):
        return self._signal(signal.SIGINT, seconds)

    def terminate(self, seconds=5):
        return self._signal(signal.SIGTERM, seconds)

    def kill(self):
        return self._signal(signal.SIGKILL, 5)

    def kill_at_once(self):
        """Waits for nothing, so any thread may do it; then ended() is for the one that started it."""
        self._process.kill()

    def freeze(self):
        """It stands still, until resume()."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def _signal(self, number, seconds):
        """Sends it and waits for the end, which takes the answer's `seconds`."""
        began = time.monotonic()
        self._process.send_signal(number)
        return self.ended(seconds, f"after {number.name}", began)

    def ended(self, deadline=120, after="", since=None):
        """Waits for its end."""
        try:
            self._process.wait(deadline)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise Failed(f"still running {after} after {deadline} s:\n{self.said()}") from None
        finally:
            commands.forget(self._process)
        seconds = time.monotonic() - (since or self._began)
        for reader in self._readers:
            reader.join(5)
        out, err = ("".join(line for stream, line in self._lines if stream is one)
                    for one in (self._process.stdout, self._process.stderr))
        return commands.Ended(self._argv, self._process.returncode, out, err, seconds)
