import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "careportal.settings")

application = get_wsgi_application()

from careportal.refusals import PlainRequest  # noqa: E402  # needs the settings that were set up just now

application.request_class = PlainRequest
