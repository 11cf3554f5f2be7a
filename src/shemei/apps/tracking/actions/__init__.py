"""Writes of the tracking room."""

from __future__ import annotations

from shemei.apps.tracking.actions.bulk import (
    archive_many,
    extend_codes,
    extend_links,
    move_links,
    restore_many,
    switch_codes,
    undo_bulk_change,
)
from shemei.apps.tracking.actions.care import change_care
from shemei.apps.tracking.actions.channels import restore_channel_rules, set_channel_rules
from shemei.apps.tracking.actions.codes import (
    archive_code,
    change_code,
    create_code,
    create_codes_for,
    restore_code,
)
from shemei.apps.tracking.actions.links import (
    archive_links,
    change_link,
    create_link,
    create_links_for,
    draft_link,
    made_name,
    restore_links,
)
from shemei.apps.tracking.actions.marks import remove_mark, set_mark
from shemei.apps.tracking.actions.naming import (
    create_from_template,
    remove_template,
    repair_links,
    restore_template,
    save_template,
    set_naming,
)
from shemei.apps.tracking.actions.routing import change_rules
from shemei.apps.tracking.actions.sites import change_site, close_site, create_site, reopen_site
from shemei.apps.tracking.actions.suspects import put_back_clicks, take_back_clicks

__all__ = [
    "archive_code",
    "archive_links",
    "archive_many",
    "change_care",
    "change_code",
    "change_link",
    "change_rules",
    "change_site",
    "close_site",
    "create_code",
    "create_codes_for",
    "create_from_template",
    "create_link",
    "create_links_for",
    "create_site",
    "draft_link",
    "extend_codes",
    "extend_links",
    "made_name",
    "move_links",
    "put_back_clicks",
    "remove_mark",
    "remove_template",
    "reopen_site",
    "repair_links",
    "restore_channel_rules",
    "restore_code",
    "restore_links",
    "restore_many",
    "restore_template",
    "save_template",
    "set_channel_rules",
    "set_mark",
    "set_naming",
    "switch_codes",
    "take_back_clicks",
    "undo_bulk_change",
]
