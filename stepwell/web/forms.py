"""Forms: what a person typed is checked, handed to an operation, and a refusal comes back to its field."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

import stepwell.web.words as words
from stepwell import problems


class Form(forms.Form):
    """A form that calls an operation. `outcome` is what the operation answered."""

    # The path in a problem's `field` → the name of the form's field, where the two differ.
    problem_fields: Mapping[str, str] = {}
    outcome: Any = None

    def succeeds(self, operation: Callable[[dict[str, Any]], Any]) -> bool:
        """Whether what was typed is valid and the operation did it; otherwise the form says why.

        Raises `PermissionDenied` or `Http404` for what no other input would change.
        """
        if not self.is_valid():
            return False
        try:
            self.outcome = operation(self.cleaned_data)
        except (problems.MissingScope, problems.PermissionDenied) as problem:
            raise PermissionDenied from problem
        except problems.NotFound as problem:
            raise Http404 from problem
        except problems.Problem as problem:
            self.add_error(self._field_of(problem), words.of_problem(problem))
        return self.is_valid()

    def _field_of(self, problem: problems.Problem) -> str | None:
        name = self.problem_fields.get(problem.field or "", problem.field)
        return name if name in self.fields else None


def say(request: HttpRequest, form: Form, operation: Callable[[dict[str, Any]], Any]) -> bool:
    """Whether a form that is only a button succeeded; otherwise the next page says why not."""
    if form.succeeds(operation):
        return True
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return False


class MultipleFileInput(forms.ClearableFileInput):
    """A field of a browser that takes several files."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several files, none of them needed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=MultipleFileInput, required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files that were chosen."""
        one = super().clean
        return [one(file, initial) for file in data or [] if file]
