// The server: voices, plans, and speech as it is made.

export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export class Api {
  #key = "";

  set key(value) {
    this.#key = value.trim();
  }

  async voices() {
    const reply = await this.#fetch("/v1/voices", {});
    return (await reply.json()).data;
  }

  // What the voice would say: see processors/speech/plan.py. A plan's mels are decoded.
  async plan(request, signal) {
    const reply = await this.#post("/v1/plan", request, signal);
    const plan = await reply.json();
    for (const sentence of plan.sentences) sentence.mel = decodeMel(sentence.mel);
    return plan;
  }

  // {sampleRate, samples: Int16Array} again and again, as soon as they arrive.
  async *speech(request, signal) {
    const reply = await this.#post("/v1/audio/speech", { ...request, response_format: "wav" }, signal);
    yield* wavSamples(reply.body);
  }

  #post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    return this.#fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  async #fetch(path, options) {
    const headers = { ...options.headers };
    if (this.#key) headers.Authorization = `Bearer ${this.#key}`;
    const reply = await fetch(path, { ...options, headers }).catch(lost);
    if (!reply.ok) throw new ServerError(await reason(reply), reply.status);
    return reply;
  }
}

function lost(error) {
  if (error.name === "AbortError") throw error;
  throw new ServerError("The server does not answer; is it still running?", 0);
}

async function reason(reply) {
  try {
    return (await reply.json()).error.message;
  } catch {
    return `The server answered ${reply.status} ${reply.statusText}`;
  }
}

function decodeMel({ n_mels: bands, frames, low, high, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return { bands, frames, low, high, bytes };
}

// The 16-bit samples of a wav that is still being sent: its lengths are not to be believed.
async function* wavSamples(body) {
  let held = new Uint8Array(0);
  let sampleRate = 0;
  for await (const bytes of chunks(body)) {
    held = joined(held, bytes);
    if (!sampleRate) {
      const header = readHeader(held);
      if (!header) continue;
      sampleRate = header.sampleRate;
      held = held.subarray(header.size);
    }
    const even = held.length & ~1;
    if (even) yield { sampleRate, samples: new Int16Array(held.slice(0, even).buffer) };
    held = held.slice(even);
  }
}

// not every browser can iterate over a stream
async function* chunks(body) {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(lost);
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at) => String.fromCharCode(...bytes.subarray(at, at + 4));
  let sampleRate = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    if (name(at) === "data") return { sampleRate, size: at + 8 };
    if (name(at) === "fmt " && at + 16 <= bytes.length) sampleRate = view.getUint32(at + 12, true);
    at += 8 + view.getUint32(at + 4, true);
  }
  return null;
}
