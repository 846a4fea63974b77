"""Opens, draws and searches PDFs in a process of their own."""
