"""The command line as one table: a row for each verb and each option, with all that is told of it.

Reading, checks, help (`cli.help`), manual page and completions follow from it; texts are translated
where they are shown. An option's field is called as the engine calls it, so that `cli.verbs`, which
does each verb, hands it on as it is.

Source: librsync src/rdiff.c, for rdiff's own.
"""

from __future__ import annotations

from rdiff_gui.formats.signature_header import RollingSum, StrongHash
from rdiff_gui.records import TYPE_CHECKING, record

if TYPE_CHECKING:
    from enum import StrEnum

PROGRAM = "rdiff-gui"

_INT_MAX = 2**31 - 1
_LONG_MAX = 2**63 - 1


@record(frozen=True)
class Verb:
    """A verb: the words it needs, and those that may be left out, the last one first.

    `actions` is what its only word can be, where that is no file. rdiff takes the beginning of its
    own verbs for the verb (`rdiffs`); ours must not take one away from its scripts.
    """

    name: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    purpose: str
    description: str
    examples: tuple[str, ...]
    rdiffs: bool = False
    actions: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What its file names are called."""
        return (*self.needed, *self.optional)

    @property
    def writes(self) -> bool:
        """Whether the last one is a file to write, or standard output where it is left out."""
        return bool(self.optional)

    @property
    def usage(self) -> str:
        """Its words, as a help shows them."""
        if self.actions:
            return " | ".join(self.actions)
        optional = " [".join(("", *self.optional)) + "]" * len(self.optional)
        return (" ".join(self.needed) + optional).lstrip()


@record(frozen=True)
class Option:
    """An option, and the `field` that it sets.

    `value` is what follows it, one of the `choices` or, with `most`, a number in these bounds.
    Without, it is a switch, which sets its field to True, and one that begins with --no- to False.
    `unlisted` are names that no help tells. `needless` tells verbs without it why they need it not.
    """

    names: tuple[str, ...]
    field: str
    help: str
    value: str = ""
    choices: tuple[StrEnum, ...] = ()
    least: int = 0
    most: int = 0
    unlisted: tuple[str, ...] = ()
    needless: str = ""


@record(frozen=True)
class Group:
    """Options of the same verbs. Others refuse them, but pass over rdiff's own, as rdiff does.

    Those `of_folders` are refused where a file is named, too.
    """

    title: str
    verbs: tuple[str, ...]
    ours: bool
    options: tuple[Option, ...]
    of_folders: bool = False


_ROWS = (
    Verb(
        "signature", (), ("BASIS", "SIGNATURE"), "tell what the old file holds",
        """\
Write the signature of BASIS, the old file.
It is small and all that is needed to make a delta elsewhere. rdiff reads it; with --plain it is
byte for byte what rdiff writes, without the seal by which damage and mix-ups are noticed.
BASIS may be a folder: the signature is then of all that is in it, and rdiffdir's.""",
        (
            "rdiff-gui signature photos.db photos.sig",
            "rdiff-gui signature -b 4096 -H md4 photos.db photos.sig",
            "rdiff-gui signature photos/ photos.sig",
            "rdiff-gui signature photos.db | ssh host 'rdiff-gui delta - photos.db new.delta'",
        ),
        rdiffs=True,
    ),
    Verb(
        "delta", ("SIGNATURE",), ("NEWFILE", "DELTA"), "write what is new in the new file",
        """\
Write what changed: from SIGNATURE, of the old file, and NEWFILE.
Whoever has the old file makes NEWFILE from it and the delta.
With a folder's signature, rdiffdir's own among them, NEWFILE is the new folder.""",
        (
            "rdiff-gui delta photos.sig photos.db new.delta",
            "tar c photos | rdiff-gui delta photos.sig - new.delta",
            "rdiff-gui delta -s photos.sig photos.db new.delta",
        ),
        rdiffs=True,
    ),
    Verb(
        "patch", ("BASIS",), ("DELTA", "NEWFILE"),
        "make the new file from the old one and the delta",
        """\
Make the new file from BASIS, the old file, and DELTA.
Both are checked before anything is written, and NEWFILE appears whole and right or not at all.
BASIS may be a folder, and DELTA one of folders, rdiffdir's too; NEWFILE is a new folder then.
Files that were changed here are told, and nothing is done, unless --keep-local leaves them.""",
        (
            "rdiff-gui patch photos.db new.delta photos-new.db",
            "rdiff-gui patch photos.tar new.delta | tar x",
            "rdiff-gui patch --in-place --undo back.delta photos.db new.delta",
            "rdiff-gui patch --in-place --changes-only disk.img new.delta",
            "rdiff-gui patch --limit 2000000000 photos.db new.delta photos-new.db",
            "rdiff-gui patch --in-place game update.delta",
        ),
        rdiffs=True,
    ),
    Verb(
        "diff", ("OLD", "NEW"), ("DELTA",), "write a delta when both files are here",
        """\
Write the delta from OLD to NEW, when both files are here.
They are compared byte by byte, so it is smaller than one by way of a signature, and applied by
rdiff all the same. Options for a signature, or a file that is a pipe, have one made in between.
OLD and NEW may be folders: all that is in them goes into one delta, and files that were moved or
renamed take no more than a line of it. Devices, pipes and sockets are refused.""",
        (
            "rdiff-gui diff photos.db photos-new.db new.delta",
            "rdiff-gui diff game-1.0 game-1.1 update.delta",
            "rdiff-gui diff --compress --best old.iso new.iso new.delta",
            "rdiff-gui diff -s -b 1024 old.iso new.iso new.delta",
        ),
    ),
    Verb(
        "verify", ("BASIS", "DELTA"), (), "say whether a delta would apply, and be right",
        """\
Say whether DELTA applies to BASIS, and whether the result is right. Nothing is written.
The exit code is what patch would have given. Of a folder, all files are read; with --repair, one
that is neither the old nor the new one is made the new one.""",
        (
            "rdiff-gui verify photos.db new.delta",
            "rdiff-gui verify photos.db new.delta && "
            "rdiff-gui patch --in-place photos.db new.delta",
        ),
    ),
    Verb(
        "info", ("FILE",), (), "say what a file is, holds and needs",
        """\
Say what FILE is: a signature, a delta or an ordinary file.
And what it holds and needs. All commands of a delta are checked on the way.""",
        ("rdiff-gui info new.delta", "rdiff-gui info --json photos.sig"),
    ),
    Verb(
        "recover", ("FILE",), (), "put back a file whose change was interrupted",
        """\
Put FILE back, where a crash or a power cut has interrupted patch --in-place --changes-only.
It stands as FILE.rdiff-changing then, and FILE.rdiff-journal, a delta, leads back; either name will
do for FILE. The next patch of FILE does the same first. A folder whose patch was interrupted is
put back as well, or if all of it had been moved, the rest is done.""",
        ("rdiff-gui recover disk.img", "rdiff-gui recover game"),
    ),
    Verb(
        "desktop", ("ACTION",), (), "have files open with a double-click",
        """\
Add the program to your desktop, for you alone and without root: the types of signatures and
deltas, so that they open with a double-click, and, but on Windows, its entry and icon, this
manual, and completions for shells. uninstall takes just that away again; status says what is
there.""",
        ("rdiff-gui desktop install", "rdiff-gui desktop status", "rdiff-gui desktop uninstall"),
        actions=("install", "uninstall", "status"),
    ),
)  # fmt: skip

VERBS = {verb.name: verb for verb in _ROWS}
_OPERATIONS = ("signature", "delta", "patch", "diff", "verify")

GROUPS = (
    Group("how the signature is made", ("signature", "diff"), ours=False, options=(
        Option(
            ("-b", "--block-size"), "block_bytes",
            "block length; 0, the default, for the one that suits the file's size",
            "BYTES", least=-_INT_MAX - 1, most=_INT_MAX,
        ),
        Option(
            ("-S", "--sum-size"), "strong_bytes",
            "length of the strong sum; 0, the default, for the most, -1 for the least",
            "BYTES", least=-_INT_MAX - 1, most=_INT_MAX,
        ),
        Option(
            ("-H", "--hash"), "strong_hash", "strong sum: blake2 (default) or md4",
            "ALG", tuple(StrongHash),
        ),
        Option(
            ("-R", "--rollsum"), "rolling_sum", "rolling sum: rabinkarp (default) or rollsum",
            "ALG", tuple(RollingSum),
        ),
    )),
    Group("what the file says of itself", ("signature", "delta", "diff"), ours=True, options=(
        Option(
            ("--plain",), "plain",
            "no seal: nothing but what rdiff writes, and nothing to check later",
            needless="files are taken with a seal and without",
        ),
        Option(("--no-names",), "names", "a seal without file names"),
    )),
    Group("how it is packed", ("signature", "delta", "diff"), ours=True, options=(
        Option(
            ("--compress", "--no-compress"), "compress",
            "write the delta as a zstd frame, which rdiff reads after zstd -d; signature and delta "
            "of a folder are one unless told otherwise",
        ),
    )),
    Group("what is kept of a folder", ("signature", "delta", "diff", "patch"), ours=True, options=(
        Option(
            ("--special-modes",), "special_modes",
            "set-user, set-group and sticky bits of files and folders, too",
        ),
        Option(("--owners",), "owners", "users and groups, too"),
        Option(("--acls",), "acls", "access control lists, too"),
        Option(("--xattrs",), "xattrs", "extended attributes of users, too"),
    ), of_folders=True),
    Group("who reads the delta of a folder", ("delta", "diff"), ours=True, options=(
        Option(
            ("--rdiffdir",), "rdiffdir",
            "nothing that rdiffdir does not know: files that moved, and hard links, are written "
            "as new ones",
        ),
    ), of_folders=True),
    Group("how far it is looked for what the files share", ("diff",), ours=True, options=(
        Option(("--best",), "best", "take twice as long for a delta that is somewhat smaller"),
    )),
    Group("how far a delta may grow", ("patch", "verify"), ours=True, options=(
        Option(
            ("--limit",), "limit_bytes", "refuse a delta that makes a larger file than this",
            "BYTES", most=_LONG_MAX,
        ),
    )),
    Group("what is taken for a delta", ("patch", "verify", "info"), ours=True, options=(
        Option(
            ("--allow-trailing",), "allow_trailing",
            "take a delta with bytes behind its end that are no seal, as rdiff does",
        ),
    )),
    Group("what a delta may do in a folder", ("patch", "verify"), ours=True, options=(
        Option(
            ("--keep-local",), "keep_local",
            "leave files that were changed here as they are, and make all others new",
        ),
        Option(
            ("--outside-links",), "outside_links", "take links that lead out of the folder",
        ),
    ), of_folders=True),
    Group("what is done with a damaged folder", ("verify",), ours=True, options=(
        Option(
            ("--repair",), "repair",
            "make it what DELTA makes: whatever is missing or damaged is restored from DELTA and "
            "from all that is whole; what stood in its place goes to BASIS.damaged",
        ),
    ), of_folders=True),
    Group("where the files go", ("patch",), ours=True, options=(
        Option(("--undo",), "undo", "write the delta that leads back there, too", "FILE"),
        Option(
            ("--in-place",), "in_place",
            "put the result in the place of BASIS, which is kept as BASIS.old; from a folder, "
            "BASIS.undo.rdelta leads back",
        ),
        Option(
            ("--changes-only",), "changes_only",
            "with --in-place: write only what changes, into BASIS itself where that pays; "
            "BASIS.undo.rdelta, or the file of --undo, then leads back",
        ),
        Option(("--no-backup",), "keep_backup", "with --in-place: do not keep BASIS"),
    )),
    Group("how it is told", ("info",), ours=True, options=(
        Option(("--json",), "json", "one JSON object, for programs"),
    )),
    Group("how the work is done", _OPERATIONS, ours=False, options=(
        Option(
            ("-f", "--force"), "force",
            "replace an existing result, let a delta grow without a limit, write binary data to a "
            "terminal",
        ),
        Option(
            ("-s", "--statistics"), "statistics", "tell at the end what was done",
            unlisted=("--stats",),
        ),
        Option(("--no-progress",), "progress", "no progress bar on the terminal"),
        Option(
            ("--threads",), "threads",
            "how many threads work; 0, the default, for one a core", "N", most=_INT_MAX,
        ),
        Option(
            ("-I", "--input-size"), "input_bytes", "input buffer; 0, the default, for automatic",
            "BYTES", most=_INT_MAX,
        ),
        Option(
            ("-O", "--output-size"), "output_bytes", "output buffer; 0, the default, for automatic",
            "BYTES", most=_INT_MAX,
        ),
    )),
    Group("who helps with a folder", _OPERATIONS, ours=True, options=(
        Option(
            ("--cluster",), "cluster",
            "have the workers of a dask scheduler read, compare and make files, which they have "
            "under the same paths: tcp://HOST:8786; needs the package distributed",
            "ADDRESS",
        ),
    ), of_folders=True),
    Group("and", tuple(VERBS), ours=False, options=(
        Option(
            ("-v", "--verbose"), "verbose",
            "tell which librsync is used, what --changes-only is about to write, and where a "
            "mistake of the program happened",
        ),
        Option(("-V", "--version"), "version", "the versions of this program and of librsync"),
        Option(("-?", "-h", "--help"), "help", "this text"),
    )),
)  # fmt: skip

OPTIONS = tuple(option for group in GROUPS for option in group.options)


def groups_of(verb: Verb) -> tuple[Group, ...]:
    """The options that belong to a verb."""
    return tuple(group for group in GROUPS if verb.name in group.verbs)
