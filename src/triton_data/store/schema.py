"""The shape of `run.db`: one table per record kind, and `outcomes`, which says what happened to every item.

Version N of the schema is what the first N entries of MIGRATIONS make; a newer program opens an older run by
applying the rest, each in one transaction. An entry that has been released is never edited: append another.
"""

from __future__ import annotations

_ORIGIN = """
    source TEXT NOT NULL, repo TEXT NOT NULL, repo_id INTEGER, revision TEXT NOT NULL, path TEXT NOT NULL,
    line_start INTEGER, line_end INTEGER, licence TEXT NOT NULL, stars INTEGER, url TEXT NOT NULL,
    file_hash TEXT NOT NULL, generator TEXT NOT NULL, seed INTEGER, time TEXT NOT NULL
"""

_FIRST = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE outcomes (
    stage TEXT NOT NULL,
    item TEXT NOT NULL,
    part TEXT NOT NULL,           -- '' for the item itself; else what inside it was dropped
    status TEXT NOT NULL CHECK (status IN ('done', 'dropped')),
    reason TEXT NOT NULL,         -- '' when done
    detail TEXT NOT NULL,
    seconds REAL NOT NULL,
    worker INTEGER NOT NULL,
    finished REAL NOT NULL,       -- seconds since the epoch
    PRIMARY KEY (stage, item, part)
) WITHOUT ROWID;

-- Which item of which stage made which record: lineage, and the counts of `status`.
CREATE TABLE products (
    stage TEXT NOT NULL, item TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (stage, kind, item, key)
) WITHOUT ROWID;

-- Every further place where a record was found; the first is in the record's own columns.
CREATE TABLE also_seen (kind TEXT NOT NULL, key TEXT NOT NULL, {_ORIGIN});
CREATE INDEX also_seen_key ON also_seen (kind, key);

CREATE TABLE files (key TEXT NOT NULL UNIQUE, blob TEXT NOT NULL, size INTEGER NOT NULL, flags TEXT NOT NULL,
    {_ORIGIN});
CREATE INDEX files_repo ON files (source, repo, revision);
CREATE TABLE kernels (key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, text TEXT NOT NULL, launcher TEXT NOT NULL,
    {_ORIGIN});
CREATE TABLE programs (key TEXT NOT NULL UNIQUE, entry TEXT NOT NULL, text TEXT NOT NULL,
    inputs_from TEXT NOT NULL, layers TEXT NOT NULL, flags TEXT NOT NULL, {_ORIGIN});
CREATE TABLE captures (key TEXT NOT NULL UNIQUE, program TEXT NOT NULL, entry TEXT NOT NULL, target TEXT NOT NULL,
    mode TEXT NOT NULL, graphs TEXT NOT NULL, toolchain TEXT NOT NULL, layers TEXT NOT NULL, {_ORIGIN});
CREATE INDEX captures_program ON captures (program);
CREATE TABLE pairs (key TEXT NOT NULL UNIQUE, program TEXT NOT NULL, capture TEXT NOT NULL, entry TEXT NOT NULL,
    text TEXT NOT NULL, {_ORIGIN});
CREATE TABLE verdicts (key TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, device TEXT NOT NULL, protocol TEXT NOT NULL,
    passed INTEGER NOT NULL, reason TEXT NOT NULL, checks TEXT NOT NULL, layers TEXT NOT NULL, {_ORIGIN});
CREATE INDEX verdicts_subject ON verdicts (subject);
"""

_DISCOVERY = f"""
CREATE TABLE slices (key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, query TEXT NOT NULL, field TEXT NOT NULL,
    low INTEGER NOT NULL, high INTEGER NOT NULL, fixed TEXT NOT NULL, {_ORIGIN});
CREATE TABLE candidates (key TEXT NOT NULL UNIQUE, host TEXT NOT NULL, address TEXT NOT NULL,
    checksum TEXT NOT NULL, pushed TEXT NOT NULL, {_ORIGIN});
"""

_CURATION = f"""
CREATE TABLE labels (key TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, kind TEXT NOT NULL, tree TEXT NOT NULL,
    skeleton TEXT NOT NULL, steps TEXT NOT NULL, families TEXT NOT NULL, difficulty INTEGER NOT NULL,
    kernels INTEGER NOT NULL, tokens INTEGER NOT NULL, counted_by TEXT NOT NULL, dtypes TEXT NOT NULL,
    generic INTEGER NOT NULL, training INTEGER NOT NULL, flags TEXT NOT NULL, {_ORIGIN});
CREATE INDEX labels_subject ON labels (subject);
CREATE TABLE traces (key TEXT NOT NULL UNIQUE, program TEXT NOT NULL, graph TEXT NOT NULL, operators TEXT NOT NULL,
    layers TEXT NOT NULL, {_ORIGIN});
CREATE INDEX traces_program ON traces (program);
CREATE TABLE decisions (key TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, kind TEXT NOT NULL, round TEXT NOT NULL,
    cluster TEXT NOT NULL, unit TEXT NOT NULL, split TEXT NOT NULL, keep INTEGER NOT NULL, reasons TEXT NOT NULL,
    nearest TEXT NOT NULL, {_ORIGIN});
CREATE INDEX decisions_subject ON decisions (subject, round);
"""

_LAUNCHED = """
ALTER TABLE kernels ADD COLUMN inputs TEXT NOT NULL DEFAULT '';
ALTER TABLE kernels ADD COLUMN inputs_from TEXT NOT NULL DEFAULT '';
ALTER TABLE kernels ADD COLUMN reference TEXT NOT NULL DEFAULT '';
"""

# Labels are read off the texts again, which takes seconds: older ones do not say what an entry computes.
_COMPUTES = """
DELETE FROM labels;
DELETE FROM products WHERE stage = 'label';
DELETE FROM outcomes WHERE stage = 'label';
ALTER TABLE labels ADD COLUMN closure TEXT NOT NULL DEFAULT '';
ALTER TABLE labels ADD COLUMN parts TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN family TEXT NOT NULL DEFAULT '';
"""

_ENVIRONMENTS = """
ALTER TABLE programs ADD COLUMN requires TEXT NOT NULL DEFAULT '[]';
ALTER TABLE programs ADD COLUMN environment TEXT NOT NULL DEFAULT '';
ALTER TABLE kernels ADD COLUMN requires TEXT NOT NULL DEFAULT '[]';
ALTER TABLE kernels ADD COLUMN environment TEXT NOT NULL DEFAULT '';
"""

# Not traced again: that takes a tenth of a second a program.
_EXPRESSIONS = """
ALTER TABLE traces ADD COLUMN expression TEXT NOT NULL DEFAULT '';
ALTER TABLE traces ADD COLUMN written TEXT NOT NULL DEFAULT '';
"""

_OBSERVED = """
ALTER TABLE traces ADD COLUMN observed TEXT NOT NULL DEFAULT '';
"""

_ASKED = f"""
CREATE TABLE samples (key TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, number INTEGER NOT NULL,
    operators TEXT NOT NULL, p_value REAL NOT NULL, prompt TEXT NOT NULL, aim TEXT NOT NULL, name TEXT NOT NULL,
    {_ORIGIN});
CREATE TABLE attempts (key TEXT NOT NULL UNIQUE, sample TEXT NOT NULL, number INTEGER NOT NULL,
    category TEXT NOT NULL, detail TEXT NOT NULL, program TEXT NOT NULL, question TEXT NOT NULL,
    prompt_hash TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, version TEXT NOT NULL,
    sampling TEXT NOT NULL, terms TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cost INTEGER NOT NULL,
    operators TEXT NOT NULL, pair TEXT NOT NULL, layers TEXT NOT NULL, {_ORIGIN});
CREATE INDEX attempts_sample ON attempts (sample);

-- Every question to a language model, its answer and its price: asked twice, it is answered from here.
CREATE TABLE questions (
    key TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    request TEXT NOT NULL,        -- JSON, as it is sent
    sends INTEGER NOT NULL,
    unsure INTEGER NOT NULL,      -- nanodollars that sends without an answer may have cost at most
    reply TEXT,                   -- JSON; NULL until there is one
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    cost INTEGER NOT NULL DEFAULT 0,  -- nanodollars
    batch TEXT NOT NULL DEFAULT '',   -- of the provider, where it was asked in one
    asked REAL NOT NULL,          -- seconds since the epoch
    answered REAL
);
CREATE TABLE batches (
    name TEXT PRIMARY KEY,        -- ours, which the provider keeps as metadata
    provider TEXT NOT NULL,
    id TEXT NOT NULL,             -- the provider's; '' until it said so
    questions TEXT NOT NULL,      -- JSON: keys
    state TEXT NOT NULL CHECK (state IN ('submitting', 'submitted', 'collected')),
    submitted REAL NOT NULL
);
"""

_REFERENCES = """
ALTER TABLE kernels ADD COLUMN reference_from TEXT NOT NULL DEFAULT '';
ALTER TABLE kernels ADD COLUMN called_by TEXT NOT NULL DEFAULT '';
ALTER TABLE kernels ADD COLUMN missing TEXT NOT NULL DEFAULT '';
"""

MIGRATIONS: tuple[str, ...] = (
    _FIRST,
    _DISCOVERY,
    _CURATION,
    _LAUNCHED,
    _COMPUTES,
    _ENVIRONMENTS,
    _ASKED,
    _REFERENCES,
    _EXPRESSIONS,
    _OBSERVED,
)
VERSION = len(MIGRATIONS)
