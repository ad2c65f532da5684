// What is taken away: files, and the command line that says the same.

import { isEdited } from "./score.js";

// "Hello there." -> "hello-there", for the names of files.
export function slug(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return name.slice(0, 24).replace(/-+$/, "") || "speech";
}

// One word for a POSIX shell, whatever is in it.
export function quoted(word) {
  if (/^[\w@%+:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

// What `recital` is to be called with. Without edits the text is enough; else the saved controls.
// `usual` is the voice that speaks where none is named.
export function commandOf(score, usual) {
  const name = slug(score.text);
  const words = ["recital", "say"];
  if (score.voice !== usual) words.push("--voice", score.voice);
  if (isEdited(score)) words.push("--controls", `${name}.json`);
  else {
    if (score.speaker) words.push("--speaker", score.speaker);
    if (score.pace !== 1) words.push("--pace", String(score.pace));
  }
  words.push("-o", `${name}.wav`);
  if (!isEdited(score)) words.push("--", score.text);
  return words.map((word) => quoted(word)).join(" ");
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
