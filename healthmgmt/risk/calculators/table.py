"""A table of calculations: rows of id, model and inputs in, rows of id, output, value and reason out.

Rows of one model are computed together; answers come in the order of the rows. A row that cannot be read says why in
its reason and stops no other.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from .model import Calculator, Flag, Number, Result
from .registry import load

Answer = tuple[str, str, str, str]


def calculate(rows: Iterable[Mapping[str, str]], calculators: Mapping[str, Calculator] | None = None) -> Iterator[Answer]:
    """`rows` have the text columns id, model, inputs (JSON object); yields id, output, value, reason as text."""
    calculators = load() if calculators is None else calculators
    asked = list(rows)
    groups: dict[str, list[tuple[int, dict[str, object]]]] = defaultdict(list)
    answers: dict[int, list[Answer]] = {}
    for at, row in enumerate(asked):
        inputs, problem = _inputs(row, calculators)
        if problem:
            answers[at] = [(row.get("id") or "", "", "", problem)]
        else:
            groups[row["model"]].append((at, inputs))
    for model, members in groups.items():
        calculator = calculators[model]
        result = calculator(**_columns(calculator, [inputs for _, inputs in members]))
        for place, (at, _) in enumerate(members):
            answers[at] = list(_answers(asked[at].get("id") or "", calculator, result, place))
    for at in range(len(asked)):
        yield from answers[at]


def _inputs(row: Mapping[str, str], calculators: Mapping[str, Calculator]) -> tuple[dict[str, object], str]:
    calculator = calculators.get(row.get("model") or "")
    if calculator is None:
        return {}, f"unknown model {row.get('model') or ''}".strip()
    try:
        inputs = json.loads(row.get("inputs") or "")
    except ValueError:
        return {}, "inputs are not JSON"
    if not isinstance(inputs, dict):
        return {}, "inputs are not a JSON object"
    unknown = sorted(set(inputs) - calculator.keys)
    return inputs, f"unknown input {', '.join(unknown)}" if unknown else ""


def _columns(calculator: Calculator, rows: list[dict[str, object]]) -> dict[str, object]:
    columns: dict[str, object] = {}
    for spec in calculator.inputs:
        default = spec.default if isinstance(spec, Flag) else None
        cells = [row.get(spec.key, default) for row in rows]
        if isinstance(spec, Number) and spec.paired:
            pairs = [cell if isinstance(cell, list) and len(cell) == 2 else [cell, None] for cell in cells]
            columns[spec.key] = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
        else:
            columns[spec.key] = _objects(cells)
        if isinstance(spec, Number) and spec.unit_key:
            columns[spec.unit_key] = [row.get(spec.unit_key) for row in rows]
    return columns


def _objects(cells: list[object]) -> np.ndarray:
    """A column whose cells may be lists: filled one by one, so that numpy does not look into them."""
    column = np.empty(len(cells), dtype=object)
    for at, cell in enumerate(cells):
        column[at] = cell
    return column


def _answers(name: str, calculator: Calculator, result: Result, place: int) -> Iterator[Answer]:
    for output in calculator.outputs:
        yield name, output.name, as_text(result.outputs[output.name][place]), result.reasons[output.name][place]


def as_text(value: object) -> str:
    """Booleans true/false, numbers with up to ten significant digits, nothing for nothing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, float, np.number)):
        return f"{value:.10g}"
    return str(value)
