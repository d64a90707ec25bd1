import logging


class OneLine(logging.Filter):
    pass
