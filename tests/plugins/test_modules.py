"""The kinds of modules: every setting read, every one refused, and what progress is told."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from stepwell.models import LtiTool, ModuleKind
from stepwell.plugins import modules
from stepwell.plugins.modules import KINDS
from stepwell.plugins.modules.base import Counts, Held
from stepwell.problems import InvalidInput
from tests import makers

VIDEO = {"url": "https://player.vimeo.com/video/1", "duration_seconds": 100}
SLICES = Path(modules.__file__).parent


def read(kind: str, given: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    return KINDS[ModuleKind(kind)].read(given, before or {}, "module.part")


def test_every_kind_is_a_slice_with_the_same_files() -> None:
    assert set(KINDS) == set(ModuleKind)
    slices: dict[str, set[str]] = {path.parent.name: set() for path in SLICES.glob("*/__init__.py")}
    for path in SLICES.glob("*/*.py"):
        slices[path.parent.name].add(path.name)
    assert set(slices) == {kind.lower() for kind in ModuleKind} == {kind.part for kind in KINDS.values()}
    assert set(map(frozenset, slices.values())) == {frozenset({"__init__.py", "settings.py"})}


def test_no_kind_has_a_setting_under_another_name_than_the_api() -> None:
    for kind in KINDS.values():
        for name, setting in kind.settings.items():
            first, *rest = name.split("_")
            assert setting.name == first + "".join(word.title() for word in rest)


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        ("THEORY", {"text": "<p onclick='x'>Hi<script>1</script></p>"}, {"text": "<p>Hi</p>"}),
        ("THEORY", {"text": " "}, {}),
        ("VIDEO", VIDEO, {"url": "https://player.vimeo.com/video/1", "durationSeconds": 100}),
        ("VIDEO", {"duration_seconds": 5, "required_share": 1}, {"durationSeconds": 5, "requiredShare": 1}),
        ("ASSIGNMENT", {}, {}),
        (
            "ASSIGNMENT",
            {"assessment": "SCORE", "pass_mark": 0, "is_for_groups": True, "accepts_text": False},
            {"assessment": "SCORE", "passMark": 0, "isForGroups": True, "acceptsText": False},
        ),
        ("QUIZ", {"anything": 1}, {}),
    ],
)
def test_settings_are_read(kind: str, given: dict[str, Any], stored: dict[str, Any]) -> None:
    assert read(kind, given) == stored


def test_what_is_not_given_stays_and_null_takes_away() -> None:
    before = {"url": "https://player.vimeo.com/video/1", "durationSeconds": 9, "requiredShare": 50}
    assert read("VIDEO", {}, before) == before
    assert read("VIDEO", {"required_share": None, "url": ""}, before) == {"durationSeconds": 9}


@pytest.mark.parametrize(
    ("kind", "given", "name"),
    [
        ("THEORY", {"text": "x" * 200_001}, "text"),
        ("VIDEO", {"url": VIDEO["url"]}, "durationSeconds"),
        ("VIDEO", VIDEO | {"duration_seconds": 0}, "durationSeconds"),
        ("VIDEO", VIDEO | {"duration_seconds": 86_401}, "durationSeconds"),
        ("VIDEO", VIDEO | {"required_share": 0}, "requiredShare"),
        ("VIDEO", VIDEO | {"required_share": 101}, "requiredShare"),
        ("VIDEO", VIDEO | {"url": "https://evil.example.com/"}, "url"),
        ("VIDEO", VIDEO | {"url": "javascript:alert(1)"}, "url"),
        ("VIDEO", VIDEO | {"url": "https://player.vimeo.com/" + "x" * 2_000}, "url"),
        ("ASSIGNMENT", {"pass_mark": 101}, "passMark"),
        ("ASSIGNMENT", {"assessment": "LUCK"}, "assessment"),
        ("LTI", {"url": "https://example.org/"}, "toolId"),
        ("LTI", {"tool_id": uuid4(), "url": "http://10.0.0.1/"}, "url"),
        ("LTI", {"tool_id": uuid4(), "custom": '{"a": 1}'}, "custom"),
        ("LTI", {"tool_id": uuid4(), "custom": "[]"}, "custom"),
        ("LTI", {"tool_id": uuid4(), "custom": '{"a": "' + "x" * 10_000 + '"}'}, "custom"),
        ("LTI", {"tool_id": uuid4(), "pass_mark": -1}, "passMark"),
    ],
)
def test_settings_are_refused(kind: str, given: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(kind, given)
    assert refusal.value.field == f"module.part.{name}"


@pytest.mark.parametrize(
    ("kind", "found", "held", "name"),
    [
        ("VIDEO", {"durationSeconds": 9}, Held(), ".url"),
        ("VIDEO", {"durationSeconds": 9, "url": "https://x"}, Held(file=True), ".url"),
        ("ASSIGNMENT", {"acceptsFiles": False, "acceptsText": False}, Held(), ".acceptsFiles"),
        ("ASSIGNMENT", {"assessment": "PASSED", "passMark": 50}, Held(), ".passMark"),
        ("FILE", {}, Held(), ""),
        ("COURSE", {}, Held(), ""),
    ],
)
def test_what_does_not_fit_together_is_refused(
    kind: str, found: dict[str, Any], held: Held, name: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        KINDS[ModuleKind(kind)].check(found, held, "part")
    assert refusal.value.field == f"part{name}"


def test_what_fits_is_not_refused() -> None:
    KINDS[ModuleKind.VIDEO].check({"url": "https://x"}, Held(), "")
    KINDS[ModuleKind.VIDEO].check({}, Held(file=True), "")
    KINDS[ModuleKind.ASSIGNMENT].check({"acceptsText": False, "passMark": 1}, Held(), "")
    KINDS[ModuleKind.FILE].check({}, Held(file=True), "")
    KINDS[ModuleKind.COURSE].check({}, Held(course=True), "")
    KINDS[ModuleKind.SESSION].check({}, Held(), "")


@pytest.mark.usefixtures("organisation")
def test_a_tool_has_to_be_there() -> None:
    tool = LtiTool.objects.create(
        title="Lab", title_key="lab", client_id="1", deployment_id="1", keys="{}",
        login_url="https://lab.example.org/login", launch_url="https://lab.example.org/",
    )  # fmt: skip
    given = {"tool_id": tool.pk, "url": " https://lab.example.org/3 ", "custom": '{"a": "b"}'}
    stored = read("LTI", given)
    assert stored == {"toolId": str(tool.pk), "url": "https://lab.example.org/3", "custom": {"a": "b"}}
    KINDS[ModuleKind.LTI].check(stored, Held(), "part")
    with pytest.raises(InvalidInput) as refusal:
        KINDS[ModuleKind.LTI].check({"toolId": str(uuid4())}, Held(), "part")
    assert refusal.value.field == "part.toolId"


@pytest.mark.parametrize(
    ("kind", "found", "counts"),
    [
        ("THEORY", {"text": "x"}, Counts()),
        ("VIDEO", {"durationSeconds": 100}, Counts(seconds_needed=90)),
        ("VIDEO", {"durationSeconds": 101, "requiredShare": 50}, Counts(seconds_needed=51)),
        ("VIDEO", {"durationSeconds": 1, "requiredShare": 1}, Counts(seconds_needed=1)),
        ("ASSIGNMENT", {}, Counts()),
        ("ASSIGNMENT", {"passMark": 60}, Counts(pass_mark=60)),
        ("ASSIGNMENT", {"assessment": "PASSED"}, Counts(is_scored=False)),
        ("LTI", {"toolId": "x", "passMark": 5}, Counts(pass_mark=5)),
    ],
)
@pytest.mark.usefixtures("organisation")
def test_what_progress_has_to_know(kind: str, found: dict[str, Any], counts: Counts) -> None:
    module = makers.module(
        makers.module_group(makers.training()), ModuleKind(kind), settings=orjson.dumps(found).decode()
    )
    assert modules.counts_of(module) == counts
    assert modules.settings_of(module) == found
