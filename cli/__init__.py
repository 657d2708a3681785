"""The `cnngen` command. One module per subcommand; each imports a room of the house only when it runs."""
