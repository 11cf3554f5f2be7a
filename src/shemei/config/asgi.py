"""The web process: Django as ASGI, served by uvicorn."""

from __future__ import annotations

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shemei.config.settings")
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")
"""Files are small or already on disk: reading them in one go is fine, and no word for who runs this."""
application = get_asgi_application()
