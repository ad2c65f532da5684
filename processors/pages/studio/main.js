// Wires the page: the form, the score, what is heard and what is saved.

import { Api } from "./api.js";
import { concatenated, wavFile } from "./audio.js";
import { Editor } from "./editing.js";
import { Hearing } from "./hearing.js";
import { Rows, describe, make, titleOf } from "./rows.js";
import { commandOf, save, slug } from "./saving.js";
import { History, fromPlan, grown, toControls, withPace } from "./score.js";

const FEW = 4; // sentences whose plan is asked for first, then four times as many each time
const KEY_DELAY = 60; // milliseconds that further edits are waited for, after repeated ones
const REPEATED = 300; // milliseconds between edits that follow each other
const SPEAKING = "Speaking…";
const STEP = 0.5; // semitones of a button
const at = (id) => document.getElementById(id);

const api = new Api();
const history = new History();
const mels = new WeakMap(); // sentence -> its mel
const rows = new Rows(at("rows"), mels);
const hearing = new Hearing(api, rows, mels, showPlaying);
const editor = new Editor(rows, {
  commit: edited,
  draft: (score) => rows.update(score),
  choose,
  play: hear,
  say: status,
});
let voices = [];
let work = new AbortController(); // ends what was asked for before
let reading = new AbortController(); // ends the reading of a text's plan, which edits do not end
let timer = 0;
let lastEdit = 0; // milliseconds of the clock

// --- saying things

function status(message) {
  at("status").textContent = message;
}

function problem(error) {
  const shown = at("problem");
  shown.textContent = error.message;
  shown.hidden = false;
  status("");
  if (error.status === 401) {
    at("key-field").hidden = false;
    at("key").focus();
  }
}

// Runs a task in place of the one before; its failure is shown.
async function run(task) {
  clearTimeout(timer);
  work.abort();
  work = new AbortController();
  const { signal } = work;
  at("problem").hidden = true;
  try {
    await task(signal);
  } catch (error) {
    if (signal.aborted) return;
    hearing.stop();
    problem(error);
  }
}

function later(task, delay) {
  clearTimeout(timer);
  timer = setTimeout(task, delay);
}

// --- hearing

function speak() {
  const input = at("text").value.trim();
  if (!input) {
    status("Type a text first.");
    at("text").focus();
    return;
  }
  const speed = Number(at("pace").value);
  const request = { input, voice: at("voice").value, speed };
  if (!at("speaker-field").hidden) request.speaker = at("speaker").value;
  hearing.player.wake();
  run(async (signal) => {
    hearing.stop();
    status(SPEAKING);
    try {
      await hearing.text(request, (shown) => readPlan(request, speed, shown), signal);
    } finally {
      if (at("status").textContent === SPEAKING) status(signal.aborted ? "" : "Spoken.");
    }
  });
}

// Shows the score of a new text part by part: its first rows do not wait for the last.
async function readPlan(request, pace, shown) {
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  let score = null; // without edits
  try {
    for (let first = 0, most = FEW; first < (score?.total ?? 1); first += most, most *= 4) {
      const plan = await api.plan({ ...request, first, most }, signal);
      const part = fromPlan(plan, pace);
      plan.sentences.forEach(({ mel }, i) => {
        mels.set(part.sentences[i], { ...mel, durations: part.sentences[i].durations });
      });
      score = score ? grown(score, part) : part;
      if (first) grow(part);
      else open(part);
      shown(score);
    }
    at("take").hidden = false;
  } catch (error) {
    if (!signal.aborted) problem(error);
    throw error;
  }
}

// The old text is a step back.
function open(score) {
  history.begin(score);
  at("score").hidden = false;
  at("take").hidden = true; // until it is whole
  rows.show(score);
  refresh();
}

function grow(part) {
  const before = history.score;
  history.grow(part);
  if (history.score !== before) rows.grow(history.score);
}

function hear(index, token, since = null) {
  const { score } = history;
  hearing.player.wake();
  run((signal) => hearing.sentence(score, index, token, signal, since));
}

function playOrStop() {
  if (hearing.playing) {
    stop();
  } else if (history.score) {
    hearing.player.wake();
    run((signal) => hearing.all(history.score, signal));
  }
}

function stop() {
  work.abort();
  hearing.stop();
  status("Stopped.");
}

function showPlaying() {
  at("play").textContent = hearing.playing ? "Stop" : "Play all";
}

// --- editing

function edited(score, { index, token, label, mark = null }) {
  const since = performance.now();
  history.push(score, label, mark);
  rows.update(score);
  refresh();
  const repeated = Date.now() - lastEdit < REPEATED;
  lastEdit = Date.now();
  if (at("follow").checked) later(() => hear(index, token, since), repeated ? KEY_DELAY : 0);
}

function choose(index, item) {
  rows.choose(index, item);
  refresh();
}

function goBack(how) {
  if (!(how === "undo" ? history.canUndo : history.canRedo)) return;
  const before = rows.score;
  const label = history[how]();
  const { score } = history;
  hearing.stop();
  if (rows.holds(score)) {
    rows.update(score);
  } else {
    rows.show(score);
    at("text").value = score.text;
    at("voice").value = score.voice;
    showSpeakers();
    at("speaker").value = score.speaker;
  }
  at("pace").value = score.pace;
  showPace();
  refresh();
  status(`${how === "undo" ? "Undone" : "Redone"}: ${label}`);
  const index = score.sentences.findIndex((sentence, i) => sentence !== before.sentences[i]);
  if (at("follow").checked && index >= 0) later(() => hear(index, 0), KEY_DELAY);
}

function paced() {
  showPace();
  const { score } = history;
  if (!score?.editable) return;
  const next = withPace(score, Number(at("pace").value));
  const index = rows.chosen?.index ?? 0;
  if (next !== score) edited(next, { index, token: 0, label: "pace", mark: "pace" });
}

function showPace() {
  at("pace-value").value = `${Number(at("pace").value).toFixed(2)}×`;
}

// Shows what can be done now, and with what.
function refresh() {
  const { score } = history;
  const { chosen } = rows;
  at("undo").disabled = !history.canUndo;
  at("redo").disabled = !history.canRedo;
  for (const id of ["lower", "raise", "shorter", "longer", "reset"]) {
    at(id).disabled = !chosen || !score.editable;
  }
  if (chosen) {
    const details = describe(score, score.sentences[chosen.index], chosen.item);
    at("chosen").replaceChildren(make("strong", {}, titleOf(chosen.item)), details);
  } else {
    const title = make("strong", {}, "Nothing selected");
    at("chosen").replaceChildren(title, "Choose a word or a phoneme");
  }
  if (!score) return;
  at("command").textContent = commandOf(score, voices[0]?.id);
  at("hint").hidden = !score.editable;
  at("fixed").hidden = score.editable;
}

// A button for what is selected: unlike a slider it does not read the new value aloud itself.
function onChosen(id, act) {
  at(id).addEventListener("click", () => {
    const { index, item } = rows.chosen;
    status("");
    act(index, item);
    const details = describe(rows.score, rows.score.sentences[index], item);
    if (!at("status").textContent) status(`${titleOf(item)}: ${details}`);
  });
}

// --- taking it away

function saveWav() {
  const { score } = history;
  run(async (signal) => {
    hearing.stop();
    status("Making the wav…");
    const request = { input: score.text, voice: score.voice, controls: toControls(score) };
    const said = [];
    for await (const { samples } of api.speech(request, signal)) said.push(samples);
    save(wavFile(concatenated(said), score.sampleRate), `${slug(score.text)}.wav`);
    status("Saved the wav.");
  });
}

function saveControls() {
  const { score } = history;
  const text = `${JSON.stringify(toControls(score), null, 1)}\n`;
  save(new Blob([text], { type: "application/json" }), `${slug(score.text)}.json`);
  status("Saved the controls.");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(at("command").textContent);
    status("Copied the command.");
  } catch {
    getSelection().selectAllChildren(at("command"));
    status("Selected the command: copy it with the keys of your system.");
  }
}

// --- voices

async function loadVoices() {
  try {
    voices = await api.voices();
  } catch (error) {
    problem(error);
    return;
  }
  at("problem").hidden = true;
  at("voice").replaceChildren(...voices.map(({ id }) => new Option(id, id)));
  showSpeakers();
}

function showSpeakers() {
  const speakers = voices.find(({ id }) => id === at("voice").value)?.speakers ?? [];
  // one alone is not a choice
  const choices = speakers.length < 2 ? [] : speakers;
  at("speaker").replaceChildren(...choices.map((name) => new Option(name, name)));
  at("speaker-field").hidden = !choices.length;
}

// --- events

const on = (id, name, task) => at(id).addEventListener(name, task);
const speakAgain = () => history.score && speak();

on("compose", "submit", (event) => {
  event.preventDefault();
  speak();
});
on("voice", "change", () => {
  showSpeakers();
  speakAgain();
});
on("speaker", "change", speakAgain);
on("pace", "input", showPace);
on("pace", "change", paced);
on("key", "change", () => {
  api.key = at("key").value;
  loadVoices();
});
on("play", "click", playOrStop);
on("rows", "click", ({ target }) => {
  if (target.dataset.play !== undefined) hear(Number(target.dataset.play), 0);
});
onChosen("raise", (index, item) => editor.raise(index, item, STEP));
onChosen("lower", (index, item) => editor.raise(index, item, -STEP));
onChosen("longer", (index, item) => editor.lengthen(index, item, 1));
onChosen("shorter", (index, item) => editor.lengthen(index, item, -1));
onChosen("reset", (index, item) => editor.reset(index, item));
on("undo", "click", () => goBack("undo"));
on("redo", "click", () => goBack("redo"));
for (const [id, by] of Object.entries({ narrower: -1, wider: 1 })) {
  on(id, "click", () => {
    const { least, most } = rows.zoom(by);
    at("narrower").disabled = least;
    at("wider").disabled = most;
  });
}
on("save-wav", "click", saveWav);
on("save-controls", "click", saveControls);
on("copy", "click", copy);
on("show-help", "click", () => at("help").showModal());
document.addEventListener("keydown", (event) => {
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const writing = event.target.matches("textarea, input:not([type=range], [type=checkbox])");
  if (control && key === "enter") speak();
  else if (control && key === " ") playOrStop();
  else if (key === "escape" && hearing.playing) stop();
  else if (control && !writing && key === "z") goBack(event.shiftKey ? "redo" : "undo");
  else if (control && !writing && key === "y") goBack("redo");
  else return;
  event.preventDefault();
});

showPace();
refresh();
loadVoices();
