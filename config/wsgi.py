"""The web application, as granian serves it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from sanshe.runtime.supervisor import die_with_parent

die_with_parent()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
