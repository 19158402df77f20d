"""One schedule of the learning rate a file; the file's name is its slug."""
