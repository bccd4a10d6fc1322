// Filters and keys for the HTML report. Everything that it shows is in the page already; without this script it can all be
// read, too.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  function addCopyButtons() {
    for (const box of all(".command")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.addEventListener("click", async () => {
        const code = box.querySelector("code");
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
        } catch {
          // Not every place that a page is read from lets it write to the clipboard.
          getSelection().selectAllChildren(code);
          button.textContent = "Selected";
        }
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      });
      box.append(button);
    }
  }

  // What counts against the server would be missing on paper where it is folded. Of many the first, which are the worst, are
  // whole; the others' lines say what went wrong.
  function unfoldForPrinting() {
    const most = 10;
    let unfolded = [];
    addEventListener("beforeprint", () => {
      const counting = all("article.case:not([hidden])").filter((one) => ["fail", "error", "xpass", "warn"].includes(one.dataset.outcome));
      unfolded = counting.slice(0, most).map((one) => one.firstElementChild).filter((details) => !details.open);
      for (const details of unfolded) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of unfolded) details.open = false;
    });
  }

  addCopyButtons();
  unfoldForPrinting();
  const form = document.querySelector("form.filters");
  if (!form) return;

  const cases = all("[data-id]").map((element) => {
    const profile = element.closest("[data-profile]").dataset.profile;
    const requirements = element.dataset.requirements.split(" ");
    const group = element.closest(".groups > details");
    const words = [profile + "/" + element.dataset.id, element.dataset.requirements, element.dataset.outcome,
      group ? group.querySelector(".label").textContent : element.textContent];
    return {element, profile, requirements, group, outcome: element.dataset.outcome, text: words.join(" ").toLowerCase()};
  });
  const groups = all(".groups > details").map((element) => {
    const count = element.querySelector(".count");
    return {element, count, total: count.textContent, wasOpen: false, members: cases.filter((one) => one.group === element)};
  });
  const boxes = all(".part, .run");
  const shown = form.querySelector(".shown");
  const empty = document.querySelector(".empty");
  const reset = form.querySelector("button[type=reset]");
  const number = new Intl.NumberFormat("en");
  const fields = ["text", "requirement", "profile"];
  const field = (name) => form.elements.namedItem(name);
  const toggles = all("input[name=outcome]", form);
  let wasFiltered = false;

  function choice() {
    const chosen = {outcomes: toggles.filter((one) => one.checked).map((one) => one.value)};
    for (const name of fields) chosen[name] = field(name)?.value ?? "";
    chosen.words = chosen.text.toLowerCase().split(/\s+/).filter(Boolean);
    return chosen;
  }

  function matches(one, chosen) {
    return (chosen.outcomes.length === 0 || chosen.outcomes.includes(one.outcome)) &&
      (chosen.requirement === "" || one.requirements.includes(chosen.requirement)) &&
      (chosen.profile === "" || one.profile === chosen.profile) &&
      chosen.words.every((word) => one.text.includes(word));
  }

  function apply() {
    const chosen = choice();
    const filtered = chosen.outcomes.length > 0 || fields.some((name) => chosen[name] !== "");
    let count = 0;
    for (const one of cases) {
      one.element.hidden = !matches(one, chosen);
      if (!one.element.hidden) ++count;
    }
    for (const group of groups) {
      const left = group.members.filter((one) => !one.element.hidden).length;
      group.element.hidden = left === 0;
      group.count.textContent = filtered && left > 0 ? number.format(left) + " of " + group.total : group.total;
      // Few are shown at once; what was folded before is folded again afterwards.
      if (filtered && !wasFiltered) group.wasOpen = group.element.open;
      if (filtered) group.element.open = group.wasOpen || (count <= 200 && left > 0);
      if (!filtered && wasFiltered) group.element.open = group.wasOpen;
    }
    // Innermost first: a part without groups, then a run without parts.
    for (const box of boxes) box.hidden = !box.querySelector("[data-id]:not([hidden])");
    wasFiltered = filtered;
    shown.textContent = filtered ? number.format(count) + " of " + number.format(cases.length) : number.format(cases.length) + " cases";
    empty.hidden = count > 0;
    reset.hidden = !filtered;
    remember(chosen, filtered);
  }

  // A link to what is chosen now, such as #outcome=fail&requirement=DIG-1.
  function remember(chosen, filtered) {
    const state = new URLSearchParams();
    for (const outcome of chosen.outcomes) state.append("outcome", outcome);
    for (const name of fields) if (chosen[name]) state.set(name, chosen[name]);
    if (filtered) {
      history.replaceState(null, "", "#" + state);
    } else if (location.hash.includes("=")) {
      history.replaceState(null, "", "#cases");
    }
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      const state = new URLSearchParams(hash);
      const outcomes = state.getAll("outcome");
      for (const toggle of toggles) toggle.checked = outcomes.includes(toggle.value);
      for (const name of fields) if (field(name)) field(name).value = state.get(name) ?? "";
      apply();
      document.getElementById("cases").scrollIntoView();
    } else if (hash) {
      reveal(document.getElementById(decodeURIComponent(hash)));
    }
  }

  // A link to a case shows it, whatever the filters say.
  function reveal(target) {
    if (!target?.matches("article.case")) return;
    if (target.hidden) {
      form.reset();
      apply();
    }
    target.firstElementChild.open = true;
    target.scrollIntoView();
  }

  function follow(event) {
    const link = event.target.closest("a[data-requirement]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    form.reset();
    field("requirement").value = link.dataset.requirement;
    if (field("profile")) field("profile").value = link.dataset.profile;
    apply();
    const section = document.getElementById("cases");
    section.scrollIntoView();
    section.focus({preventScroll: true});
  }

  function step(by) {
    const stops = all("article.case:not([hidden]) > details > summary").filter((one) => one.offsetParent);
    if (stops.length === 0) return;
    const at = stops.indexOf(document.activeElement);
    const next = at >= 0 ? Math.min(Math.max(at + by, 0), stops.length - 1) : by > 0 ? 0 : stops.length - 1;
    stops[next].focus();
    stops[next].scrollIntoView({block: "center"});
  }

  function turnAll() {
    const visible = all("article.case:not([hidden]) > details");
    const open = visible.some((one) => !one.open);
    for (const details of visible) details.open = open;
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === field("text")) {
      field("text").value = "";
      apply();
      return;
    }
    if (event.target.matches("input[type=search], select, textarea")) return;
    const actions = {"/": () => { field("text").focus(); field("text").select(); }, j: () => step(1), k: () => step(-1), x: turnAll};
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }

  form.hidden = false;
  for (const keys of all(".keys")) keys.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  document.addEventListener("click", follow);
  document.addEventListener("keydown", press);
  addEventListener("hashchange", recall);
  if (!location.hash.includes("=")) apply();
  recall();
})();
