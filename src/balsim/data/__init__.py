"""Starting worlds: states listed in files, and invented ones."""
