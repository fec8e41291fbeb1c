"""Checks: what a scenario demands, and how it waits for what is to come."""

import time

from stage import commands


class Failed(Exception):
    """A demand of a scenario that was not met; the sentence says which."""


def expect(condition, sentence):
    if not condition:
        raise Failed(sentence)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise Failed(f"{what}: expected {wanted!r}, got {got!r}")


def expect_words(text, *words):
    """Each of `words` stands in `text`, whatever the case of its letters."""
    for word in words:
        if word.lower() not in text.lower():
            raise Failed(f"{word!r} is not in:\n{text}")


def until(question, seconds, what):
    """Asks until the answer is true, and returns it; fails after `seconds`.

    A machine that stood still meanwhile, as virtual ones do, has used up five seconds of them.
    """
    used, asked = 0, time.monotonic()
    while True:
        answer = question()
        if answer:
            return answer
        if used > seconds:
            raise Failed(f"after {seconds} s still not: {what}")
        commands.pause(0.05)
        now = time.monotonic()
        used += min(now - asked, 5)
        asked = now
