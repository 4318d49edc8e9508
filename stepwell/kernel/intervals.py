"""Which seconds of a video were seen: intervals, merged and in order."""

from bisect import bisect_left

type Intervals = tuple[tuple[int, int], ...]


def merged(seen: Intervals, start: int, end: int) -> Intervals:
    """The intervals with one more, from `start` up to but without `end`; an empty one adds nothing."""
    if end <= start:
        return seen
    if not seen or start > seen[-1][1]:
        return (*seen, (start, end))
    first = bisect_left(seen, start, key=lambda one: one[1])
    last = first
    while last < len(seen) and seen[last][0] <= end:
        start, end = min(start, seen[last][0]), max(end, seen[last][1])
        last += 1
    return (*seen[:first], (start, end), *seen[last:])


def covered(seen: Intervals, length: int | None = None) -> int:
    """How many seconds they are, of the first `length`."""
    if length is None:
        return sum(end - start for start, end in seen)
    return sum(max(min(end, length) - start, 0) for start, end in seen)
