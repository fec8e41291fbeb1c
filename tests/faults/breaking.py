"""Breaking: one act, one fault, and what must be true then.

A case is played in a place: a namespace, a sync and a repository of its own, which it
leaves as it found it. The disturbed run goes through the proxy. Whatever became of it, a
run that nobody disturbs must lead to the state of a history that nobody disturbed. A
daemon that was not killed must have led there itself.
"""

import json

from fault_proxy import FaultProxy
from stage import commands
from stage.checks import Failed, expect, expect_equal, until
from stage.scene import Scene
from state import bindings, difference, state

_TIMEOUT = "60s"
_SETTLED = 40  # Seconds that the controllers have for what a run has set going.


class Undisturbed:
    """An act's history without a fault: its requests and the state that it leads to."""

    def __init__(self, place):
        self.name = place.scene.name
        place.forth()
        place.proxy.arm()
        ended = place.run_through_proxy()
        expect_equal(ended.status, 0, f"status of an undisturbed run\n{ended}")
        self.requests = list(place.proxy.requests)
        place.settle()
        self.state = place.state()
        place.back()


class Place:
    def __init__(self, bed, program, folder, act, name):
        self.act = act
        self.bed = bed
        self.scene = Scene(bed, program, folder, name)
        self.proxy = FaultProxy(folder / "proxy", bed.folder)
        self.proxy.__enter__()
        self.proxy.remember()  # A stale read is one of the time before the act's beginning.
        self._program = program
        self._folder = folder
        self._turns = 0
        self._name = name
        self.repo = act.given(self.scene)

    def close(self):
        self.proxy.__exit__()
        self.scene.close()
        self.clear()

    def clear(self):
        """Lets the namespace go; nobody waits for that."""
        self.bed.kubectl("delete", "namespace", self.scene.namespace, "--wait=false")

    def forth(self):
        self.act.forth(self.scene, self.repo)

    def back(self):
        """Ready for the next turn."""
        self.proxy.arm()
        if not self.act.fresh:
            return self.act.back(self.scene, self.repo)
        self.clear()
        self._turns += 1
        self.scene.begin_anew(f"{self._name}-{self._turns}")
        self.proxy.remember()
        self.repo = self.act.given(self.scene)

    def state(self):
        return state(self.proxy.api, self.scene, self.act.newest(self.repo))

    def run_through_proxy(self):
        """A run that may be killed."""
        scene = self.scene
        arguments = ["sync", *scene.flags(self.repo), "--timeout", _TIMEOUT, "-o", "json"]
        if self.act.by_daemon:
            config = self._folder / "syncs.yaml"
            config.write_text(scene.sync_of(self.repo))
            arguments = ["run", "--config", config]
        running = self._program.start(
            arguments, {**scene.environment, "KUBECONFIG": str(self.proxy.kubeconfig)})
        self.kill = running.kill_at_once
        if self.act.by_daemon:
            self._await_the_daemon(running)
        return running.terminate(15) if self.act.by_daemon and running.runs else running.ended(180)

    def _await_the_daemon(self, running):
        """Until it has nothing more to do, or is killed."""
        done = f"in sync with {self.repo.git('rev-parse', 'HEAD')[:12]}"
        asked = []

        def idle():
            asked.append(len(self.proxy.requests))
            commands.pause(0.3)
            return done in running.said() and asked[-1] == len(self.proxy.requests)
        try:
            until(lambda: not running.runs or idle(), 120, f"the daemon is {done}")
        except Failed as failed:
            running.kill()
            raise Failed(f"{failed}\n{running.said()}") from None

    def settle(self):
        """Waits until nothing moves: two looks that are equal."""
        seen = []

        def twice():
            seen.append(self.state())
            commands.pause(0.3)
            return len(seen) > 1 and seen[-1] == seen[-2] and not any(
                " Terminating " in line for line in seen[-1])
        until(twice, _SETTLED, "the namespace has settled")


def play(place, fault, wanted):
    """Plays the act with this fault (None: none); raises Failed with what is not as it must be.
    Returns the disturbed run and the request that was struck, None if there was none."""
    place.forth()
    before = place.state()
    bound = bindings(place.proxy.api, place.scene)
    place.proxy.arm(*([fault] if fault else []), kill=lambda: place.kill())
    ended = place.run_through_proxy()
    requests = list(place.proxy.requests)
    struck = next((one for one in requests if one.fault), None)
    wrote = any(one.writes and "/holdfast-system" not in one.target and 200 <= one.status < 300
                for one in requests)
    place.proxy.arm()
    try:
        is_true(place, ended, wanted, before, wrote, struck)
        expect_equal(place.scene.sync(place.repo).status, 0, "status of the fresh run")
        converged(place, wanted, "after a fresh run")
        place.scene.diff(place.repo, status=0)
        nothing_lost(place, bound)
    except (Failed, commands.TookTooLong) as failed:
        raise Failed(f"{failed}\n-- the disturbed run\n{ended}\n-- its requests\n" +
                     "\n".join(map(str, requests))) from None
    place.back()
    return ended, struck


def is_true(place, ended, wanted, before, wrote, struck):
    """The exit status says how it is."""
    killed = struck is not None and struck.fault.kind.startswith("kill")
    expected = (-9,) if killed else (0, 2, 3, 4)
    expect(ended.status in expected, f"exit status {ended.status} of the disturbed run")
    if killed:
        return
    if place.act.by_daemon:
        return converged(place, wanted, "when the daemon said that all is in sync")
    told = json.loads(ended.out)
    if ended.status == 0:
        converged(place, wanted, "when the disturbed run said that all is in sync")
    elif ended.status == 3:
        expect(not wrote, "it wrote, though it said that the revision was stopped")
    else:
        expect(told.get("reason") or told.get("errors"), "an error without a reason")


def converged(place, wanted, when):
    last = []

    def equal():
        last[:] = place.state()
        return last == wanted
    try:
        until(equal, _SETTLED, "equal")
    except Failed:
        raise Failed(f"the state is another one than that of an undisturbed history, {when}:\n" +
                     difference(wanted, last)) from None


def nothing_lost(place, bound):
    """Claims that are still there are the same and on the same volumes; nothing is destroyed."""
    now = bindings(place.proxy.api, place.scene)
    still = {name: its for name, its in bound.items() if name in now}
    expect_equal({name: now[name] for name in still}, still, "claims, their uids and volumes")
    lost = [line for line in place.bed.destroyed() if f"\t{place.scene.namespace}/" in line]
    expect_equal(lost, [], "destroyed volumes")
