"""What a reason means, in a sentence, whichever room gave it.

In: a stage and a reason. Out: words, '' where nothing is known. Each room's `reasons.py` says which there are; a test
asks that each of them has its words here or, for verdicts, in verify/reasons.py.
"""

from __future__ import annotations

from triton_data.report.dropped import NEEDS
from triton_data.verify.reasons import MEANING as OF_VERDICTS

ANY = {
    "timeout": "it took longer than the stage allows",
    "worker_died": "the process that worked on it died, most often for want of memory",
    "exception": "a bug of triton-data: the message is Python's",
    "not_utf8": "it holds characters that UTF-8 cannot write",
    "bad_result": "what came out of the jail is not what was asked for",
    "error": "it raised in the jail: the message is its own",
    "oom": "it needed more memory than a task may have",
    "disk": "it wrote more than a task may write",
    "flood": "it printed or sent more than a task may",
    "lost": "the jail went away while it ran",
    "bad_frame": "what came out of the jail cannot be read",
}
SCRAPE = {
    "below_stars": "it has fewer stars than were asked for",
    "fork": "it is a fork, and forks were not asked for",
    "opted_out": "its owner asked to be left out",
    "licence": "its licence is none of those that were asked for",
    "disabled": "its host has disabled it",
    "empty": "there is nothing in it",
    "gone": "its host says that it is deleted or private",
    "blocked": "it was taken down for legal reasons",
    "no_such_revision": "it has no such commit, branch or tag",
    "no_such_version": "the index has no such version",
    "over_1000": "one day and one star count hold more than a search shows",
    "incomplete_results": "the host's search timed out however often it was asked",
    "redirected": "it leads to a place that is not followed",
    "corrupt": "its archive or pack cannot be read",
    "checksum": "its bytes are not those that the index names",
    "too_large": "it is larger than the limit",
    "too_many_files": "it holds more files than the limit",
    "bomb": "it unpacks to far more than it is",
    "unsafe_path": "a path leads out of its folder",
    "odd_name": "a name holds control characters, or is not UTF-8",
    "link": "it is a link, and links are not followed",
    "unreadable": "it cannot be read",
    "unreachable": "its host did not answer, however often it was asked",
    "deferred": "its host asked to wait; the same command goes on when it is time",
}
EXTRACT = {
    "syntax": "Python 3 cannot parse it",
    "encoding": "it is no text in any encoding that it declares",
    "unresolved": "it uses a name that nothing in the repository binds",
    "module_as_value": "it passes a module of the repository around as an object",
    "too_deep": "it is nested beyond the recursion limit",
    "too_large": "the file, or the standalone file, is larger than anyone reads",
    "nested": "a class inside a function, whose variables it captures",
    "abstract": "it has no forward of its own or of a base: it is not meant to be called",
    "no_inputs": "nothing says how to construct or call it, and the search found nothing",
    "import_failed": "the standalone file raises when it is executed",
    "construct_failed": "its constructor raises",
    "forward_failed": "its forward raises",
    "no_tensor": "it runs, but no tensor comes out",
    "not_finite": "its outputs are not finite",
    "needs_gpu": "its forward launches GPU kernels and has no other path",
    "duplicate": "the same standalone text was already found in this repository",
}
CAPTURE = {
    "program_text": "the text does not run, or has no such entry",
    "program_build": "its constructor or get_inputs raises",
    "program_run": "its forward raises in eager too, or no graph could be traced",
    "lowering": "Inductor raised",
    "no_triton": "all went well, and its graphs hold no Triton kernel",
    "too_large": "it neither fits as real tensors nor can be traced on fake ones",
    "kernel_compile": "Triton or ptxas refused a kernel",
    "kernel_launch_unknown": "no configuration could be read from the kernel's decorator",
}
REWRITE = {
    "unknown_output_code": "Inductor wrote something that the rewriting does not know",
    "unknown_host_call": "the host code calls something that has no standalone form",
    "unknown_helper": "it uses a triton_helpers function that the library does not have",
    "unknown_grid": "how many programs are launched could not be read",
    "unknown_inputs": "a graph's input is neither argument, parameter nor buffer",
    "unknown_result": "the program returns something that its graph did not make",
    "graph_breaks": "several graphs, whose glue is not kept",
    "no_kernel": "there is no kernel to rewrite",
    "no_program": "what it was captured from is not in the run",
}
CURATE = {
    "unparsable": "Python cannot parse it",
    "unlabelled": "it has no label yet",
    "secrets": "it holds what looks like a key or a password",
    "too_long": "it has more tokens than the limit",
    "personal": "it holds e-mail or network addresses",
    "personal_flag": "it holds e-mail or network addresses; it is kept",
    "licence": "its licence is none of those that may be kept",
    "licence_unknown": "its licence is not known",
    "opted_out": "its owner asked to be left out",
    "contaminated": "it is, or is close to, a benchmark's problem",
    "contains_problem": "it computes a benchmark's problem and more; it is kept",
    "contaminated_flag": "it is, or is close to, a benchmark's problem; it is kept",
    "verification_failed": "its verdict says that it is wrong",
    "unverified": "no verdict says that it is right",
    "other_split": "a copy of it is in another split",
    "duplicate": "another text that is the same, or nearly, stands for it",
    "program_left_out": "the program that it was made of is left out",
}
KINDS = {  # what stands before the colon
    "forbidden": "it asked for something that the jail does not allow",
    "signal": "its process was ended by a signal",
    "exit": "its process ended before it answered",
}
OF_STAGES: dict[str, dict[str, str]] = {
    "discover": SCRAPE, "scrape": SCRAPE, "given": EXTRACT, "extract": EXTRACT, "capture": CAPTURE, "rewrite": REWRITE,
    "verify": {str(reason): words for reason, words in OF_VERDICTS.items()}, "curate": CURATE,
}  # fmt: skip


def meaning(stage: str, reason: str) -> str:
    if reason.startswith(NEEDS):
        return f"it imports {reason.removeprefix(NEEDS)}, which is not installed here"
    own = OF_STAGES.get(stage, {})
    return own.get(reason) or ANY.get(reason) or KINDS.get(reason.partition(":")[0], "")


def meanings(reason: str) -> dict[str, str]:
    """Stage -> words, for a reason that several stages may give."""
    return {stage: words for stage in OF_STAGES if (words := meaning(stage, reason))}
