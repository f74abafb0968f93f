// Python's words in colour: a small tokenizer whose only output are text nodes and spans with a class of ours.
"use strict";

(() => {
  const LONGEST = 200000; // characters; longer texts are shown plain
  const KEYWORDS = new Set(
    ("False None True and as assert async await break class continue def del elif else except finally for from global if " +
      "import in is lambda nonlocal not or pass raise return try while with yield match case").split(" "));
  const SPACES = new Set(["tl", "triton", "torch", "nn", "F", "math", "np", "numpy", "self", "libdevice"]);
  const TOKEN = new RegExp(
    [
      "(#[^\\n]*)",
      "([rRbBuUfFtT]{0,2}(?:\"\"\"[\\s\\S]*?(?:\"\"\"|$)|'''[\\s\\S]*?(?:'''|$)|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?))",
      "(@[A-Za-z_][\\w.]*)",
      "((?:0[xXbBoO][\\da-fA-F_]+|\\d[\\d_]*\\.?\\d*(?:[eE][+-]?\\d+)?)[jJ]?)",
      "([A-Za-z_\\u0080-\\uffff][\\w\\u0080-\\uffff]*)",
    ].join("|"), "g");
  const KINDS = ["comment", "string", "decorator", "number"];

  function* tokens(text) {
    let last = 0;
    let before = "";
    for (const match of text.matchAll(TOKEN)) {
      if (match.index > last) yield ["", text.slice(last, match.index)];
      last = match.index + match[0].length;
      const at = match.slice(1).findIndex((group) => group !== undefined);
      yield [at < KINDS.length ? KINDS[at] : word(match[0], before, text[last]), match[0]];
      before = match[0];
    }
    if (last < text.length) yield ["", text.slice(last)];
  }

  function word(name, before, next) {
    if (KEYWORDS.has(name)) return "keyword";
    if (before === "def" || before === "class") return "name";
    if (SPACES.has(name)) return "space";
    return next === "(" ? "call" : "";
  }

  // Characters that reorder or hide what stands beside them are named, and reach no further than themselves.
  const UNSEEN = /([\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])/;

  function visible(text) {
    if (!UNSEEN.test(text)) return text;
    return text.split(UNSEEN).map((part) => (UNSEEN.test(part) ? report.el("span", { class: "unseen", "data-code": `U+${part.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}` }, part) : part));
  }

  // One element a line, so that lines have numbers and can be marked.
  report.lines = (text) => {
    const lines = [report.el("span", { class: "line" })];
    const put = (kind, piece) => {
      piece.split("\n").forEach((part, at) => {
        if (at) lines.push(report.el("span", { class: "line" }));
        if (part) lines[lines.length - 1].append(kind ? report.el("span", { class: `py-${kind}` }, visible(part)) : report.el("span", {}, visible(part)));
      });
    };
    const clean = text.replace(/\n+$/, "");
    if (clean.length > LONGEST) put("", clean);
    else for (const [kind, piece] of tokens(clean)) put(kind, piece);
    return lines;
  };

  report.code = (title, text, lines) => {
    const body = report.el("pre", { class: "code", tabindex: "0", "aria-label": title, role: "group" });
    report.append(body, [report.el("code", {}, lines || report.lines(text))]);
    return report.el("figure", { class: "source" }, report.el("figcaption", {}, report.el("span", {}, title), report.copier("copy", () => text)), body);
  };
})();
