"""A worker of the campaign: reads the names of cases, one a line, and answers each with JSON.

Started with the shim preloaded, faulthandler and warnings as errors, which its forks inherit.
"""

from __future__ import annotations

import json
import random
import sys
import traceback
from pathlib import Path

from .bench import Bench, Result, import_all
from .execution import Outcome
from .judging import Finding
from .kinds import BY_NAME
from .materials import Materials


def carry_out(bench: Bench, kind: str, case: str) -> Result:
    """One case; what the campaign itself cannot do is a finding too, and the rest goes on."""
    try:
        result: Result = BY_NAME[kind].carry_out(bench, case)
    except Exception:  # noqa: BLE001  # hours of other cases must not be lost
        finding = Finding("campaign", traceback.format_exc())
        return Result(False, [finding], Outcome(0, b"", "", False, 0, ""))
    return result


def main() -> None:
    """Work until there is no more."""
    materials_folder, folder = map(Path, sys.argv[1:])
    import_all()
    bench = Bench(folder, Materials(materials_folder))
    for line in sys.stdin:
        verb, kind, rest = line.rstrip("\n").split(" ", 2)
        if verb == "plan":
            answer: object = BY_NAME[kind].plan(bench, random.Random(rest))  # noqa: S311  # no secrets
        else:
            result = carry_out(bench, kind, rest)
            answer = {
                "case": f"{kind}/{rest}",
                "struck": result.struck,
                "findings": [[each.column, each.text] for each in result.findings],
                "code": result.outcome.code,
                "words": result.outcome.words,
                "what": result.outcome.what,
            }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
