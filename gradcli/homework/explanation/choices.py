"""Notes on choices: which branch of an `if` was taken, the other one having no part in the derivative."""

from __future__ import annotations

from gradcli.evaluation.failures import clip
from gradcli.evaluation.results import Note
from gradcli.numbers.expression import postorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.evaluation.machine import Machine
    from gradcli.numbers.expression import Expression

TRUTHS = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "chain", "and", "or", "not"))


def notes_on(machine: Machine) -> list[Note]:
    """A note for each choice that a machine met, once where its function was called several times."""
    notes: dict[str, Note] = {}
    choices: dict[int, dict[int, Expression]] = {}
    for left, frame in machine.unused:
        function = None if frame is None else frame.function
        root = machine.root if function is None else function.body
        if root is None:
            continue
        if id(root) not in choices:
            choices[id(root)] = {
                id(branch): part for part in postorder(root) if part.op == "if" for branch in part.args[1:]
            }
        choice = choices[id(root)].get(id(left))
        if choice is None:  # what diff works on is left aside, too
            continue
        condition, then, otherwise = choice.args
        holds = left is otherwise
        taken = then if holds else otherwise
        if condition.op in TRUTHS:
            said = "holds" if holds else "does not hold"
        else:
            said = "is not 0" if holds else "is 0"
        condition_text, branch = (clip(machine.source(part, frame)) for part in (condition, taken))
        within = "" if function is None else f"in {function.name}(): "
        text = f"{within}{condition_text} {said} here, so the value is {branch}"
        call = None if frame is None else frame.call
        notes.setdefault(text, Note(text, (call or choice).span))
    return list(notes.values())
