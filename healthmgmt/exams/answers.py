"""What can be chosen for items that have few answers, in the words that files use and that are read back. Pure."""

from healthmgmt.records import catalogue

SEXES = {"zh": ("男", "女"), "en": ("male", "female")}
GRADES = {"zh": ("阴性", "±", "1+", "2+", "3+", "4+"), "en": ("negative", "trace", "1+", "2+", "3+", "4+")}
FOUND = {"zh": ("阴性", "弱阳性", "阳性"), "en": ("negative", "weak positive", "positive")}
HABITS = {
    "smoking": {"zh": ("从不吸烟", "已戒烟", "吸烟"), "en": ("never", "former", "current")},
    "alcohol": {"zh": ("从不饮酒", "已戒酒", "饮酒"), "en": ("never", "former", "current")},
}


def choices(code: str, language: str) -> tuple[str, ...]:
    """The answers of an item in `zh` or `en`; none where it is measured, or told in words."""
    indicator = catalogue.load()[code]
    if indicator.value_type == "ord":
        return (FOUND if indicator.unit == "{qual}" else GRADES)[language]
    return HABITS[code][language] if code in HABITS else ()
