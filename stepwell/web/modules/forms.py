"""What is handed in for an assignment."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stepwell.actors import Actor
from stepwell.operations import uploads
from stepwell.web.forms import Form, MultipleFileField

type Group = tuple[str, str]  # id and name


class HandInForm(Form):
    """Text, files, or both, as the assignment accepts them; the group, for who is in several."""

    problem_fields = {
        "submission.text": "text",
        "submission.groupId": "group",
        "file": "documents",
    }
    text = forms.CharField(
        label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
    )
    documents = MultipleFileField(label=_("Files"), help_text=_("At most 20."))
    group = forms.ChoiceField(label=_("Group"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, assignment: Mapping[str, Any] | None, groups: Sequence[Group], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        accepted = assignment or {"acceptsText": False, "acceptsFiles": False, "isForGroups": False}
        wanted = {
            "text": accepted["acceptsText"],
            "documents": accepted["acceptsFiles"],
            "group": accepted["isForGroups"] and len(groups) > 1,
        }
        for name, is_wanted in wanted.items():
            if not is_wanted:
                del self.fields[name]
        if "group" in self.fields:
            self.fields["group"].choices = groups  # type: ignore[attr-defined]  # of a ChoiceField

    def handed_in(self, by: Actor) -> dict[str, Any]:
        """What `submissions.hand_in` takes; the files have been uploaded. Raises as `uploads.receive`."""
        given = self.cleaned_data
        rows = [uploads.receive(file, name=file.name, by=by) for file in given.get("documents", ())]
        return {
            "text": given.get("text"),
            "files": [{"upload": uploads.id_of(row, by)} for row in rows],
            "group_id": given.get("group"),
        }
