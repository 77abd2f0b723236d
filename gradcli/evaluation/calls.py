"""Calls: of the rulebook's functions, and of the user's, which are inlined."""

from __future__ import annotations

from gradcli.engine.tensor import wrap
from gradcli.evaluation.failures import failure, refused, unknown_function
from gradcli.evaluation.kinds import payload_of
from gradcli.evaluation.machine import Frame, is_simple, operate, perform, take
from gradcli.numbers import shape_of
from gradcli.numbers.errors import ArrayTooLarge, ShapeError
from gradcli.numbers.shapes import broadcast_shape
from gradcli.rules.rulebook import NAMES, CallError, ValueRefused, call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.evaluation.environment import Function
    from gradcli.evaluation.machine import Machine, Operand
    from gradcli.numbers.expression import Expression
    from gradcli.rules.rulebook import Rule

MOST_INLINED = 200_000
"""How many calls the bodies of functions may unfold into, of one statement: each level may double them."""

MOST_PARAMETERS = 1000
"""How many names may be hidden at once by the parameters of functions that call one another."""


def begin_call(machine: Machine, expression: Expression) -> None:
    """See what is called, and have its arguments computed."""
    name = expression.value
    function = machine.environment.functions.get(name)
    if function is not None:
        _begin_inlining(machine, expression, function)
        return
    rule = NAMES.get(name)
    if rule is None:
        raise unknown_function(machine, expression, name)
    direct = None if expression.keywords else DIRECT[rule, len(expression.args)]
    if direct is not None:
        machine.todo.append((operate, expression, direct))
        machine.todo.extend(expression.args[::-1])
    elif name == "diff":
        from gradcli.evaluation.derivatives import begin_diff

        check(machine, expression, rule)
        begin_diff(machine, expression)
    elif name == "detach":
        check(machine, expression, rule)
        machine.todo.append((_detach, expression, None))
        machine.todo.append(argument(expression, 0, "x"))
    else:
        machine.todo.append((_call_rule, expression, rule))
        machine.todo.extend([value for _, value in expression.keywords][::-1])
        machine.todo.extend(expression.args[::-1])


class _Direct(dict["tuple[Rule, int]", "Rule | None"]):
    """The rule of which so many arguments are the operands, as they are; None where there is more to a call.

    Made as asked for.
    """

    def __missing__(self, call: tuple[Rule, int]) -> Rule | None:
        rule, count = call
        rule = rule.overload(range(count), ())
        direct = is_simple(rule) and count == len(rule.operands) and rule.name not in ("detach", "diff")
        self[call] = rule if direct else None
        return self[call]


DIRECT = _Direct()


def argument(expression: Expression, position: int, name: str) -> Any:
    """The argument of a call that stands at a position or goes by a name; None where it is left out."""
    if position < len(expression.args):
        return expression.args[position]
    return dict(expression.keywords).get(name)


def check(machine: Machine, expression: Expression, rule: Rule) -> None:
    """Refuse a call whose arguments the rule's parameters do not allow, before any is computed."""
    try:
        rule.bind(expression.args, expression.keywords)
    except ValueRefused:  # for not being computed yet
        pass
    except CallError as error:
        raise _miscalled(machine, expression, error) from error


def _call_rule(machine: Machine, expression: Expression, rule: Rule) -> None:
    rule = rule.overload(expression.args, expression.keywords)
    names = [name for name, _ in expression.keywords]
    values = take(machine, len(expression.args) + len(names))
    args = values[: len(expression.args)]
    keywords = dict(zip(names, map(payload_of, values[len(args) :]), strict=True))
    by_name = {name for name, _ in rule.operands}
    for position, name in enumerate(names):  # an operand that goes by its name stays what it is
        if name in by_name:
            keywords[name] = values[len(args) + position]

    def apply(rule: Rule, *operands: Operand, **static: Any) -> Operand:
        return perform(machine, expression, rule, list(operands), static)

    try:
        if rule.folds and len(args) > 2:  # seen together: a mismatch may be with any of those before
            broadcast_shape(*(shape_of(payload_of(arg)) for arg in args))
        result = call(apply, rule, args, keywords)
    except ValueRefused as error:
        raise refused(machine, expression, rule, error) from error
    except CallError as error:
        raise _miscalled(machine, expression, error) from error
    except (ArrayTooLarge, ShapeError, IndexError, RuntimeError, ValueError, TypeError) as error:
        from gradcli.evaluation.failures import diagnose

        raise diagnose(machine, expression, rule, args, error) from error
    machine.values.append(result)


def _miscalled(machine: Machine, expression: Expression, error: CallError) -> Exception:
    return failure("call", machine.within() + str(error), (machine.place(expression), ""))


def _bound(machine: Machine, expression: Expression, function: Function) -> list[str]:
    """The parameters of a user's function in the order of a call's arguments; raises Diagnostic."""
    name, parameters = function.name, function.parameters
    bound = list(parameters[: len(expression.args)])
    problem = ""
    for keyword, _ in expression.keywords:
        if keyword not in parameters:
            problem = f"{name}() has no argument {keyword!r}; it takes {', '.join(parameters) or 'none'}"
        elif keyword in bound:
            problem = f"{name}() was given {keyword!r} twice"
        bound.append(keyword)
    given, wanted = len(expression.args) + len(expression.keywords), len(parameters)
    if given != wanted and not problem:
        noun = "argument" if wanted == 1 else "arguments"
        takes = f"{wanted} {noun} ({', '.join(parameters)})" if wanted else "no arguments"
        problem = f"{name}() takes {takes}, {given or 'none'} {'was' if given < 2 else 'were'} given"
    if problem:
        raise failure("call", machine.within() + problem, (machine.place(expression), ""))
    return bound


def _detach(machine: Machine, _call: Expression, _: None) -> None:
    operand = machine.values.pop()
    machine.values.append(operand if type(operand) is float else wrap(operand._value))


# --- functions of the user ---


def _begin_inlining(machine: Machine, expression: Expression, function: Function) -> None:
    parameters = _bound(machine, expression, function)
    frame = machine.frame
    if frame is not None:
        machine.inlined += 1
        if machine.inlined > MOST_INLINED:
            raise failure(
                "call",
                f"the functions called here unfold into more than {MOST_INLINED:,} calls",
                (machine.place(expression), "too many"),
            )
    machine.todo.append((_enter, expression, (function, parameters)))
    machine.todo.extend([value for _, value in expression.keywords][::-1])
    machine.todo.extend(expression.args[::-1])


def _enter(machine: Machine, expression: Expression, called: tuple[Function, list[str]]) -> None:
    """Compute the body with the arguments for the parameters; other names mean what they mean here."""
    function, parameters = called
    arguments = dict(zip(parameters, take(machine, len(parameters)), strict=True))
    caller = machine.frame
    if caller is None:
        frame = Frame(function, expression, arguments, None)
    else:
        call = expression if caller.call is None else caller.call
        hidden = {**caller.locals, **arguments}
        if len(hidden) > MOST_PARAMETERS:
            message = f"the functions called here have more than {MOST_PARAMETERS:,} parameters between them"
            raise failure("call", message, (call.span, "too many"))
        frame = Frame(function, call, hidden, caller)
    machine.frame = frame
    machine.todo.append((_leave, expression, caller))
    machine.todo.append(function.body)


def _leave(machine: Machine, _call: Expression, caller: Frame | None) -> None:
    """Return from a body to where it was called."""
    machine.frame = caller
