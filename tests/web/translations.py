"""`python -m tests.web.translations`: bring the Dutch catalogue up to what the pages say.

New sentences come into `django.po` with an empty translation, those that nobody says any more go, and
`django.mo` is written beside it. Needs no gettext tools; `test_translations.py` fails until this was run and
every sentence has its translation.
"""

import ast
import struct
from collections.abc import Iterator
from pathlib import Path

import django
from django.template import Engine, Origin, Template
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

WEB = Path(__file__).resolve().parents[2] / "stepwell" / "web"
PO = WEB / "locale" / "nl" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
HEADER = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Language: nl\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)
# The functions that translate, and how many sentences each takes.
FUNCTIONS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2}

# A sentence, and its plural where it has one → its translations, one or two.
type Sentence = tuple[str, str | None]
type Catalogue = dict[Sentence, list[str]]


def said() -> set[Sentence]:
    """Every sentence that templates and modules of the pages say."""
    return set(_in_templates()) | set(_in_modules())


def _in_modules() -> Iterator[Sentence]:
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
                told = [one.value for one in node.args if isinstance(one, ast.Constant)]
                assert len(told) >= FUNCTIONS[node.func.id], f"{path}:{node.lineno} translates no constant"
                yield str(told[0]), str(told[1]) if FUNCTIONS[node.func.id] > 1 else None


def _in_templates() -> Iterator[Sentence]:
    engine = Engine.get_default()
    for path in WEB.rglob("*.html"):
        if path.is_relative_to(WEB / "static"):
            continue
        template = Template(path.read_text(), Origin(str(path)), path.name, engine)
        for node in template.nodelist.get_nodes_by_type(Node):
            if isinstance(node, TranslateNode):
                yield str(node.filter_expression.var.literal), None
            if isinstance(node, BlockTranslateNode):
                plural = node.render_token_list(node.plural)[0] if node.plural else None
                yield node.render_token_list(node.singular)[0], plural


# ---------------------------------------------------------------- the two files


def read(text: str) -> Catalogue:
    """The catalogue in the text of a `.po` file as `written` writes it; the header is left out."""
    catalogue: Catalogue = {}
    for block in text.split("\n\n"):
        fields = _fields(block)
        if fields.get("msgid"):
            translations = [value for name, value in fields.items() if name.startswith("msgstr")]
            catalogue[fields["msgid"], fields.get("msgid_plural")] = translations
    return catalogue


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith('"'):
            name, _, line = line.partition(" ")
        fields[name] = fields.get(name, "") + ast.literal_eval(line)
    return fields


def written(catalogue: Catalogue) -> str:
    """The text of the `.po` file."""
    blocks = ["# What the pages say, in Dutch.\n" + _entry(("", None), [HEADER])]
    blocks += [_entry(sentence, catalogue[sentence]) for sentence in sorted(catalogue, key=str)]
    return "\n\n".join(blocks) + "\n"


def _entry(sentence: Sentence, translations: list[str]) -> str:
    singular, plural = sentence
    lines = [f"msgid {_quoted(singular)}"]
    if plural is None:
        lines.append(f"msgstr {_quoted(translations[0])}")
    else:
        lines.append(f"msgid_plural {_quoted(plural)}")
        lines += [f"msgstr[{n}] {_quoted(text)}" for n, text in enumerate(translations)]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def compiled(catalogue: Catalogue) -> bytes:
    """The bytes of the `.mo` file (GNU gettext manual, "The Format of GNU MO Files")."""
    texts = {"": HEADER} | {
        singular if plural is None else f"{singular}\0{plural}": "\0".join(translations)
        for (singular, plural), translations in catalogue.items()
    }
    keys = sorted(texts, key=str.encode)
    start = 7 * 4 + 16 * len(keys)
    tables, body = [], b""
    for strings in (keys, [texts[key] for key in keys]):
        for text in strings:
            raw = text.encode()
            tables.append(struct.pack("<II", len(raw), start + len(body)))
            body += raw + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    return head + b"".join(tables) + body


def main() -> None:
    """Write both files."""
    known = read(PO.read_text()) if PO.exists() else {}
    catalogue = {one: known.get(one, [""] if one[1] is None else ["", ""]) for one in said()}
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text(written(catalogue))
    MO.write_bytes(compiled(catalogue))
    for sentence, translations in catalogue.items():
        if not all(translations):
            print(f"Not translated yet: {sentence[0]}")  # noqa: T201  # it is a command


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main()
