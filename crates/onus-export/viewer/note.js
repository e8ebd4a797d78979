// Signed notes, verifier keys, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

const ED25519 = 1;
const COSIGNATURE = 4;
const SIGNATURES_MAX = 100;
const NOTE_BYTES_MAX = 1000000;
const NAME_BYTES_MAX = 255;

// Encodings of points of small order, the sign bit cleared. A key of small order fits many messages.
const SMALL_ORDER = new Set([
  "00".repeat(32),
  "01" + "00".repeat(31),
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ec" + "ff".repeat(30) + "7f",
  "ed" + "ff".repeat(30) + "7f",
  "ee" + "ff".repeat(30) + "7f",
]);

function isSmallOrder(point) {
  const cleared = Uint8Array.from(point);
  cleared[31] &= 127;
  return SMALL_ORDER.has(toHex(cleared));
}

/** One verifier key: `name+hex(id)+base64(type ‖ public key)`. */
async function parseKey(text) {
  const [name, id, ...rest] = text.split("+");
  must(rest.length > 0 && isKeyName(name) && /^[0-9a-f]{8}$/.test(id), "a verifier key reads NAME+ID+KEY");
  const bytes = fromBase64(rest.join("+"), "the verifier key's last part");
  const type = bytes[0];
  must((type === ED25519 || type === COSIGNATURE) && bytes.length === 33, "this is no Ed25519 verifier key");
  const digest = await sha256(utf8.encode(`${name}\n`), bytes);
  must(toHex(digest.subarray(0, 4)) === id, "the verifier key's ID does not fit its name and key");
  return { text, name, id, type, point: bytes.subarray(1) };
}

function isKeyName(name) {
  return name.length > 0 && utf8.encode(name).length <= NAME_BYTES_MAX && !/[\p{White_Space}\p{Cc}+]/u.test(name);
}

/** A note's text and its signature lines. Nothing is verified yet. */
function parseNote(note, what) {
  must(utf8.encode(note).length <= NOTE_BYTES_MAX, `${what} is longer than any note`);
  must(!/[\u0000-\u0009\u000b-\u001f]/.test(note) && !note.includes("\ufffd"), `${what} holds control characters`);
  const split = note.lastIndexOf("\n\n");
  must(split > 0 && note.endsWith("\n"), `${what} is no signed note`);
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split("\n");
  must(lines.length <= SIGNATURES_MAX, `${what} has more than ${SIGNATURES_MAX} signatures`);
  const signatures = lines.map((line) => {
    const parts = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
    must(parts && isKeyName(parts[1]), `${what} has a line that is no signature`);
    const blob = fromBase64(parts[2], `a signature of ${what}`);
    must(blob.length > 4, `${what} has a signature that is too short`);
    return { name: parts[1], id: toHex(blob.subarray(0, 4)), bytes: blob.subarray(4) };
  });
  return { text, signatures };
}

/** Whether this browser can verify Ed25519. Asked with the key and signature of RFC 8032 §7.1, test 1. */
async function hasEd25519() {
  const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  const key = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const signature = hex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
  try {
    return await ed25519(key, signature, new Uint8Array(0));
  } catch {
    return false;
  }
}

async function ed25519(point, signature, message) {
  if (isSmallOrder(point) || signature.length !== 64 || isSmallOrder(signature.subarray(0, 32))) return false;
  const key = await crypto.subtle.importKey("raw", point, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
}

/** What a key says of a note: "signed", "not" (it did not sign it), or "bad" (a signature in its name is wrong). */
async function signedBy(note, key) {
  const own = note.signatures.filter((signature) => signature.name === key.name && signature.id === key.id);
  if (own.length === 0) return { verdict: "not" };
  const times = [];
  for (const { bytes } of own) {
    if (key.type === ED25519) {
      if (!(await ed25519(key.point, bytes, utf8.encode(note.text)))) return { verdict: "bad" };
    } else {
      const time = bigEndian(bytes.subarray(0, 8));
      const message = utf8.encode(`cosignature/v1\ntime ${time}\n${note.text}`);
      const whole = bytes.length === 72 && time < 1n << 63n;
      if (!whole || !(await ed25519(key.point, bytes.subarray(8), message))) return { verdict: "bad" };
      times.push(time);
    }
  }
  return { verdict: "signed", time: times[0] };
}

/** Origin, size and root of a checkpoint's text. */
function parseCheckpoint(text) {
  const [origin, size, root, ...extensions] = text.slice(0, -1).split("\n");
  must(origin && !origin.startsWith("onus/") && extensions.every(Boolean), "the checkpoint is another kind of note");
  must(/^(0|[1-9][0-9]{0,15})$/.test(size ?? "") && Number.isSafeInteger(Number(size)), "the checkpoint does not state origin and size");
  const hash = fromBase64(root, "the checkpoint's root");
  must(hash.length === 32, "the checkpoint's root is no SHA-256");
  return { origin, size: Number(size), root: hash };
}
