// One entry with all that is known of it.
"use strict";

(() => {
  const { el } = report;

  report.showEntry = async (id) => {
    const page = report.byId("page-entry");
    const index = await report.index();
    const row = report.find(index, id);
    if (!row) return report.fill(page, el("h1", {}, "No such entry"), el("p", {}, `Nothing in this report has the id ${id}.`));
    const entry = await report.entry(index, row);
    report.fill(page, head(index, row, entry), sides(entry),
      el("div", { class: "cards" }, verdicts(entry), provenance(entry), capture(entry), label(entry), decision(entry), alike(index, row)));
    document.title = `${entry.name} · triton-data`;
    return undefined;
  };

  function head(index, row, entry) {
    const results = report.results();
    const at = results.indexOf(row);
    const step = (words, other) => (other ? report.link(words, `#pair=${other.id}`, { class: "step" }) : null);
    return el("header", { class: "entry" },
      el("p", { class: "path" }, report.link("‹ list", report.address()), at >= 0 ? ` ${report.number(at + 1)} of ${report.number(results.length)} ` : " ", step("previous", results[at - 1]), step("next", at >= 0 ? results[at + 1] : null)),
      el("h1", {}, entry.name, " ", report.badge(entry.verdict)),
      el("p", { class: "id" }, el("span", {}, entry.kind), " ", el("code", {}, entry.id), report.copier("copy id", () => entry.id), report.copier("copy link", () => location.href.replace(/#.*/, `#pair=${entry.id}`))),
      el("p", { class: "commands" }, el("code", {}, `triton-data explain ${entry.id.slice(0, 12)}`), " ", el("code", {}, `triton-data show ${entry.id.slice(0, 12)}`)));
  }

  function sides(entry) {
    const left = entry.pytorch ? report.code(`PyTorch: ${entry.entry} (inputs: ${entry.inputs})`, entry.pytorch) : null;
    return el("div", { class: left ? "sides" : "sides one" }, left, report.code(left ? `Triton: ${entry.name}` : `Triton: ${entry.name} (inputs: ${entry.inputs || "none found"})`, entry.triton));
  }

  const card = (title, ...children) => el("section", { class: "card" }, el("h2", {}, title), children);
  const facts = (pairs) => el("dl", {}, pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined && !(Array.isArray(value) && !value.length)).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));

  function verdicts(entry) {
    if (!entry.verdicts.length) return card("Verdict", el("p", {}, "Not judged yet."));
    return entry.verdicts.map((each) => card(`Verdict on ${each.device}`,
      el("p", {}, report.badge(each.passed ? "passed" : each.reason === "no_reference" ? "no reference" : "failed"), " ", each.reason ? el("b", {}, each.reason) : null, each.meaning ? `: ${each.meaning}` : ""),
      speed(each.speed),
      el("table", {}, el("tbody", {}, each.checks.map(([name, found]) => el("tr", { class: name === "failed" ? "bad" : name.startsWith("compiled for") ? "compiled" : null }, el("th", { scope: "row" }, name), el("td", {}, found))))),
      facts([["verdict", el("code", {}, each.id)], ["protocol", each.protocol], ["jail layers", each.layers.join(", ")]])));
  }

  function speed(labels) {
    const names = Object.keys(labels).filter((name) => name.startsWith("speedup_"));
    if (!names.length) return null;
    return el("ul", { class: "speed" }, names.map((name) => el("li", {}, el("b", {}, `${labels[name].toFixed(2)}×`), ` ${name.replace("speedup_", "").replace("_", "-")}`)),
      el("li", {}, el("b", {}, `${labels.milliseconds} ms`), " a call"), el("li", {}, el("b", {}, `${(100 * labels.roofline).toFixed(1)}%`), " of the roofline"));
  }

  function where(origin) {
    const words = [origin.repo, origin.path].filter(Boolean).join("/") + (origin.lines ? `:${origin.lines}` : "");
    return origin.link ? report.link(words || origin.link, origin.link) : words;
  }

  function provenance(entry) {
    const origin = entry.origin;
    return card("Provenance", facts([
      ["from", where(origin)], ["licence", origin.licence], ["source", origin.source], ["revision", origin.revision && el("code", {}, origin.revision)], ["stars", origin.stars],
      ["fetched", origin.time], ["file", origin.file_hash && el("code", {}, origin.file_hash)], ["generator", origin.generator], ["seed", origin.seed],
      ["program", entry.program && el("code", {}, entry.program)], ["kernel", entry.kernel.length ? [entry.kernel[1], " ", el("code", {}, entry.kernel[0])] : ""], ["confined by", entry.jail.join(", ")],
      ["also in", entry.also.length ? el("ul", {}, entry.also.slice(0, 20).map((each) => el("li", {}, where(each), ` (${each.licence})`))) : ""],
    ]));
  }

  function capture(entry) {
    const made = entry.capture;
    if (!made) return null;
    return card("Capture", facts([["target", made.target], ["mode", made.mode], ["graphs", made.graphs], ["library calls", made.externs.join(", ")], ["toolchain", made.toolchain.map((each) => each.join(" ")).join(", ")], ["capture", el("code", {}, made.id)]]),
      made.kernels.map(([name, text, sources]) => later(name, () => [sources ? el("pre", { class: "sources", tabindex: "0" }, sources) : null, report.code(name, text)])));
  }

  // What nobody opens is not built.
  function later(title, build) {
    const box = el("details", {}, el("summary", {}, title));
    box.addEventListener("toggle", () => report.append(box, build()), { once: true });
    return box;
  }

  function label(entry) {
    const made = entry.label;
    if (!made) return null;
    return card("Label", facts([
      ["families", made.families.join(", ")], ["difficulty", `${made.difficulty} of 4`], ["operators", made.steps.join(" ")], ["kernels", made.kernels], ["tokens", `${report.number(made.tokens)} (${made.counted_by})`],
      ["types", made.dtypes.join(", ")], ["other shapes", made.generic ? "yes" : "no"], ["training", made.training ? "yes" : "no"], ["flags", made.flags.join(", ")],
    ]));
  }

  function decision(entry) {
    const made = entry.decision;
    if (!made) return null;
    return card("Curation", el("p", {}, made.keep ? `Kept, in ${made.split}.` : "Left out."), made.reasons.length ? el("ul", {}, made.reasons.map(([name, says]) => el("li", {}, el("b", {}, name), says ? `: ${says}` : ""))) : null,
      facts([["unit", made.unit], ["near a benchmark", made.nearest.map((each) => each.join(" ")).join(", ")]]));
  }

  function alike(index, row) {
    const others = row.cluster ? index.rows.filter((each) => each.cluster === row.cluster && each !== row) : [];
    if (!others.length) return null;
    return card(`Near-duplicates (${report.number(others.length)})`, el("ul", {}, others.slice(0, 50).map((each) => el("li", {}, report.link(each.name, `#pair=${each.id}`), ` ${report.value(index, each, "repository")[0]} `, report.link("side by side", `#compare=${row.id},${each.id}`)))));
  }
})();
