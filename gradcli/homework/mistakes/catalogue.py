"""The table of mistakes at one operation: what the rule becomes there, how common that is, what a tutor says.

After the wrong answers that STACK and Numbas look for, mathmistakes.info, and Siyepu (2013, 2015)
and Maharaj and Ntuli (2018) on students' errors in derivatives.
"""

from __future__ import annotations

from gradcli.homework.mistakes.chains import CHAINS
from gradcli.homework.mistakes.functions import FUNCTIONS
from gradcli.homework.mistakes.powers import POWERS
from gradcli.homework.mistakes.products import PRODUCTS, QUOTIENTS
from gradcli.homework.mistakes.sums import SUMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.homework.mistakes.mutation import Mutation

CATALOGUE: tuple[Mutation, ...] = (*CHAINS, *PRODUCTS, *QUOTIENTS, *POWERS, *SUMS, *FUNCTIONS)
"""Every mistake that may be made at one operation, or at several of a kind."""

BY_TAG: dict[str, tuple[Mutation, ...]] = {
    tag: tuple(mutation for mutation in CATALOGUE if mutation.tag == tag)
    for tag in sorted({mutation.tag for mutation in CATALOGUE})
}
"""The same by the kind of operation that they are about."""
