"""Terraform: `.tf` and `.tf.json` files, and plans that `terraform show -json` writes."""
