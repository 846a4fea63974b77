"""Code such as would run in a child that a file had taken over, run in the real children; judged from outside."""
