// Zero-knowledge proofs of machine learning: all of the library. docs/library.md begins with an example.
//
//   const proofcard::Model model = proofcard::Model::compile_file("model.onnx", {.samples_file = "samples.json"});
//   const proofcard::ProverKey key = proofcard::ProverKey::setup(model);
//   const proofcard::Proof proof = key.prove({{{1, 30}, input}});
//   const proofcard::Statement statement = proofcard::verify(key.verifying_key(), proof.bytes);   // throws Rejected
#pragma once

#include <proofcard/commitment.hpp>
#include <proofcard/control.hpp>
#include <proofcard/errors.hpp>
#include <proofcard/inspect.hpp>
#include <proofcard/keys.hpp>
#include <proofcard/model.hpp>
#include <proofcard/split.hpp>
#include <proofcard/values.hpp>
