// Entries decoded by the schema that their ledger published (docs/format.md §4). Nothing here knows a kind of event.

const HEAD_BYTES = 28;
const VERSIONS = [1, 2, 3];
const TIMES = [-2208988800000000, 7258118400000000];
const DAYS = [-25567, 84006];

// §5: what goes with a type's name and is not in its alias.
const FORMS = {
  EventId: (value) => !value.every((byte) => byte === 0) && !value.every((byte) => byte === 255),
  Timestamp: (value) => value >= TIMES[0] && value < TIMES[1],
  LocalDate: (value) => value >= DAYS[0] && value < DAYS[1],
  Code: (value) => /^[A-Za-z0-9._:/+-]{1,64}$/.test(value),
  IncidentNumber: (value) => /^[A-Za-z0-9._:/+-]{1,32}$/.test(value),
  AgencyCode: (value) => /^[A-Za-z0-9._+-]{1,32}$/.test(value),
  Origin: (value) => /^[A-Za-z0-9._:/-]{1,48}$/.test(value),
  NoteBytes: (value) => value.length <= 4096,
  SchemaBytes: (value) => value.length <= 60000,
};

/** A published schema, ready to read by: `kinds` by "number/version". */
function parseSchema(text) {
  let schema;
  try {
    schema = JSON.parse(text);
  } catch {
    throw new Changed("the published schema is not JSON");
  }
  const known = schema.language === "onus-schema/1" && VERSIONS.includes(schema.entry_version) && schema.codec === 1;
  must(known, "the published schema is in a language that this viewer does not know");
  const kinds = new Map(schema.kinds.map((kind) => [`${kind.number}/${kind.schema}`, kind]));
  return { common: schema.common, kinds, types: new Map(Object.entries(schema.types)) };
}

/** The head of an entry (§4.1). */
function parseHead(entry) {
  must(entry.length >= HEAD_BYTES, "it is shorter than an entry's head");
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const whole = VERSIONS.includes(entry[0]) && entry[1] === 1 && view.getUint16(6, true) === 0;
  must(whole, "its first bytes are not those of an entry that this viewer knows");
  const recordedAt = Number(view.getBigInt64(16, true));
  must(FORMS.Timestamp(recordedAt), "its time of recording is out of range");
  return {
    kind: view.getUint16(2, true),
    schema: view.getUint16(4, true),
    seq: Number(view.getBigUint64(8, true)),
    recordedAt,
    version: view.getUint32(24, true),
  };
}

/** Head, common record and body of one entry; without a body where the schema does not list its kind. */
function decodeEntry(bytes, schema) {
  const head = parseHead(bytes);
  const types = typesFor(bytes[0], schema.types);
  const reader = new RecordReader(bytes.subarray(HEAD_BYTES), types);
  const common = reader.read(schema.common);
  const kind = schema.kinds.get(`${head.kind}/${head.schema}`) ?? null;
  const body = kind && reader.read(kind.body);
  must(!kind || reader.isAtEnd(), "there are bytes after its end");
  return { head, common, kind, body, schema: { ...schema, types } };
}

// §4.6: who worked the software, which entries state from version 2 on. Where a schema does not describe it, the role
// is its number.
const OPERATOR = {
  struct: [
    { name: "role", type: "option u32" },
    { name: "person", type: "option array 16" },
    { name: "account", type: "option array 16" },
    { name: "login_uid", type: "option u32" },
  ],
};

/** The types as entries of this version have them. */
function typesFor(version, types) {
  const fieldsOf = (name, added, since, type) => {
    const of = types.get(name);
    must(of?.struct, `the schema does not describe ${name}`);
    const fields = of.struct.filter((field) => field.name !== added);
    return [name, { struct: version < since ? fields : [...fields, { name: added, type }] }];
  };
  const submittedBy = fieldsOf("SubmittedBy", "operator", 2, "option Operator");
  const source = fieldsOf("Source", "retold", 3, "option bool");
  return new Map([["Operator", OPERATOR], ...types, submittedBy, source]);
}

/** The values of a record one after another (§4.2), each in its one encoding (§4.3). */
class RecordReader {
  constructor(bytes, types) {
    this.bytes = bytes;
    this.at = 0;
    this.types = types;
  }

  isAtEnd() {
    return this.at === this.bytes.length;
  }

  take(length) {
    must(length <= this.bytes.length - this.at, "a value runs past its end");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  varint(bits) {
    const first = this.take(1)[0];
    let value = BigInt(first);
    if (first > 250) {
      must(first <= 253, "a number begins with a byte that none begins with");
      const [length, above] = { 251: [2, 250n], 252: [4, 0xffffn], 253: [8, 0xffffffffn] }[first];
      value = bigEndian(this.take(length).slice().reverse());
      must(value > above, "a number is longer than it needs to be");
    }
    must(value < 1n << BigInt(bits), "a number is beyond its type");
    return value;
  }

  length() {
    const value = this.varint(64);
    must(value <= BigInt(this.bytes.length - this.at), "a value runs past its end");
    return Number(value);
  }

  flag() {
    const value = this.take(1)[0];
    must(value <= 1, "a yes or no is neither");
    return value === 1;
  }

  read(expression) {
    const [name, inner] = splitOnce(expression);
    switch (name) {
      case "bool":
        return this.flag();
      case "u16":
      case "u32":
      case "u64":
        return asNumber(this.varint(Number(name.slice(1))));
      case "i32":
      case "i64": {
        const value = this.varint(Number(name.slice(1)));
        return asNumber((value >> 1n) ^ -(value & 1n));
      }
      case "str":
        try {
          return strictUtf8.decode(this.take(this.length()));
        } catch (error) {
          throw error instanceof Changed ? error : new Changed("a string is not UTF-8");
        }
      case "bytes":
        return this.take(this.length());
      case "array":
        return this.take(Number(inner));
      case "option":
        return this.flag() ? this.read(inner) : null;
      case "list":
        return Array.from({ length: this.length() }, () => this.read(inner));
      default:
        return this.named(name);
    }
  }

  named(name) {
    const type = this.types.get(name);
    must(type, "the schema names a type that it does not describe");
    if (type.struct) {
      return Object.fromEntries(type.struct.map((field) => [field.name, this.read(field.type)]));
    }
    if (type.enum) {
      const number = Number(this.varint(32));
      must(number < type.enum.length, "a value is none of its list");
      return type.enum[number];
    }
    must(type.alias, "the schema describes a type in a way that this viewer does not know");
    const value = this.read(type.alias);
    must(!FORMS[name] || FORMS[name](value), `a value is no ${name}`);
    return value;
  }
}

function splitOnce(expression) {
  const space = expression.indexOf(" ");
  return space < 0 ? [expression, ""] : [expression.slice(0, space), expression.slice(space + 1)];
}

function asNumber(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Every sealed text of a decoded entry, with its field's number and name. */
function sealedTexts(entry) {
  const found = [];
  const visit = (expression, value, member) => {
    if (value === null) return;
    const [name, inner] = splitOnce(expression);
    if (name === "option") visit(inner, value, member);
    else if (name === "list") value.forEach((item) => visit(inner, item, member));
    else if (name === "Sealed") found.push({ field: member.sealed, name: member.name, sealed: value });
    else {
      const type = entry.schema.types.get(name);
      if (type?.struct) type.struct.forEach((field) => visit(field.type, value[field.name], field));
      else if (type?.alias) visit(type.alias, value, member);
    }
  };
  visit(entry.schema.common, entry.common, null);
  if (entry.kind) visit(entry.kind.body, entry.body, null);
  return found;
}
