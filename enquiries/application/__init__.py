"""The application: its pages in their order, what each asks, and whether it is complete."""
