from django.urls import path

from healthmgmt.exams import api

app_name = "exams_api"

urlpatterns = [
    path("uploads/", api.UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:uuid>/", api.UploadView.as_view(), name="upload"),
    path("uploads/<uuid:uuid>/apply/", api.ApplyView.as_view(), name="upload-apply"),
    path("uploads/<uuid:uuid>/undo/", api.UndoView.as_view(), name="upload-undo"),
]
