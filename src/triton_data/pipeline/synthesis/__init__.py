"""Where written modules meet the other rooms: compilers and the judge, benchmarks' fingerprints, the store."""
