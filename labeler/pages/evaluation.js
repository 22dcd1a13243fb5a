const form = document.getElementById("filters");
const rows = Array.from(document.querySelectorAll("#errors tbody tr"));
function fits(row) {
  const { finding, task, kind, search } = form.elements;
  if (finding.value && row.dataset.finding !== finding.value) return false;
  const kinds = row.dataset.kinds.split("|").map((name) => name.split(" "));
  if (!kinds.some((name) => (!task.value || name[0] === task.value) && (!kind.value || name[1] === kind.value))) return false;
  return row.textContent.toLowerCase().includes(search.value.trim().toLowerCase());
}
function filter() {
  let shown = 0;
  for (const row of rows) {
    row.hidden = !fits(row);
    if (!row.hidden) shown += 1;
  }
  document.getElementById("count").textContent = `${shown} of ${rows.length}`;
}
// A link such as index.html#finding=Edema&task=negation opens the page with its filters set.
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  const field = form.elements.namedItem(name);
  if (field) field.value = value;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
