"""Plants the bugs of `mutants.toml`, one at a time in a copy of the tree, and sees that a test finds each of them.

Ends with 1 when one survives. `make mutants` runs it; `--only WORD` takes those whose name or file has the word.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("bot", "adapters", "skills", "migrations", "tests", "benchmarks", "docs", "pyproject.toml", "README.md")
MINUTES = 10


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug, and the tests of which one has to fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def mutants() -> Sequence[Mutant]:
    """All that are planted."""
    read = tomllib.loads((ROOT / "benchmarks" / "mutants.toml").read_text(encoding="utf-8"))
    return [Mutant(**{**each, "tests": tuple(each["tests"])}) for each in read["mutant"]]


def planted(mutant: Mutant, text: str) -> str:
    """The file's text with the bug in it. Raises ValueError unless the old text stands there once."""
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: not once in {mutant.file}")
    return text.replace(mutant.old, mutant.new)


def killed(mutant: Mutant, tree: Path) -> bool:
    """Whether a test fails with this bug in a copy of the tree; the copy is whole again afterwards."""
    path = tree / mutant.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(planted(mutant, whole), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *mutant.tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=MINUTES * 60, check=False
        )
    except subprocess.TimeoutExpired:
        return True  # what never ends is seen, too
    finally:
        path.write_text(whole, encoding="utf-8")
    if done.returncode not in (0, 1):  # no test ran: that proves nothing
        raise SystemExit(f"{mutant.name}: {done.stdout.decode()[-2000:]}")
    return done.returncode == 1


def main() -> int:
    """Plant them all."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", metavar="WORD", default="")
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = arguments.parse_args()
    some = [each for each in mutants() if chosen.only in each.name or chosen.only in each.file]
    survived = []
    with tempfile.TemporaryDirectory(prefix="mutants") as copy:
        tree = Path(copy)
        tree.chmod(0o755)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, tree / name)
        for mutant in some:
            found = killed(mutant, tree)
            survived += [] if found else [mutant.name]
            print(f"{'killed' if found else 'SURVIVED'}  {mutant.file}: {mutant.name}", file=sys.stderr, flush=True)
    if chosen.json:
        print(json.dumps({"mutants": len(some), "killed": len(some) - len(survived), "survived": survived}))
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
