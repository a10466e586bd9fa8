"""Our own widgets: what pages are built of. They know no page and no operation."""

from rdiff_gui.ui.widgets.banner import Banner
from rdiff_gui.ui.widgets.controls import (
    Action,
    ActionRow,
    ChoiceBox,
    Disclosure,
    Switch,
    bind_alt_letter,
    set_enabled,
    set_shown,
)
from rdiff_gui.ui.widgets.delta_map import DeltaMap
from rdiff_gui.ui.widgets.drop_zone import DropZone
from rdiff_gui.ui.widgets.labels import CopyableText, FactTable, WrappedLabel
from rdiff_gui.ui.widgets.output_field import OutputField
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel, TransferRate
from rdiff_gui.ui.widgets.rail import Rail
from rdiff_gui.ui.widgets.result_card import Cautions, ResultCard, SavingsTable
from rdiff_gui.ui.widgets.scrolled_page import ScrolledPage
from rdiff_gui.ui.widgets.tooltip import Tooltip

__all__ = [
    "Action",
    "ActionRow",
    "Banner",
    "Cautions",
    "ChoiceBox",
    "CopyableText",
    "DeltaMap",
    "Disclosure",
    "DropZone",
    "FactTable",
    "OutputField",
    "ProgressPanel",
    "Rail",
    "ResultCard",
    "SavingsTable",
    "ScrolledPage",
    "Switch",
    "Tooltip",
    "TransferRate",
    "WrappedLabel",
    "bind_alt_letter",
    "set_enabled",
    "set_shown",
]
