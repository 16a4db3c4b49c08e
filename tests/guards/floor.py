"""The floor plan in words: the order of the rooms, and which modules are pure."""

import re

ORDER = (
    "core audit work accounts organization people records partners exams devices risk care engagement insight portal"
).split()
# No Django, no database, no clock.
PURE = re.compile(
    r"healthmgmt\.(core\.(drawing|wording|suppression|open_counts|resident_id|dates|classification)|records\.(catalogue|units|coding)|organization\.(places|holidays)|"
    r"devices\.kinds|engagement\.(programmes|funnels)|exams\.(reading(\..+)?|recognising|cleaning|annotating|answering)|"
    r"risk\.(calculators(\..+)?|packs|lines|feeds|calculating|measures|judging|scoring|stratification|reasons|words|explanation|"
    r"levers|improving|rereading|confirming|ideal|outlook|flatjson|editing|describing|comparing)|"
    r"insight\.(chains|coupled|wholes)|portal\.demo\.(population|figures|files)|environment)"
)
