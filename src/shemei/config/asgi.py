"""The web process: Django as ASGI, served by uvicorn."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shemei.config.settings")
application = get_asgi_application()
