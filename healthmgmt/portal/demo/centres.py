"""How an exam centre writes its file: columns, words, units; as in data/centres.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache

from healthmgmt.portal.demo.population import DATA
from healthmgmt.records import catalogue, units


@dataclass(frozen=True)
class Column:
    """One column: its heading and what stands below it. `unit` and `decimals` when not the catalogue's unit."""

    heading: str
    what: str
    unit: str = ""
    decimals: int = 0

    def reported(self, value: float) -> float:
        """A value in the catalogue's unit as this centre prints it."""
        if not self.unit:
            return value
        number = round(value / units.convert(self.what, 1.0, self.unit), self.decimals)
        return number if self.decimals else int(number)

    def is_plausible(self, value: float) -> bool:
        """Whether the printed number, read back, is inside the catalogue's hard limits."""
        printed = self.reported(value)
        canonical = units.convert(self.what, printed, self.unit) if self.unit else printed
        return catalogue.load()[self.what].is_plausible(canonical)


@dataclass(frozen=True)
class Centre:
    """An exam centre. `smoking` are its words for current, former, never; `faults` rows wanted by reason."""

    key: str
    name: str
    file: str
    columns: tuple[Column, ...]
    not_measured: tuple[str, ...]
    smoking: tuple[str, ...]
    faults: dict[str, int]
    encoding: str = ""
    day: str = ""
    titles: tuple[str, ...] = ()

    @property
    def is_workbook(self) -> bool:
        return self.file.endswith(".xlsx")

    def has(self, what: str) -> bool:
        return any(column.what == what for column in self.columns)


@cache
def load() -> dict[str, Centre]:
    """The centres by key."""
    raw = tomllib.loads((DATA / "centres.toml").read_text(encoding="utf-8"))
    return {one["key"]: _centre(one, raw["faults"]) for one in raw["centre"]}


def _centre(raw: dict, faults: dict[str, int]) -> Centre:
    columns = tuple(Column(**column) for column in raw["columns"])
    lists = {key: tuple(raw.get(key, ())) for key in ("not_measured", "smoking", "titles")}
    return Centre(**{**raw, **lists, "columns": columns, "faults": raw.get("faults", faults)})
