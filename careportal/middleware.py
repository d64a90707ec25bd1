def request_id(get_response):
    return get_response


def closed_by_default(get_response):
    return get_response
