"""The commands of the owner's terminal, one file each."""
