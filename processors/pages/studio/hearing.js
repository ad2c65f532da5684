// What is heard of a score: a text while it is made, a sentence after an edit, or all of it.

import { Player, concatenated } from "./audio.js";
import { frameSeconds, framesOf, toControls } from "./score.js";

const EARLIER = 0.03; // seconds before a word that are heard too

export class Hearing {
  #sounds = new WeakMap(); // sentence -> its samples, with the silence around it
  #starts = null; // [{index, start}]: where sentences begin in what is played, in seconds
  #following = false;

  // `mels` maps sentences to mels; `changed` is called when sound begins and ends.
  constructor(api, rows, mels, changed) {
    Object.assign(this, { api, rows, mels, changed });
    this.player = new Player();
  }

  get playing() {
    return this.player.playing;
  }

  stop() {
    this.player.stop();
    this.#starts = null;
    this.changed();
  }

  // A new text. The sound comes first; with it the plan is asked for: `read` calls back with what is
  // known of the score.
  async text(request, read, signal) {
    const said = [];
    let score = null;
    const plan = () =>
      read((known) => {
        score = known;
        if (!signal.aborted) this.#starts = timeline(score);
      });
    let planned = null;
    const { api } = this;
    async function* listened() {
      for await (const piece of api.speech(request, signal)) {
        said.push(piece.samples);
        yield piece;
        planned ??= plan();
        planned.catch(() => {}); // awaited below
      }
    }
    await this.#play(listened(), { finished: () => planned });
    if (score && !signal.aborted) this.#cut(score, concatenated(said));
  }

  // A sentence, from the word of a token on; `since` is when it was asked for.
  async sentence(score, index, token, signal, since = null) {
    const sentence = score.sentences[index];
    const word = sentence.words.find(({ start, end }) => token >= start && token < end);
    const from = sentence.before + framesOf(sentence, 0, word?.start ?? token);
    this.#starts = timeline(score, index);
    let drawn = null;
    const draw = () => {
      drawn = this.#redraw(score, index, signal);
      drawn.catch(() => {});
    };
    const start = Math.max(0, from * frameSeconds(score) - EARLIER);
    const known = this.#sounds.has(sentence);
    // what is before the word is not even made: so that any word is heard at once
    const samples = known
      ? this.#samples(score, index, signal)
      : this.api.speech({ ...controlled(score, index), start }, signal);
    const skip = known ? start : 0;
    const offset = known ? 0 : start;
    await this.#play(then(samples, draw), { skip, offset, since, finished: () => drawn });
  }

  async all(score, signal) {
    const samples = (index) => this.#samples(score, index, signal);
    async function* pieces() {
      for (let i = 0; i < score.sentences.length; i += 1) yield* samples(i);
    }
    this.#starts = timeline(score);
    await this.#play(pieces());
    for (let i = 0; i < score.sentences.length; i += 1) await this.#redraw(score, i, signal);
  }

  async #play(pieces, { skip = 0, offset = 0, since = null, finished = () => null } = {}) {
    const begun = (wait) => {
      const end = performance.now() + 1000 * wait;
      if (since !== null) performance.measure("edit to sound", { start: since, end });
    };
    this.#follow();
    const played = this.player.play(pieces, { skip, offset, begun });
    this.changed();
    if (await played) this.#starts = null;
    this.changed();
    await finished();
  }

  // The samples of a sentence: remembered, or as the server makes them.
  async *#samples(score, index, signal) {
    const sentence = score.sentences[index];
    const { sampleRate } = score;
    const known = this.#sounds.get(sentence);
    if (known) {
      yield { sampleRate, samples: known };
      return;
    }
    const said = [];
    for await (const piece of this.api.speech(controlled(score, index), signal)) {
      said.push(piece.samples);
      yield piece;
    }
    this.#sounds.set(sentence, concatenated(said));
  }

  // The sound of a whole text is that of its sentences in a row.
  #cut(score, samples) {
    let place = 0;
    for (const sentence of score.sentences) {
      const length = allFrames(sentence) * score.hop;
      const own = samples.slice(place, place + length);
      place += length;
      if (own.length === length) this.#sounds.set(sentence, own);
    }
  }

  // Asks for the mel of what was edited.
  async #redraw(score, index, signal) {
    const sentence = score.sentences[index];
    if (this.mels.has(sentence)) return;
    const plan = await this.api.plan(controlled(score, index), signal);
    this.mels.set(sentence, { ...plan.sentences[0].mel, durations: sentence.durations });
    if (this.rows.score.sentences[index] === sentence) this.rows.refresh(index);
  }

  // Moves a line over what is heard, as long as there is something.
  #follow() {
    if (this.#following) return;
    this.#following = true;
    const step = () => {
      const { place } = this.player;
      const starts = this.#starts;
      this.#following = starts !== null || this.playing;
      if (starts && place !== null) {
        const now = starts.findLast(({ start }) => start <= place + 0.001) ?? starts[0];
        this.rows.mark(now.index, Math.max(0, place - now.start));
      } else {
        this.rows.mark(null, 0);
      }
      if (this.#following) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}

const allFrames = (sentence) => sentence.before + framesOf(sentence) + sentence.after;

const controlled = (score, index) => ({
  input: score.sentences[index].text,
  voice: score.voice,
  controls: toControls(score, index),
});

function timeline(score, only = null) {
  const starts = [];
  let place = 0;
  score.sentences.forEach((sentence, index) => {
    if (only !== null && only !== index) return;
    starts.push({ index, start: place + sentence.before * frameSeconds(score) });
    place += allFrames(sentence) * frameSeconds(score);
  });
  return starts;
}

async function* then(pieces, task) {
  yield* pieces;
  task();
}
