"""Of installed packages the listed files are served, and nothing else of what lies beside them."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from healthmgmt.core.context import STYLESHEETS


def test_listed_files_are_found_and_their_neighbours_are_not():
    assert finders.find("vendor/echarts.min.js").endswith("node_modules/echarts/dist/echarts.min.js")
    assert (finders.find("vendor/echarts.js"), finders.find("vendor/package.json")) == (None, None)


def test_every_file_of_a_page_was_collected_under_a_name_with_a_digest():
    for name in [*STYLESHEETS, *settings.VENDOR_FILES, "js/app.js", "js/theme.js", "js/charts.js"]:
        if not name.endswith(".map"):
            assert staticfiles_storage.url(name) != f"/static/{name}", name


def test_sheets_of_the_product_are_all_loaded():
    folder = settings.BASE_DIR / "healthmgmt" / "static"
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.css")} == set(STYLESHEETS)
