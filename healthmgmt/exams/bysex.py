"""Columns of a file whose results only one sex can have. Pure."""

import re
from typing import Any

from healthmgmt.exams.cleaning import other_keys
from healthmgmt.exams.recognising import Layout

CODES = {"tpsa": "m", "fpsa": "m", "psa_ratio": "m", "condition:pregnant": "f"}
# In headings of columns that are kept as they are written.
WORDS = {
    "f": re.compile("宫颈|子宫|阴道|白带|妇科|附件彩超|卵巢|tct|hpv|cervical|cervix|uter(us|ine)|vagina|gyn(a?e)co|pap smear|자궁|부인과|子宮|婦人科", re.I),
    "m": re.compile("前列腺|精囊|睾丸|prostate|testi(s|cular)|전립선", re.I),
}  # fmt: skip


def items(layout: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of a stored layout that are of one sex: code or name under which the results are kept, heading, place, sex."""
    columns = Layout.from_json(layout).columns
    keys = other_keys(columns)
    found = []
    for column in columns:
        key = keys.get(column.index)
        sex = CODES.get(column.code or "") if column.role != "other" else next((s for s, word in WORDS.items() if word.search(column.heading)), None)
        if sex:
            letter = re.sub(r"[0-9]", "", column.cell)
            code = column.code if key is None else None
            found.append({"code": code, "key": key, "heading": column.heading, "letter": letter, "place": str(column.index), "sex": sex})
    return found
