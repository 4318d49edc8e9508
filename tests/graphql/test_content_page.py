"""The examples of docs/api/content.md that need ids: they run too, on what the others made."""

import re
from pathlib import Path

from stepwell.actors import Actor
from stepwell.models import ModuleGroup, Training
from tests import course_content, makers
from tests.asking import ask

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "content.md"
WITH_VARIABLES = re.compile(r"^```graphql with variables\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_examples_with_variables_run(client_actor: Actor) -> None:
    build, explain, explain_lesson = WITH_VARIABLES.findall(PAGE.read_text())
    learner = makers.user("Lena")
    group = makers.module_group(makers.training(participants=[learner]))
    made = ask(client_actor, build, group=str(group.pk))
    assert made["film"]["module"]["video"]["requiredShare"] == 80
    answer = ask(client_actor, explain, id=str(group.pk), user=str(learner.pk))
    assert answer["moduleGroup"]["lockState"]["isOpen"]
    assert answer["explainModuleGroup"]["isOpen"]
    assert ModuleGroup.objects.get().training == Training.objects.get()
    shown = course_content.module(course_content.course(published=True), learner)
    asked = {"module": shown.pk, "lesson": course_content.lesson("A1").pk, "user": learner.pk}
    answer = ask(client_actor, explain_lesson, **{name: str(id) for name, id in asked.items()})
    assert answer["explainLesson"]["section"]["isOpen"]
