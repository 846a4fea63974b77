"""What a contract's pages say against the draft that is to be sent: other names, other numbers, a send that exists."""
