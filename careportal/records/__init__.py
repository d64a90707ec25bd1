"""All that the database holds: backed up, restored, moved to another database, handed out.

Read `tables` first (what is copied, and how a row reads), then `snapshot`, `sealed`, and the four errands that use
them: `backup`, `moving`, `leaving`, and the commands of the same names.
"""
