// Words, names and times, as people in the United Kingdom read them.

// The three findings. What was not checked is never shown as if it held.
const HOLDS = "holds";
const FAILS = "fails";
const OPEN = "open";

const LONDON = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London", day: "2-digit", month: "2-digit", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "longOffset",
});

/** Microseconds since 1970 as a London time with its offset; parts of a second where there are any. */
function instant(us) {
  const parts = Object.fromEntries(LONDON.formatToParts(new Date(Math.floor(us / 1000))).map(({ type, value }) => [type, value]));
  const offset = parts.timeZoneName.replace("GMT", "") || "+00:00";
  const fraction = ((us % 1000000) + 1000000) % 1000000;
  const second = fraction === 0 ? parts.second : `${parts.second}.${String(fraction).padStart(6, "0")}`;
  return `${parts.day}/${parts.month}/${parts.year} ${parts.hour}:${parts.minute}:${second} ${offset}`;
}

/** The time of day alone. */
function clock(us) {
  const parts = Object.fromEntries(LONDON.formatToParts(new Date(Math.floor(us / 1000))).map(({ type, value }) => [type, value]));
  return `${parts.hour}:${parts.minute}:${parts.second}`;
}

/** A day since 1970-01-01. */
function day(days) {
  return new Date(days * 86400000).toLocaleDateString("en-GB", { timeZone: "UTC", day: "2-digit", month: "2-digit", year: "numeric" });
}

function isoDay(days) {
  return new Date(days * 86400000).toISOString().slice(0, 10);
}

function agencyText({ kind, code }) {
  return `${kind}:${code}`;
}

function incidentText({ owner, date, number }) {
  return `${agencyText(owner)}/${isoDay(date)}/${number}`;
}

/** `no_deploy_refer` and `AttendanceDecided` as words. */
function words(name) {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll("_", " ");
}

function titleOf(entry) {
  return entry?.kind ? words(entry.kind.name) : `kind ${entry?.head.kind ?? "?"}, not known to this layout`;
}

function count(number, one, many) {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

function uuid(bytes) {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const STATES = {
  [HOLDS]: { mark: "\u2713", word: "holds" },
  [FAILS]: { mark: "\u2717", word: "does not hold" },
  [OPEN]: { mark: "\u25cb", word: "not checked" },
};

const GROUNDS = {
  not_disclosed: "not opened for this file",
  withheld_at_source: "withheld or erased at its source",
  erased: "its key was destroyed",
  restricted: "its processing is restricted",
  no_right: "no reading right covers it",
  unreadable: "its key does not open it",
};
