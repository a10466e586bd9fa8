"""The parts of a run, in the order of the page; each measures, and gives what JSON can hold."""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark import contenders, machine, pairs, probes, rounds, small_files
from benchmark.contenders import MD4, Contender
from benchmark.pairs import GIB, MIB, Pair
from benchmark.results import Result, find_reference

Facts = dict[str, Any]

_WARM_UP = 64 * 1024


@dataclass(frozen=True, slots=True)
class Campaign:
    """What all sections are run with.

    `python`: of the environment with the peers; None: without them. `memory`, `disk`: folders.
    """

    quick: bool
    rounds: int
    limit_seconds: float
    only: tuple[str, ...]
    memory: Path
    disk: Path
    python: Path | None


def warm_up(campaign: Campaign) -> None:
    """Let everybody work once, so that programs, libraries and bytecode are in the cache."""
    everybody = [contenders.rdiff(), *contenders.our_own([1])]
    everybody += contenders.peers(campaign.python)
    with _folder(campaign.memory) as folder:
        rounds.warm_up(pairs.edited_pair(_WARM_UP), everybody, folder)


def compare(campaign: Campaign) -> Facts:
    """Everybody on five pairs."""
    cores = contenders.cores()
    threads = [cores] if campaign.quick else contenders.thread_counts(cores)
    everybody = [contenders.rdiff(), *contenders.our_own(threads)]
    everybody += contenders.peers(campaign.python)
    chosen = [
        pair
        for pair in pairs.comparison(campaign.quick)
        if not campaign.only or pair.shape in campaign.only
    ]
    return _run(campaign, chosen, everybody)


def compare_sizes(campaign: Campaign) -> Facts:
    """Ours with all cores, from 1 MiB to 4 GiB; above 1 GiB in three rounds at most."""
    sizes = [MIB, 2 * MIB] if campaign.quick else [MIB << power for power in range(0, 13, 2)]
    everybody = [contenders.rdiff(), *contenders.our_own([contenders.cores()])]
    small = [pairs.edited_pair(size) for size in sizes if size <= GIB]
    large = [pairs.edited_pair(size) for size in sizes if size > GIB]
    facts = _run(campaign, small, everybody)
    if large:
        fewer = dataclasses.replace(campaign, rounds=min(3, campaign.rounds))
        more = _run(fewer, large, everybody)
        facts["results"] += more["results"]
        facts["left_out"] += more["left_out"]
    return facts


def compare_threads(campaign: Campaign) -> Facts:
    """Ours with 1, 2, 4, … threads, up to twice the cores; on unrelated files with all cores."""
    size_bytes = MIB if campaign.quick else GIB
    cores = contenders.cores()
    facts = _run(
        campaign,
        [pairs.edited_pair(size_bytes)],
        [contenders.rdiff(), *contenders.our_own(contenders.thread_counts(2 * cores))],
    )
    more = _run(
        campaign,
        [pairs.unrelated_pair(size_bytes)],
        [contenders.rdiff(), *contenders.our_own([cores])],
    )
    facts["results"] += more["results"]
    facts["left_out"] += more["left_out"]
    return facts


def compare_md4(campaign: Campaign) -> Facts:
    """py-fast-rsync's home game: signatures with MD4, everybody's."""
    everybody = [contenders.rdiff(MD4), *contenders.our_own([contenders.cores()], MD4)]
    everybody += [peer for peer in contenders.peers(campaign.python) if "fast" in peer.name]
    return _run(campaign, [pairs.edited_pair(MIB if campaign.quick else 256 * MIB)], everybody)


def compare_on_disk(campaign: Campaign) -> Facts:
    """On a real disk, where ours waits until the result is safe, and rdiff does not."""
    everybody = [contenders.rdiff(), *contenders.our_own([contenders.cores()])]
    pair = pairs.edited_pair(MIB if campaign.quick else GIB)
    facts = _run(campaign, [pair], everybody, on_disk=True)
    facts["is_memory"] = machine.is_memory(campaign.disk)
    return facts


def measure_speeds(campaign: Campaign) -> Facts:
    """What steps are made of, a core and all cores."""
    size_bytes = (4 if campaign.quick else 128) * MIB
    with _folder(campaign.memory) as memory, _folder(campaign.disk) as disk:
        return {
            "cores": contenders.cores(),
            "size_bytes": size_bytes,
            "seconds_per_gib": probes.measure_speeds(size_bytes, campaign.rounds, memory, disk),
        }


def measure_small(campaign: Campaign) -> Facts:
    """Many small files, and the start of the program."""
    own = Path(sys.executable).with_name("rdiff-gui")
    rdiff = contenders.rdiff().program[0]
    ours = [str(own)] if own.exists() else [sys.executable, "-P", "-m", "rdiff_gui"]
    python = [sys.executable, "-I"]
    with _folder(campaign.memory) as folder, _folder(campaign.disk) as disk:
        facts = small_files.measure_small_files(
            rdiff, 50 if campaign.quick else 10_000, campaign.rounds, folder
        )
        old, signature = folder / "old", folder / "sums"
        old.write_bytes(bytes(1000))
        signing = ["-f", "signature", str(old), str(signature)]
        commands = {
            "rdiff --version": [rdiff, "--version"],
            "rdiff -f signature": [rdiff, *signing],
            "python -I -S -c pass": [*python, "-S", "-c", "pass"],
            "python -I -c pass": [*python, "-c", "pass"],
            "python -I -c 'import ctypes, pathlib'": [*python, "-c", "import ctypes, pathlib"],
            "rdiff-gui --version": [*ours, "--version"],
            "rdiff-gui --plain -f signature": [*ours, "--plain", *signing],
            "rdiff-gui -f signature": [*ours, *signing],
        }
        rounds_of_starts = campaign.rounds * (1 if campaign.quick else 5)
        starts = small_files.measure_starts(commands, rounds_of_starts)
        syncs = small_files.measure_syncs(disk / "synced", rounds_of_starts)
    return {**facts, "start_milliseconds": starts, "sync_milliseconds": syncs}


def measure_hole(campaign: Campaign) -> Facts:
    """A huge hole with a little data; rdiff would read and write every zero of it."""
    pair = pairs.hole_pair(16 * MIB if campaign.quick else 64 * GIB)
    limited = dataclasses.replace(campaign, limit_seconds=min(120, campaign.limit_seconds))
    return _run(limited, [pair], contenders.our_own([contenders.cores()]))


SECTIONS: dict[str, Callable[[Campaign], Facts]] = {
    "comparison": compare,
    "md4": compare_md4,
    "sizes": compare_sizes,
    "threads": compare_threads,
    "disk": compare_on_disk,
    "speeds": measure_speeds,
    "small": measure_small,
    "hole": measure_hole,
}


def _run(
    campaign: Campaign, chosen: list[Pair], everybody: list[Contender], *, on_disk: bool = False
) -> Facts:
    place = campaign.disk if on_disk else campaign.memory
    rules = rounds.Rules(campaign.rounds, campaign.limit_seconds, sync=on_disk)
    results: list[Result] = []
    left_out = []
    for pair in chosen:
        free_bytes = machine.free_bytes(place)
        needed_bytes = pair.room_bytes + len(everybody) * pair.delta_bytes
        if needed_bytes * 5 // 4 > free_bytes:
            left_out.append(f"{pair.name}: no room in {place}, {free_bytes / GIB:.1f} GiB are free")
            print(left_out[-1], file=sys.stderr)
            continue
        print(f"  {pair.name}: {pair.description}", file=sys.stderr)
        with _folder(place) as folder:
            results += rounds.run(pair, everybody, rules, folder)
    for result in results:
        if result.failure:
            print(f"  {result.contender}, {result.step}: {result.failure}", file=sys.stderr)
    return {
        "pairs": {pair.name: pair.description for pair in chosen},
        "results": [result.to_json(find_reference(results, result)) for result in results],
        "left_out": left_out,
    }


@contextmanager
def _folder(place: Path) -> Iterator[Path]:
    """One that is gone afterwards, however the run ends, short of a kill -9."""
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rdiff-bench-", dir=place) as folder:
        yield Path(folder)
