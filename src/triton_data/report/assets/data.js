// Entries come as scripts, because fetch() does not work on file://. Each hands over one string: gzip as base64.
"use strict";

(() => {
  const KEPT = 12; // files whose entries stay in memory
  const waiting = new Map();
  const loaded = new Map();
  const policy = window.trustedTypes
    ? trustedTypes.createPolicy("report-data", {
        createScriptURL(address) {
          if (!/^data\/\w+\.js$/.test(address)) throw new TypeError("not a file of this report");
          return address;
        },
      })
    : { createScriptURL: (address) => address };

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  report.receive = (name, text) => {
    const wanted = waiting.get(name);
    if (wanted) unpacked(text).then(wanted.resolve, wanted.reject);
  };

  report.load = (name) => {
    if (loaded.has(name)) {
      const found = loaded.get(name);
      loaded.delete(name);
      loaded.set(name, found); // the one used last is dropped last
      return found;
    }
    const promise = new Promise((resolve, reject) => {
      waiting.set(name, { resolve, reject });
      const script = document.createElement("script");
      script.src = policy.createScriptURL(`data/${name}.js`);
      script.addEventListener("error", () => reject(new Error(`data/${name}.js is not there: copy the whole folder`)));
      script.addEventListener("load", () => script.remove());
      document.head.append(script);
    }).finally(() => waiting.delete(name));
    loaded.set(name, promise);
    while (loaded.size > KEPT) loaded.delete(loaded.keys().next().value);
    return promise;
  };

  let index = null;
  // {columns -> arrays}: rows[i] is one entry; `words` is what search looks at
  report.index = () => {
    index = index || report.load("index").then((made) => {
      const names = Object.keys(made.facets);
      const rows = made.rows.map((row, number) => {
        const entry = { number };
        made.columns.forEach((column, at) => (entry[column] = row[at]));
        entry.facets = row.slice(made.columns.length);
        return entry;
      });
      rows.forEach((entry) => {
        const values = names.flatMap((name, at) => entry.facets[at].map((code) => made.facets[name][code]));
        entry.words = [entry.name, entry.path, entry.steps, entry.id, ...values].join("\n").toLowerCase();
      });
      return { chunk: made.chunk, facets: made.facets, names, rows, byId: new Map(rows.map((row) => [row.id, row])) };
    });
    return index;
  };

  report.value = (index, row, name) => {
    const at = index.names.indexOf(name);
    return row.facets[at].map((code) => index.facets[name][code]);
  };

  report.find = (index, id) => {
    if (index.byId.has(id)) return index.byId.get(id);
    return id.length >= 4 ? index.rows.find((row) => row.id.startsWith(id)) : undefined;
  };

  report.entry = async (index, row) => {
    const name = String(Math.floor(row.number / index.chunk)).padStart(3, "0");
    const chunk = await report.load(name);
    return chunk[row.number % index.chunk];
  };
})();
