"""All options, each declared once, in groups that the verbs share, and how their values are read.

Source: librsync src/rdiff.c, for rdiff's own; popt's popt.c, for numbers.
"""

from __future__ import annotations

from collections.abc import Callable

from rdiff_gui.records import record
from rdiff_gui.wording import translate

_INT_MAX = 2**31 - 1
_LONG_MAX = 2**63 - 1

_SPACES = " \t\n\v\f\r"


class NotANumber(Exception):
    """A value that should be a number is none."""


class NumberOutOfRange(Exception):
    """A number is too large or too small for its option."""


def read_number(text: str, least: int, most: int) -> int:
    """A whole number as C writes it: 2048, 0x800, 04000, -1; no text at all is 0.

    Raises: NotANumber, NumberOutOfRange.
    Source: strtol(3) with base 0.
    """
    if not text:
        return 0
    digits = text.lstrip(_SPACES)
    negative = digits.startswith("-")
    if digits.startswith(("+", "-")):
        digits = digits[1:]
    base = 10
    if digits[:2] in ("0x", "0X"):
        digits, base = digits[2:], 16
    elif digits.startswith("0"):
        base = 8
    if not digits or not set(digits.lower()) <= set("0123456789abcdef"[:base]):
        raise NotANumber
    # Python refuses to read thousands of digits, and nobody needs them.
    number = int(digits, base) if len(digits) <= 64 else _LONG_MAX + 1
    number = -number if negative else number
    if not least <= number <= most:
        raise NumberOutOfRange
    return number


@record(frozen=True)
class Option:
    """One option. `metavar` is what follows it, None for a switch; `choices` what that can be.

    `field` is what it sets: a switch sets it to True, one that begins with --no- to False. A number
    lies between `least` and `most`. `unlisted` are names that no help tells. `needless` says to
    verbs that do not have it why they need it not.
    """

    names: tuple[str, ...]
    field: str
    help: Callable[[], str]
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    unlisted: tuple[str, ...] = ()
    needless: Callable[[], str] | None = None

    def read(self, name: str, text: str | None) -> object:
        """The value of the field after this option. Raises: NotANumber, NumberOutOfRange."""
        if text is None:
            return not name.startswith("--no-")
        return read_number(text, self.least, self.most) if self.most else text


@record(frozen=True)
class Group:
    """Options that belong to the same verbs; rdiff's own are passed over by others, as rdiff does.

    Those that are `ours` are refused by other verbs.
    """

    title: Callable[[], str]
    verbs: tuple[str, ...]
    options: tuple[Option, ...]
    ours: bool = True


_EVERY_VERB = ("signature", "delta", "patch", "diff", "verify", "info", "desktop")

GROUPS = (
    Group(
        lambda: translate("how the signature is made"),
        ("signature", "diff"),
        (
            Option(
                ("-b", "--block-size"), "block_bytes",
                lambda: translate(
                    "block length; 0, the default, for the one that suits the file's size"
                ),
                "BYTES", least=-_INT_MAX - 1, most=_INT_MAX,
            ),
            Option(
                ("-S", "--sum-size"), "strong_bytes",
                lambda: translate(
                    "length of the strong sum; 0, the default, for the most, -1 for the least"
                ),
                "BYTES", least=-_INT_MAX - 1, most=_INT_MAX,
            ),
            Option(
                ("-H", "--hash"), "strong_hash",
                lambda: translate("strong sum: blake2 (default) or md4"),
                "ALG", ("blake2", "md4"),
            ),
            Option(
                ("-R", "--rollsum"), "rolling_sum",
                lambda: translate("rolling sum: rabinkarp (default) or rollsum"),
                "ALG", ("rabinkarp", "rollsum"),
            ),
        ),
        ours=False,
    ),
    Group(
        lambda: translate("what the file says of itself"),
        ("signature", "delta", "diff"),
        (
            Option(
                ("--plain",), "plain",
                lambda: translate(
                    "no seal: byte for byte what rdiff writes, and nothing to check later"
                ),
                needless=lambda: translate("files are taken with a seal and without"),
            ),
            Option(("--no-names",), "names", lambda: translate("a seal without file names")),
        ),
    ),
    Group(
        lambda: translate("how the delta is packed"),
        ("delta", "diff"),
        (
            Option(
                ("--compress", "--no-compress"), "compress",
                lambda: translate(
                    "write the delta as a zstd frame, which rdiff reads after zstd -d"
                ),
            ),
        ),
    ),
    Group(
        lambda: translate("how far a delta may grow"),
        ("patch", "verify"),
        (
            Option(
                ("--limit",), "limit_bytes",
                lambda: translate("refuse a delta that makes a larger file than this"),
                "BYTES", most=_LONG_MAX,
            ),
        ),
    ),
    Group(
        lambda: translate("what is taken for a delta"),
        ("patch", "verify", "info"),
        (
            Option(
                ("--allow-trailing",), "trailing",
                lambda: translate(
                    "take a delta with bytes behind its end that are no seal, as rdiff does"
                ),
            ),
        ),
    ),
    Group(
        lambda: translate("where the files go"),
        ("patch",),
        (
            Option(
                ("--undo",), "undo",
                lambda: translate("write the delta that leads back there, too"),
                "FILE",
            ),
            Option(
                ("--in-place",), "in_place",
                lambda: translate(
                    "put the result in the place of BASIS, which is kept as BASIS.old"
                ),
            ),
            Option(
                ("--no-backup",), "backup",
                lambda: translate("with --in-place: do not keep BASIS"),
            ),
        ),
    ),
    Group(
        lambda: translate("how it is told"),
        ("info",),
        (Option(("--json",), "json", lambda: translate("one JSON object, for programs")),),
    ),
    Group(
        lambda: translate("how the work is done"),
        ("signature", "delta", "patch", "diff", "verify"),
        (
            Option(
                ("-f", "--force"), "force",
                lambda: translate(
                    "replace an existing result, let a delta grow without a limit, write binary "
                    "data to a terminal"
                ),
            ),
            Option(
                ("-s", "--statistics"), "statistics",
                lambda: translate("tell at the end what was done"),
                unlisted=("--stats",),
            ),
            Option(
                ("--no-progress",), "progress",
                lambda: translate("no progress bar on the terminal"),
            ),
            Option(
                ("--threads",), "threads",
                lambda: translate("how many threads work; 0, the default, for one a core"),
                "N", most=_INT_MAX,
            ),
            Option(
                ("-I", "--input-size"), "input_bytes",
                lambda: translate("input buffer; 0, the default, for automatic"),
                "BYTES", most=_INT_MAX,
            ),
            Option(
                ("-O", "--output-size"), "output_bytes",
                lambda: translate("output buffer; 0, the default, for automatic"),
                "BYTES", most=_INT_MAX,
            ),
        ),
        ours=False,
    ),
    Group(
        lambda: translate("and"),
        _EVERY_VERB,
        (
            Option(
                ("-v", "--verbose"), "verbose",
                lambda: translate(
                    "tell which librsync is used, and where a mistake of the program happened"
                ),
            ),
            Option(
                ("-V", "--version"), "version",
                lambda: translate("the versions of this program and of librsync"),
            ),
            Option(("-?", "-h", "--help"), "help", lambda: translate("this text")),
        ),
        ours=False,
    ),
)  # fmt: skip


def groups_of(verb: str) -> tuple[Group, ...]:
    """The options that belong to one verb."""
    return tuple(group for group in GROUPS if verb in group.verbs)
