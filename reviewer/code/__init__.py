"""Python source becomes facts: text, tree, names, values, flow."""
