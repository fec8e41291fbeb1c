"""Repository: a Git repository that a scenario edits and commits to."""

import os
import shutil
import textwrap

from stage import commands
from stage.checks import Failed

_ENVIRONMENT = {
    "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A Scenario", "GIT_AUTHOR_EMAIL": "scenario@holdfast.example",
    "GIT_COMMITTER_NAME": "A Scenario", "GIT_COMMITTER_EMAIL": "scenario@holdfast.example",
}


class Repository:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments):
        return self.try_git(*arguments, status=0).out.strip()

    def try_git(self, *arguments, status):
        """The same where it may be refused: how it ended, with one of `status`."""
        ended = commands.run(["git", "-C", self.folder, *arguments], env=_ENVIRONMENT)
        if ended.status not in (status if isinstance(status, tuple) else (status,)):
            raise Failed(str(ended))
        return ended

    def commit(self, message="A change", signed_by=None):
        """Commits all as it is, and returns the commit. `signed_by` is a file of an SSH key."""
        self.git("add", "-A")
        sign = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={signed_by}"] if signed_by else []
        self.git(*sign, "commit", "-q", "--allow-empty", "-m", message, *(["-S"] if sign else []))
        return self.git("rev-parse", "HEAD")

    def back_to(self, commit):
        """Undoes all that came after `commit`."""
        self.git("reset", "-q", "--hard", commit)

    def write(self, path, text):
        """Writes a file; an indented text loses what all its lines are indented by."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"))
        return self

    def copy(self, source, path="."):
        shutil.copytree(source, self.folder / path, dirs_exist_ok=True)
        return self

    def remove(self, *paths):
        for path in paths:
            file = self.folder / path
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        return self

    def replace(self, path, old, new):
        """Replaces text that must be in the file."""
        file = self.folder / path
        text = file.read_text()
        if old not in text:
            raise Failed(f"{path} of the scenario does not hold {old!r}")
        file.write_text(text.replace(old, new))
        return self

    def replace_everywhere(self, old, new):
        for file in self.folder.rglob("*.yaml"):
            file.write_text(file.read_text().replace(old, new))
        return self
