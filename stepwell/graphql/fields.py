"""How a readable field is declared: once, on its Strawberry type.

    @reads(models.Group, scope="groups.read", open_fields={"id", "ref", "name"})
    class Group:
        id: UUID = column()
        user_count: int = computed(lambda actor: …SQL expression…)
        users: Connection[User] = connected(models.User, via="memberships__group", …)

From the declaration come the schema (Strawberry reads the annotation) and the SQL (`compiler/nodes.py`, and
`ordinary.py` for what it does not know). A field says where its value is, never how to fetch it for one
object.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, dataclass_transform
from uuid import UUID

import strawberry
from django.db.models import F, Model, Q
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from stepwell.actors import Actor
from stepwell.graphql.narrowing import Filter as Filter
from stepwell.graphql.narrowing import Selector as Selector
from stepwell.graphql.narrowing import Sorts as Sorts

READ = "read"
SCOPE = "scope"

type Scope = str | tuple[str, ...]  # of several, one is enough


@dataclass(frozen=True)
class Column:
    """A column of the row, or of one that it points to (`category__title`)."""

    path: str


@dataclass(frozen=True)
class Computed:
    """An SQL expression over the row: `make(actor)`, or below `OfPerson` `make(actor, person)`."""

    make: Callable[..., Any]
    of_person: bool = False


@dataclass(frozen=True)
class Derived:
    """What SQL cannot say: a Python function of columns (`needs`, by path) of the finished row."""

    needs: tuple[str, ...]
    step: Callable[..., Any]


@dataclass(frozen=True)
class Shaped:
    """Objects (or a scalar) that Python makes of columns and of SQL expressions made for the actor.

    Of what `make` returns the attributes are read that are selected; its types are declared with `@shape`.
    """

    needs: tuple["str | Callable[[Actor], Any]", ...]
    make: Callable[..., Any]

    @property
    def is_made_for_actor(self) -> bool:
        """Whether what it needs differs with who asks; then it is of a row that is read by itself."""
        return any(callable(need) for need in self.needs)

    def expressions(self, actor: Actor, prefix: str = "") -> list[Any]:
        """What is needed of the row, whose path is `prefix`."""
        return [F(prefix + need) if isinstance(need, str) else need(actor) for need in self.needs]


@dataclass(frozen=True)
class Part:
    """Columns of the same row that stand together as an object of their own; null unless `when(actor)`."""

    when: Callable[[Actor], Q] | None = None


@dataclass(frozen=True)
class Gathered:
    """What SQL does not fold: a Python function of all rows of `model` whose `via` leads back to this row.

    `fold` gets the columns `needs` of each of them, in order; none of them is an empty list.
    """

    model: type[Model]
    via: str
    order: tuple[str, ...]
    needs: tuple[str, ...]
    fold: Callable[[list[tuple[Any, ...]]], Any]
    where: Q = field(default_factory=Q)


@dataclass(frozen=True)
class ToOne:
    """The row behind a foreign key; null where the caller may not see it, and unless `when(actor)`."""

    path: str
    model: type[Model]
    when: Callable[[Actor], Q] | None = None


@dataclass(frozen=True)
class OfPerson:
    """The row of `model` of one person whose `via` leads back to this row: of `userId`, or of who asks.

    Null when there is none, or `rows(rows, actor)` leaves none; at most one is a constraint's business.
    """

    model: type[Model]
    via: str
    rows: Callable[[Any, Actor], Any]


@dataclass(frozen=True)
class Through:
    """Rows of `model` between two others; `names` is the path from one to what it names."""

    model: type[Model]
    names: str


@dataclass(frozen=True)
class ToMany:
    """A list with a bound: the rows of `model` whose `via` leads back to this row.

    `beneath`: who sees this row sees those that the rows' `beneath(actor)` leaves, which looks at no parent.

    With `through`, those that a row between them names, which the actor sees too: each once, however many
    do. `via` leads back from the row between.
    """

    model: type[Model]
    via: str
    order: tuple[str, ...]
    where: Q = field(default_factory=Q)
    beneath: bool = False
    through: Through | None = None


@dataclass(frozen=True)
class First:
    """The first, in this order, of the rows of `model` whose `via` leads back to this one; null for none."""

    model: type[Model]
    via: str
    order: tuple[str, ...]
    where: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Connected:
    """A connection: rows of `model`, all that are visible or those whose `via` leads back to this row."""

    model: type[Model]
    sorts: Sorts
    filters: Mapping[str, Filter] = field(default_factory=dict)
    via: str | None = None
    rows: Callable[[Any], Any] = lambda rows: rows  # a narrowing that is always on


@dataclass(frozen=True)
class Single:
    """One row of `model`, chosen by exactly one of the arguments: GraphQL name → column."""

    model: type[Model]
    selectors: Mapping[str, Selector]


@dataclass(frozen=True)
class Listed:
    """A root list, narrowed by filters; `order` as in `ToMany`. Above `bound` it is refused, not cut."""

    model: type[Model]
    order: tuple[str, ...]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    bound: int = 10_000


@dataclass(frozen=True)
class ByKey:
    """In a payload: the row whose model object or key the resolver put there, read as any other.

    An abstract model stands for the models made from it: the objects of one field are all of one of them.
    """

    model: type[Model]

    def model_of(self, objects: Iterable[Any]) -> type[Model]:
        """The model of these objects or keys."""
        return next((type(one) for one in objects if isinstance(one, self.model)), self.model)

    def models(self) -> Iterable[type[Model]]:
        """The models that the objects may be of."""
        return self.model.__subclasses__() if self.model._meta.abstract else [self.model]


type Read = (
    Column
    | Computed
    | Derived
    | Shaped
    | Part
    | Gathered
    | ToOne
    | OfPerson
    | ToMany
    | First
    | Connected
    | Single
    | Listed
    | ByKey
)


@dataclass(frozen=True)
class Reading:
    """What a type says of its rows: which scope reading needs, except the open fields; for a member of a
    union, which rows are of this type."""

    scope: Scope | None
    open_fields: frozenset[str]
    when: Q | None


def reads(
    *,
    scope: Scope | None,
    open_fields: frozenset[str] | set[str] = frozenset(),
    when: Q | None = None,
    **options: Any,
) -> Any:
    """Make a class a GraphQL type whose fields are declared with the functions below."""

    def decorate(cls: type) -> type:
        made: type = strawberry.type(cls, **options)
        made.__reading__ = Reading(scope, frozenset(open_fields), when)  # type: ignore[attr-defined]  # ours
        return made

    return decorate


@dataclass_transform(field_specifiers=(strawberry.field,))
def shape[T](**options: Any) -> Callable[[type[T]], type[T]]:
    """Make a class a GraphQL type of objects that `shaped` fields make: a dataclass with plain fields."""
    return cast("Callable[[type[T]], type[T]]", reads(scope=None, **options))


def _field(
    read: Read,
    arguments: Mapping[str, tuple[Any, Any]] | None = None,
    *,
    scope: Scope | None = None,
    **options: Any,
) -> Any:
    metadata = {READ: read} | ({SCOPE: scope} if scope else {})
    made = strawberry.field(metadata=metadata, **options)
    if arguments:
        made.arguments = [
            StrawberryArgument(name, name, StrawberryAnnotation(type), default=default)
            for name, (type, default) in arguments.items()
        ]
    return made


PAGING: dict[str, tuple[Any, Any]] = {
    "first": (int | None, None),
    "after": (str | None, None),
    "last": (int | None, None),
    "before": (str | None, None),
    "offset": (int | None, None),
}


def column(path: str = "", **options: Any) -> Any:
    """A column; without a path the one that is called like the field."""
    return _field(Column(path), **options)


def computed(make: Callable[[Actor], Any], **options: Any) -> Any:
    """An SQL expression, made for the actor."""
    return _field(Computed(make), **options)


def computed_of_person(make: Callable[[Actor, Any], Any], **options: Any) -> Any:
    """An SQL expression for the actor and the person of the `of_person` field that leads here."""
    return _field(Computed(make, of_person=True), **options)


def derived(step: Callable[..., Any], *needs: str, **options: Any) -> Any:
    """A Python function of the columns `needs`, run on the finished row."""
    return _field(Derived(needs, step), **options)


def shaped(make: Callable[..., Any], *needs: str | Callable[[Actor], Any], **options: Any) -> Any:
    """What a Python function makes of `needs`: an object with the fields of its type, or a list of them."""
    return _field(Shaped(needs, make), **options)


def part(when: Callable[[Actor], Q] | None = None, **options: Any) -> Any:
    """An object whose fields are columns of this row; with `when`, null where that does not hold."""
    return _field(Part(when), **options)


def gathered(
    model: type[Model],
    fold: Callable[[list[tuple[Any, ...]]], Any],
    *needs: str,
    via: str,
    order: tuple[str, ...],
    where: Q | None = None,
    **options: Any,
) -> Any:
    """A Python function of the columns `needs` of the rows of `model` whose `via` leads back to this one."""
    return _field(Gathered(model, via, order, needs, fold, where or Q()), **options)


def to_one(path: str, model: type[Model], when: Callable[[Actor], Q] | None = None, **options: Any) -> Any:
    """The row behind the foreign key `path`; with `when`, null where that does not hold."""
    return _field(ToOne(path, model, when), **options)


PERSON = "userId"


def of_person(model: type[Model], *, via: str, rows: Callable[[Any, Actor], Any], **options: Any) -> Any:
    """The row of one person (its column `user`): of `userId`, or of who asks."""
    return _field(OfPerson(model, via, rows), {PERSON: (UUID | None, None)}, **options)


def to_many(
    model: type[Model],
    *,
    via: str,
    order: tuple[str, ...],
    where: Q | None = None,
    beneath: bool = False,
    through: Through | None = None,
    **options: Any,
) -> Any:
    """The rows of `model` whose `via` leads back to this one."""
    return _field(ToMany(model, via, order, where or Q(), beneath, through), **options)


def first_of(
    model: type[Model], *, via: str, order: tuple[str, ...], where: Q | None = None, **options: Any
) -> Any:
    """The first of the rows of `model` whose `via` leads back to this one."""
    return _field(First(model, via, order, where or Q()), **options)


def connected(
    model: type[Model],
    *,
    sorts: Sorts,
    filters: Mapping[str, Filter] | None = None,
    via: str | None = None,
    rows: Callable[[Any], Any] = lambda rows: rows,
    **options: Any,
) -> Any:
    """A connection with the arguments of its filters, `sortBy` and paging."""
    filters = filters or {}
    arguments = {name: (given.type, given.default) for name, given in filters.items()}
    if sorts.input is not None:
        arguments["sortBy"] = (sorts.input | None, None)
    return _field(Connected(model, sorts, filters, via, rows), arguments | PAGING, **options)


def single(model: type[Model], selectors: Mapping[str, Selector], **options: Any) -> Any:
    """One row, chosen by exactly one argument; null when it is not there."""
    arguments = {name: (given.type | None, None) for name, given in selectors.items()}
    return _field(Single(model, selectors), arguments, **options)


def listed(
    model: type[Model], *, order: tuple[str, ...], filters: Mapping[str, Filter] | None = None, **options: Any
) -> Any:
    """A root list."""
    filters = filters or {}
    arguments = {name: (given.type, given.default) for name, given in filters.items()}
    return _field(Listed(model, order, filters), arguments, **options)


def by_key(model: type[Model], **options: Any) -> Any:
    """In a payload: the row of the model object (or key) that the mutation answered."""
    return strawberry.field(metadata={READ: ByKey(model)}, **options)


def door[**P, R](scope: Scope | None, **options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A mutation, or a query with a resolver of its own, that needs `scope`, or one of several."""
    field: Any = strawberry.field(metadata={SCOPE: scope}, **options)
    return cast("Callable[[Callable[P, R]], Callable[P, R]]", field)
