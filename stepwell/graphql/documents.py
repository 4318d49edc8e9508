"""Documents: parsed, validated, measured once, and kept while they are in use.

The kept ones are bounded in number and in size together, with the plans that hang on them, so that a client
with ever new documents cannot fill the memory (a parsed document takes some 100 bytes for each character).
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)

from stepwell.graphql import errors, lenient, limits, pricing, scopes, validation
from stepwell.graphql.compiler.answers import Prepared
from stepwell.graphql.costs import Term
from stepwell.graphql.errors import Refused
from stepwell.graphql.fields import Scope
from stepwell.problems import InvalidInput, Problem

MAXIMUM_KEPT = 500
MAXIMUM_CHARACTERS = 400_000
LONGEST_KEPT = 20_000
# A plan's characters take that many times less room than those of a document, which is parsed.
PLANS_CHARACTERS = 50


@dataclass
class Operation:
    """One operation of a valid document, with everything that is known before its variables are."""

    schema: GraphQLSchema
    document: "Document"
    node: OperationDefinitionNode
    terms: tuple[Term, ...]
    needs: list[tuple[Scope, str]]

    @property
    def is_mutation(self) -> bool:
        """Whether it changes anything."""
        return self.node.operation is OperationType.MUTATION

    @cached_property
    def prepared(self) -> Prepared:
        """The compiler's plans of the operation; they live as long as the document is kept."""
        definitions = self.document.ast.definitions
        fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
        return Prepared(self.schema, self.node, fragments)

    @cached_property
    def only_introspects(self) -> bool:
        """Whether the answer follows from the schema alone."""
        selections = self.node.selection_set.selections
        return all(isinstance(field, FieldNode) and field.name.value.startswith("__") for field in selections)


@dataclass
class Document:
    """A valid document and its operations, by the name that was asked for."""

    schema: GraphQLSchema
    text: str
    ast: DocumentNode
    operations: dict[str | None, Operation] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """In characters of a document."""
        plans = sum(made.prepared.characters for made in tuple(self.operations.values()))
        return len(self.text) + plans // PLANS_CHARACTERS

    def operation(self, name: str | None) -> Operation:
        """The operation to run. Raises `Refused` when the name chooses none, or it is too large."""
        if name not in self.operations:
            self.operations[name] = self._measured(name)
        return self.operations[name]

    def _measured(self, name: str | None) -> Operation:
        node = get_operation_ast(self.ast, name)
        if node is None:
            raise _refused(InvalidInput(self._which(name), field="operationName"))
        try:
            limits.check_shape(self.ast, node)
        except Problem as problem:
            raise _refused(problem) from None
        terms = pricing.terms(self.schema, self.ast, node)
        return Operation(self.schema, self, node, terms, scopes.needs(self.schema, self.ast, node))

    def _which(self, name: str | None) -> str:
        nodes = [node for node in self.ast.definitions if isinstance(node, OperationDefinitionNode)]
        names = ", ".join(node.name.value for node in nodes if node.name)
        if not nodes:
            return "The document has no operation, only fragments."
        if name:
            return f"There is no operation named {name}. There is: {names or 'one without a name'}."
        return f"Give operationName: the document has the operations {names}."


def _refused(problem: Problem) -> Refused:
    return Refused([errors.of_problem(problem)])


class Documents:
    """Reads documents against one schema and keeps the ones used last. Threads may share it."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._size = 0
        self._lock = Lock()

    def read(self, text: str) -> Document:
        """The valid document. Raises `Refused`."""
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                document = self._kept[text]
                self._measure(document)  # it has more plans than it had, perhaps
                return document
        document = Document(self.schema, text, _valid(self.schema, text))
        if len(text) <= LONGEST_KEPT:
            with self._lock:
                self._measure(self._kept.setdefault(text, document))
        return document

    def _measure(self, document: Document) -> None:
        """Take the size of a kept document that has just been asked for, and make room for it."""
        text, size = document.text, document.size
        self._size += size - self._sizes.get(text, 0)
        self._sizes[text] = size
        while len(self._kept) > MAXIMUM_KEPT or self._size > MAXIMUM_CHARACTERS:
            oldest, _ = self._kept.popitem(last=False)
            self._size -= self._sizes.pop(oldest)


def _valid(schema: GraphQLSchema, text: str) -> DocumentNode:
    if _has_nul(text):
        raise _refused(InvalidInput("Text must not contain the character U+0000."))
    try:
        parsed = parse(
            text,
            max_lexical_tokens=limits.MAXIMUM_TOKENS,
            max_comments=limits.MAXIMUM_COMMENTS,
            max_source_length=limits.MAXIMUM_LENGTH,
        )
        limits.check_size(parsed)
    except GraphQLError as error:
        raise Refused([errors.of_document(error)]) from None
    except Problem as problem:
        raise _refused(problem) from None
    parsed = lenient.accept_old_ids(schema, parsed)
    if found := validate(schema, parsed, validation.RULES, max_errors=errors.MAXIMUM_ERRORS):
        raise Refused([errors.of_document(error, parsed, schema) for error in found])
    return parsed


def _has_nul(text: str) -> bool:
    """Whether a string in the document has the one character that databases do not take."""
    return (
        "\0" in text
        or "\\u0000" in text
        or ("\\u{" in text and any(f"\\u{{{'0' * n}}}" in text for n in range(1, 9)))
    )
