// The picture of a sentence: its mel, and over it the pitch of its tokens.

import { framesOf, modifies } from "./score.js";

export const HEIGHT = 210; // CSS pixels
const MARGIN = 14; // above and below the pitch
const LINKED = 70; // pixels without pitch that a dotted line bridges
const MOST_PIXELS = { side: 16000, area: 4e6 }; // of a canvas, in browsers

// Where things are: pixels from the left and the top.
export class Scale {
  // `range` of the pitch in Hz; `frame` is the width of a frame.
  constructor(range, frame) {
    this.range = range;
    this.frame = frame;
  }

  y(hz) {
    const { low, high } = this.range;
    return MARGIN + (1 - Math.log(hz / low) / Math.log(high / low)) * (HEIGHT - 2 * MARGIN);
  }

  hz(y) {
    const { low, high } = this.range;
    const up = 1 - (y - MARGIN) / (HEIGHT - 2 * MARGIN);
    return low * (high / low) ** Math.min(Math.max(up, 0), 1);
  }

  // How many pixels a semitone is high.
  get semitone() {
    return (HEIGHT - 2 * MARGIN) / (12 * Math.log2(this.range.high / this.range.low));
  }

  x(sentence, token) {
    return framesOf(sentence, 0, token) * this.frame;
  }

  // The token at a place, also a little outside of the sentence.
  tokenAt(sentence, x) {
    let frames = x / this.frame;
    const last = sentence.durations.length - 1;
    for (let i = 0; i < last; i += 1) {
      frames -= sentence.durations[i];
      if (frames < 0) return i;
    }
    return last;
  }
}

// Round numbers for the axis, far enough apart to be read.
export function ticks(scale) {
  const { low } = scale.range;
  const shown = [];
  for (const hz of [50, 75, 100, 150, 200, 300, 400, 600, 800]) {
    const apart = shown.every((other) => Math.abs(scale.y(other) - scale.y(hz)) > 26);
    if (hz > low * 1.03 && scale.y(hz) > 30 && apart) shown.push(hz);
  }
  return shown;
}

// The range in which the voices of a score are drawn.
export function rangeOf(score) {
  const known = score.sentences.flatMap((s) => s.pitch.filter((hz) => hz !== null));
  if (!known.length) return { low: 80, high: 400 };
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return { low: Math.max(40, least * 0.65), high: Math.min(900, most * 1.6) };
}

export function drawSentence(canvas, { sentence, mel, scale, colours, chosen, held }) {
  const width = Math.max(1, Math.round(framesOf(sentence) * scale.frame));
  const dense = Math.min(
    window.devicePixelRatio || 1,
    MOST_PIXELS.side / width,
    Math.sqrt(MOST_PIXELS.area / (width * HEIGHT)),
  );
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(HEIGHT * dense);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${HEIGHT}px`;
  const pen = canvas.getContext("2d");
  pen.scale(dense, dense);
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, width, HEIGHT);
  if (mel) drawMel(pen, sentence, mel, scale, colours);
  drawGrid(pen, sentence, scale, colours, width);
  if (chosen) {
    const from = scale.x(sentence, chosen.from);
    pen.fillStyle = colours.chosen;
    pen.fillRect(from, 0, scale.x(sentence, chosen.to) - from, HEIGHT);
  }
  drawPitch(pen, sentence, scale, colours, chosen);
  if (held) drawHeld(pen, sentence, scale, colours, held, width);
}

// Until the mel of changed durations arrives, the old one is stretched token by token.
function drawMel(pen, sentence, mel, scale, colours) {
  const picture = pictureOf(mel, colours);
  let [source, target] = [0, 0];
  sentence.durations.forEach((frames, i) => {
    const before = mel.durations[i];
    if (frames && before) {
      const width = frames * scale.frame;
      pen.drawImage(picture, source, 0, before, mel.bands, target, 0, width + 0.5, HEIGHT);
    }
    source += before;
    target += frames * scale.frame;
  });
}

const pictures = new WeakMap(); // mel -> {colours, picture}

function pictureOf(mel, colours) {
  const known = pictures.get(mel);
  if (known?.colours === colours) return known.picture;
  const picture = new OffscreenCanvas(mel.frames, mel.bands);
  const pen = picture.getContext("2d");
  const image = pen.createImageData(mel.frames, mel.bands);
  const [quiet, loud] = [-9.5, 0.5]; // of a log mel: all sentences have one scale
  for (let band = 0; band < mel.bands; band += 1) {
    const row = (mel.bands - 1 - band) * mel.frames;
    for (let t = 0; t < mel.frames; t += 1) {
      const value = mel.low + (mel.bytes[band * mel.frames + t] / 255) * (mel.high - mel.low);
      const share = Math.min(Math.max((value - quiet) / (loud - quiet), 0), 1) ** 1.6;
      for (let c = 0; c < 3; c += 1) {
        const [from, to] = [colours.quiet[c], colours.loud[c]];
        image.data[4 * (row + t) + c] = from + share * (to - from);
      }
      image.data[4 * (row + t) + 3] = 255;
    }
  }
  pen.putImageData(image, 0, 0);
  pictures.set(mel, { colours, picture });
  return picture;
}

function drawGrid(pen, sentence, scale, colours, width) {
  pen.strokeStyle = colours.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const hz of ticks(scale)) {
    const y = Math.round(scale.y(hz)) + 0.5;
    pen.moveTo(0, y);
    pen.lineTo(width, y);
  }
  for (const { start } of sentence.words) {
    const x = Math.round(scale.x(sentence, start)) + 0.5;
    pen.moveTo(x, 0);
    pen.lineTo(x, HEIGHT);
  }
  pen.stroke();
}

function drawPitch(pen, sentence, scale, colours, chosen) {
  const line = new Path2D();
  const links = new Path2D(); // over what is voiceless
  const points = [];
  let drawing = false;
  sentence.pitch.forEach((hz, i) => {
    const frames = sentence.durations[i];
    if (hz === null || !frames) {
      drawing = drawing && !frames;
      return;
    }
    const from = scale.x(sentence, i);
    const to = from + frames * scale.frame;
    const y = scale.y(hz);
    const middle = (from + to) / 2;
    if (!drawing) {
      const last = points.at(-1);
      if (last && from - last.to < LINKED) {
        links.moveTo(last.to, last.y);
        links.lineTo(from, y);
      }
      line.moveTo(Math.min(from + 2, middle), y);
    }
    line.lineTo(middle, y);
    const next = sentence.pitch.slice(i + 1).findIndex((_, k) => sentence.durations[i + 1 + k]);
    const goesOn = next >= 0 && sentence.pitch[i + 1 + next] !== null;
    if (!goesOn) line.lineTo(Math.max(to - 2, middle), y);
    drawing = goesOn;
    const own = chosen && i >= chosen.from && i < chosen.to;
    points.push({ x: middle, y, to, chosen: own, hidden: modifies(sentence.tokens[i]) });
  });
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = colours.halo;
  pen.lineWidth = 6;
  pen.stroke(line);
  pen.strokeStyle = colours.pitch;
  pen.setLineDash([1, 5]);
  pen.lineWidth = 2;
  pen.stroke(links);
  pen.setLineDash([]);
  pen.lineWidth = 2.5;
  pen.stroke(line);
  for (const { x, y, chosen: big } of points.filter(({ hidden }) => !hidden)) {
    pen.beginPath();
    pen.arc(x, y, big ? 5.5 : 4, 0, 2 * Math.PI);
    pen.fillStyle = big ? colours.pitch : colours.point;
    pen.fill();
    pen.lineWidth = 2;
    pen.stroke();
  }
}

// How high the pitch is that is being drawn.
function drawHeld(pen, sentence, scale, colours, { token }, width) {
  const hz = sentence.pitch[token];
  if (hz === null) return;
  const label = `${Math.round(hz)} Hz`;
  pen.font = `600 12px ${colours.font}`;
  const size = pen.measureText(label).width + 14;
  const middle = scale.x(sentence, token) + (sentence.durations[token] * scale.frame) / 2;
  const x = Math.min(Math.max(middle - size / 2, 2), Math.max(width - size - 2, 2));
  const above = scale.y(hz) - 34;
  const y = above > 2 ? above : scale.y(hz) + 12;
  pen.fillStyle = colours.pitch;
  pen.beginPath();
  pen.roundRect(x, y, size, 22, 6);
  pen.fill();
  pen.fillStyle = colours.onPitch;
  pen.textBaseline = "middle";
  pen.fillText(label, x + 7, y + 11.5);
}

// The colours of the style sheet, as the canvas needs them.
export function coloursOf(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const channels = (name) => [1, 3, 5].map((i) => parseInt(value(name).slice(i, i + 2), 16));
  return {
    ground: value("mel-quiet"),
    quiet: channels("mel-quiet"),
    loud: channels("mel-loud"),
    grid: value("grid"),
    chosen: value("chosen"),
    pitch: value("pitch"),
    point: value("point"),
    halo: value("halo"),
    onPitch: value("on-pitch"),
    font: style.fontFamily,
  };
}
