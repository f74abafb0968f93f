// The list of results: only the rows in view exist, so that ten thousand scroll like ten.
"use strict";

(() => {
  const SPARE = 10; // rows above and below what is seen
  let index = null;
  let shown = [];
  let drawn = "";
  const list = () => report.byId("list");
  const height = () => (window.matchMedia("(max-width: 44rem)").matches ? 84 : 52);

  report.results = () => shown;

  report.browse = async (keep) => {
    index = await report.index();
    const query = report.query;
    const focused = document.activeElement?.closest("[data-facet]") ? [document.activeElement.closest("[data-facet]").dataset.facet, document.activeElement.dataset.value] : null;
    const { found, counts } = report.asked(index, query);
    shown = found;
    report.showFacets(index, counts, query, (same) => {
      if (!same) report.remember();
      report.browse(same);
    });
    if (focused) refocus(...focused);
    report.byId("browse-title").textContent = query.page === "pairs" ? "Pairs" : "Hand-written kernels";
    report.byId("count").textContent = `${report.number(found.length)} ${found.length === 1 ? "entry" : "entries"}`;
    if (!keep) list().scrollTop = 0;
    drawn = "";
    draw();
  };

  function refocus(facet, value) {
    for (const box of document.querySelectorAll("[data-facet]")) {
      if (box.dataset.facet !== facet) continue;
      const wanted = [...box.querySelectorAll("input")].find((each) => each.dataset.value === value);
      (wanted || box.querySelector("button, input"))?.focus();
    }
  }

  function draw(all) {
    const size = height();
    const first = all ? 0 : Math.max(0, Math.floor(list().scrollTop / size) - SPARE);
    const last = Math.min(shown.length, all ? 500 : first + Math.ceil((list().clientHeight || 600) / size) + 2 * SPARE);
    const now = `${first} ${last} ${size} ${shown.length}`;
    if (now === drawn) return;
    drawn = now;
    const focused = document.activeElement?.closest(".row")?.dataset.at;
    const rows = report.byId("rows");
    rows.style.height = `${shown.length * size}px`;
    report.fill(rows, shown.length ? shown.slice(first, last).map((row, at) => line(row, first + at, size)) : report.el("p", { class: "none" }, "Nothing is like this. Fewer words or facets show more."));
    if (focused !== undefined) rows.querySelector(`[data-at="${Number(focused)}"] a`)?.focus({ preventScroll: true });
  }

  function line(row, at, size) {
    const value = (name) => report.value(index, row, name);
    const made = report.el("div", { class: "row", role: "listitem", "data-at": at, "aria-posinset": at + 1, "aria-setsize": shown.length },
      report.el("a", { href: `#pair=${row.id}`, class: "name", title: row.name }, row.name),
      report.badge(value("verdict")[0]),
      report.el("span", { class: "where" }, [value("repository")[0], row.path].filter(Boolean).join("/")),
      report.el("span", { class: "kinds" }, [value("kind")[0], ...value("family").slice(0, 2), ...value("reason").slice(0, 1)].join(" · ")),
      report.el("span", { class: "n" }, `${report.number(row.tokens)} tokens`));
    made.style.transform = `translateY(${at * size}px)`;
    return made;
  }

  report.step = (by) => {
    if (!shown.length) return;
    const now = document.activeElement?.closest(".row");
    const at = now ? Number(now.dataset.at) + by : Math.floor(list().scrollTop / height());
    const next = Math.max(0, Math.min(shown.length - 1, at));
    const top = next * height();
    if (top < list().scrollTop) list().scrollTop = top;
    if (top + height() > list().scrollTop + list().clientHeight) list().scrollTop = top + height() - list().clientHeight;
    draw();
    report.byId("rows").querySelector(`[data-at="${next}"] a`)?.focus({ preventScroll: true });
  };

  report.startList = () => {
    list().addEventListener("scroll", () => requestAnimationFrame(() => draw()), { passive: true });
    window.addEventListener("resize", () => draw());
    window.addEventListener("beforeprint", () => draw(true));
    window.addEventListener("afterprint", () => draw());
  };
})();
