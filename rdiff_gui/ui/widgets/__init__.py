"""Our own widgets: what pages are built of. They know no page and no operation."""

from rdiff_gui.ui.widgets.alt_letters import AltLetters
from rdiff_gui.ui.widgets.banner import Banner, Tone
from rdiff_gui.ui.widgets.controls import (
    Action,
    ActionRow,
    ChoiceBox,
    Disclosure,
    Flow,
    PopupMenu,
    Switch,
    WrappedSwitch,
    figures_across,
    set_enabled,
    set_shown,
)
from rdiff_gui.ui.widgets.delta_map import DeltaMapView
from rdiff_gui.ui.widgets.drop_zone import DropZone
from rdiff_gui.ui.widgets.labels import (
    CopyableText,
    ElidedLabel,
    FactTable,
    Sentence,
    Tooltip,
    ValueField,
    WrappedLabel,
    elide_middle,
    shorten_names,
)
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel, TransferRate
from rdiff_gui.ui.widgets.row_list import RowList, RowView

__all__ = [
    "Action",
    "ActionRow",
    "AltLetters",
    "Banner",
    "ChoiceBox",
    "CopyableText",
    "DeltaMapView",
    "Disclosure",
    "DropZone",
    "ElidedLabel",
    "FactTable",
    "Flow",
    "PopupMenu",
    "ProgressPanel",
    "RowList",
    "RowView",
    "Sentence",
    "Switch",
    "Tone",
    "Tooltip",
    "TransferRate",
    "ValueField",
    "WrappedLabel",
    "WrappedSwitch",
    "elide_middle",
    "figures_across",
    "set_enabled",
    "set_shown",
    "shorten_names",
]
