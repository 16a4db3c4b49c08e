"""What every template may use, whoever looks."""

from django.http import HttpRequest

# In the order in which they apply; the last one wins.
STYLESHEETS = (
    "css/tokens.css",
    "css/components.css",
    "css/pages.css",
    "css/frame.css",
    "css/accounts.css",
    "css/admin.css",
    "css/care.css",
    "css/employee.css",
    "css/engagement.css",
    "css/exams.css",
    "css/insight.css",
    "css/people.css",
    "css/helpers.css",
    "css/print.css",
)


def stylesheets(request: HttpRequest) -> dict[str, object]:
    """The product's own sheets."""
    return {"stylesheets": STYLESHEETS}
