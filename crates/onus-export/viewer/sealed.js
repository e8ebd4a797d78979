// Sealed text: the commitment first, then AES-256-GCM, then the stated length (docs/format.md §8.2).

/** The text, opened with the key of its field, or a finding. */
async function openSealed(sealed, eventId, field, key) {
  must(key.length === 32, "the key handed out for this text has the wrong length");
  const commitment = await sha256(utf8.encode("onus sealed field v1"), key);
  must(equal(commitment, sealed.commitment), "the key handed out is not the one that this text was sealed under");
  const associated = concat(eventId, littleEndian(field, 2), littleEndian(sealed.chars, 4));
  const aes = await crypto.subtle.importKey("raw", key, { name: "AES-GCM" }, false, ["decrypt"]);
  let opened;
  try {
    opened = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: new Uint8Array(12), additionalData: associated, tagLength: 128 },
      aes,
      sealed.ciphertext,
    );
  } catch {
    throw new Changed("the sealed text was altered after sealing");
  }
  let text;
  try {
    text = strictUtf8.decode(opened);
  } catch {
    throw new Changed("the sealed text is not text");
  }
  must(Array.from(text).length === sealed.chars, "the text does not have the length that its entry states");
  return text;
}
