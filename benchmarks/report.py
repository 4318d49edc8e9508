"""From figures to `RESULTS.md`: requests a second, ratios round by round, and the targets, met or missed."""

import os
import platform
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import orjson

from benchmarks import bulk, load

HERE = Path(__file__).parent
PACKAGES = ("django", "strawberry-graphql", "graphql-core", "psycopg", "granian", "orjson")
WHAT = {
    "Q1": "page of 50 people",
    "Q1c": "the same with the exact count",
    "Q2": "50 people, groups, values",
    "Q4": "page of 1,000 people",
    "deep": "page of 50 after nine tenths",
    "M1": "one-person upsert with event",
}

type Figures = defaultdict[str, dict[str, list[load.Figures]]]


FEW = "itself with 1,000 people"


@dataclass(frozen=True)
class Target:
    """That the product is so many times as quick as a peer."""

    question: str
    peer: str
    least: float


TARGETS = (
    *[Target(question, "ordinary execution", 15) for question in ("Q1", "Q2", "Q4")],
    Target("Q1", "PostGraphile", 1),
    *[Target(question, "PostGraphile", 1.5) for question in ("Q2", "Q4")],
    *[Target(question, "bare", 0.6) for question in ("Q1", "Q2", "Q4")],
    Target("M1", "bare", 0.3),
    # "The same", as exactly as a shared machine measures it.
    *[Target(question, FEW, 0.85) for question in ("Q1", "Q2", "deep")],
)
# People a second, asked on a machine whose bare handler answered 5,975 M1 a second. As a multiple of what the
# bare handler does in the same run, the target says the same on any machine.
BULK_TARGETS = {"created": 3_000, "unchanged": 10_000}
BULK_TARGETS_BARE_M1 = 5_975


@dataclass
class Results:
    """Everything that was measured."""

    users: int
    sqlite_users: int
    rounds: int
    seconds: float
    postgresql: str = ""
    events: int = 0
    notes: list[str] = field(default_factory=list)
    postgresql_figures: Figures = field(default_factory=lambda: defaultdict(dict))
    sqlite_figures: Figures = field(default_factory=lambda: defaultdict(dict))
    speeds: bulk.Speeds = field(default_factory=dict)

    def write(self, path: Path = HERE / "RESULTS.md") -> str:
        """Write the report. Out: its text."""
        text = "\n".join([*self._head(), *self._reads(), *self._targets(), *self._rest()]) + "\n"
        path.write_text(text)
        return text

    def _head(self) -> Iterator[str]:
        loads = os.getloadavg()
        yield "# Results of the last `make bench`"
        yield ""
        yield "Written by the run; what is measured and how is in [README.md](README.md)."
        yield ""
        yield f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {self.rounds} rounds of {self.seconds:g} s each"
        yield f"- {os.cpu_count()} cores ({_processor()}), load at the end {loads[0]:.1f}"
        yield f"- Python {platform.python_version()}, PostgreSQL {self.postgresql}, {_versions()}"
        yield f"- {self.users:,} people on PostgreSQL, {self.sqlite_users:,} on SQLite"
        by = "wrk" if load.WRK else "our own generator"
        yield f"- load by {by} on the same machine, {load.CONNECTIONS} connections"
        for note in self.notes:
            yield f"- {note}"

    def _reads(self) -> Iterator[str]:
        yield from ("", "## Requests a second on PostgreSQL: median (least–most)", "")
        yield from _table(self.postgresql_figures)
        yield from ("", "`—`: this peer is not asked this.")
        yield from ("", "## Requests a second on SQLite", "")
        yield from _table(self.sqlite_figures)

    def _targets(self) -> Iterator[str]:
        yield from ("", "## Targets: how many times as quick the product is, round by round", "")
        yield from ("| | against | asked | median (least–most) | |", "|---|---|---|---|---|")
        for target in TARGETS:
            ratios = self._ratios(self.postgresql_figures, target.question, target.peer)
            if ratios:
                yield _judged(target.question, target.peer, f"≥ {target.least:g}", ratios, target.least)
        for target in TARGETS:
            ratios = self._ratios(self.sqlite_figures, target.question, target.peer)
            if ratios:
                yield f"| {target.question} on SQLite | {target.peer} | no target | {_spread(ratios)} | |"
        for (kind, outcome), speeds in self.speeds.items():
            least = BULK_TARGETS[outcome]
            label = f"bulk, {kind}: {outcome}"
            yield _judged(label, "people a second", f"≥ {least:,}", speeds, least)
            if bare := self.postgresql_figures.get("M1", {}).get("bare"):
                ratios = [speed / median(one.per_second for one in bare) for speed in speeds]
                share = least / BULK_TARGETS_BARE_M1
                yield _judged(label, "bare M1 requests a second", f"≥ {share:.2g}", ratios, share)

    def _rest(self) -> Iterator[str]:
        yield from ("", "## What the wall costs: the product with row security, against without", "")
        yield from ("| | median (least–most) |", "|---|---|")
        for question in self.postgresql_figures:
            if ratios := self._ratios(self.postgresql_figures, question, "without row security"):
                yield f"| {question} | {_spread(ratios)} |"
        yield from ("", f"The upserts wrote {self.events:,} events, numbered without a gap.")

    def _ratios(self, figures: Figures, question: str, peer: str) -> list[float]:
        """The product's figure over the peer's, of each round."""
        asked = figures.get(question, {})
        pairs = zip(asked.get("Stepwell", ()), asked.get(peer, ()), strict=False)
        return [ours.per_second / theirs.per_second for ours, theirs in pairs]


def _table(figures: Figures) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    yield f"| | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for question, row in figures.items():
        cells = [_spread([one.per_second for one in row[name]]) if name in row else "—" for name in names]
        yield f"| {question}: {WHAT[question]} | {' | '.join(cells)} |"


def _judged(what: str, against: str, asked: str, found: Sequence[float], least: float) -> str:
    verdict = "met" if median(found) >= least else "**missed**"
    return f"| {what} | {against} | {asked} | {_spread(found)} | {verdict} |"


def _spread(values: Sequence[float]) -> str:
    return f"{_number(median(values))} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _versions() -> str:
    lock = HERE / "peers" / "package-lock.json"
    peer = orjson.loads(lock.read_bytes())["packages"]["node_modules/postgraphile"]["version"]
    return ", ".join([*[f"{name} {version(name)}" for name in PACKAGES], f"PostGraphile {peer}"])
