"""Plays many lines of a story at once, each step at its moment, in the order of time.

A line is a generator: it yields the moment of its next step and does the step when it goes on. The clock stands at
that moment meanwhile. What would happen after `until` does not happen: the line stays where it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from datetime import datetime

from sanshe.kernel import clock

Line = Generator[datetime, None, None]
#: Called with the moment that was reached, how many lines have come to their end, and how many there are.
Tell = Callable[[datetime, int, int], None]


def _quiet(moment: datetime, done: int, of: int) -> None:
    pass


class Stage:
    """The lines that wait, by the moment of their next step."""

    def __init__(self, until: datetime, tell: Tell = _quiet) -> None:
        self.until, self._tell = clock.local(until), tell
        self._waiting: list[tuple[datetime, int, Line]] = []
        self._count = self._done = 0
        self._now: datetime | None = None

    def add(self, line: Line) -> None:
        """Take a line up; its first moment may lie in the past of the play, then it is now."""
        self._count += 1
        self._push(line, self._count)

    def _push(self, line: Line, number: int) -> None:
        moment = next(line, None)
        if moment is None or moment > self.until:
            self._done += 1
            return
        if self._now is not None and moment < self._now:
            moment = self._now
        heapq.heappush(self._waiting, (moment, number, line))

    def run(self) -> int:
        """Play to the end and return how many steps were taken."""
        steps = 0
        while self._waiting:
            moment, number, line = heapq.heappop(self._waiting)
            self._now = moment
            with clock.frozen(moment):
                self._push(line, number)
            steps += 1
            if steps % 20 == 0:
                self._tell(moment, self._done, self._count)
        self._tell(self.until, self._done, self._count)
        return steps
