// Who held what, as each agency states it: one lane an agency, folded from its own entries alone (docs/domain.md).
// It says nothing of who was right. The ledger's own account, which weighs the lanes, is `onus show`.

const FACETS = ["contact", "response", "custody", "care", "conveyance", "follow_up"];

/** The entries that speak: not corrected, not withdrawn, in the order in which things happened. */
function speaking(entries) {
  const silenced = new Set();
  for (const { common, kind, body } of entries) {
    if (common.corrects) silenced.add(toHex(common.corrects.event_id));
    if (kind?.name === "EntryWithdrawn") silenced.add(toHex(body.event_id));
  }
  return entries
    .filter(({ common }) => !silenced.has(toHex(common.event_id)))
    .sort((a, b) => a.common.occurred_at - b.common.occurred_at || a.head.seq - b.head.seq);
}

/** The lanes of an incident, in the order in which its agencies first speak. */
function lanes(entries) {
  const all = speaking(entries);
  const agencies = [...new Set(all.map(({ common }) => agencyText(common.asserted_by)))];
  const answers = answersIn(all);
  return agencies.map((agency) => {
    const lane = new Lane(agency, answers);
    all.filter(({ common }) => agencyText(common.asserted_by) === agency).forEach((entry) => lane.take(entry));
    return lane.end();
  });
}

const ANSWERS = ["HandoverAccepted", "HandoverDeclined", "HandoverWithdrawn", "HandoverLapsed"];
const ANYONE = "";

/**
 * What each answer is about: the offer that it names; else the last one that still waits, made to the agency that answers, or
 * made by them where nobody answered it yet; else none. Whether an offer waits is asked of those who tell the answers.
 */
function answersIn(all) {
  const offers = all.filter(({ kind }) => kind?.name === "HandoverOffered");
  const gone = new Set();
  const key = (offer, facet, toldBy) => `${toHex(offer.common.event_id)} ${facet} ${toldBy}`;
  const found = new Map();
  for (const answer of all.filter(({ kind }) => ANSWERS.includes(kind?.name))) {
    const { common, body, kind } = answer;
    const by = agencyText(common.actor.agency);
    const toldBy = agencyText(common.asserted_by);
    const sides = {
      HandoverWithdrawn: [[["from", toldBy]], [["to", ANYONE]]],
      HandoverLapsed: [[["from", toldBy], ["to", toldBy]]],
    };
    const looks = sides[kind.name] ?? [[["to", toldBy]], [["from", ANYONE]]];
    const before = offers.filter((one) => all.indexOf(one) < all.indexOf(answer));
    const lastOf = (look) => {
      for (const offer of [...before].reverse()) {
        const teller = look.filter(([side]) => agencyText(offer.body[side]) === by).map(([, of]) => of)[0];
        if (teller === undefined) continue;
        const waits = FACETS.filter((facet) => offer.body.facets.includes(facet) && !gone.has(key(offer, facet, teller)));
        const about = body.facets.length === 0 ? waits : body.facets;
        if (about.some((facet) => waits.includes(facet))) return { offer, facets: about };
      }
      return undefined;
    };
    let about;
    if (body.offer) {
      const offer = offers.find((one) => equal(one.common.event_id, body.offer));
      about = { offer, facets: body.facets.length === 0 && offer ? offer.body.facets : body.facets };
    } else {
      about = looks.map(lastOf).find((one) => one) ?? { facets: body.facets };
    }
    found.set(answer, about);
    if (about.offer) about.facets.forEach((facet) => [toldBy, ANYONE].forEach((of) => gone.add(key(about.offer, facet, of))));
  }
  return found;
}

/** Who accepted: whoever acted; but nobody accepts their own offer. */
function receiver(answer, offer) {
  const actor = agencyText(answer.common.actor.agency);
  return offer && agencyText(offer.body.from) === actor ? agencyText(offer.body.to) : actor;
}

const LEAVING = ["no_deploy", "no_deploy_signpost", "no_deploy_refer", "no_deploy_transfer", "no_deploy_advice", "reversed_to_no_deploy"];
const RESPONDING = ["deploy", "deploy_joint", "reversed_to_deploy"];
const UNCLAIMED = { state: "unclaimed" };
const DISCHARGED = { state: "discharged" };
const NO_CALLSIGN = "";

/** Which unit an entry is about, by its callsign. */
function unitOf({ callsign_token: callsign }) {
  return callsign ? toHex(callsign) : NO_CALLSIGN;
}

/** One agency's statements, folded, each facet having one holder at most. What nothing has opened has no state. */
class Lane {
  constructor(agency, answers) {
    this.agency = agency;
    this.answers = answers;
    this.lines = new Map(FACETS.map((facet) => [facet, { facet, spans: [], offers: [] }]));
    this.marks = [];
    this.atRisk = false;
    this.powerUsed = false;
    this.units = new Set();
  }

  take(entry) {
    const { common, head, kind, body } = entry;
    this.at = common.occurred_at;
    this.seq = head.seq;
    this.marks.push({ at: this.at, version: head.version, seq: head.seq, title: titleOf(entry) });
    switch (kind?.name) {
      case "ContactReceived":
        return this.hold("contact");
      case "IncidentOpened":
        return this.open("response");
      case "TriageAssessed":
      case "TriageReassessed":
        this.atRisk = [body.risk_to_life, body.serious_harm].includes("yes");
        return kind.name === "TriageAssessed" && this.open("response");
      case "AttendanceDecided":
        return this.decide(body.outcome);
      case "ResourceDispatched":
        return agencyText(body.agency) === this.agency && this.hold("response");
      case "ResourceArrived":
        return agencyText(body.agency) === this.agency && this.units.add(unitOf(body));
      case "ResourceStoodDown":
        return agencyText(body.agency) === this.agency && this.standDown(unitOf(body));
      case "CallerSignposted":
        return this.now("response")?.state === "unclaimed" && this.turn("response", { state: "unclaimed", signposted: true });
      case "ResponsibilityAssumed":
        return this.hold(body.facet);
      case "ResponsibilityDischarged":
        if (["response", "care"].includes(body.facet)) this.needEnds();
        return this.now(body.facet)?.holder ? this.leave(body.facet, DISCHARGED) : this.turn(body.facet, DISCHARGED);
      case "HandoverOffered":
        return body.facets.forEach((facet) => this.lines.get(facet).offers.push({ id: toHex(common.event_id), to: agencyText(body.to), from: this.at, seq: this.seq }));
      case "HandoverAccepted":
      case "HandoverDeclined":
      case "HandoverWithdrawn":
      case "HandoverLapsed":
        return this.answer(entry);
      case "PersonLeft":
        return ["custody", "care", "conveyance"].forEach((facet) => this.leave(facet, DISCHARGED, agencyText(body.from)));
      case "PowerExercised":
        if (body.section === "pace_s17") return undefined;
        this.powerUsed = true;
        this.hold("custody");
        return this.open("care");
      case "DetentionEnded":
        this.powerUsed = false;
        return this.turn("custody", DISCHARGED);
      case "ConveyanceStarted":
        return this.convey(entry);
      case "ArrivedAtPlaceOfSafety":
        return this.turn("conveyance", DISCHARGED);
      case "OfficersReleased":
        this.units.clear();
        return this.leave("response", this.leavesNobody() ? UNCLAIMED : DISCHARGED);
      case "OutcomeRecorded":
        if (["located_safe", "no_harm_known"].includes(body.outcome)) this.needEnds();
        return body.outcome === "death" && FACETS.forEach((facet) => this.now(facet) && this.turn(facet, DISCHARGED));
      case "IncidentClosed":
        return FACETS.forEach((facet) => this.close(facet, body.unowned_reason));
      case "IncidentReopened":
        return FACETS.forEach((facet) => this.reopen(facet));
      default:
        return undefined;
    }
  }

  now(facet) {
    return this.lines.get(facet).spans.at(-1);
  }

  hold(facet, holder = this.agency) {
    this.turn(facet, { state: "held", holder });
  }

  open(facet) {
    if (!this.now(facet)) this.turn(facet, UNCLAIMED);
  }

  leave(facet, after, of = this.agency) {
    if (this.now(facet)?.holder === of) this.turn(facet, after);
  }

  /** The need ended with a ground, or the person was found safe or unharmed. */
  needEnds() {
    this.atRisk = false;
    this.powerUsed = false;
  }

  /** Whether somebody is in need and nobody holds or cares for them. */
  leavesNobody() {
    return (this.atRisk || this.powerUsed) && !this.now("custody")?.holder && !this.now("care")?.holder;
  }

  /** When its last unit leaves, an agency holds the response on, unless somebody in need is left without a taker. */
  standDown(unit) {
    const gone = this.units.delete(unit);
    const only = !gone && unit === NO_CALLSIGN && this.units.size === 1;
    if (only) this.units.clear();
    if ((gone || only) && this.units.size === 0 && this.leavesNobody()) this.leave("response", UNCLAIMED);
  }

  /** An ambulance is not that of the police who say so: without a name, nobody's. */
  convey({ common, body }) {
    if (body.agency) return this.hold("conveyance", agencyText(body.agency));
    if (body.mode !== "ambulance") return this.hold("conveyance");
    const by = [agencyText(common.actor.agency), this.agency].find((agency) => agency.startsWith("ambulance:"));
    return by && this.hold("conveyance", by);
  }

  decide(outcome) {
    if (RESPONDING.includes(outcome)) {
      this.hold("response");
    } else {
      this.open("response");
      if (LEAVING.includes(outcome)) this.leave("response", UNCLAIMED);
    }
  }

  answer(entry) {
    const { offer, facets } = this.answers.get(entry);
    const id = offer && toHex(offer.common.event_id);
    for (const facet of facets) {
      const waiting = this.lines.get(facet).offers.findLast((one) => one.until === undefined && one.id === id);
      if (waiting) waiting.until = this.at;
      if (entry.kind.name === "HandoverAccepted") this.hold(facet, receiver(entry, offer));
    }
  }

  close(facet, reason) {
    const state = this.now(facet)?.state;
    if (state === "unclaimed" || state === "closed_unclaimed") this.turn(facet, { state: "closed_unclaimed", reason });
    else this.leave(facet, DISCHARGED);
  }

  reopen(facet) {
    const now = this.now(facet);
    if (now && (now.holder ?? this.agency) === this.agency) this.turn(facet, UNCLAIMED);
  }

  /** Turns to a state. What lasted no time was never a state. */
  turn(facet, next) {
    const { spans } = this.lines.get(facet);
    const same = (span) => span && ["state", "holder", "signposted", "reason"].every((name) => span[name] === next[name]);
    if (same(spans.at(-1))) return;
    if (spans.at(-1)?.from === this.at) {
      spans.pop();
      if (same(spans.at(-1))) {
        delete spans.at(-1).until;
        return;
      }
    } else if (spans.length > 0) {
      spans.at(-1).until = this.at;
    }
    spans.push({ facet, ...next, from: this.at, seq: this.seq });
  }

  end() {
    const lines = [...this.lines.values()].filter(({ spans, offers }) => spans.length + offers.length > 0);
    const offered = lines.flatMap(({ facet, offers }) => offers.map((one) => ({ facet, ...one })));
    return { agency: this.agency, spans: lines.flatMap(({ spans }) => spans), offered, marks: this.marks, facets: lines.map(({ facet }) => facet) };
  }
}

/** What a span says in words. */
function spanWords({ state, holder, signposted, reason }) {
  if (state === "contested") return "accounts differ";
  if (state === "held") return `held by ${holder}`;
  if (state === "closed_unclaimed") return `closed, unclaimed: ${reason ? words(reason) : "no reason stated"}`;
  if (state === "discharged") return "discharged";
  return signposted ? "unclaimed, caller signposted" : "unclaimed";
}

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 150;
const RIGHT = 1000;
const ROW = 29;

function svg(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** The lanes as a picture. Each recorded moment has one step, so distances are not to scale. */
function drawLanes(folded, title = "Who held what, as each agency states it") {
  const moments = [...new Set(folded.flatMap(({ marks }) => marks.map(({ at }) => at)))].sort((a, b) => a - b);
  const step = (RIGHT - LEFT) / moments.length;
  const x = (at) => (at === undefined ? RIGHT : LEFT + (moments.indexOf(at) + 0.5) * step);
  const rows = folded.reduce((sum, lane) => sum + 1.4 + lane.facets.length + 0.4, 0);
  const top = 92;
  const height = top + rows * ROW;
  const picture = svg("svg", { viewBox: `0 0 ${RIGHT + 34} ${height}`, role: "img", "aria-labelledby": "lanes-title", "aria-describedby": "lanes-desc" });
  picture.append(svg("title", { id: "lanes-title" }, title));
  picture.append(svg("desc", { id: "lanes-desc" }, "What follows this picture says the same in words."));
  drawPattern(picture);
  let lastLabel = -Infinity;
  moments.forEach((at) => {
    picture.append(svg("line", { x1: x(at), y1: top - 8, x2: x(at), y2: height - 6, class: "moment" }));
    if (x(at) - lastLabel < 13) return;
    lastLabel = x(at);
    picture.append(svg("text", { x: x(at), y: top - 12, class: "time", transform: `rotate(-60 ${x(at)} ${top - 12})` }, clock(at)));
  });
  let y = top;
  for (const lane of folded) {
    picture.append(svg("line", { x1: 0, y1: y, x2: RIGHT, y2: y, class: "lane" }));
    picture.append(svg("text", { x: 0, y: y + 18, class: "agency" }, lane.agency));
    drawMarks(picture, lane, x, y + 14, step);
    y += 1.4 * ROW;
    for (const facet of lane.facets) {
      picture.append(svg("text", { x: 10, y: y + 15, class: "facet" }, words(facet)));
      lane.spans.filter((span) => span.facet === facet && span.state !== "discharged").forEach((span) => drawSpan(picture, span, x, y));
      lane.offered.filter((one) => one.facet === facet).forEach((one) => drawOffer(picture, one, x, y));
      y += ROW;
    }
    y += 0.4 * ROW;
  }
  return picture;
}

function drawPattern(picture) {
  const pattern = svg("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(svg("rect", { width: 7, height: 7, class: "hatch-ground" }), svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, class: "hatch-line" }));
  const defs = svg("defs", {});
  defs.append(pattern);
  picture.append(defs);
}

function drawMarks(picture, lane, x, y, step) {
  for (const at of new Set(lane.marks.map((mark) => mark.at))) {
    const here = lane.marks.filter((mark) => mark.at === at);
    const group = svg("g", {});
    group.append(svg("title", {}, here.map(({ version, title }) => `Entry ${version} of the incident: ${title}`).join("; ")));
    const all = here.map(({ version }) => version).join(",");
    const label = all.length * 5.4 + 10 > step ? `${here[0].version}${here.length > 1 ? "+" : ""}` : all;
    const width = Math.max(17, label.length * 5.4 + 8);
    group.append(svg("rect", { x: x(at) - width / 2, y: y - 8.5, width, height: 17, rx: 8.5, class: "mark" }));
    group.append(svg("text", { x: x(at), y: y + 3, class: "number" }, label));
    picture.append(group);
  }
}

function drawSpan(picture, span, x, y) {
  const from = x(span.from);
  const width = Math.max(x(span.until) - from, 3);
  const group = svg("g", {});
  group.append(svg("title", {}, `${words(span.facet)}: ${spanWords(span)}`));
  const how = ["held", "contested"].includes(span.state) ? span.state : "unclaimed";
  group.append(svg("rect", { x: from, y: y + 2, width, height: 18, rx: 3, class: how }));
  const label = span.state === "held" ? span.holder : spanWords(span);
  if (width > label.length * 6.2 + 8) group.append(svg("text", { x: from + 6, y: y + 15, class: `label-${how}` }, label));
  picture.append(group);
}

function drawOffer(picture, one, x, y) {
  const from = x(one.from);
  const width = Math.max(x(one.until) - from, 4);
  const group = svg("g", {});
  group.append(svg("title", {}, `${words(one.facet)}: offered to ${one.to}`));
  group.append(svg("rect", { x: from, y: y + 21.5, width, height: 5, class: "offered" }));
  picture.append(group);
}
