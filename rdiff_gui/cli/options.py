"""All options, each declared once, in groups that the verbs share.

Source: librsync src/rdiff.c, for rdiff's own.
"""

from __future__ import annotations

import argparse
import re

from rdiff_gui.wording import translate


def add_all_options(parser: argparse.ArgumentParser) -> None:
    """Every option of every verb: they may stand before the verb is known."""
    for add_options in _ALL:
        add_options(parser)


def add_options_of(verb: str, parser: argparse.ArgumentParser) -> None:
    """The options that belong to one verb, for its help."""
    for add_options in _OF_VERB[verb]:
        add_options(parser)


def _read_number(text: str) -> int:
    """A whole number as C writes it: 2048, 0x800, 04000, -1."""
    match = re.fullmatch(r"([+-]?)(0[xX][0-9a-fA-F]+|[0-9]+)", text)
    if not match:
        raise argparse.ArgumentTypeError(
            translate("“{text}” is not a whole number").format(text=text)
        )
    sign, digits = match.groups()
    octal = digits.startswith("0") and digits.isdigit()
    try:
        number = int(digits, 8 if octal else 0)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(
            translate("“{text}” is not a whole number").format(text=text)
        ) from problem
    return -number if sign == "-" else number


def _read_size(text: str) -> int:
    """The same, but not negative."""
    number = _read_number(text)
    if number < 0:
        raise argparse.ArgumentTypeError(translate("{number} is negative").format(number=number))
    return number


def _add_signature_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how the signature is made"))
    group.add_argument(
        "-b", "--block-size", metavar="BYTES", type=_read_number, default=0,
        help=translate("block length; 0, the default, for the one that suits the file's size"),
    )  # fmt: skip
    group.add_argument(
        "-S", "--sum-size", metavar="BYTES", type=_read_number, default=0,
        help=translate("length of the strong sum; 0, the default, for the most, -1 for the least"),
    )  # fmt: skip
    group.add_argument(
        "-H", "--hash", metavar="ALG", choices=("blake2", "md4"), default="blake2",
        help=translate("strong sum: blake2 (default) or md4"),
    )  # fmt: skip
    group.add_argument(
        "-R", "--rollsum", metavar="ALG", choices=("rabinkarp", "rollsum"), default="rabinkarp",
        help=translate("rolling sum: rabinkarp (default) or rollsum"),
    )  # fmt: skip


def _add_seal_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("what the file says of itself"))
    group.add_argument(
        "--plain", action="store_true",
        help=translate("no seal: byte for byte what rdiff writes, and nothing to check later"),
    )  # fmt: skip
    group.add_argument(
        "--no-names", action="store_true", help=translate("a seal without file names")
    )


def _add_compression_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how the delta is packed"))
    group.add_argument(
        "--compress", action=argparse.BooleanOptionalAction,
        help=translate("write the delta as a zstd frame, which rdiff reads after zstd -d"),
    )  # fmt: skip


def _add_limit_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how far a delta may grow"))
    group.add_argument(
        "--limit", metavar="BYTES", type=_read_size,
        help=translate("refuse a delta that makes a larger file than this"),
    )  # fmt: skip


def _add_trailing_option(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("what is taken for a delta"))
    group.add_argument(
        "--allow-trailing", action="store_true",
        help=translate("take a delta with bytes behind its end that are no seal, as rdiff does"),
    )  # fmt: skip


def _add_patch_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("where the files go"))
    group.add_argument(
        "--undo", metavar="FILE", help=translate("write the delta that leads back there, too")
    )
    group.add_argument(
        "--in-place", action="store_true",
        help=translate("put the result in the place of BASIS, which is kept as BASIS.old"),
    )  # fmt: skip
    group.add_argument(
        "--no-backup", action="store_true", help=translate("with --in-place: do not keep BASIS")
    )


def _add_info_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how it is told"))
    group.add_argument(
        "--json", action="store_true", help=translate("one JSON object, for programs")
    )


def _add_work_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("how the work is done"))
    group.add_argument(
        "-f", "--force", action="store_true",
        help=translate(
            "replace an existing result, let a delta grow without a limit, write binary data to a "
            "terminal"
        ),
    )  # fmt: skip
    group.add_argument(
        "-s", "--statistics", action="store_true", help=translate("tell at the end what was done")
    )
    group.add_argument(
        "--no-progress", action="store_true", help=translate("no progress bar on the terminal")
    )
    group.add_argument(
        "--threads", metavar="N", type=_read_size, default=0,
        help=translate("how many threads work; 0, the default, for one a core"),
    )  # fmt: skip
    group.add_argument(
        "-I", "--input-size", metavar="BYTES", type=_read_size, default=0,
        help=translate("input buffer; 0, the default, for automatic"),
    )  # fmt: skip
    group.add_argument(
        "-O", "--output-size", metavar="BYTES", type=_read_size, default=0,
        help=translate("output buffer; 0, the default, for automatic"),
    )  # fmt: skip


def _add_general_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(translate("and"))
    group.add_argument(
        "-v", "--verbose", action="store_true",
        help=translate("tell which librsync is used, and where a mistake of the program happened"),
    )  # fmt: skip
    group.add_argument(
        "-V", "--version", action="store_true",
        help=translate("the versions of this program and of librsync"),
    )  # fmt: skip
    group.add_argument("-?", "-h", "--help", action="store_true", help=translate("this text"))


_ALL = (
    _add_signature_options,
    _add_seal_options,
    _add_compression_options,
    _add_limit_options,
    _add_trailing_option,
    _add_patch_options,
    _add_info_options,
    _add_work_options,
    _add_general_options,
)

_OF_VERB = {
    "signature": (
        _add_signature_options,
        _add_seal_options,
        _add_work_options,
        _add_general_options,
    ),
    "delta": (
        _add_seal_options,
        _add_compression_options,
        _add_work_options,
        _add_general_options,
    ),
    "patch": (
        _add_limit_options,
        _add_trailing_option,
        _add_patch_options,
        _add_work_options,
        _add_general_options,
    ),
    "diff": (
        _add_signature_options,
        _add_seal_options,
        _add_compression_options,
        _add_work_options,
        _add_general_options,
    ),
    "verify": (_add_limit_options, _add_trailing_option, _add_work_options, _add_general_options),
    "info": (_add_trailing_option, _add_info_options, _add_general_options),
    "desktop": (_add_general_options,),
}
