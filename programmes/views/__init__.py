"""The pages of programmes: for the public, and for the partners that keep their listings."""
