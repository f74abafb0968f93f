// Where one is in the report (the part of the address behind #), keys, and dark or light.
"use strict";

(() => {
  const PAGES = ["overview", "browse", "entry", "duplicates", "compare", "evaluation"];
  const FACETS = ["kind", "verdict", "reason", "family", "repository", "licence", "split", "source", "difficulty", "target"];
  const query = report.query;

  report.address = () => {
    const asked = new URLSearchParams();
    if (query.words) asked.set("q", query.words);
    if (query.sort) asked.set("sort", query.sort);
    for (const [name, values] of query.chosen) for (const value of values) asked.append(name, value);
    const more = asked.toString();
    return `#${query.page}${more ? `&${more}` : ""}`;
  };

  report.remember = () => {
    try {
      history.replaceState(null, "", report.address());
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // some browsers do not let a file rewrite its address
    }
  };

  function read(page, asked) {
    query.page = page;
    query.words = asked.get("q") || "";
    query.sort = asked.get("sort") || "";
    query.chosen = new Map(FACETS.map((name) => [name, new Set(asked.getAll(name))]).filter(([, values]) => values.size));
    report.byId("search").value = query.words;
    report.byId("sort").value = query.sort;
  }

  function show(page, nav) {
    for (const name of PAGES) {
      const section = report.byId(`page-${name}`);
      if (section) section.hidden = name !== page;
    }
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("href") === `#${nav}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${document.querySelector(".run").textContent} · triton-data`;
  }

  async function go() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const [page] = asked.keys();
    if (page === "pairs" || page === "kernels") {
      show("browse", page);
      read(page, asked);
      await report.browse();
    } else if (page === "pair") {
      show("entry", query.page);
      if (!report.results().length) await report.browse();
      await report.showEntry(asked.get("pair"));
      window.scrollTo(0, 0);
    } else if (page === "duplicates") {
      show("duplicates", page);
      await report.showClusters();
    } else if (page === "compare") {
      show("compare", "duplicates");
      await report.showCompared(asked.get("compare"));
    } else if (page === "evaluation" && report.byId("page-evaluation")) {
      show("evaluation", page);
      await report.showEvaluation(asked.get("evaluation"));
    } else {
      show("overview", "overview");
      document.getElementById(page || "")?.scrollIntoView();
    }
  }

  // A file that is missing or a browser that is too old is said where people look.
  function open() {
    go().catch((error) => {
      const section = [...document.querySelectorAll("main > section")].find((each) => !each.hidden);
      section.prepend(report.el("p", { class: "error", role: "alert" }, `This could not be shown: ${error.message}`));
    });
  }

  function theme() {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  }

  function typing(target) {
    return target instanceof HTMLInputElement ? target.type !== "checkbox" : target instanceof HTMLSelectElement;
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const browsing = !report.byId("page-browse").hidden;
    const reading = !report.byId("page-entry").hidden;
    if (event.key === "Escape") {
      if (report.byId("help").open) return;
      if (reading || !report.byId("page-compare").hidden) location.hash = report.address();
      else if (document.activeElement === report.byId("search")) report.step(1);
      return;
    }
    if (typing(event.target)) {
      if (event.key === "ArrowDown" && event.target === report.byId("search")) report.step(1);
      return;
    }
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step && browsing && !event.target.closest?.("#facets")) report.step(step);
    else if (reading && (event.key === "n" || event.key === "p")) [...document.querySelectorAll("a.step")].find((each) => each.textContent === (event.key === "n" ? "next" : "previous"))?.click();
    else if (event.key === "/") {
      if (!browsing) location.hash = report.address();
      requestAnimationFrame(() => report.byId("search").focus());
    } else if (event.key === "t") theme();
    else if (event.key === "?") report.byId("help").showModal();
    else if (/^[1-5]$/.test(event.key)) document.querySelectorAll("nav a")[event.key - 1]?.click();
    else return;
    event.preventDefault();
  }

  function start() {
    report.startList();
    report.byId("theme").addEventListener("click", theme);
    report.byId("keys").addEventListener("click", () => report.byId("help").showModal());
    report.byId("help-close").addEventListener("click", () => report.byId("help").close());
    report.byId("search").addEventListener("input", (event) => {
      query.words = event.target.value;
      report.remember();
      report.browse();
    });
    report.byId("sort").addEventListener("change", (event) => {
      query.sort = event.target.value;
      report.remember();
      report.browse();
    });
    report.byId("clear").addEventListener("click", () => (location.hash = `#${query.page}`));
    if (matchMedia("(max-width: 60rem)").matches) report.byId("facets").open = false;
    document.addEventListener("keydown", key);
    window.addEventListener("hashchange", open);
    open();
  }

  start();
})();
