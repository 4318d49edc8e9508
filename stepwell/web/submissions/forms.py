"""How work is assessed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from stepwell.web.forms import Form


class AssessmentForm(Form):
    """A score, or passed and failed, as the assignment has it; what the assessor saw goes along."""

    problem_fields = {
        "assessment.score": "score",
        "assessment.passed": "passed",
        "assessment.feedback": "feedback",
    }
    score = forms.DecimalField(label=_("Score in percent"), min_value=0, max_value=100, max_digits=5)
    passed = forms.ChoiceField(
        label=_("Result"),
        choices=[("yes", _("Passed")), ("no", _("Not passed"))],
        widget=forms.RadioSelect,
    )
    feedback = forms.CharField(
        label=_("Feedback"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, submission: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assignment = submission["module"]["assignment"] or {}
        del self.fields["passed" if assignment.get("assessment") == "SCORE" else "score"]

    @staticmethod
    def before(submission: Mapping[str, Any]) -> dict[str, Any]:
        """What the form begins with: the assessment that there is."""
        return {
            "score": submission["score"],
            "passed": {True: "yes", False: "no"}.get(submission["passed"]),
            "feedback": submission["feedback"],
            "seen_at": submission["assessedAt"],
        }

    def assessment(self) -> dict[str, Any]:
        """What `assessments.assess` takes."""
        given = self.cleaned_data
        passed = {"yes": True, "no": False}.get(given.get("passed", ""))
        return {
            "score": given.get("score"),
            "passed": passed,
            "feedback": given["feedback"],
            "seen_at": parse_datetime(given["seen_at"]) if given["seen_at"] else None,
        }
