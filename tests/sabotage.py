#!/usr/bin/env python
"""`python tests/sabotage.py [name...]`: break the product in one named way at a time, in a copy, and see which test notices.

A sabotage (tests/sabotages/*.toml) names a file, the text in it to replace, the text that breaks it, and the tests that must
turn red. One that no test notices, that is stale or that breaks more than it says (nothing can be collected) fails the run.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 240
sys.path.insert(0, str(ROOT))


class Sabotage(NamedTuple):
    """One way to break the product. `fresh`: on servers of its own, for what is laid down when an installation is made."""

    name: str
    why: str
    file: str
    old: str
    new: str
    tests: list[str]
    fresh: bool = False

    def applied_to(self, text: str) -> str:
        """The broken text of the file. Raises ValueError when the place is not there exactly once."""
        if text.count(self.old) != 1:
            raise ValueError(f"stale: the text to replace stands {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


def load() -> list[Sabotage]:
    """All sabotages, by file and in its order. Raises ValueError for a name given twice."""
    found = []
    for path in sorted((ROOT / "tests" / "sabotages").glob("*.toml")):
        found += [Sabotage(**one) for one in tomllib.loads(path.read_text(encoding="utf-8"))["sabotage"]]
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise ValueError("two sabotages have the same name")
    return found


class Workshop:
    """A copy of the project in a folder of its own, with servers that all runs share."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copy, self.data = folder, folder / "copy", folder / "data"
        self._take_copy()

    def _take_copy(self) -> None:
        for name in tracked():
            if (ROOT / name).is_file():
                (self.copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.copy / name)
        # What `make` made of them, which no sabotage touches.
        for name in ("node_modules", "staticfiles"):
            (self.copy / name).symlink_to(ROOT / name)
        for path in [*ROOT.glob("healthmgmt/**/*.mo"), *ROOT.glob("tenants/**/*.mo")]:
            shutil.copy2(path, self.copy / path.relative_to(ROOT))

    def run(self, tests: list[str], data: Path | None = None) -> tuple[int, str]:
        """Exit code and output of the tests in the copy."""
        command = [sys.executable, "-m", "pytest", "-m", "", "-rfE", "--tb=no", "-x", "-p", "no:cacheprovider", *tests]
        environ = {**os.environ, "HEALTHMGMT_DATA_DIR": str(data or self.data), "PYTHONDONTWRITEBYTECODE": "1"}
        # Where the copy lies, ../shared is another folder.
        environ.setdefault("SHARED", str(ROOT.parent / "shared"))
        try:
            done = subprocess.run(command, cwd=self.copy, env=environ, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return -1, f"no end within {SECONDS} s"
        return done.returncode, done.stdout + done.stderr

    def commit(self, sabotage: Sabotage) -> tuple[bool, str]:
        """Whether a test noticed, and which one or why not; the copy is whole again afterwards."""
        path = self.copy / sabotage.file
        whole = path.read_text(encoding="utf-8")
        try:
            path.write_text(sabotage.applied_to(whole), encoding="utf-8")
            code, output = self.run(sabotage.tests, self.folder / sabotage.name if sabotage.fresh else None)
        except ValueError as error:
            return False, str(error)
        finally:
            path.write_text(whole, encoding="utf-8")
        # 1: tests ran and some are red. Anything else (nothing collected, say) proves nothing.
        red = re.search(r"^(?:FAILED|ERROR) (\S+::\S+)", output, re.MULTILINE)
        if code == 1 and red:
            return True, red.group(1)
        return False, "nobody noticed" if code == 0 else f"no test failed, yet the run ended with {code}: {output.strip()[-600:]}"


def tracked() -> list[str]:
    """The project's files: what git tracks, or everything but what is made, where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return [name for name in listed.stdout.decode().split("\0") if name]
    made = {".git", ".venv", ".data", "node_modules", "staticfiles", "__pycache__"}
    paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return [str(path) for path in paths if not made & set(path.parts)]


def judge(workshop: Workshop, chosen: list[Sabotage]) -> int:
    """Run all; returns how many were noticed."""
    tests = sorted({test for one in chosen for test in one.tests})
    began = time.monotonic()
    code, output = workshop.run(tests)
    if code:
        print(output[-4000:])
        raise SystemExit("The tests do not pass in the unbroken copy; nothing can be said about broken ones.")
    print(f"whole    {len(tests)} tests pass in the unbroken copy  {time.monotonic() - began:.0f} s", flush=True)
    caught = 0
    for one in chosen:
        began = time.monotonic()
        noticed, what = workshop.commit(one)
        caught += noticed
        print(f"{'caught' if noticed else 'MISSED':8} {one.name:36} {what}  {time.monotonic() - began:.0f} s", flush=True)
    return caught


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="name", help="only these")
    parser.add_argument("--list", action="store_true", help="say what there is")
    given = parser.parse_args()
    every = load()
    if given.list:
        print("\n".join(f"{one.name:36} {one.why}" for one in every))
        return 0
    if unknown := set(given.names) - {one.name for one in every}:
        parser.error(f"no such sabotage: {', '.join(sorted(unknown))}")
    chosen = [one for one in every if one.name in given.names or not given.names]
    from healthmgmt import embedded

    folder = Path(tempfile.mkdtemp(prefix="healthmgmt-sabotage-"))
    folder.chmod(0o755)
    try:
        workshop = Workshop(folder)
        # Held until the end, so that the runs find the servers warm.
        embedded.ensure(workshop.data)
        caught = judge(workshop, chosen)
        embedded.release()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{caught} of {len(chosen)} caught")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
