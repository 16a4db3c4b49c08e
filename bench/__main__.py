"""`python -m bench`: every measurement, one after the other, each in a process and an installation of its own."""

import subprocess
import sys

MEASUREMENTS = ("bench.intake", "bench.risk", "bench.care", "bench.pages", "bench.repair", "bench.insight")


def main() -> int:
    codes = [subprocess.run([sys.executable, "-m", name, *sys.argv[1:]]).returncode for name in MEASUREMENTS]
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main())
