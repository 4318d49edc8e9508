"""What is done with groups: made, changed, deleted; people added and removed, as members and as managers."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from stepwell.actors import Actor
from stepwell.models import Group
from stepwell.operations import links
from stepwell.operations.base import operation
from stepwell.operations.links import LinkChanges, Linked

__all__ = ["LinkChanges", "Linked", "link", "resolve"]


def resolve(ids: Iterable[UUID], refs: Iterable[str]) -> dict[UUID | str, Group]:
    """The groups with these ids and refs, by id and by ref; who is not there is missing. One statement."""
    found: dict[UUID | str, Group] = {}
    for group in Group.objects.filter(Q(pk__in=set(ids)) | Q(ref__in=set(refs))):
        found[group.pk] = found[group.ref] = group
    return found


@operation("groups.write")
def link(changes: Mapping[UUID, LinkChanges], *, by: Actor) -> Linked:
    """Change the groups of many people (by user id) at once. Out and refusals: as `links.change`."""
    return links.change(changes, by=by)
