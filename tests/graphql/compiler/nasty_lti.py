"""External tools that have been trouble."""

from typing import Any

from stepwell.models import LtiTool
from stepwell.models.people import searchable


def fill(names: list[str], moments: list[Any]) -> list[Any]:
    """Make tools with these titles. Out: their ids."""
    made = []
    for at, name in enumerate(names):
        given = at % 2 == 0
        tool = LtiTool.objects.create(
            title=name,
            title_key=searchable(name),
            client_id=f"client {at}",
            deployment_id="%s",
            login_url="https://tool.example.org/login?a=%s&b={x}",
            launch_url="https://tool.example.org/",
            redirect_urls='["https://tool.example.org/é", "https://tool.example.org/\\"x"]'
            if given
            else "[]",
            deep_link_url="https://tool.example.org/choose" if given else None,
            jwks_url=None if given else "https://tool.example.org/keys",
            keys='{"keys": []}' if given else None,
            custom='{"wörd": "\\u2028 %s"}' if given else "{}",
            sends_name=given,
            archived_at=moments[at % len(moments)],
        )
        made.append(tool.pk)
    return made
