"""Made-up worlds: a believable one for trying the portal out, and a fixed one for tests. Never in production."""
