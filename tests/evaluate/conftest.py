"""What the tests of evaluation share: a session run over some lines, and diagnostics as comparable texts."""

import pytest

from gradcli.evaluation import Options, Session
from gradcli.evaluation.results import Failure, Remark, Result


class Runner:
    """Carries out programs and keeps their outcomes."""

    def __init__(self):
        self.session = None

    def __call__(self, program, bindings=None, **options):
        self.session = Session(Options(**options))
        for name, value in (bindings or {}).items():
            self.session.set(name, value)
        outcomes = []
        for number, line in enumerate(program.split("\n") if "{" not in program else [program], 1):
            outcomes += self.session.run(line, number)
        return outcomes

    def result(self, program, bindings=None, **options):
        """The last result; every statement must be right."""
        outcomes = self(program, bindings, **options)
        failures = [described(o) for o in outcomes if isinstance(o, Failure)]
        assert not failures
        return [o for o in outcomes if isinstance(o, Result)][-1]

    def failure(self, program, bindings=None, **options):
        """The one failure, as kind, message, what the labels mark and say, and hint."""
        (failure,) = [o for o in self(program, bindings, **options) if isinstance(o, Failure)]
        return described(failure)

    def notes(self, program, bindings=None, **options):
        """The notes of the last outcome that has some, each with the words that it marks."""
        noted = [o for o in self(program, bindings, **options) if isinstance(o, Remark | Result)]
        return [(note.text, marked(noted[-1].text, note.span)) for note in noted[-1].notes]

    def finish(self):
        return list(self.session.finish())


def marked(text, span):
    return None if span is None else text[span[0] : span[1]]


def described(failure):
    diagnostic = failure.diagnostic
    labels = [(marked(failure.text, span), label) for span, label in diagnostic.labels]
    return diagnostic.kind, diagnostic.message, labels, diagnostic.hint


@pytest.fixture
def run():
    return Runner()
