// One evidence file: what it must hold, and what can be said of it. Everything here is computed from the bytes in
// the file and from the keys that the reader trusts; nothing that the file says of itself is believed.

// Put together, so that this page does not hold the very line that it looks for.
const BLOCK_OPENS = ["<script type=", '"application/json" id=', '"onus-evidence">'].join("");
const BLOCK_CLOSES = ["</", "script>"].join("");
const FILE_BYTES_MAX = 64 * 1024 * 1024;

// §4.4: enough to read a SchemaPublished before any schema is known; enumerations as their numbers.
const BOOTSTRAP = bootstrapSchema({
  AgencyId: "kind u32, code str",
  SubmittedBy: "agency AgencyId, channel u32",
  Incident: "owner AgencyId, date i32, number str",
  Actor: "agency AgencyId, role u32, staff option array 16",
  Source: "system str, reference option str, inferred bool",
  PolicyRef: "policy str, version str",
  Corrects: "event_id array 16, reason option Sealed",
  Sealed: "key_id u64, chars u32, salt array 16, commitment array 32, ciphertext bytes",
  Common:
    "event_id array 16, incident option Incident, occurred_at i64, uncertainty_s u32, entered_at option i64, " +
    "late_reason option Sealed, actor Actor, asserted_by AgencyId, submitted_by SubmittedBy, " +
    "subject option array 16, location option array 16, source Source, policy option PolicyRef, regime u32, " +
    "corrects option Corrects, causes list array 16",
  SchemaPublished: "language str, schema bytes, sha256 array 32",
});

function bootstrapSchema(types) {
  const field = (text) => Object.fromEntries([["name", text.split(" ")[0]], ["type", text.slice(text.indexOf(" ") + 1)]]);
  const struct = (text) => ({ struct: text.split(", ").map(field) });
  const described = Object.entries(types).map(([name, text]) => [name, struct(text)]);
  const kinds = new Map([["2/1", { name: "SchemaPublished", body: "SchemaPublished" }]]);
  return { common: "Common", kinds, types: new Map(described) };
}

/** The data block of a page, and the page without it. */
function takeApart(page) {
  const parts = page.split(BLOCK_OPENS);
  must(parts.length === 2, "this file holds no evidence, or more than one block of it");
  const end = parts[1].indexOf(BLOCK_CLOSES);
  must(end >= 0, "the block of evidence has no end");
  return { block: parts[1].slice(0, end), shell: [parts[0] + BLOCK_OPENS, parts[1].slice(end)] };
}

const SHAPE = {
  format: "string",
  incident: "string",
  checkpoint: "string",
  manifest: "string",
  keys: ["string"],
  schemas: [{ seq: "number", text: "string" }],
  entries: [{ seq: "number", bytes: "string", path: ["number"] }],
  support: [{ seq: "number", bytes: "string", path: ["number"] }],
  nodes: ["string"],
  opened: [{ seq: "number", field: "number", key: "string" }],
  withheld: [{ seq: "number", field: "number", chars: "number", ground: "string" }],
};

/** The block, parsed; only in the one spelling that the exporter writes, so that no two readers see two things. */
function parseBlock(block) {
  let data;
  try {
    data = JSON.parse(block);
  } catch {
    throw new Changed("the block of evidence is not JSON");
  }
  const spelling = JSON.stringify(data).replaceAll("<", "\\u003c");
  must(spelling === block, "the block of evidence is not spelt as an exporter spells it");
  mustFit(data, SHAPE, "the block");
  must(data.format === "onus-evidence/1", "this evidence is of a format that this viewer does not know");
  return data;
}

function mustFit(value, shape, where) {
  if (typeof shape === "string") {
    must(typeof value === shape, `${where} is not a ${shape}`);
    must(shape !== "number" || (Number.isSafeInteger(value) && value >= 0), `${where} is not a whole number`);
  } else if (Array.isArray(shape)) {
    must(Array.isArray(value), `${where} is not a list`);
    value.forEach((item) => mustFit(item, shape[0], `an item of ${where}`));
  } else {
    must(value && typeof value === "object" && !Array.isArray(value), `${where} is not an object`);
    must(Object.keys(value).join() === Object.keys(shape).join(), `${where} has other members than it should`);
    for (const [name, of] of Object.entries(shape)) mustFit(value[name], of, name);
  }
}

/** Everything that can be said of one block, `trusted` being the verifier keys that the reader brought. */
async function examine(data, trusted) {
  const checks = [];
  const say = (id, state, title, reason) => checks.push({ id, state, title, reason });
  const canHash = Boolean(globalThis.crypto?.subtle);
  const canSign = canHash && (await hasEd25519());
  if (!canHash) {
    say("browser", OPEN, "This browser", "It offers no cryptography to this page, so nothing here was checked.");
    return { checks, entries: [], lanesOf: [], manifest: null, checkpoint: null };
  }
  if (!canSign) {
    say("browser", OPEN, "This browser", "It cannot verify Ed25519 signatures, so no signature was checked. Entries and texts were.");
  }
  const keys = [];
  for (const text of data.keys) keys.push(await attempt(() => parseKey(text)));
  const context = { data, trusted, canSign, keys: keys.filter((key) => key.name), checks, say };

  const checkpoint = await checkCheckpoint(context);
  const nodes = await attempt(() => data.nodes.map((node) => hash32(node, "a hash of the proofs")));
  const place = (item) => placeOf(item, checkpoint, nodes);
  const support = [];
  for (const item of data.support) support.push({ item, ...(await place(item)) });
  const schemas = await checkSchemas(context, support);
  for (const one of support) await readOne(one, schemas);
  checkSupport(context, support);

  const entries = [];
  for (const item of data.entries) {
    const one = { item, ...(await place(item)), texts: [] };
    await readOne(one, schemas, data.incident);
    await checkTexts(one, data);
    entries.push(one);
  }
  await judgeAnswers(entries, support, checkpoint.origin, canSign);
  sayRevoked(context, checkpoint, support);
  const manifest = await checkManifest(context, checkpoint, support, entries);
  checkWhole(context, entries, manifest);
  restOnCheckpoint(checks, entries);
  return { checks, entries, manifest, checkpoint };
}

/** Where it is not known whose checkpoint it is, nothing under it is shown as if it held. */
function restOnCheckpoint(checks, entries) {
  if (checks.find(({ id }) => id === "checkpoint").state === HOLDS) return;
  const resting = [...checks.filter(({ id, state }) => id !== "checkpoint" && state === HOLDS), ...entries.filter(({ state }) => state === HOLDS)];
  for (const one of resting) {
    one.state = OPEN;
    one.rests = true;
    if (one.reason) one.reason += " This rests on the checkpoint, which was not checked.";
  }
}

/** What a step returns, or the finding that ended it. */
async function attempt(step) {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Changed) return { finding: error.message };
    throw error;
  }
}

function hash32(text, what) {
  const bytes = fromBase64(text, what);
  must(bytes.length === 32, `${what} is no SHA-256`);
  return bytes;
}

async function checkCheckpoint({ data, trusted, canSign, keys, say }) {
  const title = "The checkpoint that the proofs lead to";
  const note = await attempt(() => parseNote(data.checkpoint, "the checkpoint"));
  const parsed = note.finding ? note : await attempt(() => parseCheckpoint(note.text));
  if (parsed.finding) {
    say("checkpoint", FAILS, title, `It cannot be read: ${parsed.finding}.`);
    return parsed;
  }
  parsed.signer = await checkLogKey({ note, parsed, trusted, canSign, keys, say, title });
  await checkWitnesses({ note, parsed, trusted, canSign, keys, say });
  return parsed;
}

/** The log's key under whose signature the checkpoint stands, if it does. */
async function checkLogKey({ note, parsed, trusted, canSign, keys, say, title }) {
  // A key that was rotated has a successor of its name: the one counts that stands on the note.
  const of = (some) => {
    const named = some.filter((key) => key.type === ED25519 && key.name === parsed.origin);
    return named.find(({ id }) => note.signatures.some((one) => one.name === parsed.origin && one.id === id)) ?? named[0];
  };
  const brought = of(trusted);
  const enclosed = of(keys);
  const where = `It is ${parsed.origin}, ${count(parsed.size, "entry", "entries")}`;
  const key = brought ?? enclosed;
  if (!canSign) {
    say("checkpoint", OPEN, title, `${where}. Its signature was not checked: this browser cannot.`);
  } else if (!key) {
    say("checkpoint", OPEN, title, `${where}. No key of that name is here, so its signature was not checked.`);
  } else {
    const { verdict } = await signedBy(note, key);
    if (verdict !== "signed") {
      const whose = brought ? "the key that you gave" : "the key in this file";
      const how = verdict === "bad" ? "its signature is wrong" : "there is no signature by that key";
      say("checkpoint", FAILS, title, `It does not stand under ${whose}: ${how}.`);
    } else if (brought) {
      say("checkpoint", HOLDS, title, `${where}, signed by the key that you gave.`);
    } else {
      say("checkpoint", OPEN, title, `${where}, signed by a key that came with this file. Whether that is the ledger's key, only you can tell: give the key that you trust.`);
    }
    if (verdict === "signed") return key;
  }
  return undefined;
}

/** A checkpoint whose key one of the entries under it revoked was signed by somebody who should not have. */
function sayRevoked({ checks }, checkpoint, support) {
  const check = checks.find(({ id }) => id === "checkpoint");
  if (check.state === FAILS) return;
  const key = checkpoint.signer;
  const revoked = key && support.find(({ state, seq, entry }) =>
    state === HOLDS && seq < checkpoint.size && entry?.kind?.name === "KeyRevoked" && equal(entry.body.public_key, key.point));
  if (revoked) Object.assign(check, { state: FAILS, reason: `It was signed with a key that entry ${revoked.seq} had revoked.` });
}

async function checkWitnesses({ note, trusted, canSign, keys, say }) {
  const title = "Witnesses of the checkpoint";
  const known = [...trusted, ...keys].filter((key) => key.type === COSIGNATURE);
  const seen = new Map();
  for (const key of canSign ? known : []) {
    const { verdict, time } = await signedBy(note, key);
    if (verdict === "bad") {
      say("witnesses", FAILS, title, `The cosignature of ${key.name} is wrong.`);
      return;
    }
    if (verdict === "signed" && !seen.has(key.text)) {
      seen.set(key.text, `${key.name} at ${instant(Number(time) * 1000000)}${trusted.some((own) => own.text === key.text) ? "" : " (a key from this file)"}`);
    }
  }
  const own = trusted.filter((key) => key.type === COSIGNATURE);
  if (own.length > 0 && canSign) {
    const missing = own.filter((key) => !seen.has(key.text));
    if (missing.length > 0) {
      say("witnesses", FAILS, title, `There is no cosignature by ${missing.map((key) => key.name).join(", ")}, whose key you gave.`);
      return;
    }
    say("witnesses", HOLDS, title, `Cosigned by ${[...seen.values()].join("; ")}.`);
  } else if (seen.size > 0) {
    say("witnesses", OPEN, title, `Cosigned by ${[...seen.values()].join("; ")}. To have this checked, give the witness's key.`);
  } else if (!canSign) {
    say("witnesses", OPEN, title, "Not checked: this browser cannot.");
  } else {
    say("witnesses", OPEN, title, "No witness whose key is here has cosigned it.");
  }
}

/** Bytes, leaf and inclusion of one entry. */
async function placeOf(item, checkpoint, nodes) {
  const one = { seq: item.seq, state: OPEN, reasons: [] };
  const checked = await attempt(async () => {
    one.bytes = fromBase64(item.bytes, "its bytes");
    one.leaf = await leafHash(one.bytes);
    must(!checkpoint.finding, "there is no checkpoint to check it against");
    must(!nodes.finding, "its proof cannot be read");
    must(item.path.every((at) => at < nodes.length), "its proof names a hash that is not here");
    const root = await rootFrom(one.leaf, item.seq, checkpoint.size, item.path.map((at) => nodes[at]));
    must(equal(root, checkpoint.root), "its bytes are not those at this place under the checkpoint");
    return {};
  });
  settle(one, checked);
  one.isElsewhere = one.state === FAILS;
  return one;
}

function settle(one, checked) {
  if (checked.finding) {
    one.state = FAILS;
    one.reasons.push(checked.finding);
  } else if (one.state === OPEN) {
    one.state = HOLDS;
  }
}

/** The published schemas, ascending: the text's SHA-256 must be the one that the ledger published. */
async function checkSchemas({ data, say }, support) {
  const title = "The layout by which entries are read";
  const schemas = [];
  for (const { seq, text } of data.schemas) {
    const one = support.find((other) => other.seq === seq);
    const read = await attempt(async () => {
      must(one?.bytes, `entry ${seq}, which published it, is not in this file`);
      must(one.state === HOLDS, `entry ${seq}, which published it, is not under the checkpoint`);
      const published = decodeEntry(one.bytes, BOOTSTRAP);
      must(published.kind, `entry ${seq} publishes no layout`);
      const digest = await sha256(utf8.encode(text));
      must(equal(digest, published.body.sha256), `it is not the one that entry ${seq} published`);
      return { seq, schema: parseSchema(text) };
    });
    if (read.finding) {
      say("schema", FAILS, title, `It cannot be used: ${read.finding}.`);
      return [];
    }
    schemas.push(read);
  }
  if (schemas.length === 0) {
    say("schema", FAILS, title, "The file holds none.");
    return [];
  }
  schemas.sort((a, b) => a.seq - b.seq);
  const published = schemas.map(({ seq }) => seq).join(", ");
  say("schema", HOLDS, title, `It is the one that the ledger published of itself in entry ${published}.`);
  return schemas;
}

/** Decodes an entry by the schema that counts at its place: the last one before it, else the first. */
async function readOne(one, schemas, incident) {
  if (!one.bytes) return;
  if (schemas.length === 0) {
    settle(one, { finding: "there is no layout to read it by" });
    return;
  }
  const counts = schemas.filter(({ seq }) => seq < one.seq).at(-1) ?? schemas[0];
  const read = await attempt(() => {
    const entry = decodeEntry(one.bytes, counts.schema);
    must(entry.head.seq === one.seq, "it states another place than it was found at");
    if (incident !== undefined) {
      const own = entry.common.incident;
      must(own && incidentText(own) === incident, "it belongs to another incident");
    }
    return entry;
  });
  settle(one, read);
  if (!read.finding) one.entry = read;
}

/** Every sealed text of an entry: opened, or withheld and said to be. */
async function checkTexts(one, data) {
  if (!one.entry) return;
  const texts = sealedTexts(one.entry);
  const stated = (list) => list.filter((item) => item.seq === one.seq);
  for (const { field, name, sealed } of texts) {
    const opened = stated(data.opened).find((item) => item.field === field);
    const withheld = stated(data.withheld).find((item) => item.field === field);
    const text = { field, name, chars: sealed.chars };
    const checked = await attempt(async () => {
      must(!(opened && withheld), "a text is both opened and withheld");
      must(opened || withheld, "a text is neither opened nor said to be withheld");
      if (opened) {
        text.text = await openSealed(sealed, one.entry.common.event_id, field, fromBase64(opened.key, "a text's key"));
      } else {
        must(withheld.chars === sealed.chars, "a withheld text is said to have another length than its entry states");
        text.ground = withheld.ground;
      }
      return {};
    });
    if (checked.finding) text.finding = checked.finding;
    settle(one, checked.finding ? { finding: `${words(name)}: ${checked.finding}` } : {});
    one.texts.push(text);
  }
  const strangers = [...stated(data.opened), ...stated(data.withheld)].filter((item) => !texts.some(({ field }) => field === item.field));
  if (strangers.length > 0) settle(one, { finding: "the file speaks of a text that this entry does not have" });
}

/** The entries that are not the incident's own: the ledger's opening, its schemas, its keys. */
function checkSupport({ say }, support) {
  const title = "Entries about the ledger itself";
  const bad = support.filter((one) => one.state !== HOLDS);
  if (bad.length > 0) {
    say("support", FAILS, title, `Entry ${bad.map((one) => one.seq).join(", ")} does not hold: ${bad[0].reasons[0]}.`);
  } else {
    const listed = support.map((one) => `${one.seq} (${titleOf(one.entry)})`).join(", ");
    say("support", HOLDS, title, `Entry ${listed}.`);
  }
}

/** The manifest: what the exporter states and signs, under a key that the ledger registered. */
async function checkManifest({ data, canSign, keys, say }, checkpoint, support, entries) {
  const title = "The exporter's manifest";
  const note = await attempt(() => parseNote(data.manifest, "the manifest"));
  const manifest = note.finding ? note : await attempt(() => parseManifest(note.text));
  if (manifest.finding) {
    say("manifest", FAILS, title, `It cannot be read: ${manifest.finding}.`);
    return null;
  }
  const digest = await sha256(...entries.map((one) => one.leaf ?? new Uint8Array(0)));
  const fits = await attempt(() => {
    must(!checkpoint.finding, "there is no checkpoint to compare it with");
    must(manifest.origin === checkpoint.origin, "it is of another ledger");
    must(manifest.incident === data.incident, "it is of another incident");
    must(manifest.size === checkpoint.size && manifest.root === toBase64(checkpoint.root), "it is of another checkpoint");
    must(manifest.digest === toBase64(digest), "it is not about the entries that are here");
    must(manifest.opened === data.opened.length, `it states ${count(manifest.opened, "opened text", "opened texts")}, the file holds ${data.opened.length}`);
    must(manifest.withheld === data.withheld.length, `it states ${count(manifest.withheld, "withheld text", "withheld texts")}, the file holds ${data.withheld.length}`);
    return {};
  });
  if (fits.finding) {
    say("manifest", FAILS, title, `It does not fit this file: ${fits.finding}.`);
    return manifest;
  }
  const key = keys.find((own) => own.type === ED25519 && own.name === `${manifest.origin}/manifest`);
  if (!canSign) {
    say("manifest", OPEN, title, "It fits this file. Its signature was not checked: this browser cannot.");
  } else if (!key) {
    say("manifest", FAILS, title, "The file holds no key of the manifest's name.");
  } else if ((await signedBy(note, key)).verdict !== "signed") {
    say("manifest", FAILS, title, "Its signature is wrong or missing.");
  } else {
    sayRegistered(say, title, key, support);
  }
  return manifest;
}

function sayRegistered(say, title, key, support) {
  const about = (kind) => support.find(({ state, entry }) =>
    state === HOLDS && entry?.kind?.name === kind && entry.body.name === key.name && equal(entry.body.public_key, key.point));
  const registered = about("KeyRegistered");
  const revoked = about("KeyRevoked");
  if (!registered) {
    say("manifest", FAILS, title, "Its key is not registered in the ledger, as far as this file shows.");
  } else if (revoked) {
    say("manifest", FAILS, title, `Its key was revoked in entry ${revoked.seq}.`);
  } else {
    say("manifest", HOLDS, title, `It fits this file and is signed by the key that entry ${registered.seq} registered.`);
  }
}

const MANIFEST = ["origin", "incident", "size", "root", "entries", "digest", "opened", "withheld", "exported-at", "exported-by", "recipient", "ground", "why"];

function parseManifest(text) {
  const [first, ...lines] = text.slice(0, -1).split("\n");
  must(first === "onus/manifest/v1" && lines.length === MANIFEST.length, "it is not of the form onus/manifest/v1");
  const manifest = {};
  lines.forEach((line, i) => {
    const name = MANIFEST[i];
    must(line.startsWith(`${name} `), `its line ${i + 2} does not state ${name}`);
    manifest[name] = line.slice(name.length + 1);
  });
  for (const name of ["size", "entries", "opened", "withheld"]) {
    must(/^(0|[1-9][0-9]{0,15})$/.test(manifest[name]), `${name} is no number`);
    manifest[name] = Number(manifest[name]);
  }
  must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?[+-]\d\d:\d\d$/.test(manifest["exported-at"]) && !Number.isNaN(Date.parse(manifest["exported-at"])), "exported-at is no time");
  for (const name of ["recipient", "why"]) {
    try {
      manifest[name] = JSON.parse(manifest[name]);
    } catch {
      throw new Changed(`${name} is not of its form`);
    }
    must(manifest[name] === null || typeof manifest[name] === "string", `${name} is not of its form`);
  }
  return manifest;
}

/** Whether all of the incident is here: versions run from 1 without gaps, and to the number stated. */
function checkWhole({ data, say }, entries, manifest) {
  const title = "Whether entries of the incident are missing";
  const read = entries.filter((one) => one.entry);
  const versions = read.map((one) => one.entry.head.version);
  const ascending = data.entries.every((item, i) => i === 0 || data.entries[i - 1].seq < item.seq);
  const gap = versions.findIndex((version, i) => version !== i + 1);
  if (!manifest) {
    say("whole", OPEN, title, "Not checked: there is no manifest to compare with.");
  } else if (read.length < entries.length) {
    say("whole", FAILS, title, `${count(entries.length - read.length, "entry", "entries")} cannot be read.`);
  } else if (!ascending) {
    say("whole", FAILS, title, "The entries are not in the ledger's order.");
  } else if (gap >= 0) {
    say("whole", FAILS, title, `The incident's entry number ${gap + 1} is missing.`);
  } else if (manifest.entries !== entries.length) {
    say("whole", FAILS, title, `The manifest states ${count(manifest.entries, "entry", "entries")}, the file holds ${entries.length}.`);
  } else {
    say("whole", HOLDS, title, `The incident's ${count(entries.length, "entry", "entries")} are numbered without a gap, as many as the exporter states. That none was left off the end rests on the exporter's signed word; the ledger can show it.`);
  }
}

/** The verdict on the whole, from the checks and the entries. Witnesses whose keys nobody brought are no condition. */
function verdictOf({ checks, entries }) {
  const states = [...checks.filter(({ id, state }) => id !== "witnesses" || state === FAILS).map(({ state }) => state), ...entries.map(({ state }) => state)];
  if (states.includes(FAILS)) return FAILS;
  return states.includes(OPEN) || entries.length === 0 ? OPEN : HOLDS;
}
