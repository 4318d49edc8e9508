"""Areas on an image, and whether a place is within one. Places are whole numbers, so that nothing is rounded:
hundredths of a percent of the width and the height, from the upper left corner; edges belong to the area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

SHAPES = ("RECTANGLE", "ELLIPSE", "POLYGON")
MOST_CORNERS = 50
WHOLE = 10_000

type Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle or an ellipse by two opposite corners of the box that it fills, or a polygon."""

    shape: str
    corners: tuple[Place, ...]

    def holds(self, place: Place) -> bool:
        """Whether the place is within the area or on its edge."""
        if self.shape == "POLYGON":
            return _in_polygon(self.corners, place)
        (left, top), (right, bottom) = self.corners
        x, y = place
        if self.shape == "RECTANGLE":
            return left <= x <= right and top <= y <= bottom
        width, height = right - left, bottom - top
        across, down = 2 * x - left - right, 2 * y - top - bottom
        return (across * height) ** 2 + (down * width) ** 2 <= (width * height) ** 2


def read(shape: str, corners: Sequence[Mapping[str, Any]]) -> Area:
    """An area from corners in percent. Raises `ValueError` with a sentence that says what is allowed."""
    if shape not in SHAPES:
        raise ValueError(f"A shape is one of {', '.join(SHAPES)}.")
    places = tuple(place(corner) for corner in corners)
    if shape == "POLYGON":
        if not 3 <= len(places) <= MOST_CORNERS or _doubled_size(places) == 0:
            raise ValueError(
                f"A polygon has between 3 and {MOST_CORNERS} corners, which are not on one line."
            )
        return Area(shape, places)
    if len(places) != 2:
        raise ValueError("Give two opposite corners.")
    (a, b), (c, d) = places
    if a == c or b == d:
        raise ValueError("The two corners have to be apart, both in width and in height.")
    return Area(shape, ((min(a, c), min(b, d)), (max(a, c), max(b, d))))


def place(given: Mapping[str, Any]) -> Place:
    """A place given in percent. Raises `ValueError` for one that is not on the image."""
    return _hundredths(given.get("x")), _hundredths(given.get("y"))


def stored(shape: str, corners: Iterable[Sequence[int]]) -> Area:
    """An area as it is stored."""
    return Area(shape, tuple((x, y) for x, y in corners))


def _hundredths(value: Any) -> int:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number <= 100):
        raise ValueError("x and y are percents of the image's width and height, from 0 to 100.")
    return int((number * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _doubled_size(places: Sequence[Place]) -> int:
    return abs(sum(a * d - b * c for (a, b), (c, d) in pairwise([*places, places[0]])))


def _in_polygon(corners: Sequence[Place], spot: Place) -> bool:
    """By the number of edges that a line to the right crosses."""
    x, y = spot
    inside = False
    for (ax, ay), (bx, by) in pairwise([*corners, corners[0]]):
        turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if turn == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        if (ay > y) != (by > y) and (turn > 0) == (by > ay):
            inside = not inside
    return inside
