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

MIGRATIONS: tuple[str, ...] = (_FIRST, _DISCOVERY, _CURATION, _LAUNCHED, _COMPUTES, _ENVIRONMENTS)
VERSION = len(MIGRATIONS)
