"""Are these numbers right?"""
