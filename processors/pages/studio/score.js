// The score: what is said and how, as values that never change. An edit gives a new score that
// shares every untouched sentence with the old one, so that undo is a step back in a list, and
// sound and mel of a sentence can be remembered by the sentence itself.

const PITCH = { low: 40, high: 900 }; // Hz that can be drawn
const LONGEST = 400; // frames of a token

// A reply of /v1/plan that was asked for at `pace`.
export function fromPlan(plan, pace) {
  const sentences = plan.sentences.map((said) => {
    const sentence = {
      text: said.text,
      tokens: said.tokens,
      words: said.words,
      items: itemsOf(said),
      lengths: said.durations.map((frames) => frames * pace), // at pace 1
      durations: said.durations,
      pitch: said.pitch,
      energy: said.energy,
      before: said.before,
      after: said.after,
    };
    return Object.freeze({ ...sentence, planned: sentence });
  });
  return Object.freeze({
    text: plan.text,
    voice: plan.voice,
    speaker: plan.speaker,
    sampleRate: plan.sample_rate,
    hop: plan.hop_length,
    editable: plan.editable,
    pace,
    total: plan.total ?? sentences.length,
    sentences,
  });
}

// A score with the sentences of a further part of its text, at its own pace.
export function grown(score, part) {
  const paced = (sentence) =>
    Object.freeze({ ...sentence, durations: atPace(sentence.lengths, score.pace) });
  const more = part.pace === score.pace ? part.sentences : part.sentences.map(paced);
  return Object.freeze({ ...score, sentences: [...score.sentences, ...more] });
}

// A sign that is part of a sound: stress comes before it, length and the like behind.
export const modifies = (token) => /^[\p{Lm}\p{Mn}]+$/u.test(token);
const isStress = (token) => token === "ˈ" || token === "ˌ";

// What can be selected: words, and their phonemes with the pauses between.
function itemsOf({ tokens, words }) {
  const items = words.map((word) => ({
    kind: "word",
    name: word.text,
    from: word.start,
    to: word.end,
  }));
  tokens.forEach((token, i) => {
    const word = words.find(({ start, end }) => i >= start && i < end);
    const before = i > 0 ? tokens[i - 1] : "";
    const joined = isStress(before) || (modifies(token) && !isStress(token));
    if (word && i > word.start && joined) {
      const sound = items.at(-1);
      sound.name += token;
      sound.to = i + 1;
      return;
    }
    const kind = word ? "phoneme" : "pause";
    items.push({ kind, name: token.replace(/^@/, ""), from: i, to: i + 1, word: word?.text });
  });
  return items;
}

// The phoneme or pause of a token.
export const itemAt = (sentence, token) =>
  sentence.items.find(({ kind, from, to }) => kind !== "word" && token >= from && token < to);

export const frameSeconds = (score) => score.hop / score.sampleRate;

export const framesOf = (sentence, from = 0, to = sentence.durations.length) =>
  sentence.durations.slice(from, to).reduce((sum, frames) => sum + frames, 0);

// The mean pitch of tokens in Hz, or null.
export function pitchOf(sentence, from, to) {
  const known = sentence.pitch.slice(from, to).filter((hz) => hz !== null);
  return known.length ? known.reduce((sum, hz) => sum + hz, 0) / known.length : null;
}

// Whether something other than the pace was changed.
export function isEdited(score) {
  const differs = (s, name) => s[name].some((value, i) => value !== s.planned[name][i]);
  return score.sentences.some(
    (s) => differs(s, "pitch") || differs(s, "lengths") || s.after !== s.planned.after,
  );
}

// --- edits: each returns the same score if there is nothing to change

function changed(score, index, changes) {
  const sentences = [...score.sentences];
  sentences[index] = Object.freeze({ ...sentences[index], ...changes });
  return Object.freeze({ ...score, sentences });
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// `drawn` holds [token, Hz] pairs.
export function withPitch(score, index, drawn) {
  const pitch = [...score.sentences[index].pitch];
  for (const [token, hz] of drawn) {
    if (pitch[token] !== null) pitch[token] = clamp(hz, PITCH.low, PITCH.high);
  }
  const same = pitch.every((hz, i) => hz === score.sentences[index].pitch[i]);
  return same ? score : changed(score, index, { pitch });
}

export function shifted(score, index, { from, to }, semitones) {
  const { pitch } = score.sentences[index];
  const ratio = 2 ** (semitones / 12);
  const drawn = [];
  for (let i = from; i < to; i += 1) if (pitch[i] !== null) drawn.push([i, pitch[i] * ratio]);
  return withPitch(score, index, drawn);
}

// All tokens of an item together take `frames`, each its share.
export function stretched(score, index, { kind, from, to }, frames) {
  const { durations, lengths } = score.sentences[index];
  const old = framesOf(score.sentences[index], from, to);
  const least = kind === "pause" ? 0 : to - from;
  const total = Math.round(clamp(frames, least, LONGEST * (to - from)));
  if (total === old) return score;
  const grown = [...durations];
  let given = 0; // so that the shares sum to the total
  let passed = 0;
  for (let i = from; i < to; i += 1) {
    passed += old ? durations[i] / old : 1 / (to - from);
    grown[i] = Math.round(passed * total) - given;
    given += grown[i];
  }
  const natural = lengths.map((length, i) =>
    grown[i] === durations[i] ? length : grown[i] * score.pace,
  );
  return changed(score, index, { durations: grown, lengths: natural });
}

export function withPause(score, index, frames) {
  const after = Math.max(0, Math.round(frames));
  return after === score.sentences[index].after ? score : changed(score, index, { after });
}

// Back to what the voice itself would do.
export function restored(score, index, { from, to }) {
  const sentence = score.sentences[index];
  const { planned } = sentence;
  const put = (name) =>
    sentence[name].map((value, i) => (i >= from && i < to ? planned[name][i] : value));
  const lengths = put("lengths");
  const next = { pitch: put("pitch"), lengths, durations: atPace(lengths, score.pace) };
  const same = ["pitch", "durations"].every((name) =>
    next[name].every((value, i) => value === sentence[name][i]),
  );
  return same ? score : changed(score, index, next);
}

const atPace = (lengths, pace) => lengths.map((length) => Math.round(length / pace));

export function withPace(score, pace) {
  if (pace === score.pace) return score;
  const sentences = score.sentences.map((sentence) =>
    Object.freeze({ ...sentence, durations: atPace(sentence.lengths, pace) }),
  );
  return Object.freeze({ ...score, pace, sentences });
}

// --- out: what the server, stage 3 and a file take

export function toControls(score, only = null) {
  const sentences = only === null ? score.sentences : [score.sentences[only]];
  return {
    text: score.text,
    voice: score.voice,
    speaker: score.speaker,
    sample_rate: score.sampleRate,
    hop_length: score.hop,
    sentences: sentences.map((s) => ({
      text: s.text,
      words: s.words,
      tokens: s.tokens,
      durations: s.durations,
      pitch: s.pitch.map((hz) => (hz === null ? null : Math.round(hz * 1000) / 1000)),
      energy: s.energy,
      before: s.before,
      after: s.after,
    })),
  };
}

// --- undo

const TOGETHER = 900; // milliseconds: repeated keys on one thing are one step

export class History {
  #steps = []; // {score, label, mark, time}
  #at = -1;
  #text = Infinity; // the step in which the newest text came

  get score() {
    return this.#at < 0 ? null : this.#steps[this.#at].score;
  }

  // `mark` names what is edited: a further edit of it right after is part of the same step.
  push(score, label, mark = null) {
    const time = Date.now();
    const last = this.#steps[this.#at];
    const further = mark !== null && last?.mark === mark && time - last.time < TOGETHER;
    this.#steps.length = this.#at + 1;
    if (this.#text > this.#at) this.#text = Infinity;
    if (further) this.#steps.pop();
    this.#steps.push({ score, label, mark, time });
    this.#at = this.#steps.length - 1;
  }

  begin(score) {
    this.push(score, "new text");
    this.#text = this.#at;
  }

  // A further part of the newest text, in all its steps.
  grow(part) {
    for (const step of this.#steps.slice(this.#text)) step.score = grown(step.score, part);
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#steps.length - 1;
  }

  // The label of what was undone or redone.
  undo() {
    this.#at -= 1;
    return this.#steps[this.#at + 1].label;
  }

  redo() {
    this.#at += 1;
    return this.#steps[this.#at].label;
  }
}
