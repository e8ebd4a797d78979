// What the reader sees. Everything that comes from a file is put on the page as text, never as markup.

/** An element with text, children and attributes. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const $ = (id) => document.getElementById(id);

function badge(state) {
  const { mark, word } = STATES[state];
  return el("span", { class: `badge ${state}` }, el("span", { "aria-hidden": "true" }, `${mark} `), word);
}

/** What is shown now: the block, and the keys that the reader brought. */
let shown = null;

async function start() {
  $("file").addEventListener("change", () => openFile($("file").files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    openFile(event.dataTransfer.files[0]);
  });
  $("keys-form").addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  const own = $("onus-evidence").textContent.trim();
  const isEmbedded = own !== "null";
  $("open").hidden = isEmbedded;
  document.documentElement.dataset.viewer = isEmbedded ? "embedded" : "alone";
  await sayOwnDigest(isEmbedded);
  if (isEmbedded) await load(() => ({ block: $("onus-evidence").textContent }), true);
}

async function openFile(file) {
  if (!file) return;
  if (file.size > FILE_BYTES_MAX) return refuse("this file is larger than any evidence file");
  const text = await file.text();
  await load(() => takeApart(text), false);
}

async function load(take, isEmbedded) {
  shown = null;
  const taken = await attempt(take);
  const data = taken.finding ? taken : await attempt(() => parseBlock(taken.block));
  if (data.finding) {
    refuse(data.finding);
    return;
  }
  shown = { data, isEmbedded, page: await comparePage(taken.shell) };
  await show();
}

function refuse(finding) {
  $("result").hidden = true;
  setVerdict(FAILS, "This file cannot be read as evidence", `Reason: ${finding}.`);
}

function setVerdict(state, title, words) {
  const box = $("verdict");
  box.className = state;
  box.dataset.verdict = state;
  const { mark } = STATES[state];
  box.replaceChildren(
    el("p", { class: "verdict-title" }, el("span", { "aria-hidden": "true" }, `${mark} `), title),
    el("p", {}, words),
  );
}

async function show() {
  if (!shown) return;
  const started = performance.now();
  const trusted = await trustedKeys();
  const result = await examine(shown.data, trusted.keys);
  if (trusted.finding) result.checks.unshift({ id: "keys", state: FAILS, title: "The key that you gave", reason: `It cannot be read: ${trusted.finding}.` });
  sayUnused(result, trusted.keys);
  result.checks.push(pageCheck());
  sayVerdict(result);
  $("incident").textContent = shown.data.incident;
  $("checks").replaceChildren(...result.checks.map(checkRow));
  showManifest(result.manifest);
  showLanes(result.entries);
  $("entries").replaceChildren(...result.entries.map((one) => entryArticle(one, result.entries)));
  $("result").hidden = false;
  document.documentElement.dataset.verdictMs = (performance.now() - started).toFixed(1);
  document.documentElement.dataset.runs = String(Number(document.documentElement.dataset.runs ?? 0) + 1);
}

async function trustedKeys() {
  if (!globalThis.crypto?.subtle) return { keys: [] };
  const lines = $("keys").value.split(/\s+/).filter(Boolean);
  const keys = [];
  for (const line of lines) {
    const key = await attempt(() => parseKey(line));
    if (key.finding) return { keys: [], finding: key.finding };
    keys.push(key);
  }
  return { keys };
}

/** A key that was brought and is not of this ledger is said to be of no use, rather than passed over. */
function sayUnused({ checks, checkpoint }, keys) {
  const origin = checkpoint?.origin;
  const other = keys.filter((key) => key.type === ED25519 && key.name !== origin);
  if (other.length > 0) {
    checks.unshift({ id: "keys", state: OPEN, title: "The key that you gave", reason: `${other.map(({ name }) => name).join(", ")} is not the name of this ledger, which is ${origin ?? "not known"}. It was not used.` });
  }
}

function sayVerdict(result) {
  const state = verdictOf(result);
  const bad = result.entries.filter((one) => one.state === FAILS);
  if (state === FAILS) {
    const which = bad.length > 0 ? ` Entries that do not hold: ${bad.map(({ seq }) => seq).join(", ")}.` : "";
    setVerdict(FAILS, "Something here does not hold", `At least one check failed; the list says which and why.${which}`);
  } else if (shown.isEmbedded) {
    setVerdict(OPEN, "This page was written by the exporter", "What it says of itself proves nothing: open the file in a viewer that you have from elsewhere, or run onus check on it. What it found is below.");
  } else if (state === OPEN) {
    setVerdict(OPEN, "Nothing failed, but not everything was checked", "The list says what was not checked and what it would take.");
  } else {
    setVerdict(HOLDS, "Every check holds", "The entries below are those that the ledger recorded under the checkpoint that the key you gave has signed.");
  }
}

function pageCheck() {
  const title = "Who wrote the page that you are reading";
  if (shown.isEmbedded) return { id: "page", state: OPEN, title, reason: "The exporter, like the rest of the file. Use a viewer that you have from elsewhere." };
  const of = shown.page ? "The viewer inside the file is the same as this one." : "The viewer inside the file is another one than this, and was not run.";
  return { id: "page", state: HOLDS, title, reason: `This viewer reads the file as data alone. ${of}` };
}

function checkRow({ id, state, title, reason }) {
  return el("tr", { id: `check-${id}`, "data-state": state }, el("th", { scope: "row" }, title), el("td", {}, badge(state)), el("td", {}, reason));
}

function showManifest(manifest) {
  const list = $("manifest");
  if (!manifest) {
    list.replaceChildren();
    return;
  }
  const rows = [
    ["Exported by", manifest["exported-by"]],
    ["Exported at", instant(Date.parse(manifest["exported-at"]) * 1000)],
    ["For", manifest.recipient ?? "not stated"],
    ["Ground of opening texts", manifest.ground === "-" ? "none opened" : words(manifest.ground)],
    ["Why", manifest.why ?? "not stated"],
    ["Entries of the incident then", `${manifest.entries}, in a ledger of ${count(manifest.size, "entry", "entries")}`],
    ["Texts", `${manifest.opened} opened, ${manifest.withheld} withheld`],
  ];
  list.replaceChildren(...rows.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, String(value))]));
}

function showLanes(entries) {
  const usable = entries.filter((one) => one.state !== FAILS && one.entry).map((one) => one.entry);
  const left = entries.length - usable.length;
  const folded = lanes(usable);
  $("lanes-note").textContent = left > 0 ? `${count(left, "entry", "entries")} left out, because what does not hold is not drawn.` : "";
  $("picture").replaceChildren(...(folded.length > 0 ? [drawLanes(folded)] : []));
  const rows = folded.flatMap((lane) => [
    ...lane.spans.map((span) => ({ ...span, agency: lane.agency, words: spanWords(span) })),
    ...lane.offered.map((one) => ({ ...one, agency: lane.agency, words: `offered to ${one.to}` })),
  ]);
  rows.sort((a, b) => a.agency.localeCompare(b.agency) || FACETS.indexOf(a.facet) - FACETS.indexOf(b.facet) || a.from - b.from || a.seq - b.seq);
  $("spans").replaceChildren(...rows.map((row) =>
    el("tr", {}, el("td", {}, row.agency), el("td", {}, words(row.facet)), el("td", {}, row.words), el("td", {}, instant(row.from)), el("td", {}, row.until === undefined ? "end of the record" : instant(row.until)), el("td", {}, String(row.seq)))));
}

function entryArticle(one, entries) {
  const { entry } = one;
  const title = entry ? titleOf(entry) : "cannot be read";
  const article = el("li", { id: `entry-${one.seq}`, class: one.state, "data-state": one.state });
  const number = entry ? `${entry.head.version}. ` : "";
  const heading = el("h3", {}, `${number}${title.charAt(0).toUpperCase()}${title.slice(1)} `, badge(one.state));
  article.append(heading);
  const stands = one.rests ? "Its bytes stand at this place under the checkpoint, which was not checked." : "Its bytes stand at this place under the checkpoint.";
  const why = one.state !== FAILS ? stands : one.reasons.map((reason) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`).join(" ");
  article.append(el("p", { class: "reason" }, `Entry ${one.seq} of the ledger. ${why}`));
  if (!entry) return article;
  // What does not hold is not shown as if it had been recorded.
  if (one.isElsewhere) article.append(el("p", { class: "warning" }, "What its bytes say follows. It is not what the ledger recorded."));
  const { common, head } = entry;
  const about = el("dl", {});
  const row = (term, ...value) => {
    const width = isWide(value) ? { class: "wide" } : {};
    about.append(el("dt", width, term), el("dd", width, ...value));
  };
  row("Happened", `${instant(common.occurred_at)}${uncertainty(common.uncertainty_s)}`);
  row("Recorded", instant(head.recordedAt));
  if (common.entered_at !== null) row("Entered there", instant(common.entered_at));
  row("By", `${agencyText(common.actor.agency)}, ${words(common.actor.role)}${common.actor.staff ? `, staff token ${toHex(common.actor.staff)}` : ""}`);
  row("Stated by", agencyText(common.asserted_by));
  const places = new Map(entries.filter((other) => other.entry).map((other) => [toHex(other.entry.common.event_id), other]));
  for (const member of entry.kind ? entry.schema.types.get(entry.kind.body).struct : []) {
    bodyRow(row, member, entry.body[member.name], one, entry, places);
  }
  if (common.policy) row("Policy cited", `${common.policy.policy}, version ${common.policy.version}`);
  row("Source", `${common.source.system}${common.source.reference ? `, ${common.source.reference}` : ""}${common.source.inferred ? ", inferred" : ""}`);
  if (common.corrects) row("Corrects", eventText(common.corrects.event_id, places));
  if (common.causes.length > 0) row("Follows from", common.causes.map((id) => eventText(id, places)).join("; "));
  for (const text of one.texts.filter(({ field }) => field < 8)) row(words(text.name), ...textWords(text));
  if (one.signature) {
    article.dataset.signature = JSON.stringify([one.signature.state, one.signature.by ?? null, one.signature.inOrigin ?? null, one.signature.reason ?? null]);
    row("Signature", signatureWords(one.signature));
  }
  article.append(about);
  article.append(el("details", {}, el("summary", {}, "Bytes and names"), el("p", { class: "bytes" }, `Event ${uuid(common.event_id)}. Leaf ${toHex(one.leaf)}. ${toHex(one.bytes)}`)));
  return article;
}

/** Whether a value needs the whole width: a text, or anything that half a line does not hold. */
function isWide(value) {
  return value.some((part) => typeof part !== "string" || part.length > 48);
}

function uncertainty(seconds) {
  if (seconds === 0) return "";
  if (seconds === 60) return ", to the minute";
  return seconds === 86400 ? ", only the day is known" : `, give or take ${count(seconds, "second", "seconds")}`;
}

function bodyRow(row, member, value, one, entry, places) {
  if (member.sealed !== undefined) {
    const text = one.texts.find(({ field }) => field === member.sealed);
    row(words(member.name), ...(text ? textWords(text) : ["not recorded"]));
  } else if (value !== null && !(Array.isArray(value) && value.length === 0)) {
    row(words(member.name), valueText(member.type, value, entry.schema.types, places));
  }
}

function textWords(text) {
  if (text.text !== undefined) return [el("q", { class: "opened" }, text.text)];
  if (text.finding) return [el("strong", {}, `not shown: ${text.finding}`)];
  const ground = GROUNDS[text.ground] ?? words(text.ground);
  return [el("span", { class: "withheld" }, `Withheld, ${count(text.chars, "character", "characters")}: ${ground}.`)];
}

function eventText(id, places) {
  const other = places.get(toHex(id));
  return other ? `entry ${other.seq} (${titleOf(other.entry)})` : `event ${uuid(id)}, which is not in this file`;
}

/** A value by its type, in words. */
function valueText(expression, value, types, places) {
  const [name, inner] = splitOnce(expression);
  if (value === null) return "nothing";
  switch (name) {
    case "option":
      return valueText(inner, value, types, places);
    case "list":
      return value.map((item) => valueText(inner, item, types, places)).join("; ") || "none";
    case "bool":
      return value ? "yes" : "no";
    case "array":
    case "bytes":
      return toHex(value);
    case "Timestamp":
      return instant(value);
    case "LocalDate":
      return day(value);
    case "AgencyId":
      return agencyText(value);
    case "Incident":
      return incidentText(value);
    case "EventId":
      return eventText(value, places);
    case "NoteBytes":
      return noteText(value);
    case "Sealed":
      return `sealed, ${count(value.chars, "character", "characters")}`;
    default: {
      const type = types.get(name);
      if (type?.enum) return words(value);
      if (type?.struct) {
        const parts = type.struct.filter((field) => value[field.name] !== null);
        return parts.map((field) => `${words(field.name)} ${valueText(field.type, value[field.name], types, places)}`).join(", ");
      }
      return type?.alias ? valueText(type.alias, value, types, places) : String(value);
    }
  }
}

function noteText(bytes) {
  const attempted = (() => {
    try {
      return strictUtf8.decode(bytes);
    } catch {
      return null;
    }
  })();
  return attempted === null ? `${bytes.length} bytes that are not text` : `a note: ${attempted.split("\n").filter(Boolean).join(" | ")}`;
}
