"""Runner: finds the scenarios, plays them on beds, and says how each of them went.

A theme is a module of cases/. Its scenarios are played in the order in which they
stand there, on one bed: one that themes share, or one of its own where it says
BED = "own". Beds work side by side, each played on by one thread.
"""

import importlib
import pathlib
import pkgutil
import queue
import tempfile
import threading
import time
import traceback

from stage import commands
from stage.bed import Bed
from stage.checks import Failed
from stage.scene import Scene


class Scenario:
    def __init__(self, sentence, play):
        self.sentence = sentence
        self.play = play
        self.theme = play.__module__.rsplit(".", 1)[-1]
        self.name = f"{self.theme}.{play.__name__}"


_scenarios = []


def scenario(sentence):
    """Marks a function that takes a Scene, and says in a sentence what it shows."""
    def mark(play):
        _scenarios.append(Scenario(sentence, play))
        return play
    return mark


class Theme:
    def __init__(self, module, scenarios):
        self.name = module.__name__.rsplit(".", 1)[-1]
        self.scenarios = scenarios
        self.own_bed = getattr(module, "BED", "shared") == "own"
        self.seconds = getattr(module, "SECONDS", 10)  # About; the longest begin first.
        # Why it cannot be played here, or None.
        self.missing = getattr(module, "missing", lambda: None)()


def find_themes(package, words):
    """The themes with the scenarios whose names begin with one of `words`; with all if none."""
    themes = []
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        chosen = [one for one in _scenarios if one.theme == found.name and
                  (not words or any(one.name.startswith(word) for word in words))]
        if chosen:
            themes.append(Theme(module, chosen))
    return sorted(themes, key=lambda theme: -theme.seconds)


class Runner:
    def __init__(self, program, beds):
        self.passed = 0
        self.failed = 0
        self._program = program
        self._beds = beds
        self._lock = threading.Lock()
        self._waiting = queue.SimpleQueue()

    def play(self, themes):
        """Plays them all. After commands.interrupt() it ends early, with every bed down."""
        for theme in themes:
            if theme.missing:
                self._print(f"left out {theme.name}: {theme.missing}")
            else:
                self._waiting.put(theme)
        with tempfile.TemporaryDirectory(prefix="holdfast-scenarios.") as folder:
            players = [threading.Thread(target=self._play_many, args=(pathlib.Path(folder, str(i)),))
                       for i in range(self._beds)]
            for player in players:
                player.start()
            for player in players:
                player.join()

    def _play_many(self, folder):
        """One thread: a theme after the other; the shared bed lives as long as it does."""
        folder.mkdir()
        shared = None
        try:
            while True:
                theme = self._waiting.get_nowait()
                if theme.own_bed:
                    self._play_alone(theme, folder / f"bed-{theme.name}")
                    continue
                shared = shared or _Playground(folder / "bed")
                self._play_theme(theme, shared)
        except (queue.Empty, commands.Interrupted):
            pass
        finally:
            if shared:
                shared.close()

    def _play_alone(self, theme, folder):
        playground = _Playground(folder)
        try:
            self._play_theme(theme, playground)
        finally:
            playground.close()

    def _play_theme(self, theme, playground):
        for one in theme.scenarios:
            began = time.monotonic()
            failure = self._play_one(one, playground)
            seconds = time.monotonic() - began
            with self._lock:
                if failure is None:
                    self.passed += 1
                    print(f"ok      {one.name}: {one.sentence} ({seconds:.1f} s)", flush=True)
                else:
                    self.failed += 1
                    print(f"FAILED  {one.name}: {one.sentence} ({seconds:.1f} s)")
                    print("        " + failure.replace("\n", "\n        "), flush=True)

    def _play_one(self, one, playground):
        """Why it failed, or None."""
        scene = None
        try:
            bed = playground.bed()
            name = one.name.replace(".", "-").replace("_", "-")[:50].rstrip("-")
            scene = Scene(bed, self._program, playground.folder_for(name), name)
            one.play(scene)
            return None
        except commands.Interrupted:
            raise
        except (Failed, commands.TookTooLong) as failed:
            where = traceback.extract_tb(failed.__traceback__)
            line = next((f"{pathlib.Path(frame.filename).name}:{frame.lineno}: {frame.line}\n"
                         for frame in where if "/cases/" in frame.filename), "")
            return self._with_report(f"{line}{failed}", scene)
        except Exception:  # A fault of the scenario itself, which is a failure too.
            return self._with_report(traceback.format_exc(), scene)
        finally:
            if scene:
                scene.close()

    @staticmethod
    def _with_report(failure, scene):
        return f"{failure}\n{scene.report(failure)}" if scene else failure

    def _print(self, line):
        with self._lock:
            print(line, flush=True)


class _Playground:
    """A bed that is started when it is first needed, and folders beside it."""

    def __init__(self, folder):
        self._folder = folder
        self._bed = None

    def bed(self):
        if self._bed is None:
            self._folder.mkdir(parents=True)
            bed_folder = self._folder / "control-plane"
            try:
                self._bed = Bed(bed_folder)
            except BaseException:
                Bed.end(bed_folder)
                raise
        return self._bed

    def folder_for(self, name):
        folder = self._folder / name
        folder.mkdir()
        return folder

    def close(self):
        if self._bed:
            self._bed.down()
