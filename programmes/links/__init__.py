"""Looking at what links in listings lead to, without ever being led inside the network (PA10)."""
