"""What was handed in, and assessing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepwell.models import Submission
from stepwell.operations import assessments
from stepwell.web import actors, page
from stepwell.web.submissions.forms import AssessmentForm

either = require_http_methods(["GET", "HEAD", "POST"])


@either
@page.for_people()
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """What somebody handed in; for who teaches there, with the form to assess it."""
    actor = actors.signed_in(request)
    submission = page.ask(actor, "submissions/one", {"id": str(id)}, request)["submission"]
    row = Submission.objects.assessable_by(actor).filter(pk=id).first()
    form: Any = None
    if row is not None:
        posted = request.POST if request.method == "POST" else None
        form = AssessmentForm(submission, posted, initial=AssessmentForm.before(submission))
        if posted is not None and form.succeeds(
            lambda given: assessments.assess(row, form.assessment(), by=actor)
        ):
            messages.success(request, _("Assessed."))
            return redirect("assess")
    failed = form is not None and form.is_bound
    more = {"submission": submission, "form": form}
    return render(request, "submissions/one.html", more, status=422 if failed else 200)
