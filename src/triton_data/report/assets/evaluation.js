// What models answered, task by task, side by side.
"use strict";

(() => {
  const { el } = report;
  const FIRST = 200; // tasks in the list at first

  report.showEvaluation = async (task, number = FIRST) => {
    const made = await report.load("evaluation");
    const page = report.byId("tasks");
    if (task) {
      const found = made.tasks.find(([key]) => key === task);
      return report.fill(page, el("p", {}, report.link("‹ all tasks", "#evaluation")), found ? one(made, found) : el("p", {}, `No task ${task}.`));
    }
    report.fill(page, el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Tasks" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "task"), made.models.map((model) => el("th", { scope: "col" }, model)))),
      el("tbody", {}, made.tasks.slice(0, number).map(([key, , answers]) => el("tr", {}, el("th", { scope: "row" }, report.link(key, `#evaluation=${encodeURIComponent(key)}`)), answers.map((of) => el("td", {}, of.map((answer) => badge(made, answer))))))))),
      made.tasks.length > number ? el("button", { type: "button", onclick: () => report.showEvaluation("", number * 4) }, "more tasks") : null);
    return undefined;
  };

  function badge(made, [, levels, why]) {
    if (levels[3]) return el("span", { class: "badge passed" }, "correct");
    const words = levels[3] === null && levels[2] ? "compiles" : why || "not correct";
    return el("span", { class: `badge ${levels[3] === null && levels[2] ? "no-reference" : "failed"}` }, words);
  }

  function one(made, [key, reference, answers]) {
    return [el("h2", {}, key), reference ? report.code("PyTorch", reference) : null,
      el("div", { class: "sides" }, answers.map((of, at) => el("div", {}, el("h3", {}, made.models[at]), of.length ? of.map((answer) => said(made, answer)) : el("p", {}, "no answer"))))];
  }

  function said(made, answer) {
    const [sample, levels, , program] = answer;
    return [el("p", {}, `answer ${sample + 1} `, badge(made, answer), " ", made.levels.map((words, at) => el("span", { class: "level" }, `${words}: ${levels[at] === null ? "not asked" : levels[at] ? "yes" : "no"}`))), report.code(`answer ${sample + 1}`, program)];
  }
})();
