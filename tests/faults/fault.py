"""Fault: what happens to a request instead of being passed on and answered, and to which.

A fault is written KIND[=ARGUMENT]@WHERE. WHERE is the number of a request (7), or a
pattern VERB:TARGET with an optional #COUNT: the second (#2), the first three (#1-3), all
from the fourth on (#4-) of those that match; without it, each of them.

VERB is the method of HTTP, or WATCH for a watch and DRYRUN for a write that asks for a
dry run; TARGET is path and query. Both may hold *, ? and [...]
as file names do in a shell.
"""

import fnmatch
import re

# What each kind does; the word after = is its argument.
KINDS = {
    "drop": "the connection is closed; the server never sees the request",
    "delay": "it waits =SECONDS (1) and is then passed on",
    "repeat": "it is passed on twice; the second answer counts",
    "403": "answered by 'forbidden'; never passed on",
    "409": "answered by a conflict of resourceVersions; never passed on",
    "429": "answered by 'too many requests', Retry-After =SECONDS (1); never passed on",
    "500": "answered by an internal error; never passed on",
    "410": "answered by 'too old resource version'; never passed on",
    "html": "answered 200 with a page of HTML; never passed on",
    "cut": "passed on, and the answer ends in the middle of its body",
    "lose": "passed on and carried out, and the connection is closed without an answer",
    "stale": "a read is answered with what was there when the proxy was last told to remember",
    "other": "passed on, and answered with other uids: by another cluster",
    "kill": "the client is killed (SIGKILL); the server never sees the request",
    "kill-after": "passed on and carried out, then the client is killed",
}

WRITES = ("POST", "PUT", "PATCH", "DELETE")


def concerns(kind, verb):
    """True if this kind does something of its own to such a request."""
    if kind in ("lose", "kill-after"):
        return verb in WRITES  # Else it is a drop, or a kill.
    if kind == "409":
        return verb in WRITES or verb == "DRYRUN"
    if kind == "other":
        return False  # One such answer among right ones is nothing that happens by itself.
    if kind in ("stale", "410"):
        return verb in ("GET", "WATCH")
    if kind == "repeat":
        return verb != "WATCH"
    return True


class Fault:
    def __init__(self, text):
        told = re.fullmatch(r"([a-z0-9-]+)(?:=([0-9.]+))?@(.+)", text)
        if not told or told[1] not in KINDS:
            raise ValueError(f"{text!r} is no KIND[=ARGUMENT]@WHERE; "
                             f"kinds are {', '.join(KINDS)}")
        self.text = text
        self.kind = told[1]
        self.seconds = float(told[2] or 1)
        self._matched = 0
        where = told[3]
        self._number = int(where) if where.isdigit() else None
        if self._number is not None:
            return
        pattern = re.fullmatch(r"([A-Z*?]+):(.*?)(?:#(\d+)(-?)(\d*))?", where)
        if not pattern:
            raise ValueError(f"{where!r} is no number and no VERB:TARGET[#COUNT]")
        self._verb, self._target = pattern[1], pattern[2]
        self._first = int(pattern[3] or 1)
        self._last = int(pattern[5] or (self._first if pattern[3] and not pattern[4] else 0))

    def strikes(self, request):
        """True if this is the request that is meant; counts it where a count is given."""
        if self._number is not None:
            return request.number == self._number
        if not (fnmatch.fnmatchcase(request.verb, self._verb)
                and fnmatch.fnmatchcase(request.target, self._target)):
            return False
        self._matched += 1
        return self._first <= self._matched and not 0 < self._last < self._matched

    def __str__(self):
        return self.text
