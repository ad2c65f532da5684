// Sound: samples are played as they arrive, each behind the one before.

const LEAD = 0.015; // seconds until the first samples are due, so that none are late

export class Player {
  #context = null;
  #sources = new Set();
  #pieces = []; // {at, start, length} in seconds: of the context's clock, and of what is played
  #run = 0; // each `play` ends the one before
  playing = false;

  // Browsers let no page make sound before a click or key: to be called from one.
  wake() {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    if (this.#context.state === "suspended") this.#context.resume();
  }

  stop() {
    this.#run += 1;
    this.playing = false;
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
    this.#pieces = [];
  }

  // Plays {sampleRate, samples} from `skip` seconds on; ends when all of it was heard. False if it
  // was stopped. They are a part of something, from `offset` seconds on. `begun` is called with the
  // seconds until the first sound.
  async play(pieces, { skip = 0, offset = 0, begun = () => {} } = {}) {
    this.stop();
    this.wake();
    this.playing = true;
    const run = this.#run;
    try {
      await this.#schedule(pieces, run, skip, offset, begun);
    } finally {
      if (run === this.#run) this.playing = false;
    }
    return run === this.#run;
  }

  async #schedule(pieces, run, skip, offset, begun) {
    const context = this.#context;
    let next = 0; // of the context's clock: when the next samples are due
    let place = 0; // seconds of what is played
    let last = null;
    for await (const { sampleRate, samples } of pieces) {
      if (run !== this.#run) return;
      const length = samples.length / sampleRate;
      const from = Math.max(0, skip - place);
      place += length;
      if (from >= length) continue;
      const buffer = context.createBuffer(1, samples.length, sampleRate);
      buffer.copyToChannel(Float32Array.from(samples, (value) => value / 32768), 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      const first = next === 0;
      next = Math.max(next, context.currentTime + LEAD);
      source.start(next, from);
      if (first) begun(next - context.currentTime);
      this.#pieces.push({ at: next, start: offset + place - length + from, length: length - from });
      this.#sources.add(source);
      last = new Promise((resolve) => {
        source.onended = () => {
          this.#sources.delete(source);
          resolve();
        };
      });
      next += length - from;
    }
    await last;
  }

  // Seconds of what is played that are being heard now, or null.
  get place() {
    if (!this.#pieces.length) return null;
    const now = this.#context.currentTime - (this.#context.outputLatency || 0);
    let found = this.#pieces[0];
    for (const piece of this.#pieces) if (piece.at <= now) found = piece;
    const within = Math.min(Math.max(now - found.at, 0), found.length);
    return found.start + within;
  }
}

export function concatenated(pieces) {
  const total = pieces.reduce((n, piece) => n + piece.length, 0);
  const all = new Int16Array(total);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

// A whole file, with true lengths.
export function wavFile(samples, sampleRate) {
  const view = new DataView(new ArrayBuffer(44));
  const name = (at, text) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  name(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  return new Blob([view, samples], { type: "audio/wav" });
}
