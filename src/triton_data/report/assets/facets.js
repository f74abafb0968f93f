// Which entries are asked for: words and facets. A facet's number says how many there would be if only it were changed.
"use strict";

(() => {
  const FIRST = 8; // values of a facet before `more`
  const TITLES = { kind: "kind", verdict: "verdict", reason: "reason against it", family: "family", repository: "repository", licence: "licence", split: "split", source: "source", difficulty: "difficulty", target: "target and mode" };

  report.query = { page: "pairs", words: "", sort: "", chosen: new Map(), opened: new Set() };

  const OF_PAGE = { pairs: new Set(["rewritten", "kernel of a program", "compared"]), kernels: new Set(["compared", "hand-written"]) };

  report.asked = (index, query) => {
    const words = query.words.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = index.facets.kind.map((kind) => OF_PAGE[query.page].has(kind));
    const wanted = index.names.map((name) => {
      const codes = new Set([...(query.chosen.get(name) || [])].map((value) => index.facets[name].indexOf(value)));
      return codes.size ? codes : null;
    });
    const counts = index.names.map((name) => new Uint32Array(index.facets[name].length));
    const found = [];
    const kindAt = index.names.indexOf("kind");
    for (const row of index.rows) {
      if (!kinds[row.facets[kindAt][0]] || !words.every((word) => row.words.includes(word))) continue;
      let missed = -1;
      let misses = 0;
      for (let at = 0; at < wanted.length && misses < 2; at++) {
        if (wanted[at] && !row.facets[at].some((code) => wanted[at].has(code))) {
          misses++;
          missed = at;
        }
      }
      if (misses === 0) found.push(row);
      if (misses > 1) continue;
      for (let at = 0; at < counts.length; at++) {
        if (misses === 0 || at === missed) for (const code of row.facets[at]) counts[at][code]++;
      }
    }
    return { found: sorted(index, found, query.sort), counts };
  };

  function sorted(index, rows, by) {
    if (by === "name") return rows.sort((one, two) => (one.name < two.name ? -1 : one.name > two.name ? 1 : 0));
    if (by === "tokens" || by === "lines") return rows.sort((one, two) => two[by] - one[by]);
    if (by === "difficulty") {
      const at = index.names.indexOf("difficulty");
      const hard = (row) => Number(index.facets.difficulty[row.facets[at][0]] ?? -1);
      return rows.sort((one, two) => hard(two) - hard(one));
    }
    return rows;
  }

  report.showFacets = (index, counts, query, changed) => {
    report.fill(report.byId("facet-lists"), index.names.map((name, at) => facet(index, name, counts[at], query, changed)));
    const number = [...query.chosen.values()].reduce((sum, values) => sum + values.size, 0);
    report.byId("chosen").textContent = number ? `(${number} chosen)` : "";
  };

  function facet(index, name, counts, query, changed) {
    const chosen = query.chosen.get(name) || new Set();
    const values = index.facets[name].map((value, code) => ({ value, count: counts[code] }))
      .filter((each) => each.count || chosen.has(each.value))
      .sort((one, two) => two.count - one.count || (one.value < two.value ? -1 : 1));
    if (!values.length) return null;
    const open = query.opened.has(name);
    const shown = open ? values : values.filter((each, at) => at < FIRST || chosen.has(each.value));
    const more = values.length > shown.length || open
      ? report.el("button", { type: "button", class: "more", "aria-expanded": open, onclick: () => {
          if (!query.opened.delete(name)) query.opened.add(name);
          changed(true);
        } }, open ? "fewer" : `${report.number(values.length - shown.length)} more`)
      : null;
    return report.el("fieldset", { "data-facet": name }, report.el("legend", {}, TITLES[name] || name), shown.map((each) => choice(name, each, chosen, query, changed)), values.length > FIRST ? more : null);
  }

  function choice(name, { value, count }, chosen, query, changed) {
    const box = report.el("input", { type: "checkbox", "data-value": value, checked: chosen.has(value) });
    box.addEventListener("change", () => {
      const values = query.chosen.get(name) || new Set();
      if (box.checked) values.add(value);
      else values.delete(value);
      if (values.size) query.chosen.set(name, values);
      else query.chosen.delete(name);
      changed(false, name, value);
    });
    return report.el("label", {}, box, report.el("span", { class: "value", title: value }, value), report.el("span", { class: "count" }, report.number(count)));
  }
})();
