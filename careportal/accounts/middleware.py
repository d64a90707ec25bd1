def second_factor_for_staff(get_response):
    return get_response
