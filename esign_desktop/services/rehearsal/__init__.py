"""Trial runs of contracts before sending, on a temporary sandbox platform on this computer."""
