// Answers to offers that carry a signed note: whether they are counter-signed (docs/format.md §7.1). One that is not is
// asserted alone, which is no fault of the file: it was recorded as just that.

const ANSWER = ["origin", "incident", "offer", "entry-sha256", "facets", "answer", "by", "role", "reference", "reason", "time", "conditions-sha256", "entry"];
const NOTHING = "-";

// What the ledger records as the source's reference of an answer that did not count, and what it means.
const UNSIGNED = {
  "not-a-note": "what was handed in as its signature is not a signed note of this form",
  "unknown-key": "no key that this ledger had registered for the receiver then signed the note",
  "bad-signature": "the signature was not made over this note: note, signature or name were changed",
  "key-revoked": "the key that signed it had been revoked before it was recorded",
  "not-the-receiver": "it was signed by another agency than the one that the offer was made to",
  "other-offer": "the note answers another offer than this one",
  "offer-elsewhere": "the note answers an offer of another ledger, which it does not bring along",
  "other-answer": "the note says something else than this entry",
  "other-conditions": "the conditions that were handed in are not the ones that were signed",
};

/** Why an answer is asserted alone: one of the names above. */
class Alone extends Error {}

function mustCount(holds, reason) {
  if (!holds) throw new Alone(reason);
}

/** Judges every answer with a note among the entries. */
async function judgeAnswers(entries, support, origin, canSign) {
  const known = registeredKeys(support);
  for (const one of entries) {
    if (one.state === FAILS || !one.entry?.body?.signed_note) continue;
    if (!["HandoverAccepted", "HandoverDeclined"].includes(one.entry.kind.name)) continue;
    one.signature = canSign ? await standingOf(one, entries, known, origin) : { state: OPEN };
  }
}

async function standingOf(one, entries, known, origin) {
  try {
    return { state: HOLDS, ...(await signedAnswer(one, entries, known, origin)) };
  } catch (error) {
    if (error instanceof Alone) return { state: "alone", reason: error.message };
    throw error;
  }
}

/** Every key that the ledger registered, each with the entry that revoked it, in the order of the ledger. */
function registeredKeys(support) {
  const keys = [];
  const sorted = support.filter(({ state, entry }) => state === HOLDS && entry?.kind).sort((a, b) => a.seq - b.seq);
  for (const { seq, entry } of sorted) {
    const { kind, body } = entry;
    if (kind.name === "KeyRegistered") keys.push({ seq, purpose: body.purpose, name: body.name, point: body.public_key });
    if (kind.name === "KeyRevoked") {
      keys.filter((key) => key.revoked === undefined && equal(key.point, body.public_key)).forEach((key) => (key.revoked = seq));
    }
  }
  return keys;
}

/** Who counter-signed, and in which other ledger. */
async function signedAnswer(one, entries, known, origin) {
  const { common, body, schema, kind } = one.entry;
  const { note, answer } = readAnswer(body.signed_note, schema.types);
  await countSigner(note, answer.by, known, one.seq);
  mustCount(body.offer && uuid(body.offer) === answer.offer, "other-offer");
  const inOrigin = answer.origin === origin ? null : answer.origin;
  const here = entries.find((other) => other.state !== FAILS && other.seq < one.seq && isOffer(other.entry) && equal(other.entry.common.event_id, body.offer));
  const meant = inOrigin === null ? here : broughtOffer(answer, here, schema);
  mustCount(meant, "other-offer");
  const offer = meant.entry.body;
  const isMeant = toHex(await sha256(meant.bytes)) === answer["entry-sha256"] && uuid(meant.entry.common.event_id) === answer.offer &&
    meant.entry.common.incident && incidentText(meant.entry.common.incident) === answer.incident &&
    answer.facets.every((facet) => offer.facets.includes(facet));
  mustCount(isMeant, "other-offer");
  mustCount(agencyText(offer.to) === answer.by, "not-the-receiver");
  const says = (kind.name === "HandoverAccepted") === (answer.answer !== "refused") &&
    Boolean(body.conditions) === (answer["conditions-sha256"] !== null) &&
    incidentText(common.incident) === answer.incident && sameFacets(body.facets, answer.facets) &&
    body.by_role === answer.role && (body.reference ?? null) === answer.reference && (body.reason ?? null) === answer.reason &&
    common.occurred_at === answer.at;
  mustCount(says, "other-answer");
  const { source } = common;
  mustCount(source.system !== "onus-handover" || !(source.reference in UNSIGNED), source.reference);
  return { by: answer.by, inOrigin };
}

function isOffer(entry) {
  return entry?.kind?.name === "HandoverOffered";
}

/** The offer that the note brings along; one that stands here under the same id must offer the same. */
function broughtOffer(answer, here, schema) {
  mustCount(answer.entry, "offer-elsewhere");
  let entry;
  try {
    entry = decodeEntry(answer.entry, schema);
  } catch (error) {
    if (error instanceof Changed) throw new Alone("other-offer");
    throw error;
  }
  mustCount(isOffer(entry), "other-offer");
  const terms = ({ common, body }) => [uuid(common.event_id), common.incident && incidentText(common.incident), ...sorted(body.facets), agencyText(body.from), agencyText(body.to)].join();
  mustCount(!here || terms(here.entry) === terms(entry), "other-offer");
  return { entry, bytes: answer.entry };
}

function sorted(facets) {
  return [...new Set(facets)].sort();
}

function sameFacets(one, other) {
  return sorted(one).join() === sorted(other).join();
}

/** Whether a key that counted when the entry was recorded, registered for whoever answers, signed the note. */
async function countSigner(note, by, known, seq) {
  let reason = "unknown-key";
  for (const { name, point, purpose, seq: from, revoked } of known) {
    if (purpose !== "handover" || name !== `${by}/handover`) continue;
    const digest = await sha256(utf8.encode(`${name}\n`), Uint8Array.of(ED25519), point);
    const { verdict } = await signedBy(note, { type: ED25519, name, point, id: toHex(digest.subarray(0, 4)) });
    if (verdict === "signed" && from < seq && (revoked === undefined || seq < revoked)) return;
    if (verdict === "signed" && from < seq) reason = "key-revoked";
    if (verdict === "bad" && reason === "unknown-key") reason = "bad-signature";
  }
  throw new Alone(reason);
}

/** The note and the answer in it, if it is spelt as one is. */
function readAnswer(bytes, types) {
  try {
    const note = parseNote(strictUtf8.decode(bytes), "the note");
    return { note, answer: parseAnswer(note.text, types) };
  } catch (error) {
    if (error instanceof Changed || error instanceof TypeError) throw new Alone("not-a-note");
    throw error;
  }
}

function parseAnswer(text, types) {
  const [first, ...lines] = text.slice(0, -1).split("\n");
  must(first === "onus/handover/v1" && lines.length === ANSWER.length, "it is not of the form onus/handover/v1");
  const answer = {};
  lines.forEach((line, i) => {
    must(line.startsWith(`${ANSWER[i]} `), `its line ${i + 2} does not state ${ANSWER[i]}`);
    answer[ANSWER[i]] = line.slice(ANSWER[i].length + 1);
  });
  const fits = (name, form) => must(form.test(answer[name]), `${name} is not of its form`);
  const isOf = (name, type) => must(types.get(type)?.enum?.includes(answer[name]), `${name} is none of its list`);
  const optional = (name, check) => (answer[name] === NOTHING ? (answer[name] = null) : check());
  must(FORMS.Origin(answer.origin), "origin is not of its form");
  fits("incident", /^[a-z0-9_]+:[A-Za-z0-9._+-]{1,32}\/\d{4}-\d\d-\d\d\/[A-Za-z0-9._:/+-]{1,32}$/);
  fits("offer", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  fits("entry-sha256", /^[0-9a-f]{64}$/);
  fits("answer", /^(accepted|accepted-with-conditions|refused)$/);
  fits("by", /^[a-z0-9_]+:[A-Za-z0-9._+-]{1,32}$/);
  isOf("role", "Role");
  answer.facets = answer.facets.split(",");
  must(answer.facets.every((facet) => FACETS.includes(facet)), "facets is none of its list");
  optional("reference", () => must(FORMS.Code(answer.reference), "reference is not of its form"));
  optional("reason", () => isOf("reason", "DeclineReason"));
  optional("conditions-sha256", () => fits("conditions-sha256", /^[0-9a-f]{64}$/));
  optional("entry", () => (answer.entry = fromBase64(answer.entry, "the entry")));
  answer.at = fromRfc3339(answer.time);
  return answer;
}

/** Microseconds since 1970 of a time in London's offset, spelt as a ledger spells it. */
function fromRfc3339(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{6}))?([+-]\d\d:\d\d)$/.exec(text);
  must(parts && parts[5] !== "000000", "time is not of its form");
  const [, year, month, date, clock, fraction, offset] = parts;
  const us = Date.parse(`${year}-${month}-${date}T${clock}${offset}`) * 1000 + Number(fraction ?? 0);
  const spelt = `${date}/${month}/${year} ${clock}${fraction ? `.${fraction}` : ""} ${offset}`;
  must(Number.isSafeInteger(us) && instant(us) === spelt, "time is not spelt as a ledger spells it");
  return us;
}

/** What a note is worth, in words. */
function signatureWords({ state, by, inOrigin, reason }) {
  if (state === OPEN) return "A signed note, not checked: this browser cannot.";
  if (state === "alone") return `Not counter-signed: ${UNSIGNED[reason]}.`;
  return `Counter-signed by ${by}${inOrigin ? ` in ${inOrigin}` : ""}, under a key that the ledger registered for it.`;
}
