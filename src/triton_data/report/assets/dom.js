// Elements are built here and nowhere else. What a page shows is foreign text: it becomes text nodes, and an attribute
// only where the name is on the list; links lead to http(s) or to a place in this page. There is no innerHTML.
"use strict";
const report = (window.report = {});

(() => {
  const PLAIN = new Set(["class", "id", "title", "type", "role", "tabindex", "scope", "open", "hidden", "value", "for", "rel", "checked"]);

  function safe(address) {
    return /^https?:\/\//i.test(address) || address.startsWith("#");
  }

  report.el = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "href") {
        if (safe(String(value))) made.setAttribute("href", value);
      } else if (PLAIN.has(key) || key.startsWith("aria-") || key.startsWith("data-")) {
        made.setAttribute(key, value === true ? "" : value);
      } else if (key.startsWith("on") && typeof value === "function") {
        made.addEventListener(key.slice(2), value);
      } else {
        throw new Error(`no attribute ${key}`);
      }
    }
    report.append(made, children);
    return made;
  };

  report.append = (parent, children) => {
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) parent.append(child instanceof Node ? child : String(child));
    }
  };

  report.fill = (parent, ...children) => {
    parent.replaceChildren();
    report.append(parent, children);
  };

  report.byId = (id) => document.getElementById(id);
  report.number = (value) => Number(value).toLocaleString("en");
  report.link = (words, address, more) =>
    report.el("a", address.startsWith("#") ? { href: address, ...more } : { href: address, rel: "noopener noreferrer", ...more }, words);
  report.badge = (verdict) => report.el("span", { class: `badge ${verdict.replaceAll(" ", "-")}` }, verdict);

  report.copier = (words, text) => {
    const button = report.el("button", { type: "button", class: "copy" }, words);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text()).then(() => (button.textContent = "copied"), () => (button.textContent = "not allowed"));
      setTimeout(() => (button.textContent = words), 1500);
    });
    return button;
  };
})();
