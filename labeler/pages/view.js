"use strict";
// Shows one report at a time from the page's data: the text with its marks, and the labels with their reasons.
// Everything from data becomes text nodes, never markup.
const data = JSON.parse(document.getElementById("data").textContent);
const SIGNS = { present: "+", absent: "−", uncertain: "?", unasserted: "·", blank: "○" };
const SAID = { unasserted: "named only", blank: "not mentioned" };
const said = (status) => SAID[status] || status;
const place = { report: 0, mention: -1 };
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

function make(name, kind, ...children) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...children);
  return made;
}

function markOf(study, [words, classes, sentence, mentions]) {
  const first = study.mentions[mentions[0]];
  const made = make(first ? "mark" : "span", first ? `${first.status} ${classes}` : classes, words);
  if (sentence >= 0) made.dataset.sentence = sentence;
  if (first) {
    made.dataset.mentions = mentions.join(" ");
    made.title = mentions.map((at) => `${study.mentions[at].finding}: ${said(study.mentions[at].status)}`).join("; ");
    if (classes.includes("first")) made.tabIndex = 0;
  }
  return made;
}

function textOf(study) {
  const text = make("div", "report");
  text.append(...study.pieces.map((piece) => markOf(study, piece)));
  return text;
}

function sentenceOf(study, at) {
  return study.pieces.filter((piece) => piece[2] === at).map((piece) => piece[0]).join("").trim();
}

function ruleOf(name) {
  const rule = make("span", "rule", name);
  if (data.meanings[name]) rule.title = data.meanings[name];
  return rule;
}

// A mention with what decided it; its sentence above it, unless the mention before was in the same.
function reasonOf(study, at, before) {
  const mention = study.mentions[at];
  const reason = make("li", "");
  if (before === undefined || study.mentions[before].sentence !== mention.sentence) {
    reason.append(make("q", "", sentenceOf(study, mention.sentence) || mention.text), make("br"));
  }
  const status = make("b", mention.status, `${SIGNS[mention.status]} ${said(mention.status)}`);
  reason.append("“", mention.text, "” ", status, mention.cue ? ` by “${mention.cue}”. ` : ". ", data.meanings[mention.rule] || "", " ");
  reason.append(make("span", "note ids", ruleOf(mention.rule), ` (${mention.reader}) · `, ruleOf(mention.phrase), ` · ${mention.section}`));
  if (mention.doubt) reason.append(make("p", "warning", `In doubt: ${mention.doubt}`));
  return reason;
}

function labelOf(study, label, at) {
  const item = make("li", `label ${label.status}`);
  item.dataset.label = at;
  item.tabIndex = 0;
  const head = make("h3", "", make("span", "sign", SIGNS[label.status]), " ", label.finding, " ");
  head.append(make("b", "status", said(label.status)), make("b", "now"));
  item.append(head);
  for (const line of label.attributes) item.append(make("p", "attributes", line));
  const own = label.mentions.filter((one) => study.mentions[one].finding === label.finding);
  const others = label.mentions.filter((one) => !own.includes(one)).map((one) => study.mentions[one].finding);
  if (own.length) item.append(make("ul", "reasons", ...own.map((one, number) => reasonOf(study, one, own[number - 1]))));
  const isPlain = !others.length && own.every((one) => study.mentions[one].status === label.status);
  const because = others.length ? ` Because of: ${[...new Set(others)].join(", ")}. ` : " ";
  const why = isPlain ? "" : (data.meanings[label.rule] || "") + because;
  if (label.rule !== "not-mentioned" || own.length) item.append(make("p", "note why", why, ruleOf(label.rule)));
  return item;
}

function labelsOf(study) {
  const side = make("section", "labels");
  side.append(make("h2", "", study.id || "Report without identifier"), ...study.notes.map((note) => make("p", "warning", note)));
  if (study.unread.length) side.append(make("p", "", make("b", "", "Unread words: "), make("span", "unread", study.unread.join(", "))));
  const shown = study.labels.map((label, at) => [label, at]);
  const told = page.shows ? shown : shown.filter(([label]) => label.status !== "blank" || label.mentions.length);
  side.append(make("ol", "", ...told.map(([label, at]) => labelOf(study, label, at))));
  const rest = shown.filter((one) => !told.includes(one)).map(([label]) => label.finding);
  if (rest.length) side.append(make("p", "note", make("b", "", `${SIGNS.blank} Not mentioned: `), rest.join(", ")));
  return side;
}

function viewOf(study) {
  const view = make("article", "study");
  view.append(textOf(study), labelsOf(study));
  return view;
}

// Mark the sentences of a label, or the labels of a mention.
function light(view, sentences, labels) {
  for (const piece of all("[data-sentence]", view)) piece.classList.toggle("lit", sentences.has(Number(piece.dataset.sentence)));
  for (const item of all("[data-label]", view)) item.classList.toggle("lit", labels.has(Number(item.dataset.label)));
}

function lightFrom(target) {
  const view = target.closest && target.closest("article.study");
  if (!view) return;
  const study = data.reports[place.report];
  const item = target.closest("[data-label]");
  const mark = target.closest("mark");
  const mentions = item ? study.labels[item.dataset.label].mentions : mark ? mark.dataset.mentions.split(" ").map(Number) : [];
  const sentences = new Set(mentions.map((at) => study.mentions[at].sentence));
  const labels = new Set();
  if (mark) study.labels.forEach((label, at) => label.mentions.some((one) => mentions.includes(one)) && labels.add(at));
  if (item || mark) light(view, sentences, labels);
}

function showReport(at) {
  place.report = Math.max(0, Math.min(Math.trunc(at), data.reports.length - 1));
  place.mention = -1;
  find("#view").replaceChildren(viewOf(data.reports[place.report]));
  find("#reports").value = place.report;
  find("#place").textContent = `${place.report + 1} of ${data.reports.length}`;
  find("#before").disabled = place.report === 0;
  find("#after").disabled = place.report === data.reports.length - 1;
  history.replaceState(null, "", `#report=${place.report + 1}`);
  page.shown();
}

function showMention(step) {
  const marks = all("#view mark.first");
  if (!marks.length) return;
  place.mention = (place.mention + step + marks.length) % marks.length;
  marks[place.mention].focus();
  marks[place.mention].scrollIntoView({ block: "nearest" });
}

const MOVES = {
  ArrowLeft: () => showReport(place.report - 1),
  ArrowRight: () => showReport(place.report + 1),
  m: () => showMention(1),
  M: () => showMention(place.mention < 0 ? 0 : -1),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA|SUMMARY)$/.test(event.target.tagName)) return;
  const act = page.keys[event.key] || MOVES[event.key] || page.keys[event.key.toLowerCase()];
  if (!act || (event.target.tagName === "BUTTON" && event.key === "Enter")) return;
  event.preventDefault();
  act();
}

// A page says which labels it shows, what to do when a report is shown, and its own keys.
const page = { shows: false, shown() {}, keys: {} };

function start() {
  find("#reports").append(...data.reports.map((study, at) => Object.assign(make("option", "", study.id || `report ${at + 1}`), { value: at })));
  find("#reports").addEventListener("change", (event) => { showReport(Number(event.target.value)); event.target.blur(); });
  find("#before").addEventListener("click", MOVES.ArrowLeft);
  find("#after").addEventListener("click", MOVES.ArrowRight);
  for (const kind of ["mouseover", "focusin"]) find("#view").addEventListener(kind, (event) => lightFrom(event.target));
  document.addEventListener("keydown", onKey);
  showReport(Number(new URLSearchParams(location.hash.slice(1)).get("report") || 1) - 1 || 0);
}
