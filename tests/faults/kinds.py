"""All kinds of faults: what each plans, and how one case of it is carried out."""

from __future__ import annotations

from . import calls, kills, rooms

ALL = (calls, kills, rooms)
BY_NAME = {kind.NAME: kind for kind in ALL}
