"""What a person and those who care for them write to each other."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.core.encryption import EncryptedTextField
from healthmgmt.people.models import Person


class Message(models.Model):
    """A message of a person to those who care for them, or of one of those to the person. Added, never changed.

    `token` is of the form that it was written in: sent twice, it is stored once. `read_at` is when the other side read it first.
    A person's message has an answer promised by `answer_by`; `answered_at` is when somebody answered, or said that none is needed.
    """

    class Side(models.TextChoices):
        PERSON = "person"
        CARE = "care"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=6, choices=Side)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=100)
    text = EncryptedTextField()
    read_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    CLASSIFICATION = {
        "token": PLAIN,
        "person": IDENTIFIER,
        "side": PLAIN,
        "sent_at": CLINICAL,
        "sent_by": IDENTIFIER,
        "text": CLINICAL,
        "read_at": CLINICAL,
        "answer_by": CLINICAL,
        "answered_at": CLINICAL,
    }

    class Meta:
        ordering = ["person", "sent_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(sent_by=""), name="message_sent_by_somebody"),
            models.CheckConstraint(
                condition=Q(side="person", answer_by__gt=models.F("sent_at")) | Q(side="care", answer_by=None, answered_at=None),
                name="message_of_a_person_has_an_answer_promised",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "sent_at"], name="message_of_person"),
            models.Index(fields=["person"], name="message_unanswered", condition=Q(side="person", answered_at=None)),
        ]


class Addressee(models.Model):
    """Whom a person's message came to: those who care for the person first, one more when it was not answered in time."""

    class Place(models.TextChoices):
        FIRST = "first"
        SECOND = "second"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="addressees")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addressed_messages")
    place = models.CharField(max_length=6, choices=Place)
    told_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {"message": CLINICAL, "user": IDENTIFIER, "place": PLAIN, "told_at": PLAIN}

    class Meta:
        ordering = ["told_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="addressed_once"),
            models.UniqueConstraint(fields=["message"], name="one_second_of_a_message", condition=Q(place="second")),
        ]
