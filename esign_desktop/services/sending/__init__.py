"""Send contracts. A send that was interrupted at any step can be resumed, and no contract is sent twice."""
