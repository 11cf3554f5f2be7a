"""What forms and actions of every room share: assigning values, checking and saving, keeping errors on the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.forms import BaseForm, ModelForm, model_to_dict


def assign(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set ``values`` on ``row`` and return the Chinese names of the fields that changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return [str(row._meta.get_field(name).verbose_name) for name in changed]  # type: ignore[union-attr]


def save(row: models.Model, **options: Any) -> None:
    """Check ``row`` and save it; what another took between the two is told like what was taken before."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError:
        row.full_clean()
        raise


def submit(form: BaseForm, act: Callable[..., Any]) -> Any | None:
    """Run ``act(**cleaned_data)`` for a valid form; what the action refuses becomes errors of the form."""
    if not form.is_valid():
        return None
    try:
        return act(**form.cleaned_data)
    except ValidationError as error:
        told = (
            error.message_dict
            if hasattr(error, "error_dict")
            else {NON_FIELD_ERRORS: error.messages}
        )
        for name, messages in told.items():
            form.add_error(name if name in form.fields else None, messages)
        return None


class RowForm(ModelForm):
    """A form with a model's fields that never touches a row: actions write, and say what is refused."""

    @classmethod
    def of(cls, row: models.Model) -> dict[str, Any]:
        """What the form shows of ``row`` before anything is typed."""
        return model_to_dict(row, fields=list(cls.base_fields))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            choices = getattr(field, "choices", None)
            if choices and (first := next(iter(choices)))[0] == "" and set(str(first[1])) == {"-"}:
                field.choices = [("", "请选择"), *list(choices)[1:]]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The model's own checks run in the action, with the workspace known."""
