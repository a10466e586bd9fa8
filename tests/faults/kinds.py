"""All kinds of faults: what each plans, and how one case of it is carried out."""

from __future__ import annotations

from . import bits, calls, changes, crosschecks, hostile, kills, pairs, rooms, streams

ALL = (calls, kills, rooms, changes, pairs, streams, bits, hostile, crosschecks)
BY_NAME = {kind.NAME: kind for kind in ALL}
