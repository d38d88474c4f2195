"""Knowledge about AWS and about libraries, as data, with its typed lookup."""
