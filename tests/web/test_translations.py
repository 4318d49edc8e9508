"""Every sentence of the pages in Dutch, and the compiled catalogue as the readable one says."""

import ast
import gettext
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.template import Engine, Origin, Template
from django.template.base import TextNode
from django.utils import timezone, translation

import stepwell
from stepwell.problems import InvalidInput, Problem
from stepwell.web import marks, words
from tests.web import translations

PRODUCT = Path(stepwell.__file__).parent
HOLES = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


def test_the_catalogue_has_what_the_pages_say_and_nothing_else() -> None:
    catalogue = translations.read(translations.PO.read_text())
    assert catalogue.keys() == translations.said(), "run: python -m tests.web.translations"
    assert [one for one, texts in catalogue.items() if not all(texts)] == []


def test_the_compiled_catalogue_is_current() -> None:
    catalogue = translations.read(translations.PO.read_text())
    assert translations.MO.read_bytes() == translations.compiled(catalogue), (
        "run: python -m tests.web.translations"
    )
    assert translations.PO.read_text() == translations.written(catalogue)
    loaded = gettext.GNUTranslations(io.BytesIO(translations.MO.read_bytes()))
    for (singular, plural), texts in catalogue.items():
        if plural is None:
            assert loaded.gettext(singular) == texts[0]
        else:
            assert [loaded.ngettext(singular, plural, n) for n in (1, 2)] == texts


@pytest.mark.parametrize("sentence", sorted(translations.read(translations.PO.read_text()), key=str))
def test_a_translation_keeps_what_is_filled_in(sentence: translations.Sentence) -> None:
    texts = translations.read(translations.PO.read_text())[sentence]
    for original, text in zip([one for one in sentence if one], texts, strict=True):
        assert sorted(HOLES.findall(text)) == sorted(HOLES.findall(original))


def test_saving_is_called_by_one_word() -> None:
    catalogue = translations.read(translations.PO.read_text())
    begins = {word: texts for (word, _), texts in catalogue.items() if word.startswith(("Keep", "Save"))}
    assert begins
    assert [word for word in begins if word.startswith("Keep")] == []
    assert all(text.startswith(("Opslaan", "Opgeslagen")) for texts in begins.values() for text in texts)


# What is the same in every language: names of headers and units, and our own.
NAMES = {
    "Stepwell",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "X-Signature",
    "X-Signature-Salt",
    "ms",
}
TEMPLATES = sorted(
    path for path in translations.WEB.rglob("*.html") if not {"static", "explorer"} & set(path.parts)
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(translations.WEB)))
def test_a_template_says_nothing_untranslated(path: Path) -> None:
    template = Template(path.read_text(), Origin(str(path)), path.name, Engine.get_default())
    nodes: Any = template.nodelist.get_nodes_by_type(TextNode)
    text = "".join(node.s for node in nodes)
    assert re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*[a-z][^"]*)"', text) == []
    told = re.sub(r"<[^>]*>|&\w+;", " ", text)
    assert [word for word in re.findall(r"[A-Za-z][\w-]+", told) if word not in NAMES] == []


# ---------------------------------------------------------------- refusals


def sentences_of_the_product() -> set[str]:
    """Every text in the layers below the pages, `{}` for what is put into it."""
    found = set()
    for path in set(PRODUCT.rglob("*.py")) - {PRODUCT / "web" / "words.py"}:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
                found.add("".join(parts))
    return found


def test_the_refusals_that_are_translated_are_those_of_the_operations() -> None:
    said = sentences_of_the_product()
    assert [one for one in words.SENTENCES if re.sub(r"\{\w+\}", "{}", one) not in said] == []


def test_a_refusal_is_told_in_the_readers_language() -> None:
    problem = InvalidInput("A URL may have at most 2000 characters.")
    assert words.of_problem(problem) == problem.message
    with translation.override("nl"):
        assert words.of_problem(problem) == "Een URL mag hoogstens 2000 tekens hebben."
        unknown = InvalidInput("Something that nobody has translated.")
        assert words.of_problem(unknown) == unknown.message


def test_why_something_is_closed_is_told_with_its_moment() -> None:
    text = "This module is not open: it opens at 2026-12-01T08:00:00+00:00."
    with timezone.override("Europe/Amsterdam"):
        assert words.of_problem(Problem(text)) == "This module is not open: it opens at 1 Dec 2026, 09:00."
        with translation.override("nl"):
            assert words.of_problem(Problem(text)) == (
                "Dit onderdeel is niet open: het gaat open op 1 dec 2026, 09:00."
            )


def test_a_number_in_a_refusal_has_the_decimal_sign_of_the_reader() -> None:
    problem = Problem("Give points from 0 to 2.50, with at most two decimals.")
    assert words.of_problem(problem) == "Give points from 0 to 2.5, with at most two decimals."
    with translation.override("nl"):
        assert words.of_problem(problem) == "Geef punten van 0 tot en met 2,5, met hoogstens twee decimalen."


def test_months_are_written_as_the_language_writes_them() -> None:
    with timezone.override("Europe/Amsterdam"):
        for code, month in (("en", "Mar"), ("nl", "mrt")):
            with translation.override(code):
                assert f">1 {month} 2026, 09:00<" in marks.moment("2026-03-01T08:00:00Z")
                assert f">1 {month} 2026<" in marks.day("2026-03-01T08:00:00Z")
                assert f">1 {month} 2026, 09:00:00<" in marks.exact("2026-03-01T08:00:00Z")
