#include "host/groth16/contract/verifier_contract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "host/base/text.hpp"
#include "host/groth16/contract/calldata.hpp"
#include "host/hash/keccak.hpp"

namespace proofcard::groth16 {
namespace {

constexpr std::string_view kBegin = R"(// SPDX-License-Identifier: Apache-2.0
// Made by proofcard: to change the key, make it again.
pragma solidity ^0.8.19;

/// @title Verifier of the Groth16 proofs of one circuit and key.
/// @notice A proof shows that whoever made it knew private signals that satisfy the circuit together with the public ones.
/// @dev Whoever has a proof can make another for the same public signals: the bytes of a proof are no identifier. What a proof
/// is for (an address, a chain, a nonce) belongs into the public signals.
@NOTES@contract @NAME@ {
    /// @notice Another number of public signals than the circuit has.
    error WrongNumberOfSignals(uint256 expected, uint256 found);
    /// @notice A public signal that is not below the order of the curve's groups.
    error SignalOutOfRange(uint256 index);
    /// @notice Not a proof for these public signals and this key.
    error ProofRejected();
    /// @notice The chain has not all of the precompiled contracts 6, 7 and 8 (EIP-196, EIP-197).
    error NoPrecompiles();

    /// @notice How many public signals the circuit has.
    uint256 public constant NUM_SIGNALS = @N@;
    /// @notice Keccak-256 of the key: alpha, beta, gamma, delta, then IC, as words of big-endian coordinates.
    bytes32 public constant KEY_DIGEST = 0x@DIGEST@;

    // The order of the groups.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

)";

constexpr std::string_view kVerify = R"(
    // A call of an address without code succeeds and answers nothing: what stood in memory would be taken for sums and for yes.
    constructor() {
        bool complete;
        assembly ("memory-safe") {
            let room := mload(0x40)
            calldatacopy(room, calldatasize(), 0x80)
            // Arguments are evaluated from the last to the first.
            complete := and(eq(returndatasize(), 0x40), staticcall(gas(), 6, room, 0x80, room, 0x40))
            complete := and(complete, and(eq(returndatasize(), 0x40), staticcall(gas(), 7, room, 0x60, room, 0x40)))
            complete := and(complete, and(eq(returndatasize(), 0x20), staticcall(gas(), 8, room, 0, room, 0x20)))
        }
        if (!complete) revert NoPrecompiles();
    }

    /// @notice Verifies a proof; reverts with the reason unless it is right.
    /// @param proof A.x, A.y, B.x (the part with u, then the other), B.y (likewise), C.x, C.y.
    /// @param signals The public signals, each below R.
    /// @return true
    function verify(uint256[8] calldata proof, uint256[] calldata signals) external view returns (bool) {
        if (signals.length != NUM_SIGNALS) revert WrongNumberOfSignals(NUM_SIGNALS, signals.length);
        uint256 proofAt;
        uint256 signalsAt;
        assembly ("memory-safe") {
            proofAt := proof
            signalsAt := signals.offset
        }
        uint256 index = firstOutOfRange(signalsAt);
        if (index != NUM_SIGNALS) revert SignalOutOfRange(index);
        if (!isProof(proofAt, signalsAt)) revert ProofRejected();
        return true;
    }

@VERIFY_VALUES@@VERIFY_PROOF@    // The index of the first public signal that is too large, or their number. signalsAt: where they are in the calldata.
    function firstOutOfRange(uint256 signalsAt) private pure returns (uint256 index) {
        assembly ("memory-safe") {
            for {} lt(index, NUM_SIGNALS) { index := add(index, 1) } {
                if iszero(lt(calldataload(add(signalsAt, mul(index, 0x20))), R)) { break }
            }
        }
    }

    // e(A, B) e(alpha, -beta) e(X, -gamma) e(C, -delta) = 1 with X = IC[0] + sum x_i IC[i]. proofAt: where the proof's eight
    // words are in the calldata.
    function isProof(uint256 proofAt, uint256@SIGNALS_AT@) private view returns (bool accepted) {
        assembly ("memory-safe") {
            // Adds s (x, y) to the point at `sum`, with two words of room behind it.
            function addMultiple(sum, x, y, s) -> done {
                let product := add(sum, 0x40)
                mstore(product, x)
                mstore(add(product, 0x20), y)
                mstore(add(product, 0x40), s)
                done := staticcall(gas(), 7, product, 0x60, product, 0x40)
                done := and(staticcall(gas(), 6, sum, 0x80, sum, 0x40), done)
            }
            let pairs := mload(0x40)
            // X, where its pairing will take it; beyond it is room.
            let sum := add(pairs, 0x180)
            mstore(sum, IC0_X)
            mstore(add(sum, 0x20), IC0_Y)
            accepted := 1
@TERMS@
            calldatacopy(pairs, proofAt, 0xc0)
            mstore(add(pairs, 0xc0), ALPHA_X)
            mstore(add(pairs, 0xe0), ALPHA_Y)
@BETA@
@GAMMA@
            calldatacopy(add(pairs, 0x240), add(proofAt, 0xc0), 0x40)
@DELTA@
            accepted := and(accepted, staticcall(gas(), 8, pairs, 0x300, pairs, 0x20))
            accepted := and(accepted, mload(pairs))
        }
    }
}
)";

// Of keys whose signals are a digest of words, their value at r, and r.
constexpr std::string_view kVerifyValues =
    R"(    /// @notice Another number of words than the circuit has.
    error WrongNumberOfValues(uint256 expected, uint256 found);
    /// @notice A word that is not below the order of the curve's groups.
    error ValueOutOfRange(uint256 index);

    /// @notice How many words of values a proof has.
    uint256 public constant NUM_VALUES = @VALUES@;

    /// @notice The third public signal of a proof of these words for a context.
    function challenge(uint256 context, uint256 digest, uint256[] calldata values) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(context, digest, values))) % R;
    }

    /// @notice Verifies a proof of words of values, which the circuit has a digest of; reverts with the reason unless it is right.
    /// @param proof As verify() takes it.
    /// @param context What the proof is made for, a number below R that the caller knows by itself; 0 for nothing.
    /// @param digest The first public signal.
    /// @param values The words.
    /// @return true
    function verifyValues(uint256[8] calldata proof, uint256 context, uint256 digest, uint256[] calldata values)
        external
        view
        returns (bool)
    {
        if (values.length != NUM_VALUES) revert WrongNumberOfValues(NUM_VALUES, values.length);
        uint256[] memory signals = new uint256[](3);
        uint256 r = challenge(context, digest, values);
        uint256 value = 0;
        for (uint256 i = NUM_VALUES; i > 0; ) {
            i--;
            if (values[i] >= R) revert ValueOutOfRange(i);
            value = addmod(mulmod(value, r, R), values[i], R);
        }
        (signals[0], signals[1], signals[2]) = (digest, value, r);
        return this.verify(proof, signals);
    }

)";

// Solidity has no arrays of length 0: left out where there are no public signals.
constexpr std::string_view kVerifyProof =
    R"(    /// @notice The same with the arguments and the answer of a contract of snarkjs: false for whatever is no proof.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata, /* b, between a and c */
        uint256[2] calldata, /* c */
        uint256[@N@] calldata signals
    ) external view returns (bool) {
        uint256 proofAt;
        uint256 signalsAt;
        assembly ("memory-safe") {
            proofAt := a
            signalsAt := signals
        }
        return firstOutOfRange(signalsAt) == NUM_SIGNALS && isProof(proofAt, signalsAt);
    }

)";

constexpr std::size_t kDigestSignals = 3;

std::string word(const U256& value) {
  ByteWriter out;
  put_word(out, value);
  return "0x" + hex(out.bytes());
}

std::string constant(const std::string& name, const Fq& value) {
  return fmt::format("    uint256 private constant {} = {};\n", name, word(value.canonical()));
}

std::string constants(const std::string& name, const curve::G1Affine& point) {
  return constant(name + "_X", point.x) + constant(name + "_Y", point.y);
}
std::string constants(const std::string& name, const curve::G2Affine& point) {
  return constant(name + "_X1", point.x.c1) + constant(name + "_X0", point.x.c0) + constant(name + "_Y1", point.y.c1) +
         constant(name + "_Y0", point.y.c0);
}

// The stores of a point of G2 at `pairs` + offset.
std::string stores(std::string_view name, unsigned offset) {
  std::string out;
  for (const char* part : {"X1", "X0", "Y1", "Y0"}) {
    out += fmt::format("{}            mstore(add(pairs, {:#x}), {}_{})", out.empty() ? "" : "\n", offset, name, part);
    offset += 32;
  }
  return out;
}

std::string replaced(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out(text);
  for (const auto& [mark, value] : values) {
    for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at + value.size())) {
      out.replace(at, mark.size(), value);
    }
  }
  return out;
}

// One line each. What is no plain ASCII, or begins a tag, is replaced.
std::string notes_text(const std::vector<std::pair<std::string, std::string>>& notes) {
  std::string out;
  for (const auto& [tag, text] : notes) {
    std::string plain = printable(text);
    std::ranges::replace_if(
        plain, [](char c) { return c < ' ' || c > '~' || c == '@'; }, '?');
    out += fmt::format("/// @custom:{} {}\n", tag, plain);
  }
  return out;
}

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && name.size() <= 64 && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

Result<std::string> verifier_contract(const VerifyingKey& vk, const std::string& name, const ContractContent& content) {
  if (!is_identifier(name)) {
    return bad_input("name of the contract",
                     "expected up to 64 letters, digits and _, not beginning with a digit, found {}", shown_name(name));
  }
  const std::size_t num_signals = vk.ic.size() - 1;
  if (num_signals > kMaxContractSignals) {
    return bad_input(
        "verification key",
        "expected at most {} public signals, for which a contract has room, found {}: hash them in the circuit",
        kMaxContractSignals, num_signals);
  }
  if (content.num_values > 0 && num_signals != kDigestSignals) {
    return bad_input("verification key", "expected {} public signals, a digest of values, their value and r, found {}",
                     kDigestSignals, num_signals);
  }
  const std::string n = std::to_string(num_signals);
  std::string out = replaced(
      kBegin,
      {{"@NAME@", name}, {"@N@", n}, {"@DIGEST@", hex(key_digest(vk))}, {"@NOTES@", notes_text(content.notes)}});
  out += constants("ALPHA", vk.alpha1);
  out += "    // Negated.\n";
  out += constants("BETA", -vk.beta2) + constants("GAMMA", -vk.gamma2) + constants("DELTA", -vk.delta2);
  out += "    // What the constant 1 and the public signals are multiplied with.\n";
  std::string terms;
  for (std::size_t i = 0; i < vk.ic.size(); ++i) {
    out += constants(fmt::format("IC{}", i), vk.ic[i]);
    if (i > 0) {
      terms += fmt::format(
          "            accepted := and(accepted, addMultiple(sum, IC{0}_X, IC{0}_Y, calldataload(add(signalsAt, "
          "{1:#x}))))\n",
          i, 32 * (i - 1));
    }
  }
  return out + replaced(kVerify, {{"@SIGNALS_AT@", num_signals == 0 ? "" : " signalsAt"},
                                  {"@VERIFY_VALUES@",
                                   content.num_values == 0
                                       ? ""
                                       : replaced(kVerifyValues, {{"@VALUES@", std::to_string(content.num_values)}})},
                                  {"@VERIFY_PROOF@", num_signals == 0 ? "" : replaced(kVerifyProof, {{"@N@", n}})},
                                  {"@TERMS@\n", terms},
                                  {"@BETA@", stores("BETA", 0x100)},
                                  {"@GAMMA@", stores("GAMMA", 0x1c0)},
                                  {"@DELTA@", stores("DELTA", 0x280)}});
}

hash::Digest key_digest(const VerifyingKey& vk) {
  ByteWriter out;
  put_words(out, vk.alpha1);
  put_words(out, vk.beta2);
  put_words(out, vk.gamma2);
  put_words(out, vk.delta2);
  for (const curve::G1Affine& point : vk.ic) {
    put_words(out, point);
  }
  return hash::keccak256(out.bytes());
}

}  // namespace proofcard::groth16
