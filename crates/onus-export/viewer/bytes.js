// Bytes and text, and the two questions that are put to them: which hash, and are they the same.

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What was found wrong with the bytes. Its message is for the reader of the page. */
class Changed extends Error {}

/** Says that something does not hold, unless it does. */
function must(holds, what) {
  if (!holds) throw new Changed(what);
}

function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function equal(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Base64 with its padding (RFC 4648 §4), and in one spelling only. */
function fromBase64(text, what) {
  must(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, `${what} is not base64`);
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  must(toBase64(bytes) === text, `${what} is not base64`);
  return bytes;
}

function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function bigEndian(bytes) {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

function littleEndian(value, length) {
  const bytes = new Uint8Array(length);
  for (let i = 0, rest = BigInt(value); i < length; i += 1, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}
