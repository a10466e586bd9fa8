"""Our own widgets: what pages are built of. They know no page and no operation."""

from rdiff_gui.ui.widgets.action_row import Action, ActionRow
from rdiff_gui.ui.widgets.alt_letters import bind_alt_letter
from rdiff_gui.ui.widgets.banner import Banner
from rdiff_gui.ui.widgets.cautions import Cautions
from rdiff_gui.ui.widgets.copyable_text import CopyableText
from rdiff_gui.ui.widgets.delta_map import DeltaMap
from rdiff_gui.ui.widgets.disclosure import Disclosure
from rdiff_gui.ui.widgets.drop_zone import DropZone
from rdiff_gui.ui.widgets.fact_table import FactTable
from rdiff_gui.ui.widgets.output_field import OutputField
from rdiff_gui.ui.widgets.progress_panel import ProgressPanel
from rdiff_gui.ui.widgets.rail import Rail, RailEntry
from rdiff_gui.ui.widgets.result_card import ResultCard
from rdiff_gui.ui.widgets.savings_table import SavingsTable
from rdiff_gui.ui.widgets.scrolled_page import ScrolledPage
from rdiff_gui.ui.widgets.tooltip import Tooltip
from rdiff_gui.ui.widgets.wrapped_label import WrappedLabel

__all__ = [
    "Action",
    "ActionRow",
    "Banner",
    "Cautions",
    "CopyableText",
    "DeltaMap",
    "Disclosure",
    "DropZone",
    "FactTable",
    "OutputField",
    "ProgressPanel",
    "Rail",
    "RailEntry",
    "ResultCard",
    "SavingsTable",
    "ScrolledPage",
    "Tooltip",
    "WrappedLabel",
    "bind_alt_letter",
]
