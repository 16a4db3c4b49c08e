"""Static files of installed packages: the few that pages load, by name, and nothing else of what lies beside them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class ListedFilesFinder(BaseFinder):
    """Finds `settings.VENDOR_FILES`: {name below the static address: path of the file}."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        found = settings.VENDOR_FILES.get(path)
        if found is None or not Path(found).is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name, path in settings.VENDOR_FILES.items():
            yield Path(path).name, _Placed(Path(path), name)


class _Placed(FileSystemStorage):
    """One file of a folder, collected under a place of its own."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(location=path.parent)
        self.prefix = str(Path(name).parent)
