// What this viewer can say of its own text: the file that it is part of, put together again from its parts.
// `SHELL` is the page without style, script and data; whoever joins the parts puts it before this.

/** The text of the viewer as it ships, with an empty block: what its published SHA-256 is of. */
async function ownText() {
  const style = $("viewer-style").textContent;
  const script = $("viewer-script").textContent;
  const parts = SHELL.split("@");
  const digest = async (text) => toBase64(await sha256(utf8.encode(text)));
  const values = { STYLE: style, SCRIPT: script, DATA: "null", "STYLE-SHA256": await digest(style), "SCRIPT-SHA256": await digest(script) };
  return parts.map((part, i) => (i % 2 === 0 ? part : values[part])).join("");
}

async function comparePage(shell) {
  if (!shell || !globalThis.crypto?.subtle) return false;
  const [before, after] = takeApart(await ownText()).shell;
  return shell[0] === before && shell[1] === after;
}

async function sayOwnDigest(isEmbedded) {
  if (!globalThis.crypto?.subtle) return;
  const digest = toHex(await sha256(utf8.encode(await ownText())));
  document.documentElement.dataset.viewerSha256 = digest;
  const words = isEmbedded
    ? `The viewer in this page, with an empty block of evidence, has the SHA-256 ${digest}, by its own word.`
    : `This viewer has the SHA-256 ${digest}, by its own word: ask a program of your own, such as sha256sum, and compare with the one that is published.`;
  $("own").textContent = words;
}
