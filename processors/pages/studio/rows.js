// The sentences of a score as rows: picture, words, phonemes and the pause behind.

import { HEIGHT, Scale, coloursOf, drawSentence, rangeOf, ticks } from "./drawing.js";
import { frameSeconds, framesOf, pitchOf } from "./score.js";

const ZOOMS = [120, 160, 210, 280, 370, 500]; // pixels a second
const READABLE = 3; // the zoom from which most words fit under the picture
const MOST_PAUSE = 2; // seconds that the slider offers

export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

export const milliseconds = (score, frames) => Math.round(frames * frameSeconds(score) * 1000);

// A word, phoneme or pause, as it is read aloud.
export function describe(score, sentence, item) {
  const length = `${milliseconds(score, framesOf(sentence, item.from, item.to))} milliseconds`;
  if (item.kind === "pause") return length;
  const hz = pitchOf(sentence, item.from, item.to);
  return hz === null ? `voiceless, ${length}` : `${Math.round(hz)} hertz, ${length}`;
}

export const titleOf = (item) =>
  ({ word: `word ${item.name}`, phoneme: `phoneme ${item.name} in ${item.word}` })[item.kind] ??
  (item.name.trim() ? `pause, mark ${item.name}` : "pause");

export class Rows {
  #rows = [];
  #zoom = 2;
  #range = { low: 80, high: 400 };

  // `mels` maps sentences to their mels.
  constructor(container, mels) {
    this.container = container;
    this.mels = mels;
    this.old = new WeakMap(); // sentence -> the mel before its last edit
    this.score = null;
    this.chosen = null; // {index, item}
    this.held = null; // {index, token} while it is drawn
    this.colours = coloursOf(container);
    this.seen = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: "300px" });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = coloursOf(container);
      this.refresh();
    });
  }

  get scale() {
    return new Scale(this.#range, ZOOMS[this.#zoom] * frameSeconds(this.score));
  }

  // A new text: everything is made again.
  show(score) {
    this.score = score;
    this.chosen = null;
    this.#range = rangeOf(score);
    const longest = Math.max(...score.sentences.map((s) => framesOf(s))) * frameSeconds(score);
    const room = this.container.clientWidth - 60;
    const fitting = ZOOMS.filter((pixels) => pixels * longest <= room);
    this.#zoom = Math.max(ZOOMS.indexOf(fitting.at(-1)), READABLE);
    this.seen.disconnect();
    this.#rows = score.sentences.map((sentence, i) => new Row(score, i));
    this.container.replaceChildren(...this.#rows.map((row) => row.element));
    for (const row of this.#rows) this.seen.observe(row.element);
    this.refresh();
  }

  // Further sentences of the same text.
  grow(score) {
    this.score = score;
    const { low, high } = rangeOf(score);
    const wider = low < this.#range.low || high > this.#range.high;
    this.#range = { low: Math.min(low, this.#range.low), high: Math.max(high, this.#range.high) };
    for (let i = this.#rows.length; i < score.sentences.length; i += 1) {
      const row = new Row(score, i);
      this.#rows.push(row);
      this.container.append(row.element);
      this.seen.observe(row.element);
      if (!wider) this.refresh(i);
    }
    if (wider) this.refresh();
  }

  // Pictures are drawn where they are seen: those of a book would fill a phone's memory.
  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const index = this.#rows.findIndex(({ element }) => element === target);
      if (index < 0) continue;
      this.#rows[index].seen = isIntersecting;
      this.#draw(index);
    }
  }

  // Whether a score differs only in what was edited.
  holds(score) {
    const { sentences } = this.score;
    const same = (sentence, i) => sentence.items === sentences[i]?.items;
    return score.sentences.length === sentences.length && score.sentences.every(same);
  }

  // The same text with other numbers: what differs is drawn again.
  update(score) {
    const before = this.score;
    this.score = score;
    score.sentences.forEach((sentence, i) => {
      if (sentence === before.sentences[i]) return;
      this.old.set(sentence, this.#mel(before.sentences[i]));
      this.refresh(i);
    });
  }

  // The mel of a sentence; until it is known, that of the sentence before its edit.
  #mel(sentence) {
    return this.mels.get(sentence) ?? this.old.get(sentence);
  }

  refresh(only = null) {
    if (!this.score) return;
    this.#rows.forEach((row, i) => {
      if (only !== null && only !== i) return;
      row.place(this.score, this.score.sentences[i], this.scale, this.#chosenIn(i));
      this.#draw(i);
    });
  }

  #chosenIn(index) {
    return this.chosen?.index === index ? this.chosen.item : null;
  }

  #draw(index) {
    const { canvas, seen } = this.#rows[index];
    if (!seen) {
      canvas.width = canvas.height = 1; // frees its memory
      return;
    }
    const sentence = this.score.sentences[index];
    const { colours, scale } = this;
    const held = this.held?.index === index ? this.held : null;
    const [mel, chosen] = [this.#mel(sentence), this.#chosenIn(index)];
    drawSentence(canvas, { sentence, mel, scale, colours, chosen, held });
  }

  zoom(step) {
    this.#zoom = Math.min(Math.max(this.#zoom + step, 0), ZOOMS.length - 1);
    this.refresh();
    return { least: this.#zoom === 0, most: this.#zoom === ZOOMS.length - 1 };
  }

  choose(index, item) {
    const before = this.chosen?.index;
    this.chosen = { index, item };
    if (before !== undefined && before !== index) this.refresh(before);
    this.refresh(index);
  }

  element(index, item) {
    return this.#rows[index].elements.get(item);
  }

  canvas(index) {
    return this.#rows[index].canvas;
  }

  // The place that is being heard, in seconds of a sentence; null hides it.
  mark(index, seconds) {
    this.#rows.forEach((row, i) => row.mark(i === index ? seconds : null, ZOOMS[this.#zoom]));
  }
}

class Row {
  constructor(score, index) {
    const sentence = score.sentences[index];
    const number = index + 1;
    this.elements = new Map(); // item -> element
    this.seen = false;
    this.canvas = make("canvas", { "data-index": index, "aria-hidden": "true" });
    const words = make("div", { class: "words", role: "group", "aria-label": `Words of sentence ${number}` });
    const phones = make("div", { class: "phones", role: "group", "aria-label": `Phonemes of sentence ${number}` });
    sentence.items.forEach((item, i) => {
      const element = make("div", {
        class: `item ${item.kind}`,
        role: "slider",
        tabindex: "-1",
        "aria-orientation": "vertical",
        "aria-label": titleOf(item),
        "aria-describedby": "keys",
        "data-index": index,
        "data-item": i,
      });
      element.append(make("span", { class: "name" }, item.name.trim() || "·"));
      if (item.kind !== "word") element.append(make("span", { class: "edge" }));
      (item.kind === "word" ? words : phones).append(element);
      this.elements.set(item, element);
    });
    for (const group of [words, phones]) group.firstElementChild?.setAttribute("tabindex", "0");
    this.line = make("div", { class: "line", "aria-hidden": "true" });
    this.axis = make("div", { class: "axis", "aria-hidden": "true" });
    this.time = make("div", { class: "time" }, this.canvas, words, phones, this.line);
    this.scroll = make("div", { class: "scroll" }, this.time);
    const play = make("button", { type: "button", class: "play", "data-play": index, "aria-label": `Play sentence ${number}` });
    this.element = make(
      "section",
      { class: "row card", "aria-label": `Sentence ${number}` },
      make("header", {}, play, make("p", { class: "said" }, sentence.text)),
      make("div", { class: "staff" }, this.axis, this.scroll),
    );
    if (index < score.total - 1) this.element.append(this.#pause(score, index));
  }

  #pause(score, index) {
    const most = Math.round(MOST_PAUSE / frameSeconds(score));
    this.pause = make("input", { type: "range", min: "0", max: most, step: "1", "data-pause": index });
    this.pauseValue = make("output");
    return make("label", { class: "gap" }, make("span", {}, "Pause after this sentence"), this.pause, this.pauseValue);
  }

  // Puts everything where the durations say.
  place(score, sentence, scale, chosen) {
    this.element.classList.toggle("active", chosen !== null);
    this.time.style.width = `${framesOf(sentence) * scale.frame}px`;
    this.canvas.style.height = `${HEIGHT}px`;
    for (const [item, element] of this.elements) {
      const frames = framesOf(sentence, item.from, item.to);
      const left = scale.x(sentence, item.from);
      element.style.left = `${left}px`;
      element.style.width = `${frames * scale.frame}px`;
      element.classList.toggle("chosen", item === chosen);
      element.classList.toggle("gone", frames === 0);
      const hz = pitchOf(sentence, item.from, item.to);
      const byLength = hz === null;
      element.setAttribute("aria-valuemin", byLength ? 0 : Math.round(scale.range.low));
      element.setAttribute("aria-valuemax", byLength ? 4000 : Math.round(scale.range.high));
      element.setAttribute("aria-valuenow", Math.round(hz ?? milliseconds(score, frames)));
      element.setAttribute("aria-valuetext", describe(score, sentence, item));
    }
    const labels = ticks(scale).map((hz) => {
      const label = make("span", {}, String(hz));
      label.style.top = `${scale.y(hz)}px`;
      return label;
    });
    this.axis.replaceChildren(...labels, make("span", { class: "unit" }, "Hz"));
    this.axis.style.height = `${HEIGHT}px`;
    if (this.pause) {
      const seconds = (sentence.after * frameSeconds(score)).toFixed(2);
      this.pause.value = sentence.after;
      this.pause.setAttribute("aria-valuetext", `${seconds} seconds`);
      this.pauseValue.value = `${seconds} s`;
    }
  }

  mark(seconds, pixels) {
    this.element.classList.toggle("heard", seconds !== null);
    if (seconds === null) return;
    const x = seconds * pixels;
    this.line.style.transform = `translateX(${x}px)`;
    const { scrollLeft, clientWidth } = this.scroll;
    if (x < scrollLeft || x > scrollLeft + clientWidth - 30) this.scroll.scrollLeft = x - 40;
  }
}
