"""How an open answer is assessed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from stepwell.web import words
from stepwell.web.forms import Form


class AnswerForm(Form):
    """Points and feedback; what the assessor saw goes along."""

    problem_fields = {
        "assessment.points": "points",
        "assessment.feedback": "feedback",
    }
    points = forms.DecimalField(label=_("Points"), min_value=0, max_digits=5, decimal_places=2)
    feedback = forms.CharField(
        label=_("Feedback"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, answer: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        before = {name: answer[name] for name in ("points", "feedback")}
        kwargs["initial"] = before | {"seen_at": answer["assessedAt"]}
        super().__init__(*args, **kwargs)
        if answer["possible"] is not None:
            self.fields["points"].help_text = _("At most %(points)s.") % {
                "points": words.number(answer["possible"])
            }

    def assessment(self) -> dict[str, Any]:
        """What `assessments.assess_answer` takes."""
        given = self.cleaned_data
        seen = parse_datetime(given["seen_at"]) if given["seen_at"] else None
        return {"points": given["points"], "feedback": given["feedback"], "seen_at": seen}
