// Groups of texts that are alike, and two of them side by side with the lines that differ marked.
"use strict";

(() => {
  const { el } = report;
  const GROUPS = 100; // shown at first
  const MOST = 4000000; // cells of the table that finds what two texts have in common

  report.showClusters = async (number = GROUPS) => {
    const index = await report.index();
    const groups = new Map();
    for (const row of index.rows) if (row.cluster) groups.set(row.cluster, [...(groups.get(row.cluster) || []), row]);
    const large = [...groups.values()].filter((group) => group.length > 1).sort((one, two) => two.length - one.length);
    report.fill(report.byId("clusters"),
      el("p", { class: "none" }, large.length ? `${report.number(large.length)} groups of two and more` : "Nothing is alike here, or the run was not curated yet."),
      large.slice(0, number).map((group) => el("details", { class: "drop" },
        el("summary", {}, el("b", {}, group[0].name), el("span", { class: "count" }, report.number(group.length)), el("span", { class: "where" }, report.value(index, group[0], "repository")[0])),
        el("ul", {}, group.slice(0, 200).map((row, at) => el("li", {}, report.link(row.name, `#pair=${row.id}`), ` ${[report.value(index, row, "repository")[0], row.path].filter(Boolean).join("/")} `, at ? report.link("beside the first", `#compare=${group[0].id},${row.id}`) : null))))),
      large.length > number ? el("button", { type: "button", onclick: () => report.showClusters(number * 4) }, "more groups") : null);
  };

  report.showCompared = async (ids) => {
    const page = report.byId("page-compare");
    const index = await report.index();
    const rows = ids.split(",").slice(0, 2).map((id) => report.find(index, id));
    if (rows.length < 2 || rows.some((row) => !row)) return report.fill(page, el("h1", {}, "No such entries"));
    const [one, two] = await Promise.all(rows.map((row) => report.entry(index, row)));
    report.fill(page, el("h1", {}, "Side by side"), el("p", {}, report.link("‹ list", report.address()), " lines that the other does not have are marked"), beside(one, two, "triton"), one.pytorch && two.pytorch ? beside(one, two, "pytorch") : null);
    return undefined;
  };

  function beside(one, two, side) {
    const texts = [one, two].map((entry) => report.lines(entry[side]));
    const common = inCommon(...texts.map((lines) => lines.map((line) => line.textContent)));
    texts.forEach((lines, at) => lines.forEach((line, number) => {
      if (common && !common[at].has(number)) line.classList.add("other");
    }));
    const title = (entry) => `${side === "triton" ? "Triton" : "PyTorch"}: ${side === "triton" ? entry.name : entry.entry} · ${[entry.origin.repo, entry.origin.path].filter(Boolean).join("/")}`;
    return el("div", { class: "sides" }, [one, two].map((entry, at) => report.code(title(entry), entry[side], texts[at])));
  }

  // The longest common subsequence of lines; null where the texts are too long to ask.
  function inCommon(one, two) {
    if ((one.length + 1) * (two.length + 1) > MOST) return null;
    const wide = two.length + 1;
    const best = new Uint16Array((one.length + 1) * wide);
    for (let i = one.length - 1; i >= 0; i--) {
      for (let j = two.length - 1; j >= 0; j--) {
        best[i * wide + j] = one[i] === two[j] ? best[(i + 1) * wide + j + 1] + 1 : Math.max(best[(i + 1) * wide + j], best[i * wide + j + 1]);
      }
    }
    const found = [new Set(), new Set()];
    for (let i = 0, j = 0; i < one.length && j < two.length; ) {
      if (one[i] === two[j]) {
        found[0].add(i++);
        found[1].add(j++);
      } else if (best[(i + 1) * wide + j] >= best[i * wide + j + 1]) i++;
      else j++;
    }
    return found;
  }
})();
