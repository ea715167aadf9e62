// Makes a report's figures live; all of it can be read without.
"use strict";

// A heat map says what stands in the cell that the pointer or the arrow keys are at, in a line beneath it.
for (const map of document.querySelectorAll("svg[data-columns]")) {
  const cells = [...map.querySelectorAll("rect > title")].map((title) => {
    const cell = title.parentNode;
    const entry = {cell, text: title.textContent};
    title.remove();  // else it would be said twice
    return entry;
  });
  const sheet = map.closest(".sheet");
  let note = sheet.parentNode.querySelector(".note");
  if (!note) {
    note = document.createElement("div");
    note.className = "note";
    note.setAttribute("aria-live", "polite");
    note.textContent = "Point at a cell, or walk through them with the arrow keys.";
    sheet.after(note);
  }
  const cursor = document.createElementNS(map.namespaceURI, "rect");
  cursor.setAttribute("class", "cursor");
  let at = 0;
  const show = (place) => {
    at = Math.max(0, Math.min(cells.length - 1, place));
    for (const name of ["x", "y", "width", "height"]) cursor.setAttribute(name, cells[at].cell.getAttribute(name));
    map.append(cursor);
    note.textContent = cells[at].text;
  };
  const places = new Map(cells.map((entry, place) => [entry.cell, place]));
  const point = (event) => places.has(event.target) && show(places.get(event.target));
  map.addEventListener("pointermove", point);
  map.addEventListener("pointerdown", point);
  const columns = Number(map.dataset.columns);
  const moves = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns};
  map.tabIndex = 0;
  map.addEventListener("focus", () => map.matches(":focus-visible") && show(at));
  map.addEventListener("keydown", (event) => {
    if (!(event.key in moves)) return;
    event.preventDefault();
    if (cells[at + moves[event.key]]) show(at + moves[event.key]);
  });
}

// Frames of one figure: a slider shows one at a time, a button all of them, one after the other.
for (const figure of document.querySelectorAll("figure.frames")) {
  const others = figure.querySelector("details");
  const last = figure.querySelector(".frame:not(details *)");
  const frames = [...others.querySelectorAll(".frame"), last];
  const bar = document.createElement("div");
  bar.className = "play";
  const button = document.createElement("button");
  const slider = document.createElement("input");
  const label = document.createElement("output");
  Object.assign(slider, {type: "range", min: 0, max: frames.length - 1, value: frames.length - 1});
  slider.setAttribute("aria-label", figure.dataset.name);
  bar.append(button, slider, label);
  const show = () => {
    frames.forEach((frame, i) => (frame.hidden = i !== Number(slider.value)));
    label.textContent = frames[slider.value].dataset.label;
    slider.setAttribute("aria-valuetext", label.textContent);
  };
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "\u25b6";
    button.setAttribute("aria-label", "play");
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) === frames.length - 1) slider.value = 0;
    show();
    button.textContent = "\u275a\u275a";
    button.setAttribute("aria-label", "pause");
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (Number(slider.value) === frames.length - 1) stop();
    }, 500);
  });
  slider.addEventListener("input", () => {
    stop();
    show();
  });
  figure.prepend(bar, ...frames);
  for (const label of figure.querySelectorAll(".at")) label.remove();
  others.remove();
  stop();
  show();
}
