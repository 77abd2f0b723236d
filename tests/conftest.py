"""How properties are tried: on the same examples in every run, and however long one takes.

What passes once passes again, so that a red run means a change.
`--hypothesis-profile=explore` draws new ones.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("explore", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
