"""What stands below a result that is right, and yet wants a word."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace

import pytest

from rdiff_gui.engine.summaries import SignatureSummary
from rdiff_gui.ui import Page
from rdiff_gui.ui.signature.model import SignatureModel
from rdiff_gui.ui.step.model import Outcome
from rdiff_gui.ui.step.result_view import Cautions
from rdiff_gui.ui.theme import Theme
from tests.conftest import MakeFile
from tests.ui.screen import count_pixels, texts_of
from tests.ui.window.conftest import User, open_window, user  # noqa: F401  # fixtures

SENTENCES = ("It may not survive a power cut.", "The group could not be kept.")


def test_each_sentence_has_a_line_with_a_sign(root: tk.Tk, theme: Theme) -> None:
    """Quieter than a banner, but seen; and gone, with its room, when there is nothing to say."""
    cautions = Cautions(root, theme)
    cautions.grid(sticky="ew")
    root.columnconfigure(0, weight=1)
    cautions.show(SENTENCES)
    assert texts_of(cautions) == list(SENTENCES)
    assert count_pixels(cautions, theme.palette.warning) > 0
    cautions.show(())
    assert texts_of(root) == []
    assert not cautions.winfo_ismapped()
    cautions.show(SENTENCES[:1])
    assert texts_of(cautions) == [SENTENCES[0]]


def test_a_result_brings_its_cautions_along(
    user: User,  # noqa: F811  # the fixture
    make_file: MakeFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They stand below the card, and the next result does not inherit them."""
    told = SignatureModel.outcome

    def wary(model: SignatureModel, summary: SignatureSummary) -> Outcome:
        return replace(told(model, summary), cautions=SENTENCES)

    monkeypatch.setattr(SignatureModel, "outcome", wary)
    user.go(Page.SIGNATURE)
    user.drop(make_file("old", b"x"))
    user.run()
    for sentence in SENTENCES:
        assert sentence in user.words(user.signature.result)
    monkeypatch.undo()
    user.drop(make_file("other", b"y"))
    user.run()
    assert SENTENCES[0] not in user.words(user.signature.result)
