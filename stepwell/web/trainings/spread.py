"""How far the participants of a training are: in how many of ten parts of the way how many of them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F

from stepwell.actors import Actor
from stepwell.models import TrainingUser

WIDTH, HEIGHT, GAP = 720, 120, 6
PARTS = 11  # 0–9 %, 10–19 % … and 100 %


@dataclass(frozen=True)
class Bar:
    """One part of the way, in the units of the drawing."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Spread:
    """All parts, and how many people there are in all of them."""

    bars: list[Bar]
    total: int

    @property
    def completed(self) -> int:
        """How many are at the end."""
        return self.bars[-1].count


def of(training_id: UUID, actor: Actor) -> Spread:
    """The participants whom the actor follows, who take part now. One statement."""
    rows = TrainingUser.objects.followed_by(actor).current().participants()
    parts = rows.filter(training=training_id, user__archived_at=None).annotate(part=F("progress") / 10)
    counts = dict(parts.order_by().values("part").annotate(n=Count("pk")).values_list("part", "n"))
    most = max(counts.values(), default=0)
    step = WIDTH / PARTS
    bars = [_bar(part, counts.get(part, 0), most, step) for part in range(PARTS)]
    return Spread(bars, sum(counts.values()))


def _bar(part: int, count: int, most: int, step: float) -> Bar:
    height = max(3.0, count / most * HEIGHT) if count else 0.0
    label = "100 %" if part == PARTS - 1 else f"{part * 10}–{part * 10 + 9} %"
    return Bar(label, count, round(part * step + GAP / 2, 1), HEIGHT - height, round(step - GAP, 1), height)
