"""How long things may take, in seconds of the processor: what works must not depend on what else a machine does."""

PATIENCE = 3.0  # how much longer than its processor time anything may take on the clock
GRACE = 8.0  # beyond a probe's own limit, for importing what the text imports
SECONDS = 15.0  # search for the inputs of one class
INTERPRETED_SECONDS = 24.0  # the same where kernels run in Triton's interpreter, which is slow
CHECK_SECONDS = 20.0  # two runs of a finished program
USAGE_SECONDS = 15.0  # one example of the repository's authors
USAGE_SECONDS_IN_ALL = 300.0  # all examples of one repository
LAUNCH_SECONDS = 15.0  # one test or example of a kernel, in Triton's interpreter
LAUNCH_SEARCH_SECONDS = 6.0  # search for the inputs of one launcher that nothing calls
FILE_BYTES = 1_000_000  # of one file that is read; what `scrape` takes by default
LAUNCH_SECONDS_OF_ONE = 40.0  # all tests and examples that are run for one launcher
LAUNCH_SNIPPETS_OF_ONE = 10
LAUNCH_TRY_SECONDS = 25.0  # to find sizes at which one launcher ends
REFERENCE_SECONDS = 40.0  # search for an expression that gives what one launcher gives
