// A prover that lies in its messages and answers consistently afterwards: it starts from something false (a witness, a
// statement, a message) and bends each later message so that every check of the verifier holds, but for the one that it
// spares. A proof of this kind is accepted by a verifier that lacks the spared check, and by no other.
//
// How it knows the checks: host/argument/hyrax.hpp runs on message *variables*, with the challenges that were drawn so
// far, and notes its equations (transcript/value.hpp). When a message is about to be sent, the equations that it is the
// last to enter are made to hold by solving for one of its elements each. So this follows the protocol when that
// changes, and works for every circuit and in both modes.
//
// Elements are chosen such that the falsehood moves on towards the spared check: one that occurs in it, or else in the
// check of a later step.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/cheat.hpp"

namespace proofcard::testing {

// What the proof claims and what the prover works with; an honest prover's agree.
struct Forgery {
  std::string name;
  circuit::Assignment assignment;
  statement::PublicTensors stated;
  // Changes messages; what it changed stays as it is when the others are made to fit.
  std::function<void(std::string_view label, std::span<Fr> values)> lie;
  std::function<void(std::string_view label, std::span<curve::G1Affine> points)> lie_in_points;
};

// States the public tensors of the assignment, and lies in no message.
Forgery with_assignment(const Model& model, std::string name, circuit::Assignment assignment);

struct Forged {
  Bytes proof;
  std::vector<std::string> violated;  // stages of the equations that do not hold of what was sent
  bool opens = true;                  // what the opening ends with is what the commitments hold
};

// spared: the stage that is left false; any other text: none.
Forged forge(const Model& model, const Forgery& forgery, const std::string& spared);
// Messages that fit nothing: what the honest algorithm makes of the forgery.
Forged send_honestly(const Model& model, const Forgery& forgery);

// Stages of all equations between messages, each once, in order.
std::vector<std::string> stages(const Model& model);

}  // namespace proofcard::testing
