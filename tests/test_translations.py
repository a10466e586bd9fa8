"""The catalogues of all languages, held against the source and against each other."""

from __future__ import annotations

import ast

from .test_repository import MODULES, PACKAGE

# What is translated where it is shown; tools/translations knows where these texts stand.
_SHOWN_LATER = {
    "cli/arguments.py": {"option.needless"},
    "cli/table.py": {"verb.description", "verb.purpose", "group.title", "option.help"},
    "cli/terminal.py": {"progress.stage.value"},
}


def test_every_sentence_can_be_found() -> None:
    """What is translated is a literal text: others would never get into a catalogue."""
    for module in MODULES:
        name = module.relative_to(PACKAGE).as_posix()
        for call in ast.walk(ast.parse(module.read_bytes())):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            texts = {"translate": call.args, "translate_plural": call.args[:2]}
            for text in texts.get(call.func.id, []):
                known = ast.unparse(text) in _SHOWN_LATER.get(name, set())
                told = f"{name}:{call.lineno}: {ast.unparse(text)}"
                assert known or isinstance(text, ast.Constant), told
