"""How a run is divided among processes: a file stays together, a folder with a site or a world of its own too; the longest come first.

Loaded as a plugin (pyproject.toml); without several processes it only puts the tests in order.
"""

import pytest

# Folders whose tests share something that takes long to make, and those that take longest; the rest fills up what is left.
TOGETHER = ("tests/browser/", "tests/isolation/", "tests/journeys/demo/")
FIRST = (*TOGETHER, "tests/journeys/", "tests/faults/", "tests/portal/", "tests/embedded/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((at for at, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST)))


def pytest_xdist_make_scheduler(config: pytest.Config, log):
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        """By file, or by folder where a folder stays together."""

        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))

    return Scheduling(config, log)
