"""Our own widgets: what pages are built of. They know no page and no operation."""

from rdiff_gui.ui.widgets.banner import Banner, Tone
from rdiff_gui.ui.widgets.controls import (
    Action,
    ActionRow,
    AltLetters,
    ChoiceBox,
    Disclosure,
    Switch,
    set_enabled,
    set_shown,
)
from rdiff_gui.ui.widgets.delta_map import DeltaMap
from rdiff_gui.ui.widgets.drop_zone import DropZone
from rdiff_gui.ui.widgets.labels import CopyableText, FactTable, Tooltip, WrappedLabel
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel, TransferRate

__all__ = [
    "Action",
    "ActionRow",
    "AltLetters",
    "Banner",
    "ChoiceBox",
    "CopyableText",
    "DeltaMap",
    "Disclosure",
    "DropZone",
    "FactTable",
    "ProgressPanel",
    "Switch",
    "Tone",
    "Tooltip",
    "TransferRate",
    "WrappedLabel",
    "set_enabled",
    "set_shown",
]
