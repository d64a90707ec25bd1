"""Notices of tenders in the Open Contracting Data Standard (OCDS): reading them, and which are for care here."""
