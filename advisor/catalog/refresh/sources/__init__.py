"""Read the packages that carry prices and limits as data, one file each."""
