// Decisions are kept as a list of steps, each with the labels that it decided; the last decision of a label holds.
const KEYS = { 1: "present", 0: "absent", u: "uncertain", b: "blank", "?": "?" };
const NAMES = { present: "1", absent: "0", uncertain: "u", blank: "b", "?": "?" };
const decided = new Map();
const steps = [];
const counts = { decided: 0, changed: 0, done: 0 };
let current = 0;
SAID["?"] = "cannot be decided";

const labelsIn = (report) => data.reports[report].labels;
const asked = (report) => labelsIn(report).map((label, at) => at).filter((at) => labelsIn(report)[at].others);
const left = data.reports.map((study, report) => asked(report).length);
const decisionOf = (report, label) => decided.get(`${report} ${label}`) || {};
const open = (report) => asked(report).filter((at) => !decisionOf(report, at).value);

function tell(words) {
  find("#told").textContent = words;
}

// Each step is kept under a name of its own, so that a key costs the same after many.
const nameOf = (number) => `${data.key}.${number}`;

function keep() {
  try {
    localStorage.setItem(nameOf(steps.length - 1), JSON.stringify(steps.at(-1)));
  } catch {
    tell("This browser keeps no work: save before you close the page.");
  }
}

function forget() {
  try {
    localStorage.removeItem(nameOf(steps.length));
  } catch { /* there was none to forget */ }
}

function recall() {
  try {
    for (let kept; (kept = localStorage.getItem(nameOf(steps.length))); apply(steps.at(-1))) steps.push(JSON.parse(kept));
    return true;
  } catch {
    return false;
  }
}

function put(report, label, decision) {
  const given = labelsIn(report)[label].status;
  const count = ({ value }, by) => {
    if (!value) return;
    if (left[report] === 0) counts.done -= 1;
    counts.decided += by;
    if (value !== given) counts.changed += by;
    left[report] -= by;
    if (left[report] === 0) counts.done += 1;
  };
  count(decisionOf(report, label), -1);
  count(decision, 1);
  decided.set(`${report} ${label}`, decision);
}

function apply([report, changes]) {
  for (const [label, value, note] of changes) put(report, label, { value, note });
}

function take(changes) {
  const step = [place.report, changes];
  steps.push(step);
  apply(step);
  keep();
  for (const [label] of changes) showLabel(label);
  showCount();
}

function undo() {
  const step = steps.pop();
  if (!step) return tell("There is nothing to undo.");
  const [report, changes] = step;
  for (const [label] of changes) put(report, label, {});
  const names = new Set(changes.map(([label]) => label));
  for (const [other, before] of steps) {
    if (other === report) apply([other, before.filter(([label]) => names.has(label))]);
  }
  forget();
  if (report !== place.report) showReport(report);
  for (const [label] of changes) showLabel(label);
  go(changes[0][0]);
  showCount();
  return tell("Undone.");
}

function decide(value) {
  take([[current, value, decisionOf(place.report, current).note]]);
  forward();
}

// Go to the next label that is not decided; where there is none, stay.
function forward() {
  const left = open(place.report);
  const next = left.find((at) => at > current) ?? left[0];
  if (next !== undefined) return go(next);
  return tell(isLast() ? "This report is done." : "This report is done: Enter goes to the next.");
}

const isLast = () => place.report === data.reports.length - 1;

function confirm() {
  if (!open(place.report).length) return nextReport();
  return decide(labelsIn(place.report)[current].status);
}

function confirmRest() {
  const left = open(place.report);
  if (left.length) take(left.map((at) => [at, labelsIn(place.report)[at].status, decisionOf(place.report, at).note]));
  nextReport();
}

function nextReport() {
  if (!isLast()) showReport(place.report + 1);
  else tell("That was the last report: save the corrections.");
}

function go(label) {
  current = label;
  for (const item of all("#view [data-label]")) item.classList.toggle("current", Number(item.dataset.label) === current);
  const item = find(`#view [data-label="${current}"]`);
  if (!item) return;
  if (document.activeElement !== item) item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const labels = asked(place.report);
  go(labels[Math.max(0, Math.min(labels.indexOf(current) + by, labels.length - 1))]);
}

// Write what was decided into a label's row.
function showLabel(at) {
  const item = find(`#view [data-label="${at}"]`);
  if (!item) return;
  const { value, note } = decisionOf(place.report, at);
  item.classList.toggle("decided", Boolean(value));
  item.classList.toggle("changed", Boolean(value) && value !== labelsIn(place.report)[at].status);
  for (const button of all(".choices button", item)) button.setAttribute("aria-pressed", String(button.dataset.value === value));
  const input = find("input", item);
  input.value = note || "";
  input.classList.toggle("filled", Boolean(note));
  const given = labelsIn(place.report)[at].status;
  find(".now", item).textContent = !value ? "" : value === given ? " ✓" : ` → ${said(value)}`;
}

function showCount() {
  find("#progress").value = counts.decided;
  const of = `${counts.decided} of ${find("#progress").max} labels decided, ${counts.changed} changed`;
  find("#count").textContent = `${of}; ${counts.done} of ${data.reports.length} reports done`;
}

function addChoices() {
  for (const at of asked(place.report)) {
    const item = find(`#view [data-label="${at}"]`);
    const label = labelsIn(place.report)[at];
    const choices = make("div", "choices");
    for (const [value, key] of Object.entries(NAMES)) {
      const name = said(value);
      const button = make("button", "", make("kbd", "", key), make("span", "word", ` ${name}`));
      Object.assign(button, { type: "button", title: name, tabIndex: -1 });
      button.dataset.value = value;
      button.setAttribute("aria-label", `${label.finding}: ${name}`);
      button.addEventListener("click", () => { go(at); decide(value); });
      choices.append(button);
    }
    const note = Object.assign(make("input", ""), { placeholder: "note", maxLength: 500, tabIndex: -1 });
    note.setAttribute("aria-label", `Note on ${label.finding}`);
    note.addEventListener("change", () => take([[at, decisionOf(place.report, at).value, note.value]]));
    note.addEventListener("keydown", (event) => ["Enter", "Escape"].includes(event.key) && item.focus());
    choices.append(note);
    const others = Object.entries(label.others).map(([name, status]) => `${name}: ${said(status)}`);
    if (others.length) find("h3", item).after(make("p", "others", others.join(" · ")));
    find("h3", item).after(choices);
    item.addEventListener("focus", () => go(at));
    showLabel(at);
  }
}

// A cell of CSV; as in `csv_line` of labeler/io/write.py, an apostrophe goes before what a spreadsheet would run.
const FORMULA = /^'*(?:[=@\t\r\n\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d.]*(?: to [+-]?[\d.]+)?$))/;
const FORMULA_INSIDE = /(;[ ]*|(?!^)[\t\r\n][ ]*)('*)(?=[=@\uff1d\uff20]|[+\-\uff0b\uff0d][\w.+*/-]*[(|!])/g;

function cell(text) {
  const safe = (FORMULA.test(text) ? "'" : "") + text.replace(FORMULA_INSIDE, "$1'$2");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function save() {
  const value = (status) => data.values[status] ?? status;
  const lines = ["study_id,observation,given,corrected,note,drawn"];
  data.reports.forEach((study, report) => {
    for (const at of asked(report)) {
      const { value: corrected, note } = decisionOf(report, at);
      const label = study.labels[at];
      if (corrected) lines.push([study.id, label.finding, value(label.status), value(corrected), note || "", data.drawn].map(cell).join(","));
    }
  });
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  link.download = "corrections.csv";
  link.click();
  URL.revokeObjectURL(link.href);
  const lost = [...decided.values()].filter(({ value: corrected, note }) => note && !corrected).length;
  tell(`Saved ${lines.length - 1} labels.${lost ? ` Notes on labels that are not decided were left out: ${lost}.` : ""}`);
}

page.shows = true;
page.shown = () => {
  addChoices();
  tell("");
  go(open(place.report)[0] ?? asked(place.report)[0]);
};
page.keys = {
  ...Object.fromEntries(Object.entries(KEYS).map(([key, value]) => [key, () => decide(value)])),
  Enter: confirm,
  a: confirmRest,
  z: undo,
  s: save,
  n: () => find(`#view [data-label="${current}"] input`).focus(),
  ArrowUp: () => step(-1),
  ArrowDown: () => step(1),
};
// A note that is being written is kept when the page goes away. Another tab with this page changes the same work, so that
// this one reads it again before it goes on.
let isStale = false;
addEventListener("pagehide", () => document.activeElement.blur());
addEventListener("storage", () => { isStale = true; });
addEventListener("focus", () => isStale && location.reload());
find("#rest").addEventListener("click", confirmRest);
find("#undo").addEventListener("click", undo);
find("#save").addEventListener("click", save);
const isRead = recall();
start();
showCount();
if (!isRead) tell("The work kept in this browser cannot be read: save before you close the page.");
