"""What the window says: every sentence, label and title, for a translator and an editor.

Constants are labels; functions take facts. Errors bring their own sentences along.
"""
