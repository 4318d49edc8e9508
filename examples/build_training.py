"""Builds a whole training by the API: what it holds, when its parts open, and who is in it.

    python build_training.py --url http://127.0.0.1:8000 safe_at_work.json --participant hr-1001

The training is described by a JSON file, in the words of the API's inputs. Beside them: `neededModule` of a
condition is the title of a module that stands further up, and `file` is a path beside the JSON file. Files
are uploaded first (POST /uploads/), so that a film may have any size.

The client's id and secret are read from STEPWELL_CLIENT_ID and STEPWELL_CLIENT_SECRET; it needs the scopes
`trainings.write` and `users.read`. Exit code 0: built; 1: something was refused, 2: it could not begin.
"""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from stepwell_api import Api, CannotRun, Json, Refused, note

SCOPE = "trainings.write users.read"

CREATE_TRAINING = (
    "mutation ($it: CreateTrainingInput!) { made: createTraining(training: $it) { training { id } } }"
)
CREATE_GROUP = """mutation ($training: UUID!, $it: CreateModuleGroupInput!) {
  made: createModuleGroup(trainingId: $training, moduleGroup: $it) { moduleGroup { id } }
}"""
CREATE_MODULE = """mutation ($group: UUID!, $it: CreateModuleInput!) {
  made: createModule(moduleGroupId: $group, module: $it) { module { id } }
}"""
UPDATE_QUIZ = """mutation ($module: UUID, $lesson: UUID, $it: QuizInput!) {
  made: updateQuiz(moduleId: $module, lessonId: $lesson, quiz: $it) { quiz { id } }
}"""
CREATE_QUESTION = """mutation ($module: UUID, $lesson: UUID, $it: CreateQuestionInput!) {
  made: createQuestion(moduleId: $module, lessonId: $lesson, question: $it) { question { id } }
}"""
CREATE_COURSE = "mutation ($it: CreateCourseInput!) { made: createCourse(course: $it) { course { id } } }"
CREATE_SECTION = """mutation ($course: UUID!, $it: CreateSectionInput!) {
  made: createSection(courseId: $course, section: $it) { section { id } }
}"""
CREATE_LESSON = """mutation ($section: UUID!, $it: CreateLessonInput!) {
  made: createLesson(sectionId: $section, lesson: $it) { lesson { id } }
}"""
CREATE_BLOCK = """mutation ($lesson: UUID!, $it: CreateBlockInput!) {
  made: createBlock(lessonId: $lesson, block: $it) { block { id } }
}"""
PUBLISH = "mutation ($course: UUID!) { made: publishCourseVersion(id: $course) { course { id } } }"
ADD_PEOPLE = """mutation ($training: UUID!, $refs: [String!]!, $role: TrainingRole!) {
  made: addUsersToTraining(trainingId: $training, userRefs: $refs, role: $role, sendInvites: false) {
    failedRefs
  }
}"""


@dataclasses.dataclass
class Builder:
    """Builds one description. `modules`: the ids of what has been made so far, by title."""

    api: Api
    folder: Path
    modules: dict[str, str] = dataclasses.field(default_factory=dict)

    def build(self, described: Json) -> str:
        """The id of the training. Raises Refused and CannotRun."""
        for course in described.get("courses", ()):
            self._course(dict(course))
        training = self._make(CREATE_TRAINING, described["training"])
        for group in described["moduleGroups"]:
            self._group(training, dict(group))
        return training

    def add(self, training: str, refs: Sequence[str], role: str) -> None:
        """Let people in. Raises Refused when somebody is not known."""
        if refs and (
            unknown := self.api.call(ADD_PEOPLE, training=training, refs=list(refs), role=role)["made"][
                "failedRefs"
            ]
        ):
            raise Refused(f"Nobody has the ref {', '.join(unknown)}.", code="NotFound", field="userRefs")

    def _make(self, document: str, it: Json, **where: Any) -> str:
        [made] = self.api.call(document, it=self._with_files(it), **where)["made"].values()
        return str(made["id"])

    def _group(self, training: str, group: Json) -> None:
        modules = group.pop("modules", [])
        group["conditions"] = [self._condition(dict(one)) for one in group.get("conditions", [])]
        id = self._make(CREATE_GROUP, group, training=training)
        for module in modules:
            self._module(id, dict(module))

    def _condition(self, condition: Json) -> Json:
        if title := condition.pop("neededModule", None):
            condition["neededModuleId"] = self.modules[title]
        return condition

    def _module(self, group: str, module: Json) -> None:
        quiz, questions = module.pop("quiz", None), module.pop("questions", [])
        id = self._make(CREATE_MODULE, module, group=group)
        self.modules[module["title"]] = id
        self._questions(quiz, questions, module=id)

    def _questions(self, quiz: Json | None, questions: Sequence[Json], **of: str) -> None:
        if quiz is not None:
            self._make(UPDATE_QUIZ, quiz, **of)
        for question in questions:
            self._make(CREATE_QUESTION, question, **of)

    def _course(self, course: Json) -> None:
        sections = course.pop("sections")
        id = self._make(CREATE_COURSE, course)
        for section in sections:
            made = self._make(CREATE_SECTION, {"title": section["title"]}, course=id)
            for lesson in section["lessons"]:
                self._lesson(made, dict(lesson))
        self.api.call(PUBLISH, course=id)

    def _lesson(self, section: str, lesson: Json) -> None:
        blocks, quiz, questions = (
            lesson.pop("blocks", []),
            lesson.pop("quiz", None),
            lesson.pop("questions", []),
        )
        id = self._make(CREATE_LESSON, lesson, section=section)
        for block in blocks:
            self._make(CREATE_BLOCK, block, lesson=id)
        self._questions(quiz, questions, lesson=id)

    # ------------------------------------------------------------ files

    def _with_files(self, it: Any) -> Any:
        """The input, in which every path has become an upload. Pictures are named by the upload alone."""
        if isinstance(it, list):
            return [self._with_files(one) for one in it]
        if not isinstance(it, dict):
            return it
        read = {name: self._with_files(value) for name, value in it.items()}
        for name in ("image", "overviewImage"):
            if name in it:
                read[name] = self._upload(it[name])
        if isinstance(it.get("file"), str):
            read["file"] = {"upload": self._upload(it["file"])}
        return read

    def _upload(self, path: str) -> str:
        return self.api.upload(Path(path).name, (self.folder / path).read_bytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the described training; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("description", type=Path, help="the JSON file")
    parser.add_argument("--url", required=True, help="the address of the organisation")
    parser.add_argument("--participant", action="append", default=[], metavar="REF")
    parser.add_argument("--trainer", action="append", default=[], metavar="REF")
    asked = parser.parse_args(arguments)
    try:
        keys = {name: os.environ[f"STEPWELL_{name.upper()}"] for name in ("client_id", "client_secret")}
        described = json.loads(asked.description.read_text())
    except (KeyError, OSError, ValueError) as problem:
        note(f"Cannot begin: {problem!r}")
        return 2
    with httpx.Client(base_url=asked.url, timeout=120) as http:
        builder = Builder(Api(http, scope=SCOPE, **keys), asked.description.parent)
        try:
            training = builder.build(described)
            builder.add(training, asked.participant, "PARTICIPANT")
            builder.add(training, asked.trainer, "TRAINER")
        except (Refused, CannotRun) as problem:
            field = getattr(problem, "field", "")
            note(f"Refused{f' ({field})' if field else ''}: {problem}")
            return 1
    print(training)
    return 0


if __name__ == "__main__":
    sys.exit(main())
