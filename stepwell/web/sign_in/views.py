"""The pages of signing in: no session yet, so no documents."""

from uuid import UUID

from django.contrib import auth, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stepwell import permissions, tenancy
from stepwell.kernel import emails
from stepwell.models import User
from stepwell.operations import invitations, passwords, sign_ins, training_invitations
from stepwell.problems import LimitExceeded
from stepwell.web import words
from stepwell.web.sign_in import attempts
from stepwell.web.sign_in.backend import may_sign_in
from stepwell.web.sign_in.forms import ForgottenForm, PasswordForm, SignInForm

BACKEND = "stepwell.web.sign_in.backend.OrganisationBackend"
either = require_http_methods(["GET", "HEAD", "POST"])


@either
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail address and password, and go on to where `next` says."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(_next(request))
        return render(request, "sign_in/sign_in.html", {"form": SignInForm()})
    form = SignInForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            user = _known(request, form.cleaned_data["email"], form.cleaned_data["password"])
        except LimitExceeded as problem:
            return _too_often(request, "sign_in/sign_in.html", form, problem)
        if user:
            begin_session(request, user)
            return redirect(_next(request))
        form.add_error(None, _("This e-mail address and password do not belong together."))
    return render(request, "sign_in/sign_in.html", {"form": form}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign-in")


@either
@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Mail a link to choose a password. The answer never says whether anybody has the address."""
    form = ForgottenForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign_in/forgotten.html", {"form": form})
    email = form.cleaned_data["email"]
    try:
        attempts.asking_for_links.add(request, email)
    except LimitExceeded as problem:
        return _too_often(request, "sign_in/forgotten.html", form, problem)
    _mail_link(User.objects.filter(email_key=emails.key(email)).first())
    return render(request, "sign_in/sent.html")


@either
@never_cache
@sensitive_post_parameters("password", "again")
def accept(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """Choose a password by the link of a mail, and be signed in."""
    try:
        user = invitations.user_of(user_id, token)
    except invitations.LinkExpired:
        return render(request, "sign_in/expired.html", {"user_id": user_id}, status=410)
    form = PasswordForm(request.POST or None)
    stepwell = permissions.of_system(tenancy.active())
    if request.method == "POST" and form.succeeds(
        lambda given: passwords.choose(user, given["password"], by=stepwell)
    ):
        begin_session(request, user)
        messages.success(request, _("Your password is set, and you are signed in."))
        return redirect("home")
    return render(request, "sign_in/accept.html", {"form": form, "person": user})


@require_POST
def new_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Mail a new link in place of one that expired. The answer never says whether anybody got it."""
    try:
        attempts.asking_for_links.add(request, str(user_id))
    except LimitExceeded as problem:
        return _too_often(request, "sign_in/forgotten.html", ForgottenForm(), problem)
    _mail_link(User.objects.filter(pk=user_id).first())
    return render(request, "sign_in/sent.html")


@either
@never_cache
def accept_training(request: HttpRequest, training_id: UUID, user_id: UUID, token: str) -> HttpResponse:
    """Be signed in by an invitation to a training. A button does it, as mail scanners open links."""
    if request.user.pk == user_id:
        return redirect("training", training_id)
    try:
        row = training_invitations.user_of(training_id, user_id, token)
    except invitations.LinkExpired:
        about = {"user_id": user_id, "training_id": training_id}
        return render(request, "sign_in/training_expired.html", about, status=410)
    if request.method == "POST":
        begin_session(request, row.user)
        return redirect("training", training_id)
    return render(request, "sign_in/training.html", {"person": row.user, "training": row.training})


@require_POST
def new_training_link(request: HttpRequest, training_id: UUID, user_id: UUID) -> HttpResponse:
    """Mail a new link in place of one that expired. The answer never says whether anybody got it."""
    try:
        attempts.asking_for_links.add(request, str(user_id))
    except LimitExceeded as problem:
        return _too_often(request, "sign_in/forgotten.html", ForgottenForm(), problem)
    row = training_invitations.invited(training_id, user_id)
    if row:
        stepwell = permissions.of_system(tenancy.active())
        training_invitations.send(row.training, [row.user], by=stepwell)
    return render(request, "sign_in/training_sent.html")


def begin_session(request: HttpRequest, user: User) -> None:
    """Sign in: a new session key (against fixation), and the event."""
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        sign_ins.record(user, by=permissions.of_user(user))


def _known(request: HttpRequest, email: str, password: str) -> User | None:
    """The person whose password this is. Raises `LimitExceeded` after too many wrong ones."""
    attempts.signing_in.add(request, email)
    user = auth.authenticate(request, email=email, password=password)
    if user is None:
        return None
    attempts.signing_in.forgive(request, email)
    assert isinstance(user, User)
    return user


def _mail_link(user: User | None) -> None:
    """To who was never here before it is an invitation once more, to all others a link for a new password."""
    if user is None or not user.email or not may_sign_in(user):
        return
    stepwell = permissions.of_system(tenancy.active())
    if user.has_usable_password():
        invitations.send_password_link(user, by=stepwell)
    else:
        invitations.send([user], by=stepwell)


def _too_often(
    request: HttpRequest, template: str, form: SignInForm | ForgottenForm, problem: LimitExceeded
) -> HttpResponse:
    form = form if form.is_bound else type(form)({})  # an unbound one takes no errors
    form.errors.clear()
    form.add_error(None, words.of_problem(problem))
    response = render(request, template, {"form": form}, status=429)
    response["Retry-After"] = str(problem.retry_after)
    return response


def _next(request: HttpRequest) -> str:
    """Where to go on to: an address of ours, never of another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
