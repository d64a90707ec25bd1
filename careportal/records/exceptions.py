class Refused(Exception):
    """Why nothing was done, and what to do. The database and all files are as they were before."""
