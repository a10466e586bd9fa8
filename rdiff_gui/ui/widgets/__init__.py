"""Our own widgets: what pages are built of. They know no page and no operation.

Those of few pages are imported from their modules, so that no other page waits for them: the maps,
the list of rows and the progress of work.
"""

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

__all__ = [
    "Action",
    "ActionRow",
    "AltLetters",
    "Banner",
    "ChoiceBox",
    "CopyableText",
    "Disclosure",
    "DropZone",
    "ElidedLabel",
    "FactTable",
    "Flow",
    "PopupMenu",
    "Sentence",
    "Switch",
    "Tone",
    "Tooltip",
    "ValueField",
    "WrappedLabel",
    "WrappedSwitch",
    "elide_middle",
    "figures_across",
    "set_enabled",
    "set_shown",
    "shorten_names",
]
