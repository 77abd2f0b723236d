"""The backward graph drawn as a tree: shared nodes once, what does not fit the page counted and announced."""

from __future__ import annotations

from gradcli.evaluation.results import CONSTANT, OPERATION, VARIABLE
from gradcli.render import numbers
from gradcli.render.layout import GRADIENT, GUIDE, NAME, NOTE, PLAIN, VALUE, cells, name, text_of
from gradcli.render.layout import OPERATION as OPERATION_STYLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.results import Graph, GraphNode
    from gradcli.render.layout import Line, Span

INDENT = 4  # columns a level takes
NUMBERS_ROOM = 40  # columns of the page kept for a node's name and numbers
LEAST_DEPTH = 4
NARROW = 60  # columns below which numbers may stand below their node
MOST_INPUTS = 20
MOST_LINES = 100
DEEPEST_PAGE = 1000  # beyond, a drawing is mostly indentation
MOST_ELEMENTS = 4  # of an array shown in full beside its node


class Guides:
    """The pieces of which the lines between nodes are made."""

    __slots__ = ("blank", "branch", "cut", "last", "reference", "through")

    def __init__(self, branch: str, last: str, through: str, cut: str, reference: str) -> None:
        self.branch = branch
        self.last = last
        self.through = through
        self.blank = " " * INDENT
        self.cut = cut
        self.reference = reference


UNICODE = Guides("├── ", "└── ", "│   ", "…", "↑ ")
ASCII = Guides("|-- ", "`-- ", "|   ", "...", "^ ")


class Entry:
    """A line of the drawing: a node (None for a cut), its level and what stands before it."""

    __slots__ = ("again", "below", "node", "prefix")

    def __init__(self, node: GraphNode | None, prefix: str, below: str, *, again: bool = False) -> None:
        self.node = node
        self.prefix = prefix
        self.below = below  # what stands before a second line of the node
        self.again = again


class Limits:
    """How much of a graph the page takes: levels, inputs of one node, lines; None for all."""

    __slots__ = ("depth", "inputs", "lines")

    def __init__(self, depth: int | None, inputs: int | None, lines: int | None) -> None:
        self.depth = depth
        self.inputs = inputs
        self.lines = lines


def limits(depth: int | None, width: int) -> Limits:
    """What was asked with --depth, and all of its lines; otherwise what fits a page so wide."""
    if depth is not None:
        return Limits(depth, None, None)
    return Limits(max(LEAST_DEPTH, (width - NUMBERS_ROOM) // INDENT), MOST_INPUTS, MOST_LINES)


def draw(graph: Graph, *, digits: int, depth: int | None, width: int, guides: Guides = UNICODE) -> list[Line]:
    """The lines of a graph's drawing; where some are hidden, a last one says how many and what shows them."""
    entries = walk(graph, limits(depth, width), guides)
    lines = _lines(entries, _marks(entries), digits, guides, width)
    # Every node is expanded once: the whole drawing has a line for the root and one for every input.
    hidden = (
        1 + sum(len(node.inputs) for node in graph.nodes) - sum(entry.node is not None for entry in entries)
    )
    if hidden:
        deepest = levels(graph)
        option = f"--depth {deepest} shows" if deepest else "--json --graph gives"
        more = "1 more line" if hidden == 1 else f"{hidden} more lines"
        lines.append([(f"{guides.cut} {more} of the graph; {option} all", NOTE)])
    return lines


def levels(graph: Graph) -> int | None:
    """How many levels a drawing of the whole graph has: a node stands where it is met first.

    None where they are more than anybody would want to have drawn.
    """
    deepest = 0
    met: set[int] = set()
    stack = [(graph.root.id, 1)]
    while stack:
        id, level = stack.pop()
        if level > deepest:
            deepest = level
            if deepest > DEEPEST_PAGE:
                return None
        if id not in met:
            met.add(id)
            stack += [(input, level + 1) for input in reversed(graph.nodes[id].inputs)]
    return deepest


def walk(graph: Graph, page: Limits, guides: Guides) -> list[Entry]:
    """The nodes in the order of the page, as far as it goes; iterative, each node expanded once."""
    entries: list[Entry] = []
    expanded: set[int] = set()
    # A waiting node carries its own branch and the prefix that its inputs continue.
    stack: list[tuple[GraphNode | None, str, str, int]] = [(graph.root, "", "", 1)]
    while stack and (page.lines is None or len(entries) < page.lines):
        node, branch, below, level = stack.pop()
        again = node is not None and node.id in expanded and bool(node.inputs or node.kind == VARIABLE)
        further = guides.through if node and node.inputs else guides.blank
        entries.append(Entry(node, branch, below + further, again=again))
        if node is None or again:
            continue
        expanded.add(node.id)
        inputs: list[GraphNode | None] = [graph.nodes[i] for i in node.inputs]
        if inputs and page.depth is not None and level >= page.depth:
            inputs = [None]
        elif page.inputs is not None and len(inputs) > page.inputs:
            inputs[page.inputs :] = [None]
        for i in range(len(inputs) - 1, -1, -1):
            last = i == len(inputs) - 1
            stack.append(
                (
                    inputs[i],
                    below + (guides.last if last else guides.branch),
                    below + (guides.blank if last else guides.through),
                    level + 1,
                )
            )
    return entries


def _marks(entries: list[Entry]) -> dict[int, str]:
    """Numbers for the operations that are referred to, so that a reference says which one it means."""
    marks: dict[int, str] = {}
    shared = {
        entry.node.id for entry in entries if entry.node and entry.again and entry.node.kind == OPERATION
    }
    for entry in entries:
        if entry.node and entry.node.id in shared and entry.node.id not in marks:
            marks[entry.node.id] = f" #{len(marks) + 1}"
    return marks


def _lines(
    entries: list[Entry], marks: dict[int, str], digits: int, guides: Guides, width: int
) -> list[Line]:
    rows = [(entry, _label(entry, marks, digits, guides), _value(entry, digits)) for entry in entries]
    lines = _beside(rows, digits)
    if width < NARROW and any(cells(text_of(line)) > width for line in lines):
        return _below(rows, digits)
    return lines


def _beside(rows: list[tuple[Entry, str, str]], digits: int) -> list[Line]:
    """A line a node, values and gradients in columns."""
    labels = max(len(entry.prefix) + cells(label) for entry, label, _ in rows)
    values = max(len(value) for _, _, value in rows)
    lines: list[Line] = []
    for entry, label, value in rows:
        line: Line = [(entry.prefix, GUIDE), (label, _style(entry))]
        if value:
            line.append((" " * (labels - len(entry.prefix) - cells(label) + 2), PLAIN))
            line.append((value.rjust(values), VALUE))
            line.append(_gradient(entry, digits))
        lines.append(line)
    return lines


def _below(rows: list[tuple[Entry, str, str]], digits: int) -> list[Line]:
    """Values and gradients on a line of their own below each node, for a narrow page."""
    lines: list[Line] = []
    for entry, label, value in rows:
        lines.append([(entry.prefix, GUIDE), (label, _style(entry))])
        if value:
            lines.append([(entry.below, GUIDE), (value, VALUE), _gradient(entry, digits)])
    return lines


def _gradient(entry: Entry, digits: int) -> Span:
    if entry.node is None or entry.node.gradient is None:
        return "", PLAIN
    return f"   grad {numbers.inline(entry.node.gradient, digits, MOST_ELEMENTS)}", GRADIENT


def _label(entry: Entry, marks: dict[int, str], digits: int, guides: Guides) -> str:
    node = entry.node
    if node is None:
        return guides.cut
    if node.kind == CONSTANT:
        return numbers.inline(node.value, digits, MOST_ELEMENTS)
    shown = node.name if node.kind == OPERATION else name(node.name)  # a user's name may be of any length
    return (guides.reference if entry.again else "") + shown + marks.get(node.id, "")


def _value(entry: Entry, digits: int) -> str:
    if entry.node is None or entry.again or entry.node.kind == CONSTANT:
        return ""
    return numbers.inline(entry.node.value, digits, MOST_ELEMENTS)


def _style(entry: Entry) -> str:
    if entry.node is None or entry.again:
        return GUIDE
    return {OPERATION: OPERATION_STYLE, VARIABLE: NAME}.get(entry.node.kind, PLAIN)
