"""What the program keeps and asks of the user's desktop; no tkinter in here."""
