#!/usr/bin/env python3
"""A second reader of an Onus ledger, written from docs/format.md and the schema that a ledger publishes.

    python3 decoder.py DIR            prints the ledger's size, root and last link
    python3 decoder.py DIR --json     the same and every field of every entry, as one JSON object

It shares no code with what writes ledgers and needs Python 3.11 and the package `zstandard` alone; § means
docs/format.md. It checks LEDGER against entry 0; both slots of `head`; of every block the CRCs, lengths,
limits, frame, order and epoch; of every entry the head, the order of time and of its incident's versions, and
every byte of its record, by the schema that counts there; and computes the SHA-256 leaves and their root.

It cannot check the chain, which takes BLAKE3 (not in Python's library): of links, only that the first block
states the genesis of LEDGER, and a block behind a slot of `head` the link of that slot; the last link is what
`head` states. It opens no sealed text, reads no derived file, and does not look for an event id that comes
twice. Who mends the CRCs can change what it reads, but not the root, which tells of it to those who had it
before. Where no slot of `head` checks it reads a log that parses to its end, and no other.

Exit: 0, all is well; 1, something was found, told on stderr.
"""
import datetime, hashlib, json, pathlib, re, struct, sys, zlib
import zstandard

MIB_16 = 16 * 1024 * 1024
BLOCK, SLOT, HEAD = map(struct.Struct, ("<4sB3sQIIII32sQII", "<4sQQ32sB7sI", "<BBHHHQqI"))  # §3, §3, §4.1
FORMS = {  # §5: what goes with a type's name and is not in its alias
    "EventId": lambda value: value not in ("00" * 16, "ff" * 16),
    "Timestamp": lambda value: -2_208_988_800_000_000 <= value < 7_258_118_400_000_000,
    "LocalDate": lambda value: -25_567 <= value < 84_006,
    "Code": re.compile(r"[A-Za-z0-9._:/+-]{1,64}").fullmatch,
    "IncidentNumber": re.compile(r"[A-Za-z0-9._:/+-]{1,32}").fullmatch,
    "AgencyCode": re.compile(r"[A-Za-z0-9._+-]{1,32}").fullmatch,
    "Origin": re.compile(r"[A-Za-z0-9._:/-]{1,48}").fullmatch,
}
BOOTSTRAP = {  # §4.4, §5, §8.1: enough to find a SchemaPublished, enumerations as their numbers
    "AgencyId": "kind u32, code str",
    "SubmittedBy": "agency AgencyId, channel u32, operator option Operator",
    "Operator": "role option u32, person option array 16, account option array 16, login_uid option u32",
    "Incident": "owner AgencyId, date i32, number str",
    "Actor": "agency AgencyId, role u32, staff option array 16",
    "Source": "system str, reference option str, inferred bool, retold option bool",
    "PolicyRef": "policy str, version str",
    "Corrects": "event_id array 16, reason option Sealed",
    "Sealed": "key_id u64, chars u32, salt array 16, commitment array 32, ciphertext bytes",
    "Common": "event_id array 16, incident option Incident, occurred_at i64, uncertainty_s u32, "
              "entered_at option i64, late_reason option Sealed, actor Actor, asserted_by AgencyId, "
              "submitted_by SubmittedBy, subject option array 16, location option array 16, source Source, "
              "policy option PolicyRef, regime u32, corrects option Corrects, causes list array 16",
    "LedgerOpened": "id array 16, origin str, agency AgencyId, created i64",
    "SchemaPublished": "language str, schema bytes, sha256 array 32",
}
for name, text in BOOTSTRAP.items():  # in the form that a published schema has
    BOOTSTRAP[name] = {"struct": [dict(zip(("name", "type"), of.split(" ", 1))) for of in text.split(", ")]}


def must(condition, what):
    if not condition:
        raise ValueError(what)


def types_for(version, types):
    """The types as entries of this version have them (§4.6)."""
    changed = {"Operator": BOOTSTRAP["Operator"], **types}
    for name, field, since, of in (("SubmittedBy", "operator", 2, "option Operator"), ("Source", "retold", 3, "option bool")):
        fields = [one for one in types[name]["struct"] if one["name"] != field]
        changed[name] = {"struct": fields + [{"name": field, "type": of}] * (version >= since)}
    return changed


class Record:
    """The values of a record, one after another (§4.2), each in its one encoding (§4.3)."""

    def __init__(self, data, types):
        self.data, self.at, self.types = data, 0, types

    def take(self, length):
        must(0 <= length <= len(self.data) - self.at, "a value runs past the end of its record")
        self.at += length
        return self.data[self.at - length:self.at]

    def varint(self, bits):
        value = self.take(1)[0]
        if value > 250:
            must(value <= 253, f"a varint begins with {value}")
            length, above = {251: (2, 250), 252: (4, 0xFFFF), 253: (8, 0xFFFF_FFFF)}[value]
            value = int.from_bytes(self.take(length), "little")
            must(value > above, "a varint is longer than its number needs")
        must(value < 1 << bits, f"{value} is more than {bits} bits hold")
        return value

    def read(self, expression):
        match expression.split(" ", 1):
            case ["bool"]:
                value = self.take(1)[0]
                must(value <= 1, f"a bool or option begins with {value}")
                return value == 1
            case ["u16" | "u32" | "u64" as name]:
                return self.varint(int(name[1:]))
            case ["i32" | "i64" as name]:
                number = self.varint(int(name[1:]))
                return number >> 1 ^ -(number & 1)
            case ["str"]:
                return self.take(self.varint(64)).decode("utf-8")
            case ["bytes"]:
                return self.take(self.varint(64)).hex()
            case ["array", length]:
                return self.take(int(length)).hex()
            case ["option", inner]:
                return self.read(inner) if self.read("bool") else None
            case ["list", inner]:
                count = self.varint(64)
                must(count <= len(self.data) - self.at, "a list has more items than its record has bytes")
                return [self.read(inner) for _ in range(count)]
            case [name] if name in self.types:
                return self.named(name, {key: of for key, of in self.types[name].items() if key != "doc"})
        raise ValueError(f"the schema has a type expression that is not known here: {expression!r}")

    def named(self, name, definition):
        match definition:
            case {"struct": members, **rest} if not rest:
                return {member["name"]: self.read(member["type"]) for member in members}
            case {"enum": spellings, **rest} if not rest:
                number = self.varint(32)
                must(number < len(spellings), f"{number} is no {name}")
                return spellings[number]
            case {"alias": expression, **rest} if not rest:
                value = self.read(expression)
                must(name not in FORMS or FORMS[name](value), f"{value!r} is no {name}")
                return value
        raise ValueError(f"the schema has members that are not known here: {sorted(definition)}")


def unpack(frame, limit):
    """What one zstd frame holds, of at most `limit` bytes, with nothing after the frame."""
    must(zstandard.frame_content_size(frame) <= limit, f"a frame holds more than {limit} bytes")
    return zstandard.ZstdDecompressor().decompress(frame, max_output_size=limit, allow_extra_data=False)


def read_ledger_file(path):
    """LEDGER (§1): id, origin and creation as entry 0 states them, and the genesis."""
    text = path.read_bytes()
    ledger = json.loads(text)
    as_written = (json.dumps(ledger, indent=2) + "\n").encode()
    must(list(ledger) == ["format", "id", "origin", "created", "genesis"], "LEDGER has other members")
    must(ledger["format"] == 1 and text == as_written and len(text) <= 4096, "LEDGER is not of its form")
    created = datetime.datetime.fromisoformat(ledger["created"])
    must(created.isoformat() == ledger["created"], "LEDGER's `created` is not of its form")
    since_1970 = created - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    micros = since_1970 // datetime.timedelta(microseconds=1)
    opened = {"id": ledger["id"].replace("-", ""), "origin": ledger["origin"], "created": micros}
    return opened, ledger["genesis"]


def read_head(path, findings):
    """The slots that check (§3), that which counts first: generation, seq, link, clean."""
    data, slots = path.read_bytes() if path.exists() else b"", []
    for place in 0, 1:
        slot = data[64 * place:64 * place + 64].ljust(64, b"\0")
        magic, generation, seq, link, clean, zeros, crc = SLOT.unpack(slot)
        whole = magic == b"ONH1" and crc == zlib.crc32(slot[:60])
        if whole and clean <= 1 and zeros == bytes(7):
            slots.append((generation, seq, link.hex(), clean))
        else:
            findings.append(f"head: slot {place} does not check")
    if len(data) > 128:
        findings.append("head: there is more than its two slots")
    return sorted(slots, reverse=True)


def read_block(data, seq, epoch):
    """The block that `data` begins with (§3): length, whether its commit goes on, link, epoch, entries."""
    must(len(data) >= 80, "a block's header is cut")
    head = BLOCK.unpack(data[:80])
    magic, flags, zero, first, count, raw_len, stored, body_crc, link, own_epoch, zeros, crc = head
    must(magic == b"ONB1" and crc == zlib.crc32(data[:76]), "a block's header does not check")
    must((flags & ~3, zero, zeros) == (0, bytes(3), 0), "reserved bits of a block's header are not zero")
    must(first == seq and own_epoch >= epoch, "a block does not follow on the one before it")
    must(1 <= count <= 65_536 and max(raw_len, stored) <= MIB_16, "a block is beyond the limits")
    body = data[80:80 + stored]
    must(len(body) == stored and body_crc == zlib.crc32(body), "a block's body does not check")
    raw, entries, at = bytes(unpack(body, raw_len) if flags & 1 else body), [], 0
    must(len(raw) == raw_len, "a block's body has another length than its header says")
    while at < raw_len:
        length = int.from_bytes(raw[at:at + 2], "big")
        entries.append(raw[at + 2:at + 2 + length])
        must(28 <= length == len(entries[-1]), "an entry's length does not fit into its block")
        at += 2 + length
    must(len(entries) == count, "a block holds another number of entries than its header says")
    return 80 + stored, flags & 2 != 0, link.hex(), own_epoch, entries


def read_log(log, slots, genesis, findings):
    """The entries up to `head` (§2, §3); what stands behind it is counted and not read."""
    entries, links, epoch, goes_on = [], {}, 1, False
    size = slots[0][1] + 1 if slots else 1 << 64
    for file in sorted(file for file in log.iterdir() if re.fullmatch(r"[0-9]{20}\.seg", file.name)):
        follows = len(entries) in (int(file.stem), size)
        must(follows, f"{file.name} does not follow on the one before it")
        data = memoryview(file.read_bytes())
        while data and len(entries) < size:
            begins = not goes_on
            length, goes_on, link, epoch, more = read_block(data, len(entries), epoch)
            links.update({len(entries): link} if begins else {})
            entries, data = entries + more, data[length:]
        must(not goes_on, f"{file.name} or `head` ends within a commit")
        if data:
            must(not slots[0][3], "the log goes on behind `head`, which is clean")
            findings.append(f"{file.name}: {len(data)} bytes behind `head` are not confirmed, nor read here")
    must(entries and (not slots or len(entries) == size), "the log ends before what `head` states")
    must(links[0] == genesis, "the first block states another link than LEDGER")
    for _, seq, link, _ in slots[1:]:
        must(seq + 1 == size or links.get(seq + 1) == link, "the older slot of `head` is of another log")
    return entries


def read_schemas(entries):
    """Every published schema (§4.4): where it stands, the common record's type, kinds, types."""
    for seq, entry in enumerate(entries):
        if HEAD.unpack(entry[:28])[2:4] == (2, 1):
            record = Record(entry[28:], types_for(entry[0], BOOTSTRAP))
            body = record.read("Common") and record.read("SchemaPublished")
            text = unpack(bytes.fromhex(body["schema"]), MIB_16)
            must(hashlib.sha256(text).hexdigest() == body["sha256"], f"entry {seq}: another SHA-256")
            schema = json.loads(text)
            of = body["language"], schema["language"], schema["entry_version"], schema["codec"]
            known = [("onus-schema/1", "onus-schema/1", version, 1) for version in (1, 2, 3)]
            must(of in known, f"entry {seq}: not known here: {of}")
            kinds = {(kind["number"], kind["schema"]): kind for kind in schema["kinds"]}
            yield seq, schema["common"], kinds, schema["types"]


def read_entries(entries, schemas):
    """Every field of every entry (§4), by the schema that was published last before it."""
    time, clock_corrected, versions = 0, True, {}
    for seq, entry in enumerate(entries):
        try:
            version, codec, kind, schema, reserved, own_seq, at, incident_version = HEAD.unpack(entry[:28])
            must(version in (1, 2, 3) and (codec, reserved, own_seq) == (1, 0, seq), "its head is not as §4.1 says")
            must(FORMS["Timestamp"](at), "recorded_at is out of range")
            must(at >= time or clock_corrected, "recorded_at is less than in the entry before")
            time, clock_corrected = at, kind == 4
            _, common, kinds, types = [schemas[0], *(one for one in schemas if one[0] < seq)][-1]
            known, record = kinds.get((kind, schema)), Record(entry[28:], types_for(version, types))
            shared = record.read(common)
            body = record.read(known["body"]) if known else record.data[record.at:].hex()
            must(not known or record.at == len(record.data), "there are bytes after its body")
            incident = json.dumps(shared["incident"])
            versions[incident] = versions.get(incident, 0) + 1 if shared["incident"] else 0
            must(incident_version == versions[incident], "it is not the next version of its incident")
        except ValueError as problem:
            raise ValueError(f"entry {seq}: {problem}") from None
        yield {"seq": seq, "kind": kind, "name": known and known["name"], "schema": schema, "recorded_at": at,
               "incident_version": incident_version, "common": shared, "body": body}


def root(leaves):
    """The root of RFC 6962 §2.1 (§7)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:left]) + root(leaves[left:])).digest()


def main(directory, as_json):
    findings = []
    try:
        opened, genesis = read_ledger_file(directory / "LEDGER")
        slots = read_head(directory / "head", findings)
        entries = read_log(directory / "log", slots, genesis, findings)
        schemas = list(read_schemas(entries))
        if not schemas:
            findings.append("no schema is published here: bodies stay unread; docs/domain.md lists them")
            schemas = [(0, "Common", {(1, 1): {"name": "LedgerOpened", "body": "LedgerOpened"}}, BOOTSTRAP)]
        read = list(read_entries(entries, schemas))
        is_opened = read[0]["name"] == "LedgerOpened"
        must(is_opened and opened.items() <= read[0]["body"].items(), "LEDGER and entry 0 do not agree")
        top = root([hashlib.sha256(b"\0" + entry).digest() for entry in entries]).hex()
        link = slots[0][2] if slots else None
        if as_json:
            print(f'{{"size": {len(read)}, "root": "{top}", "link": {json.dumps(link)}, "entries": [')
            print(*map(json.dumps, read), sep=",\n")
            print("]}")
        else:
            print(f"size {len(read)}\nroot {top}\nlink {link} (as `head` states it)")
    except Exception as problem:  # whatever hostile bytes bring about is a finding
        findings.append(f"{directory}: {type(problem).__name__}: {problem}")
    print(*findings, sep="\n", end="\n" * bool(findings), file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--json"]):
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]), len(sys.argv) == 3))
