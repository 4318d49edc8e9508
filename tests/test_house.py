"""The habits of the house that a machine can keep: sizes, names, what is documented, what a lock may say."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
CODE = sorted(
    path
    for folder in ("stepwell", "tests", "examples", "benchmarks")
    for path in (HOUSE / folder).rglob("*.py")
    if not {"migrations", "node_modules"} & set(path.parts)
)
PRODUCT = [path for path in CODE if path.is_relative_to(HOUSE / "stepwell")]

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
VAGUE = {"utils", "util", "common", "helpers", "services", "managers", "misc"}
FILTERS = {"filter", "exclude", "get", "get_or_create", "update_or_create", "aget", "Q", "get_object_or_404"}

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the last part of the name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def imported_by(tree: ast.AST) -> set[str]:
    """The names of the modules that are imported, anywhere in the file."""
    return {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }


# ---------------------------------------------------------------- sizes and names


def sizes(path: Path, tree: ast.Module) -> Iterator[str]:
    """What is too long in one file."""
    if (lines := len(path.read_text().splitlines())) > LONGEST_FILE:
        yield f"{name_of(path)}: {lines} lines; split it by concept"
    for function in functions(tree):
        if (size := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION:
            yield f"{name_of(path)}:{function.lineno}: {function.name} has {size} lines"


def test_files_and_functions_keep_their_size() -> None:
    assert [fault for path in CODE for fault in sizes(path, tree_of(path))] == []


def test_no_name_is_vague() -> None:
    parts = set(chain.from_iterable(path.relative_to(HOUSE).with_suffix("").parts for path in CODE))
    assert parts & VAGUE == set()


def silent(path: Path, tree: ast.Module) -> Iterator[str]:
    """What is public and has no docstring: every module, and all of operations and kernel."""
    if path.read_text().strip() and not ast.get_docstring(tree):
        yield name_of(path)
    for node in tree.body if {"operations", "kernel"} & set(path.parts) else []:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{name_of(path)}:{node.lineno}: {node.name}"


def test_what_is_public_says_what_it_is() -> None:
    assert [fault for path in PRODUCT for fault in silent(path, tree_of(path))] == []


def test_nothing_happens_behind_the_back() -> None:
    for path in PRODUCT:
        tree = tree_of(path)
        imported = imported_by(tree)
        assert not {name for name in imported if "db.models.signals" in name or name == "django.dispatch"}, (
            path
        )
        if "models" in path.parts:
            assert not {"save", "delete"} & {function.name for function in functions(tree)}, path


def filters_by_organisation(path: Path) -> Iterator[str]:
    """Where a query names the organisation."""
    for name, call in calls(tree_of(path)):
        for keyword in call.keywords if name in FILTERS else []:
            if keyword.arg and re.fullmatch(r"organisation(_id)?(__\w+)?", keyword.arg):
                yield f"{name_of(path)}:{call.lineno}"


def test_only_the_wall_filters_by_organisation() -> None:
    others = [path for path in PRODUCT if path.name != "tenancy.py"]
    found = [place for path in others for place in filters_by_organisation(path)]
    assert found == [], "tenancy.inside(organisation.pk) does this for every query"


# ---------------------------------------------------------------- documentation


def variables_read() -> set[str]:
    """The `STEPWELL_` variables that the product reads."""
    by_settings = {
        f"STEPWELL_{call.args[0].value!s}"
        for name, call in calls(tree_of(HOUSE / "stepwell" / "settings.py"))
        if name in {"env", "flag", "items", "whole", "one_of", "mapping"}
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    elsewhere = re.findall(
        r"""environ(?:\.\w+\(|\[)\s*["'](STEPWELL_\w+)""", "\n".join(path.read_text() for path in PRODUCT)
    )
    return by_settings | set(elsewhere)


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    table = re.findall(r"^\| `(STEPWELL_\w+)`", (HOUSE / "docs" / "running.md").read_text(), re.MULTILINE)
    assert len(table) == len(set(table))
    assert set(table) == variables_read()


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]
    broken = [
        f"{name_of(document)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
        if not re.match(r"[a-z]+:", target) and not (document.parent / target).exists()
    ]
    assert broken == []


# ---------------------------------------------------------------- packaging


def pinned(lock: str) -> dict[str, str]:
    """Name and version of everything in a lock file; each has to have a hash."""
    text = (HOUSE / lock).read_text()
    blocks = re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)[^\n]*\n((?:    --hash=\S+[^\n]*\n)+)", text, re.MULTILINE
    )
    assert len(blocks) == len(re.findall(r"^[\w.-]+", text, re.MULTILINE))
    return {name: version for name, version, _hashes in blocks}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_everything_and_names_no_host(lock: str) -> None:
    assert pinned(lock)
    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links|@ file", (HOUSE / lock).read_text()) == []


def test_development_runs_what_production_runs() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()


def test_what_is_imported_is_asked_for() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[\[<>=~ ]", line)[0] for line in project["dependencies"]}
    packages = packages_distributions()
    for path in PRODUCT:
        modules = {name.partition(".")[0] for name in imported_by(tree_of(path))}
        for module in modules - sys.stdlib_module_names - {"stepwell"}:
            assert {name.lower() for name in packages[module]} & asked, f"{name_of(path)} imports {module}"


def test_the_import_contracts_cover_every_module() -> None:
    contracts = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [layers] = [contract for contract in contracts if contract["type"] == "layers"]
    named = {name.strip() for layer in layers["layers"] for name in re.split(r"[:|]", layer)}
    package = HOUSE / "stepwell"
    there = {path.stem for path in package.glob("*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    assert named == there - {"__init__"}
