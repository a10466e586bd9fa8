"""Every failure that a user can meet.

    RdiffError
    ├── Cancelled                    the user said stop                            130
    ├── OptionOutOfRange             an option's value is not allowed              108
    ├── PartUnloadable               a module or library of the program's own      100
    ├── HelperLost                   a process or computer that did a part of the work  100
    ├── ClusterUnreachable           no scheduler answers, or it has no workers         100
    ├── SystemRefused                the system had no thread, no descriptor …     100
    ├── LibraryProblem               librsync itself                               100
    │   ├── LibraryNotFound          nowhere on this system
    │   ├── LibraryUnusable          found, but it would not load
    │   └── LibraryTooOld            before 2.3.0
    ├── FileProblem                  a file cannot be read or written              100
    │   ├── SourceMissing            no such file
    │   ├── SourceUnreadable         no permission, a folder, a disk error
    │   ├── SourceChanged            somebody wrote to it while it was read
    │   ├── SourceBusy               another run is putting a new version in its place
    │   ├── SourceInUse              others would see it half changed
    │   ├── ChangeUnfinished         a change in its place was interrupted
    │   ├── JournalUnusable          a file in the way of a journal
    │   ├── OutputExists             it is there and was not to be replaced
    │   ├── OutputIsInput            writing it would destroy what is being read
    │   ├── OutputNamedTwice         one name for two results
    │   ├── UndoImpossible           it or the result is no file, or nothing tells it       101
    │   ├── OutputUnwritable         no permission, no such folder, a disk error
    │   ├── DiskFull                 not enough space for the result
    │   ├── EntryRefused             a device, a pipe or a socket in a folder
    │   ├── FoldersAndFiles          a folder and a file, where both must be the same
    │   ├── StageForeign             what has the name of a folder of ours is not ours
    │   ├── FolderNotShared          a computer that is to help does not see it
    │   ├── PartOnOtherDisk          a part of a folder that nothing can be moved to
    │   ├── TreeUnfinished           a patch of a folder was interrupted
    │   ├── FolderMoved              the output's folder is another one by now
    │   ├── NotPutBack               a failure that left the old file under another name
    │   ├── FolderNotSynced          a remark in a summary: written, but not safe yet
    │   ├── ChangePutBack            a remark in a summary: an earlier change was settled
    │   ├── TreePutBack              a remark in a summary: an earlier patch was settled
    │   ├── TreeAttributesNotKept    a remark in a summary: the same, of files in a folder
    │   ├── DamagedFilesKept         a remark in a summary: where they went
    │   ├── LocalFilesKept           a remark in a summary: files of the user's own
    │   ├── JournalNotNamed          a remark in a summary: where the undo delta is instead
    │   └── AttributesNotKept        a remark in a summary: written, but without all it had
    ├── FormatProblem                the bytes are not what they should be         106
    │   ├── NotASignature            another kind of file stands where one is due  106, empty 103
    │   ├── NotADelta                the same, for a delta                         104, empty 103
    │   ├── SignatureTruncated       the end is missing                            103
    │   ├── SignatureDamaged         the header holds impossible values
    │   ├── SignatureHostile         built to make the comparison crawl
    │   ├── SumsTooShort             a remark in a summary: wrong blocks may be taken for right
    │   ├── DeltaTruncated           the end is missing                            103
    │   ├── DeltaDamaged             a command that cannot be
    │   ├── DeltaTrailing            something follows its end that is no seal
    │   ├── DeltaExpands             a tiny delta that writes a giant file         108
    │   ├── ContentDamaged           the bytes do not match the seal's checksum
    │   ├── CompressionForeign       a zstd frame that another program must unpack
    │   ├── CompressionDamaged       a zstd frame that cannot be read
    │   ├── NotATree                 another kind of file stands where a folder's is due   104
    │   ├── TreeDamaged              the tar or manifest of a folder's contradicts itself
    │   ├── TreeUnsafe               it holds what would leave the folder
    │   ├── TreeTooNew               it is of a later version of this program      105
    │   ├── LinkLeadsOut             it has a link out of the folder
    │   ├── NamesCollide             two of its names are one on this disk
    │   ├── NameImpossible           one of its names is none on Windows
    │   ├── SealDamaged              the seal itself cannot be read
    │   └── SealTooNew               a seal of a later version of this program     105
    ├── BasisTooShort                the delta needs bytes the basis has not       103
    ├── TreeDiffers                  the folder has not what the delta needs           106
    ├── TreeUnrepaired               what is damaged cannot be restored                106
    ├── WrongBasis                   the seal names another old file               106
    ├── ResultIncomplete             the result is shorter or longer than it can be    106
    ├── ResultWrong                  the result does not match the seal            106
    ├── DesktopProblem               adding the program to the user's desktop      100
    │   ├── DesktopForeign           not on this system
    │   ├── ProgramUnnameable        the program's own folder has an impossible name
    │   ├── DesktopUnwritable        no permission, a full disk; also a FileProblem
    │   └── DesktopStuck             what is there cannot be removed; the same
    └── LibrsyncFailed               librsync refused for a reason we did not foresee

Each carries the facts as attributes, says them in one sentence as `str(error)`, and owns the exit
code of the command line. The codes are those of `rs_result` where librsync has one.
Source: librsync.h, enum rs_result.
"""

from rdiff_gui.errors.files import *
from rdiff_gui.errors.formats import *
from rdiff_gui.errors.patches import *
from rdiff_gui.errors.program import *
from rdiff_gui.errors.trees import *
from rdiff_gui.records import TYPE_CHECKING

if not TYPE_CHECKING:
    __all__ = [name for name, value in globals().items() if isinstance(value, type)]
