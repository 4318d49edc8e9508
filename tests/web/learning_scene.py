"""What pages of learning are about: a training with a module of each kind, work in it, and people."""

import json
from typing import Any

from django.utils import timezone

from stepwell import permissions
from stepwell.actors import Actor
from stepwell.models import (
    Answer,
    Block,
    Condition,
    CourseVersion,
    FactKind,
    LearningFact,
    Lesson,
    Module,
    ModuleKind,
    Quiz,
    QuizAttempt,
    Role,
    Section,
    Submission,
    SubmissionFile,
    User,
)
from stepwell.operations import attempts, learning, submissions
from tests import makers, quizzing

# What each page is about: the name of its address, and which of its kind → attributes of the scene.
ABOUT: dict[str, str | tuple[str, ...] | None] = {
    "trainings": None,
    "training": "training",
    "training-people": "training",
    "training-person": ("training", "lena"),
    "training-why": "training",
    **{f"module:{kind}": kind.lower() for kind in ModuleKind},
    "lesson": ("course", "lesson"),
    "attempt": "attempt",
    "attempt:result": "finished",
    "attempt-finish": "attempt",
    "answer": "answer",
    "assess": None,
    "submission": "submission",
}
# Buttons of these pages.
POSTS: dict[str, str | tuple[str, ...]] = {
    "training-begin": "training",
    "module-begin": "course",
    "module-read": "theory",
    "module-beat": "video",
    "module-file": "file",
    "module-attempt": "quiz",
    "module-hand-in": "assignment",
    "lesson-read": ("course", "lesson"),
    "lesson-attempt": ("course", "asking"),
}
SETTINGS: dict[str, dict[str, Any]] = {
    "THEORY": {"text": "<p>Lift with your legs.</p>"},
    "VIDEO": {"url": "https://www.youtube-nocookie.com/embed/x", "durationSeconds": 60},
    "ASSIGNMENT": {"instructions": "<p>Tell how you work.</p>"},
}


class LearningScene:
    """The manager takes part themselves; Lena has handed in everything; Tess teaches."""

    me: User

    def learn(self, manager: Actor) -> None:
        """Make it all."""
        self.lena = makers.user("Lena Learner")
        self.tess = makers.user("Tess Teacher", roles=[Role.TRAINER])
        self.training = makers.training(
            "Scene of learning",
            introduction="<p>Welcome.</p>",
            participants=[self.me, self.lena],
            trainers=[self.tess],
        )
        self.step = makers.module_group(self.training)
        for kind in ModuleKind:
            setattr(self, kind.lower(), self._module(kind))
        self._course()
        quizzing.of_every_kind(quizzing.of(self.quiz))
        self._work(manager)

    quiz: Module
    course: Module
    assignment: Module

    def _module(self, kind: ModuleKind) -> Module:
        if kind is ModuleKind.QUIZ:
            return quizzing.module(self.training, pass_mark=50)
        more: dict[str, Any] = {"settings": json.dumps(SETTINGS.get(kind, {}))}
        if kind is ModuleKind.FILE:
            more["file"] = makers.stored_file()
        if kind is ModuleKind.COURSE:
            more["course"] = makers.course()
        return makers.module(self.step, kind, **more)

    def _course(self) -> None:
        version = CourseVersion.objects.get(course=self.course.course_id)
        self.section = Section.objects.create(version=version, title="Chapter")
        self.lesson, self.asking = (
            Lesson.objects.create(section=self.section, title=title, position=at)
            for at, title in enumerate(("Read", "Answer"))
        )
        Block.objects.create(lesson=self.lesson, kind="TEXT", text="<p>Read me.</p>")
        quizzing.question(Quiz.objects.create(lesson=self.asking), "OPEN")

    def _work(self, manager: Actor) -> None:
        lena = permissions.of_user(self.lena)
        for person in (manager, lena):
            learning.open_module(self.course, by=person)
        self.attempt = attempts.start(self.quiz, by=manager)
        self.finished = attempts.start(self.quiz, by=lena)
        self.answer = Answer.objects.get(attempt=self.finished, question__kind="OPEN")
        attempts.answer(self.finished, self.answer.question_id, {"text": "Mine"}, by=lena)
        attempts.finish(self.finished, by=lena)
        self.submission = submissions.hand_in(self.assignment, {"text": "My work"}, by=lena)

    def learn_more(self, n: int) -> None:
        """One more of everything that a page of learning lists."""
        person = makers.user(f"Learner {n}")
        makers.training(f"More {n}", participants=[self.me])
        makers.in_training(self.training, person, progress=10 * n)
        makers.in_training(self.training, makers.user(f"Teacher {n}"), role="TRAINER")
        group = makers.module_group(self.training, f"Step {n}")
        module = makers.module(group, title=f"Module {n}")
        makers.module(self.step, title=f"Another {n}")
        Condition.objects.create(module_group=group, kind="MODULE_COMPLETED", needed_module=module)
        section = Section.objects.create(version=self.section.version, title=f"Chapter {n}", position=n)
        Lesson.objects.create(section=section, title=f"Lesson {n}")
        Block.objects.create(
            lesson=self.lesson, kind="IMAGE", file=makers.stored_file(b"x"), alternative_text="x", position=n
        )
        self._more_work(n, person)

    def _more_work(self, n: int, person: User) -> None:
        for learner in (self.me, self.lena, person):
            row = Submission.objects.create(
                user=learner, training=self.training, module=self.assignment, number=n + 1, text="x"
            )
            LearningFact.objects.create(
                user=learner,
                training=self.training,
                module=self.assignment,
                kind=FactKind.HANDED_IN,
                key=f"submission:{row.pk}",
                occurred_at=row.handed_in_at,
                attempt=row.pk,
                actor_kind="USER",
            )
            SubmissionFile.objects.create(submission=row, file=makers.stored_file())
            self._finished(learner, n + 1, None)
            self._finished(learner, n + 1, self.asking)
        asked = quizzing.question(quizzing.of(self.quiz), "SINGLE_CHOICE")
        for attempt in (self.attempt, self.finished):
            Answer.objects.create(attempt=attempt, question=asked, position=20 + n, possible=1)
        learning.open_training(self.training, by=permissions.of_user(person))

    def _finished(self, person: User, number: int, lesson: Lesson | None) -> None:
        """An attempt that is over, and whose open answer waits."""
        asking = self.asking if lesson else self.quiz
        attempt = QuizAttempt.objects.create(
            user=person,
            training=self.training,
            module=self.course if lesson else self.quiz,
            lesson=lesson and self.asking,
            lesson_key=lesson and self.asking.key,
            quiz=quizzing.of(asking),
            number=number,
            finished_at=timezone.now(),
            possible=3,
        )
        Answer.objects.create(
            attempt=attempt,
            question=quizzing.of(asking).questions.get(kind="OPEN"),
            position=0,
            possible=3,
            response='{"text": "x"}',
            answered_at=timezone.now(),
        )
