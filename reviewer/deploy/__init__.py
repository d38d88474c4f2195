"""Template text becomes one model of the deployment, whatever the dialect."""
