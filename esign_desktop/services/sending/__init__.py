"""The sending of contracts. A send can be continued after an interruption at any step, and never happens twice."""
