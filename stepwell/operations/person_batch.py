"""Many people written at once: a list of wishes, planned against what is stored, written in few statements.

What a row asks for is done whole or not at all, and one row's refusal leaves the others be. The number of
statements does not grow with the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from stepwell import events
from stepwell.actors import Actor, Reach
from stepwell.events import EventType
from stepwell.kernel import emails
from stepwell.kernel.text import camel_case
from stepwell.models import ContentType, Organisation, Role, User, bulk
from stepwell.operations import extra_values, groups, links, membership_rules, openings, person_fields
from stepwell.operations.profile_images import ProfileImages
from stepwell.problems import Conflict, InvalidInput, NotFound, PermissionDenied, Problem

ATTEMPTS = 4
PROTECTED = {"email", "roles", "isActive", "archived"}
LINKS = {
    "add_member": ("add_participant_groups", "add_participant_group_refs"),
    "remove_member": ("remove_participant_groups", "remove_participant_group_refs"),
    "add_manager": ("add_manager_groups", "add_manager_group_refs"),
    "remove_manager": ("remove_manager_groups", "remove_manager_group_refs"),
}
COLUMNS = [
    "ref",
    "email",
    "email_key",
    "name",
    "name_key",
    "search_key",
    "roles",
    "language",
    "is_active",
    "archived_at",
    "profile_image",
    "updated_at",
]


class Status(StrEnum):
    """What became of one row of a bulk upsert."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"


@dataclass
class Wish:
    """One person as the caller wants it: how to find the person, and the fields that were given."""

    selectors: Mapping[str, Any]
    given: Mapping[str, Any]


@dataclass
class Outcome:
    """What became of a wish."""

    status: Status
    user: User | None = None
    problem: Problem | None = None


@dataclass
class Plan:
    """A wish in the middle of being fulfilled."""

    user: User
    is_new: bool
    changed: list[str] = field(default_factory=list)
    links: dict[str, set[UUID]] = field(default_factory=dict)
    values: extra_values.Wanted = field(default_factory=dict)


class Refused(Exception):
    """Rows that turned out impossible while writing; the attempt starts again without them."""

    def __init__(self, problems: dict[int, Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


def fulfil(wishes: Sequence[Wish], *, may_create: bool, by: Actor) -> list[Outcome]:
    """Fulfil what can be, row by row refused what cannot. Tried again when others wrote meanwhile."""
    failed: dict[int, Problem] = {}
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic(), events.collecting():
                return Batch(wishes, failed, may_create=may_create, by=by).run()
        except Refused as refused:
            failed |= refused.problems
        except IntegrityError:
            continue
    raise Conflict("Somebody else is changing the same people at this moment; try again.")


class Batch:
    """One attempt to fulfil a list of wishes."""

    def __init__(
        self, wishes: Sequence[Wish], failed: Mapping[int, Problem], *, may_create: bool, by: Actor
    ) -> None:
        self.wishes, self.may_create, self.by = wishes, may_create, by
        self.now: datetime = timezone.now()
        self.failed: dict[int, Problem] = dict(failed)
        self.selectors: dict[int, dict[str, Any]] = {}
        self.cleaned: dict[int, dict[str, Any]] = {}
        self.plans: dict[int, Plan] = {}
        self.by_id: dict[UUID, User] = {}
        self.by_ref: dict[str, User] = {}
        self.by_email: dict[str, User] = {}

    def run(self) -> list[Outcome]:
        """Plan, write, record."""
        self._each(self._clean)
        self._load()
        self._resolve_groups()
        self._read_values()
        self.images = ProfileImages(self.cleaned.values(), self.by_id.values())
        self._each(self._plan)
        linked, valued = self._write()
        self._record(valued)
        return [self._outcome(index, linked, valued) for index in range(len(self.wishes))]

    def _each(self, step: Callable[[int], None]) -> None:
        for index in range(len(self.wishes)):
            if index not in self.failed:
                try:
                    step(index)
                except Problem as problem:
                    self.failed[index] = problem

    def _clean(self, index: int) -> None:
        wish = self.wishes[index]
        chosen = {name: value for name, value in wish.selectors.items() if value is not None}
        if len(chosen) > 1:
            raise InvalidInput("Give exactly one of id, ref or email to select a person.", field="id")
        self.selectors[index] = {n: v for n, v in chosen.items() if n == "id"} | person_fields.clean(chosen)
        self.cleaned[index] = person_fields.clean(wish.given)

    # ------------------------------------------------------------ who is there

    def _load(self) -> None:
        """Find and lock everybody who is selected, or who has an e-mail or ref that is asked for."""
        ids, refs, keys = set(), set(), set()
        for index, cleaned in self.cleaned.items():
            for source in (self.selectors[index], cleaned):
                if source.get("id"):
                    ids.add(source["id"])
                if source.get("ref"):
                    refs.add(source["ref"])
                if source.get("email"):
                    keys.add(emails.key(source["email"]))
        named = [("pk__in", ids), ("ref__in", refs), ("email_key__in", keys)]
        conditions = [Q((lookup, list(values))) for lookup, values in named if values]
        if not conditions:
            return
        wanted = conditions[0]
        for condition in conditions[1:]:
            wanted |= condition
        for user in User.objects.filter(wanted).order_by("pk").select_for_update(no_key=True):
            self._know(user)

    def _know(self, user: User) -> None:
        self.by_id[user.pk] = user
        self.by_ref[user.ref] = user
        if user.email_key:
            self.by_email[user.email_key] = user

    def _forget(self, user: User) -> None:
        self.by_ref.pop(user.ref, None)
        if user.email_key:
            self.by_email.pop(user.email_key, None)

    def _selected(self, index: int) -> User | None:
        selectors = self.selectors[index]
        if (id := selectors.get("id")) is not None:
            if id not in self.by_id:
                raise NotFound(f"There is no user with id {id}.", field="id")
            return self.by_id[id]
        if (ref := selectors.get("ref")) is not None:
            return self.by_ref.get(ref)
        if (email := selectors.get("email")) is not None:
            return self.by_email.get(emails.key(email))
        return None

    # ------------------------------------------------------------ what is to be

    def _plan(self, index: int) -> None:
        user, cleaned = self._selected(index), self.cleaned[index]
        if user is None:
            if not self.may_create:
                raise NotFound("There is no such user.", field="id")
            cleaned = self.selectors[index] | cleaned
        self._refuse_taken(user, cleaned)
        plan = self._new(cleaned) if user is None else self._changed(user, cleaned)
        plan.links, plan.values = self.links.get(index, {}), self.values.get(index, {})
        self.plans[index] = plan

    def _refuse_taken(self, user: User | None, cleaned: Mapping[str, Any]) -> None:
        email = emails.key(cleaned["email"]) if "email" in cleaned else ""
        holders = {"ref": self.by_ref.get(cleaned.get("ref", "")), "email": self.by_email.get(email)}
        for name, holder in holders.items():
            if holder is not None and (user is None or holder.pk != user.pk):
                who = "Somebody who is archived" if holder.archived else "Somebody else"
                raise Conflict(f"{who} has the {name} {cleaned[name]}.", field=f"user.{name}")

    def _new(self, cleaned: Mapping[str, Any]) -> Plan:
        for needed, said in (("name", "a name"), ("email", "an email")):
            if needed not in cleaned:
                raise InvalidInput(f"A new person needs {said}.", field=f"user.{needed}")
        roles = cleaned.get("roles", [Role.PARTICIPANT])
        if Role.OWNER in roles:
            self._require_owner()
        user = User(
            name=cleaned["name"],
            email=cleaned["email"],
            ref=cleaned.get("ref") or str(uuid4()),
            roles=roles,
            language=cleaned.get("language") or self._default_language(),
            is_active=cleaned.get("is_active", True),
            archived_at=self.now if cleaned.get("archived") else None,
            created_at=self.now,
            updated_at=self.now,
        )
        self.images.set(user, cleaned.get("profile_image"))
        person_fields.set_keys(user)
        self._know(user)
        return Plan(user, is_new=True)

    def _default_language(self) -> str:
        if not hasattr(self, "_language"):
            self._language = Organisation.objects.values_list("language", flat=True).get(
                pk=self.by.organisation_id
            )
        return self._language

    def _changed(self, user: User, cleaned: Mapping[str, Any]) -> Plan:
        changed = [camel_case(name) for name, value in cleaned.items() if self._differs(user, name, value)]
        if not changed:
            return Plan(user, is_new=False)
        if PROTECTED.intersection(changed) and Role.OWNER in {*user.roles, *cleaned.get("roles", [])}:
            self._require_owner()
            self._keep_an_owner(user, cleaned)
        self._forget(user)
        for name in changed:
            self._set(user, name, cleaned)
        user.updated_at = self.now
        person_fields.set_keys(user)
        self._know(user)
        return Plan(user, is_new=False, changed=changed)

    def _differs(self, user: User, name: str, value: Any) -> bool:
        if name == "profile_image":
            return self.images.differs(user, value)
        return bool(value != (user.archived if name == "archived" else getattr(user, name)))

    def _set(self, user: User, name: str, cleaned: Mapping[str, Any]) -> None:
        match name:
            case "archived":
                user.archived_at = self.now if cleaned["archived"] else None
            case "isActive":
                user.is_active = cleaned["is_active"]
            case "profileImage":
                self.images.set(user, cleaned["profile_image"])
            case _:
                setattr(user, name, cleaned[name])

    def _require_owner(self) -> None:
        """Who may sign in as an owner owns the organisation: only owners decide that."""
        if self.by.reach("owners.write") is not Reach.ALL:
            raise PermissionDenied(
                "Only an owner may make somebody an owner,"
                " or change an owner's e-mail, roles, activity or archiving."
            )

    def _keep_an_owner(self, user: User, cleaned: Mapping[str, Any]) -> None:
        stays = Role.OWNER in cleaned.get("roles", user.roles) and cleaned.get("is_active", True)
        if stays and not cleaned.get("archived"):
            return
        others = User.objects.active().filter(roles__contains=f'"{Role.OWNER}"', is_active=True)
        if not others.exclude(pk=user.pk).exists():
            raise Conflict("This is the last owner; make somebody else an owner first.", field="user.roles")

    # ------------------------------------------------------------ groups and extra values

    def _resolve_groups(self) -> None:
        """Group ids and refs of all rows, looked up at once; a row with an unknown one fails."""
        self.links: dict[int, dict[str, set[UUID]]] = {}
        ids: set[UUID] = set()
        refs: set[str] = set()
        for index in self.cleaned:
            for by_id, by_ref in LINKS.values():
                ids.update(self.wishes[index].given.get(by_id) or ())
                refs.update(self.wishes[index].given.get(by_ref) or ())
        known = groups.resolve(ids, refs) if ids or refs else {}
        for index in list(self.cleaned):
            try:
                self.links[index] = self._links(self.wishes[index].given, known)
            except Problem as problem:
                self.failed[index] = problem

    def _links(self, given: Mapping[str, Any], known: Mapping[Any, Any]) -> dict[str, set[UUID]]:
        found: dict[str, set[UUID]] = {}
        for kind, names in LINKS.items():
            for name in names:
                for key in given.get(name) or ():
                    if key not in known:
                        raise NotFound(f"There is no group {key}.", field=f"user.{camel_case(name)}")
                    found.setdefault(kind, set()).add(known[key].pk)
        return found

    def _read_values(self) -> None:
        self.values: dict[int, extra_values.Wanted] = {}
        asked = [i for i in self.cleaned if self.wishes[i].given.get("extra_category_values")]
        if not asked:
            return
        self.vocabulary = extra_values.Vocabulary(ContentType.USER)
        for index in asked:
            try:
                self.values[index] = self.vocabulary.read(self.wishes[index].given["extra_category_values"])
            except Problem as problem:
                self.failed.setdefault(index, problem)

    # ------------------------------------------------------------ writing

    def _write(self) -> tuple[AbstractSet[UUID], set[UUID]]:
        """Write the plans. Out: the people whose groups changed, and those whose values changed."""
        plans = self.plans.values()
        bulk.insert([plan.user for plan in plans if plan.is_new])
        self._update([plan.user for plan in plans if plan.changed and not plan.is_new])
        values = {plan.user.pk: plan.values for plan in plans if plan.values}
        valued = extra_values.write(self.vocabulary, values) if values else set()
        linked = self._link()
        touched = [
            p.user.pk
            for p in plans
            if p.is_new or p.user.pk in valued or {"roles", "archived"} & {*p.changed}
        ]
        if touched:
            membership_rules.follow(touched, by=self.by)
        openings.look_again_at({p.user.pk for p in plans if "archived" in p.changed})
        self.images.write()
        return linked, valued

    def _update(self, users: Sequence[User]) -> None:
        """All changed people in one statement: their rows are there, so each insert becomes an update."""
        changed = list({user.pk: user for user in users}.values())
        key = ["organisation", "id"] if connection.vendor == "postgresql" else ["id"]
        if len(changed) == 1:
            changed[0].save(update_fields=COLUMNS)
        elif changed:
            User.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=key, update_fields=COLUMNS, batch_size=500
            )

    def _link(self) -> AbstractSet[UUID]:
        wanted = {plan.user.pk: links.LinkChanges(**plan.links) for plan in self.plans.values() if plan.links}
        if not wanted:
            return set()
        result = links.change(wanted, by=self.by)
        if result.problems:
            index_of = {plan.user.pk: index for index, plan in self.plans.items()}
            raise Refused({index_of[user]: problems[0] for user, problems in result.problems.items()})
        return result.changed

    def _record(self, valued: set[UUID]) -> None:
        for plan in self.plans.values():
            if plan.is_new:
                events.record(EventType.USER_CREATED, plan.user, by=self.by)
                continue
            changed = [*plan.changed, *(["extraCategoryValues"] if plan.user.pk in valued else [])]
            if changed:
                events.record(EventType.USER_UPDATED, plan.user, changed=changed, by=self.by)
            if plan.user.pk in valued:
                events.record(EventType.EXTRA_CATEGORY_VALUES_UPDATED, plan.user, by=self.by)

    def _outcome(self, index: int, linked: AbstractSet[UUID], valued: set[UUID]) -> Outcome:
        if index in self.failed:
            return Outcome(Status.FAILED, problem=self.failed[index])
        plan = self.plans[index]
        if plan.is_new:
            return Outcome(Status.CREATED, plan.user)
        touched = plan.changed or plan.user.pk in linked or plan.user.pk in valued
        return Outcome(Status.UPDATED if touched else Status.UNCHANGED, plan.user)
