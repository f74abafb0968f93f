"""What runs inside of the jail: observe a usage, search inputs for a class, check a finished Program."""
