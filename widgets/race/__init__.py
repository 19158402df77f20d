"""The views of the page Race: optimizers against each other, one file each, found in this folder."""
