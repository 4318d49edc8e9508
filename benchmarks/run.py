"""The whole run: data, servers, the same answers from all, rounds of load, and the report."""

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from benchmarks import bulk, contenders, data, documents, load, report
from benchmarks.contenders import Contender
from benchmarks.documents import QUESTIONS, Question
from benchmarks.installation import Installation, Server, product
from benchmarks.peers import bare_server, postgraphile
from benchmarks.report import FEW
from stepwell import tenancy

DATABASE = "stepwell_bench"
PROCESSES, THREADS = 2, 4
SQLITE_SHARE = 5  # of so many people one is in the SQLite database
FEW_PEOPLE = 1_000
WARM_UP_SECONDS = 1.0

PRODUCT, ORDINARY, OPEN = "Stepwell", "ordinary execution", "without row security"


@dataclass
class Leg:
    """One contender under one question: what is sent where, and what it gave in each round."""

    question: str
    contender: str
    target: load.Target
    bodies: list[str]
    around: Callable[[], AbstractContextManager[None]] = nullcontext
    figures: list[load.Figures] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """One round."""
        with self.around():
            self.figures.append(load.put_on(self.target, self.bodies, seconds))


@dataclass
class Bench:
    """What was asked for on the command line."""

    users: int
    rounds: int
    seconds: float
    server_url: str
    keep: bool

    def run(self) -> report.Results:
        """Measure everything."""
        folder = Path(tempfile.mkdtemp(prefix="stepwell-bench-"))
        results = report.Results(self.users, self.users // SQLITE_SHARE, self.rounds, self.seconds)
        try:
            with self._database(DATABASE) as url, ExitStack() as servers:
                self._on_postgresql(url, folder, servers, results)
            with ExitStack() as servers:
                self._on_sqlite(folder, servers, results)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return results

    # ------------------------------------------------------------ PostgreSQL

    @contextmanager
    def _database(self, name: str) -> Iterator[str]:
        """A database of its own, dropped afterwards unless it is to be kept."""
        with psycopg.connect(self.server_url, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
        parts = urlsplit(self.server_url)
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            if not self.keep:
                with psycopg.connect(self.server_url, autocommit=True) as server:
                    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _on_postgresql(self, url: str, folder: Path, servers: ExitStack, results: report.Results) -> None:
        say(f"Making {self.users:,} people on PostgreSQL")
        installation = Installation(folder / "postgresql", url)
        organisation = _begin(installation)
        data.fill_postgresql(url, data.People(organisation, self.users))
        with psycopg.connect(url, autocommit=True) as owner:
            [results.postgresql] = owner.execute("SHOW server_version").fetchone() or [""]
        compiled, ordinary = _products(installation, servers)
        bare = servers.enter_context(
            bare_server.serve(url, organisation, folder, processes=PROCESSES, threads=THREADS)
        )
        asked = [compiled, ordinary, contenders.bare(bare.port)]
        if note := postgraphile.install():
            results.notes.append(f"PostGraphile was left out: {note}.")
        else:
            peer = servers.enter_context(postgraphile.serve(url, folder, processes=PROCESSES))
            asked.insert(2, contenders.postgraphile(peer.port, str(organisation)))
        legs = [*self._reading(asked, url), *self._among_few(folder, servers)]
        self._rounds(legs, results.postgresql_figures)
        self._rounds(self._upserts(compiled, asked[-1]), results.postgresql_figures)
        say("Bulk upserts of 10,000 people")
        results.speeds = bulk.measure(compiled.target(QUESTIONS[0]))
        _check_events(url, results)

    def _reading(self, asked: Sequence[Contender], url: str) -> Iterator[Leg]:
        for question in QUESTIONS:
            contenders.compare(question, list(asked), self.users)
            for one in asked:
                bodies = one.bodies(question, self.users)
                yield Leg(question.name, one.name, one.target(question), bodies)
                if one.name == PRODUCT:
                    yield Leg(
                        question.name, OPEN, one.target(question), bodies, lambda: without_policies(url)
                    )

    def _among_few(self, folder: Path, servers: ExitStack) -> Iterator[Leg]:
        """The same pages in an installation of few people; no page is to cost more where there are many."""
        url = servers.enter_context(self._database(f"{DATABASE}_few"))
        installation = Installation(folder / "few", url)
        data.fill_postgresql(url, data.People(_begin(installation), FEW_PEOPLE))
        server = servers.enter_context(_product("few", installation))
        few = contenders.stepwell(FEW, server.port, installation.token(server))
        for question in (one for one in QUESTIONS if one.size < FEW_PEOPLE and not one.counts):
            in_reach = replace(question, depth=min(question.depth, 0.5))
            contenders.compare(in_reach, [few], FEW_PEOPLE)
            yield Leg(question.name, FEW, few.target(question), few.bodies(in_reach, FEW_PEOPLE))

    def _upserts(self, compiled: Contender, bare: Contender) -> list[Leg]:
        """One person after the other gets a name that nobody had."""
        rng = random.Random(7)
        refs = [f"E{rng.randrange(self.users):07}" for _ in range(5000)]
        people = [{"ref": ref, "name": f"Renamed {rng.getrandbits(48):x}"} for ref in refs]
        bodies = [contenders.compact({"query": documents.UPSERT, "variables": person}) for person in people]
        question = Question("M1", 1)
        return [
            Leg("M1", compiled.name, compiled.target(question), bodies),
            Leg("M1", bare.name, bare.target(question), [contenders.compact(person) for person in people]),
        ]

    # ------------------------------------------------------------ SQLite

    def _on_sqlite(self, folder: Path, servers: ExitStack, results: report.Results) -> None:
        people = self.users // SQLITE_SHARE
        say(f"Making {people:,} people on SQLite")
        installation = Installation(folder / "sqlite", "")
        organisation = _begin(installation)
        data.fill_sqlite(str(installation.folder / "stepwell.sqlite3"), data.People(organisation, people))
        asked = list(_products(installation, servers))
        legs: list[Leg] = []
        for question in QUESTIONS:
            contenders.compare(question, asked, people)
            legs += [
                Leg(question.name, one.name, one.target(question), one.bodies(question, people))
                for one in asked
            ]
        self._rounds(legs, results.sqlite_figures)

    # ------------------------------------------------------------ rounds

    def _rounds(self, legs: Sequence[Leg], figures: report.Figures) -> None:
        """Every leg in every round, so that a slow moment of the machine is everybody's."""
        for leg in legs:
            leg.run(WARM_UP_SECONDS)
            leg.figures.clear()
        for number in range(self.rounds):
            say(f"Round {number + 1} of {self.rounds}")
            for leg in legs if number % 2 == 0 else reversed(legs):
                leg.run(self.seconds)
        for leg in legs:
            figures[leg.question][leg.contender] = leg.figures


def _begin(installation: Installation) -> UUID:
    installation.folder.mkdir()
    return installation.begin()


def _products(installation: Installation, servers: ExitStack) -> tuple[Contender, Contender]:
    """The product, and the same with the compiler switched off."""
    found = []
    for name, compiler in ((PRODUCT, "1"), (ORDINARY, "0")):
        server = servers.enter_context(_product(name.replace(" ", "-"), installation, READ_COMPILER=compiler))
        found.append(contenders.stepwell(name, server.port, installation.token(server)))
    return found[0], found[1]


def _product(name: str, installation: Installation, **changes: str) -> Server:
    size = {"WEB_PROCESSES": str(PROCESSES), "WEB_THREADS": str(THREADS)}
    return product(name, installation, **size, **changes)


@contextmanager
def without_policies(url: str) -> Iterator[None]:
    """Row security switched off, for as long as it is measured what it costs."""
    tables = [model._meta.db_table for model in tenancy.walled_models()]
    with psycopg.connect(url, autocommit=True) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        with psycopg.connect(url, autocommit=True) as owner:
            for table in tables:
                owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def _check_events(url: str, results: report.Results) -> None:
    """What was upserted is there, each change with its event and the events without a gap."""
    with psycopg.connect(url) as connection:
        counter = "SELECT event_count FROM stepwell_organisation"
        query = f"SELECT count(*), max(sequence), ({counter}) FROM stepwell_event"
        written, last, counted = connection.execute(query).fetchone() or (0, 0, 0)
    if not written or not written == last == counted:
        raise RuntimeError(f"{written} events were written, numbered up to {last}, counted as {counted}.")
    results.events = written


begun = time.monotonic()


def say(what: str) -> None:
    """Tell how far the run is."""
    print(f"{time.monotonic() - begun:5.0f} s  {what}", flush=True)
