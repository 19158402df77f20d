"""A student of a class over the websocket: thinks, moves something, looks at the answer, goes on to another page."""

import asyncio
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.session import FIGURE, PATIENCE, Answer, Number, Tab, ended, stream

SHAPED = ("surface.eigenvalue_1", "surface.eigenvalue_2", "surface.angle")  # dragged, with pictures from the server
COMMITTED = (*SHAPED, "a.learning_rate", "a.momentum", "start.x", "start.y")  # released in the figure, not typed
PACE = 0.06  # seconds between two pictures of a drag, as the figure's
PICTURES = 4  # that a drag asks for
GLANCE = 0.1  # seconds that a browser takes to draw a picture before it asks for its families
STEPS = 3  # that an input is moved at most, either way
TICKS = 40  # looks at a long computation, after which the student does not wait for it any longer


FIRST = "valley"  # the page whose answers are looked into


class Took(NamedTuple):
    """One answer, as the student saw it."""

    kind: str
    seconds: float
    bytes: int


class Report:
    """What happened to a class."""

    def __init__(self) -> None:
        self.answers: list[Took] = []
        self.faults: list[str] = []

    def note(self, kind: str, answer: Answer, expected: bytes = b"") -> None:
        """Take down an answer, and what is wrong with it."""
        self.answers.append(Took(kind, answer.seconds, sum(map(len, answer.payloads))))
        self.faults += answer.faults
        if expected and not any(expected in data for data in answer.payloads):
            self.faults.append(f"{kind}: the answer does not hold {expected.decode()}")

    def taken(self) -> list[Took]:
        """Return the answers since it was last called."""
        answers, self.answers = self.answers, []
        return answers

    def seconds(self) -> dict[str, list[float]]:
        """Return how long the answers of each kind took."""
        by_kind: dict[str, list[float]] = defaultdict(list)
        for took in self.answers:
            by_kind[took.kind].append(took.seconds)
        return dict(by_kind)


class Stop(NamedTuple):
    """A page on a student's way, and how many moves are made there."""

    page: str
    query: Mapping[str, Any]
    moves: int


class Student(Tab):
    """A tab of a class; ``seed`` decides what is done in it."""

    def __init__(self, report: Report, seed: int, think: float) -> None:
        self.report, self.dice, self.think = report, random.Random(seed), think
        self.tickets = 0
        self.socket: ClientConnection

    async def attend(self, address: str, stops: Iterable[Stop], until: float = math.inf) -> None:
        """Go from stop to stop until the time has come, then leave; whatever goes wrong is taken down as a fault."""
        try:
            async with self._connected(address) as self.socket:
                for page, query, moves in stops:
                    await self._open(page, query)
                    for _ in range(moves):
                        await asyncio.sleep(self.think * self.dice.uniform(0.5, 1.5))
                        if time.monotonic() > until:
                            return
                        await self._move()
        except Exception as error:  # the student sees a page that stands still
            self.report.faults.append(f"{type(error).__name__}: {error}")

    def _connected(self, address: str) -> connect:
        # as a browser, it takes in all there is; the server compresses nothing
        return connect(
            stream(address),
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            max_queue=None,
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )

    async def _open(self, page: str, query: Mapping[str, Any] | None = None) -> None:
        await self._ask("opening", self.opening(query, page), learn=True)
        await self._look()

    async def _move(self) -> None:
        """Type into an input, release a live slider, or drag one that changes the surface."""
        if not self.inputs:
            return
        key = self.dice.choice(sorted(self.inputs))
        before, value = self.inputs[key].value, moved(self.inputs[key], self.dice)
        if FIGURE in self.components and key in SHAPED:
            await self._drag(key, before, value)
        released = FIGURE in self.components and key in COMMITTED
        message = self.committing({key: value}) if released else self.entering(key, value)
        await self._ask("input", message, learn=True, expected=shown(key, value) if self.page == FIRST else b"")
        self.inputs[key] = self.inputs[key]._replace(value=value)
        await self._look()

    async def _drag(self, key: str, start: float, to: float) -> None:
        for i in range(PICTURES):
            self.tickets += 1
            share = (i + 1) / PICTURES
            value = float(f"{start * (1.0 - share) + to * share:.4g}")
            await self._ask("drag", self.dragging({key: value}, self.tickets))
            await asyncio.sleep(PACE)

    async def _look(self) -> None:
        """Let the figure ask for what it does not have, and wait for long computations."""
        if FIGURE in self.components:
            await asyncio.sleep(GLANCE)
            await self._ask("families", self.asking_families())
        for _ in range(TICKS):
            if not self.clock:
                break
            await asyncio.sleep(self.clock[0])
            await self._ask("clock", self.ticking(), learn=True)

    async def _ask(self, kind: str, message: bytes, learn: bool = False, expected: bytes = b"") -> Answer:
        began, payloads = time.perf_counter(), list[bytes]()
        await self.socket.send(message)
        async with asyncio.timeout(PATIENCE):  # wait_for may lose a cancellation
            while not payloads or not ended(payloads[-1]):
                payloads.append(await self.socket.recv(decode=False))
        answer = Answer(time.perf_counter() - began, payloads)
        self.report.note(kind, answer, expected)
        if learn:
            self.learn(payloads)
        return answer


def moved(number: Number, dice: random.Random) -> float:
    """Return where a student moves an input to: some steps of its own, within its bounds, to four digits."""
    steps = dice.choice([step for step in range(-STEPS, STEPS + 1) if step])
    return float(f"{min(number.high, max(number.low, number.value + steps * number.step)):.4g}")


def shown(key: str, value: float) -> bytes:
    """Return what the live figure's message says of an input's value, nothing where it does not."""
    words = {"a.learning_rate": '"eta":{}', "surface.angle": "angle={}"}
    return words.get(key, "").format(value).encode() if abs(value) >= 1e-4 else b""
