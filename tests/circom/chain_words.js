// Values of a public tensor from the words of a chain proof, as docs/chain.md says.
"use strict";

// b bits each, 248 / b a word, the first in the lowest bits, as differences from lo. rows: of how many inputs the words are one; 1 where words are
// of all.
function unpack(words, tensor, rows = 1) {
  const bits = BigInt(tensor.bits);
  const count = tensor.dims.reduce((a, b) => a * b, 1) / rows;
  const perWord = Math.floor(248 / Math.max(tensor.bits, 1));
  const out = [];
  for (let i = 0; i < count; ++i) {
    const shift = bits * BigInt(i % perWord);
    const value = (words[tensor.first_word + Math.floor(i / perWord)] >> shift) & ((1n << bits) - 1n);
    out.push(value + BigInt(tensor.lo));
  }
  return out;
}

module.exports = { unpack };
