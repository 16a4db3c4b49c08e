"""The published models: all of them on one page, and each with an example to work out."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from healthmgmt.core.permissions import Permission
from healthmgmt.core.rules import requires
from healthmgmt.portal.published import shown
from healthmgmt.portal.published.trying import ExampleForm
from healthmgmt.risk.calculators import registry


@requires(Permission.MODELS_VIEW)
@require_GET
def models(request: HttpRequest) -> HttpResponse:
    """Every model with its source, its ranges and what its check gave; the same for everybody, and about nobody."""
    subjects = shown.subjects(list(registry.load().values()))
    sentence = shown.sentence([model for subject in subjects for model in subject.models])
    return render(request, "published/models.html", {"subjects": subjects, "sentence": sentence})


@requires(Permission.MODELS_VIEW)
@require_http_methods(["GET", "POST"])
def model(request: HttpRequest, name: str) -> HttpResponse:
    """One model. What is typed for the example is worked out at once and kept nowhere."""
    calculator = registry.load().get(name)
    if calculator is None:
        raise Http404
    form = ExampleForm(calculator, request.POST if request.method == "POST" else None)
    answers = form.answers() if form.is_valid() else []
    found = shown.shown(calculator)
    context = {"model": found, "form": form, "answers": answers, "sentence": shown.model_sentence(found)}
    return render(request, "published/model.html", context, status=422 if form.errors else 200)
