// Charts drawn from the specifications in the page, and tables that sort, filter and download. Nothing is fetched.
"use strict";

const read = (node) => JSON.parse(node.textContent);

function draw(figure) {
  const spec = read(figure.querySelector("script.spec"));
  const target = figure.querySelector(".chart");
  const width = target.clientWidth;
  const config = spec.config;
  // The caption of the figure says what the title says; the page's own colours show through.
  delete spec.title;
  spec.background = "transparent";
  delete spec.$schema;
  spec.width = "container";
  config.legend = { ...config.legend, labelLimit: width - 60 };
  if (width < 520) {
    config.axisY = { ...config.axisY, labelLimit: 110 };
    config.legend.labelLimit = width - 200;
  }
  const actions = { export: true, source: false, compiled: false, editor: false };
  return vegaEmbed(target, spec, { mode: "vega-lite", renderer: "svg", ast: true, actions, tooltip: true });
}

// What a cell is sorted by: the instant behind it, the number, or the words.
function key(cell, numeric) {
  const time = cell.querySelector("time");
  if (time) return time.dateTime;
  if (cell.querySelector(".unknown")) return null;
  return numeric ? Number(cell.textContent.replaceAll(",", "")) : cell.textContent.trim();
}

// What is not known stands last, whichever way the rest is sorted.
function order(one, other, direction) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (typeof one === "number") return direction * (one - other);
  return direction * one.localeCompare(other);
}

function sort(table, head) {
  const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  const column = head.cellIndex;
  const numeric = head.classList.contains("number");
  const rows = Array.from(table.tBodies[0].rows, (row) => [key(row.cells[column], numeric), row]);
  rows.sort((one, other) => order(one[0], other[0], direction));
  table.tBodies[0].append(...rows.map((row) => row[1]));
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}

const SHORT = 25;

function equip(section) {
  const table = section.querySelector("table");
  const rows = Array.from(table.tBodies[0].rows);
  const extent = section.querySelector(".extent");
  const said = extent ? extent.textContent : "";
  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = "Show only rows with …";
  search.setAttribute("aria-label", `Filter the table ${table.dataset.name}`);
  let whole = rows.length <= SHORT;
  const more = button(`Show all ${rows.length.toLocaleString("en")} rows`, () => { whole = true; show(); });
  more.className = "more";
  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = Array.from(table.tBodies[0].rows).filter((row) => words.every((word) => row.textContent.toLowerCase().includes(word)));
    const shown = new Set(whole || words.length ? found : found.slice(0, SHORT));
    for (const row of rows) row.hidden = !shown.has(row);
    more.hidden = whole || words.length > 0;
    if (extent) extent.textContent = words.length ? `${found.length} of ${rows.length} rows have “${search.value}”.` : said;
  }
  for (const head of table.tHead.rows[0].cells) {
    const press = button(head.textContent, () => { sort(table, head); show(); });
    head.replaceChildren(press);
  }
  search.addEventListener("input", show);
  const tools = document.createElement("div");
  tools.className = "tools";
  if (rows.length > 5) tools.append(search);
  const csv = section.querySelector("script.csv");
  if (csv) tools.append(button("Download CSV", () => save(table.dataset.name, read(csv))));
  section.prepend(tools);
  section.querySelector(".wide").after(more);
  show();
}

function offer(section) {
  const tools = document.createElement("div");
  tools.className = "tools";
  const cards = Array.from(section.querySelectorAll("details.card"));
  tools.append(button("Open all", () => cards.forEach((card) => { card.open = true; })));
  tools.append(button("Download CSV", () => save("steps", read(section.querySelector("script.csv")))));
  section.prepend(tools);
  const found = location.hash && section.querySelector(`[data-situation="${CSS.escape(location.hash.slice(1))}"]`);
  if (found) {
    found.open = true;
    found.scrollIntoView();
  }
}

document.querySelectorAll("figure").forEach(draw);
document.querySelectorAll("section.steps").forEach(offer);
document.querySelectorAll("section.table").forEach(equip);
