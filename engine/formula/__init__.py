"""A formula in x and y as a surface: read by a grammar of our own, evaluated by one compiled machine."""
