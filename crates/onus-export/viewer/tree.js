// The tree of RFC 6962: whether an entry stands at its place under a root (docs/format.md §7).

function leafHash(entry) {
  return sha256(Uint8Array.of(0), entry);
}

function nodeHash(left, right) {
  return sha256(Uint8Array.of(1), left, right);
}

/** The root that a leaf and its path lead to (RFC 9162 §2.1.3.2), or a finding where the path cannot be one. */
async function rootFrom(leaf, index, size, path) {
  must(index < size, "its place lies beyond the checkpoint");
  let at = BigInt(index);
  let last = BigInt(size) - 1n;
  let root = leaf;
  for (const hash of path) {
    must(last > 0n, "its proof is longer than the tree is high");
    if ((at & 1n) === 1n || at === last) {
      root = await nodeHash(hash, root);
      while ((at & 1n) === 0n && at > 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      root = await nodeHash(root, hash);
    }
    at >>= 1n;
    last >>= 1n;
  }
  must(last === 0n, "its proof is shorter than the tree is high");
  return root;
}
