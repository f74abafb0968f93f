"""One side of a pair, called: a candidate once a draw, a reference as often as it takes to know how exact it is."""
