"""UCUM units as people write them. Pure."""

import re

# In every language; what stands in neither table is written as it is.
WRITTEN = {
    "mm[Hg]": "mmHg",
    "kg/m2": "kg/m²",
    "10*9/L": "×10⁹/L",
    "10*12/L": "×10¹²/L",
    "10*3/uL": "×10³/μL",
    "10*6/uL": "×10⁶/μL",
    "umol/L": "μmol/L",
    "ug/L": "μg/L",
    "ug/dL": "μg/dL",
    "m[IU]/L": "mIU/L",
    "[IU]/mL": "IU/mL",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mg/dL(urea)": "mg/dL",
    "mg/dL(BUN)": "mg/dL",
    "Cel": "°C",
    "[degF]": "°F",
    "[in_i]": "in",
    "[ft_i]": "ft",
    "[lb_av]": "lb",
    "1": "",
    "[pH]": "",
}
CHINESE = {"/min": "次/分", "h": "小时", "{MET}.min/wk": "代谢当量·分/周", "/[HPF]": "个/高倍视野", "jin": "斤", "5-mark": "（五分记录）"}
ENGLISH = {"/min": "per min", "h": "hours", "{MET}.min/wk": "MET-min a week", "/[HPF]": "per field", "5-mark": "(5-mark scale)"}
ANNOTATION = re.compile(r"\{[^}]*\}")


def written(ucum: str, language: str) -> str:
    """`mmHg` for `mm[Hg]`; nothing for what has no unit."""
    own = CHINESE if language == "zh" else ENGLISH
    found = own.get(ucum, WRITTEN.get(ucum))
    return ANNOTATION.sub("", ucum) if found is None else found
