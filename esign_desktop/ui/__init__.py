"""The windows: all that a person sees. Qt lives only here and in the composition root."""
