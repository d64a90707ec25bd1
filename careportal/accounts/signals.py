"""What accounts tell the apps above them."""

from django.dispatch import Signal

# What this person may do has changed, or whether they may sign in; the transaction is still open.
# Sent with `user` as it is now, and `by`, which is empty when it was done at the command line.
rights_changed = Signal()

# Must this person have a second factor? Council staff always must. A receiver answers True for whoever else it holds
# to be as powerful. Sent with `user`.
second_factor_asked = Signal()
