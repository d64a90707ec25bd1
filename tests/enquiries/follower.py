"""A browser that has proved a moment ago that an application is its own."""

import time

from django.test import Client

from enquiries.following import PROVED


def following(*enquiries):
    client = Client()
    session = client.session
    session[PROVED] = {enquiry.reference: time.time() for enquiry in enquiries}
    session.save()
    return client
