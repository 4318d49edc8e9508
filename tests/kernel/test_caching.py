from stepwell.kernel.caching import TTLCache


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_kept_for_its_time_and_not_longer() -> None:
    clock = Clock()
    cache: TTLCache[str, int] = TTLCache(seconds=5, size=10, clock=clock)
    cache.put("a", 1)
    clock.now += 4.9
    assert cache.get("a") == 1
    clock.now += 0.1
    assert cache.get("a") is None


def test_putting_again_replaces_the_value_and_starts_its_time_anew() -> None:
    clock = Clock()
    cache: TTLCache[str, int] = TTLCache(seconds=5, size=10, clock=clock)
    cache.put("a", 1)
    clock.now += 4
    cache.put("a", 2)
    clock.now += 4
    assert cache.get("a") == 2


def test_over_the_size_the_oldest_goes() -> None:
    cache: TTLCache[str, int] = TTLCache(seconds=5, size=2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 3)  # now the younger one
    cache.put("c", 4)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (3, None, 4)


def test_forgetting_takes_one_key_and_clearing_all() -> None:
    cache: TTLCache[str, int] = TTLCache(seconds=5, size=10)
    for key, value in {"a": 1, "b": 2, "c": 3}.items():
        cache.put(key, value)
    cache.forget("a")
    cache.forget("never there")
    assert (cache.get("a"), cache.get("b")) == (None, 2)
    cache.clear()
    assert (cache.get("b"), cache.get("c")) == (None, None)


def test_what_was_read_before_a_key_was_forgotten_is_not_kept() -> None:
    cache: TTLCache[str, int] = TTLCache(seconds=5, size=10)
    before = cache.moment
    cache.forget("a")
    cache.put("a", 1, before)
    assert cache.get("a") is None
    cache.put("a", 2, cache.moment)
    assert cache.get("a") == 2
