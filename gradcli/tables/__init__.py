"""Tables: the rows of a data set through one expression, block by block.

>>> import numpy as np
>>> from gradcli.tables import Program
>>> program = Program("w*x**2", {"w": 0.5})
>>> block = program.run({"x": np.array([1.0, 2.0, 3.0])})
>>> block.value, block.gradients["x"]
(array([0.5, 2. , 4.5]), array([1., 2., 3.]))
>>> program.reduce({"x": np.array([1.0, 2.0, 3.0])}).result("sum")
(7.0, {'w': 14.0, 'x': 6.0})
"""

from __future__ import annotations

from gradcli.on_demand import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.tables.blocks import Block as Block
    from gradcli.tables.blocks import Partial as Partial
    from gradcli.tables.blocks import Program as Program

__getattr__ = on_demand(__name__, dict.fromkeys(("Block", "Partial", "Program"), "gradcli.tables.blocks"))
