// Finds sections of the manual by all the words typed; the pages can be read without it.
"use strict";

const MOST = 12;
const AROUND = 40;

function found(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = [];
  for (const section of wanted.length ? SECTIONS : []) {
    const title = section.title.toLowerCase();
    const text = section.text.toLowerCase();
    if (wanted.every((word) => title.includes(word) || text.includes(word))) {
      const isTitle = wanted.every((word) => title.includes(word));
      // The first page names everything.
      const rank = section.to.startsWith("index") ? 2 : Number(!isTitle);
      hits.push({ section, rank, at: text.indexOf(wanted[0]) });
    }
  }
  return hits.sort((one, other) => one.rank - other.rank).slice(0, MOST);
}

function entry({ section, at }) {
  const link = document.createElement("a");
  link.href = section.to;
  link.textContent = section.title;
  const begin = Math.max(0, at - AROUND);
  const extract = document.createElement("span");
  extract.textContent = (begin ? "…" : "") + section.text.slice(begin, begin + 3 * AROUND);
  link.append(extract);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

const search = document.querySelector("header search");
const input = search.querySelector("input");
const list = search.querySelector("ul");

function close() {
  list.hidden = true;
}

input.addEventListener("input", () => {
  const hits = found(input.value);
  list.replaceChildren(...hits.map(entry));
  if (!hits.length) {
    const none = document.createElement("li");
    none.append(Object.assign(document.createElement("p"), { textContent: search.dataset.nothing }));
    list.append(none);
  }
  list.hidden = !input.value.trim();
});

search.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape") {
    close();
    input.focus();
  } else if (event.key === "Enter" && event.target === input && links.length) {
    links[0].click();
  } else if (event.key === "ArrowDown" && links.length) {
    event.preventDefault();
    links[Math.min(at + 1, links.length - 1)].focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    event.preventDefault();
    (links[at - 1] ?? input).focus();
  }
});

search.addEventListener("focusout", (event) => {
  if (!search.contains(event.relatedTarget)) {
    close();
  }
});
list.addEventListener("click", close);

addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== input) {
    event.preventDefault();
    input.focus();
  }
});
