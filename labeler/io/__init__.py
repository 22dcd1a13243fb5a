"""Reading reports and writing labels: the edges of the program."""
