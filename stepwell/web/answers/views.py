"""An open answer, and assessing it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stepwell.models import Answer
from stepwell.operations import assessments
from stepwell.web import actors, page
from stepwell.web.answers.forms import AnswerForm

either = require_http_methods(["GET", "HEAD", "POST"])


@either
@page.for_people()
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """What somebody answered; for who may assess it, with the form."""
    actor = actors.signed_in(request)
    answer = page.ask(actor, "answers/one", {"id": str(id)}, request)["openAnswer"]
    form: AnswerForm | None = None
    row = Answer.objects.to_be_assessed_by(actor).filter(pk=id).select_related("attempt__module").first()
    if row is not None:
        form = AnswerForm(answer, request.POST if request.method == "POST" else None)
        if form.is_bound and form.succeeds(
            lambda given: assessments.assess_answer(row, form.assessment(), by=actor)
        ):
            messages.success(request, _("Assessed."))
            return redirect("assess")
    failed = form is not None and form.is_bound
    return render(
        request, "answers/one.html", {"answer": answer, "form": form}, status=422 if failed else 200
    )
