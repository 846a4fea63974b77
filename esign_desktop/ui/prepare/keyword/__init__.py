"""The search for keywords, and the placement of seals at their matches."""
