// Edits by pointer and by key.

import {
  framesOf,
  itemAt,
  pitchOf,
  restored,
  shifted,
  stretched,
  withPause,
  withPitch,
} from "./score.js";

const MOVED = 3; // pixels: less is a click
const NEAR = 16; // pixels from a point: it is dragged, and does not jump to the pointer
const STEP = { small: 0.5, large: 4 }; // semitones of a key

export class Editor {
  #gesture = null;

  // `commit(score, {index, token, label, mark})` keeps an edit, `draft` only shows it.
  constructor(rows, { commit, draft, choose, play, say }) {
    Object.assign(this, { rows, commit, draft, choose, play, say });
    const { container } = rows;
    container.addEventListener("pointerdown", (event) => this.#down(event));
    container.addEventListener("pointermove", (event) => this.#move(event));
    container.addEventListener("pointerup", (event) => this.#up(event));
    container.addEventListener("pointercancel", () => this.#cancel());
    container.addEventListener("click", (event) => this.#click(event));
    container.addEventListener("keydown", (event) => this.#key(event));
    container.addEventListener("focusin", (event) => this.#focused(event));
    container.addEventListener("input", (event) => this.#pause(event, false));
    container.addEventListener("change", (event) => this.#pause(event, true));
  }

  get #score() {
    return this.rows.score;
  }

  #itemOf(element) {
    const index = Number(element.dataset.index);
    return { index, item: this.#score.sentences[index].items[Number(element.dataset.item)] };
  }

  // --- pointer

  #down(event) {
    if (event.button !== 0 || this.#gesture || !this.#score.editable) return;
    const element = event.target.closest("canvas, .item");
    if (!element) return;
    const base = this.#score;
    const start = { x: event.clientX, y: event.clientY };
    const index = Number(element.dataset.index);
    // a finger chooses a sentence first: until then it scrolls
    if (event.pointerType === "touch" && this.rows.chosen?.index !== index) return;
    if (element.localName === "canvas") {
      this.#gesture = { kind: "draw", ...this.#pen(element, event), base, start };
    } else {
      const { index, item } = this.#itemOf(element);
      const kind = event.target.classList.contains("edge") ? "stretch" : "shift";
      this.#gesture = { kind, index, item, base, start };
      element.focus({ preventScroll: true });
    }
    this.#gesture.moved = false;
    element.setPointerCapture(event.pointerId);
  }

  // How drawing begins: near the line its phoneme is picked up, and moved until the pointer is over
  // another one; elsewhere the pointer is the pen.
  #pen(canvas, event) {
    const index = Number(canvas.dataset.index);
    const sentence = this.#score.sentences[index];
    const { x, y } = placeIn(canvas, event);
    const token = this.rows.scale.tokenAt(sentence, x);
    const hz = sentence.pitch[token];
    const off = hz === null ? 0 : this.rows.scale.y(hz) - y;
    const near = hz !== null && Math.abs(off) < NEAR;
    const item = near ? itemAt(sentence, token) : null;
    return { index, token, canvas, item, offset: near ? off : 0, last: { x, y } };
  }

  #move(event) {
    const gesture = this.#gesture;
    if (!gesture) return;
    const across = event.clientX - gesture.start.x;
    const down = event.clientY - gesture.start.y;
    if (!gesture.moved && Math.hypot(across, down) < MOVED) return;
    if (!gesture.moved) this.#begin(gesture);
    const next = this.#edited(gesture, event, across, down);
    this.rows.held =
      gesture.kind === "stretch" ? null : { index: gesture.index, token: this.#heldToken(gesture) };
    this.draft(next);
    this.rows.refresh(gesture.index);
  }

  #begin(gesture) {
    gesture.moved = true;
    if (gesture.kind === "draw") {
      this.choose(gesture.index, itemAt(this.#score.sentences[gesture.index], gesture.token));
    }
  }

  #heldToken(gesture) {
    if (gesture.kind === "draw") return gesture.token;
    const { from, to } = gesture.item;
    const { pitch } = this.#score.sentences[gesture.index];
    for (let i = from; i < to; i += 1) if (pitch[i] !== null) return i;
    return from;
  }

  #edited(gesture, event, across, down) {
    const { base, index, item } = gesture;
    const { scale } = this.rows;
    if (gesture.kind === "stretch") {
      const frames = framesOf(base.sentences[index], item.from, item.to) + across / scale.frame;
      return stretched(base, index, item, frames);
    }
    if (gesture.kind === "shift") {
      return shifted(base, index, item, this.#within(base, index, item, -down / scale.semitone));
    }
    const here = placeIn(gesture.canvas, event);
    const over = scale.tokenAt(base.sentences[index], here.x);
    if (item && over >= item.from && over < item.to) {
      gesture.last = here;
      return shifted(base, index, item, this.#within(base, index, item, -down / scale.semitone));
    }
    gesture.item = null;
    return this.#drawn(gesture, event);
  }

  // Semitones that keep an item within the picture.
  #within(score, index, { from, to }, semitones) {
    const { low, high } = this.rows.scale.range;
    const known = score.sentences[index].pitch.slice(from, to).filter((hz) => hz !== null);
    if (!known.length) return 0;
    const most = 12 * Math.log2(high / Math.max(...known));
    const least = 12 * Math.log2(low / Math.min(...known));
    return Math.min(Math.max(semitones, Math.min(least, 0)), Math.max(most, 0));
  }

  // The tokens between the pointer's last place and this one get the pitch of the line between.
  #drawn(gesture, event) {
    const { scale } = this.rows;
    const sentence = this.#score.sentences[gesture.index];
    const drawn = [];
    const between = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of between.length ? between : [event]) {
      const { last } = gesture;
      const here = placeIn(gesture.canvas, { clientX, clientY });
      const [first, end] = [scale.tokenAt(sentence, last.x), scale.tokenAt(sentence, here.x)];
      for (let token = Math.min(first, end); token <= Math.max(first, end); token += 1) {
        const middle = scale.x(sentence, token) + (sentence.durations[token] * scale.frame) / 2;
        const share = here.x === last.x ? 1 : (middle - last.x) / (here.x - last.x);
        const y = last.y + Math.min(Math.max(token === end ? 1 : share, 0), 1) * (here.y - last.y);
        drawn.push([token, scale.hz(y + gesture.offset)]);
      }
      gesture.last = here;
      gesture.token = end;
    }
    return withPitch(this.#score, gesture.index, drawn);
  }

  #up() {
    const gesture = this.#gesture;
    this.#gesture = null;
    this.rows.held = null;
    if (!gesture) return;
    if (!gesture.moved) return;
    const next = this.#score;
    this.rows.refresh(gesture.index);
    if (next === gesture.base) return;
    const label = { draw: "drawn pitch", shift: "moved pitch", stretch: "length" }[gesture.kind];
    this.commit(next, { index: gesture.index, token: gesture.item?.from ?? gesture.token, label });
  }

  // Chooses what was clicked or tapped.
  #click(event) {
    const element = event.target.closest("canvas, .item");
    if (!element) return;
    if (element.localName !== "canvas") {
      element.focus({ preventScroll: true });
      return;
    }
    const index = Number(element.dataset.index);
    const sentence = this.#score.sentences[index];
    const token = this.rows.scale.tokenAt(sentence, placeIn(element, event).x);
    this.rows.element(index, itemAt(sentence, token)).focus({ preventScroll: true });
  }

  // The browser scrolls instead.
  #cancel() {
    const gesture = this.#gesture;
    this.#gesture = null;
    this.rows.held = null;
    if (!gesture) return;
    this.draft(gesture.base);
    this.rows.refresh(gesture.index);
  }

  // --- keys

  #focused(event) {
    const element = event.target.closest(".item");
    if (!element) return;
    for (const other of element.parentElement.children) {
      other.setAttribute("tabindex", other === element ? "0" : "-1");
    }
    const { index, item } = this.#itemOf(element);
    this.choose(index, item);
  }

  #key(event) {
    const element = event.target.closest(".item");
    if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
    const { index, item } = this.#itemOf(element);
    const go = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
    const ends = { Home: "firstElementChild", End: "lastElementChild" }[event.key];
    const step = event.shiftKey ? STEP.large : STEP.small;
    if (go) element[go]?.focus();
    else if (ends) element.parentElement[ends].focus();
    else if (event.key === "ArrowUp") this.raise(index, item, step);
    else if (event.key === "ArrowDown") this.raise(index, item, -step);
    else if (event.key === "+" || event.key === "=") this.lengthen(index, item, 1);
    else if (event.key === "-" || event.key === "_") this.lengthen(index, item, -1);
    else if (event.key === "Delete" || event.key === "Backspace") this.reset(index, item);
    else if (event.key === "Enter" || event.key === " ") this.play(index, item.from);
    else return;
    event.preventDefault();
  }

  // Higher by semitones; what has no pitch is longer instead.
  raise(index, item, semitones) {
    if (item.kind === "pause") return this.lengthen(index, item, Math.sign(semitones));
    if (pitchOf(this.#score.sentences[index], item.from, item.to) === null) {
      return this.say(`${item.name} is voiceless: it has no pitch`);
    }
    const most = this.#within(this.#score, index, item, semitones);
    const next = shifted(this.#score, index, item, most);
    return this.#keep(next, index, item, semitones > 0 ? "raised" : "lowered", "pitch");
  }

  // Longer by a tenth, a frame at least.
  lengthen(index, item, sign) {
    const frames = framesOf(this.#score.sentences[index], item.from, item.to);
    const next = stretched(this.#score, index, item, frames + sign * Math.max(1, Math.round(frames / 10)));
    return this.#keep(next, index, item, sign > 0 ? "longer" : "shorter", "length");
  }

  reset(index, item) {
    return this.#keep(restored(this.#score, index, item), index, item, "reset", "reset");
  }

  #keep(next, index, item, how, what) {
    if (!this.#score.editable) return this.say("This voice cannot be given lengths or pitch");
    if (next === this.#score) return null;
    const mark = `${index} ${item.kind} ${item.from} ${what}`;
    return this.commit(next, { index, token: item.from, label: `${item.name} ${how}`, mark });
  }

  #pause(event, last) {
    const { pause } = event.target.dataset;
    if (pause === undefined) return;
    const index = Number(pause);
    const next = withPause(this.#score, index, Number(event.target.value));
    const token = this.#score.sentences[index].tokens.length - 1;
    if (last) this.commit(next, { index, token, label: "pause", mark: `pause ${index}` });
    else this.draft(next);
  }
}

function placeIn(canvas, { clientX, clientY }) {
  const box = canvas.getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
}
