// Models: uploading and compiling them, listing them.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/faces/rest/service.hpp"
#include "host/formats/atomic_files.hpp"
#include "host/formats/json_text.hpp"

namespace proofcard::rest {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMaxModelName = 64;

bool is_model_name(const std::string& name) {
  const auto is_letter = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9');
  };
  return !name.empty() && name.size() <= kMaxModelName && is_letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || c == '.' || c == '_' || c == '-'; });
}

ordered_json model_json(const ModelVersion& model) {
  return {{"name", model.name},
          {"version", model.digest},
          {"can_prove", model.can_prove},
          {"created", time_text(model.created_ms)},
          {"key", ordered_json::parse(model.description)}};
}

}  // namespace

Service::FoundModel Service::find_model(const std::string& name, const std::string& version) {
  const auto found = parts_.store.find_model(name, version);
  if (!found.ok()) {
    return {refusal_of(found.error()), {}};
  }
  if (!*found) {
    return {Refusal{404, "not_found", "there is no model of this name and version"}, {}};
  }
  return {std::nullopt, **found};
}

void Service::list_models(const Request&, const Respond& respond) {
  const auto models = parts_.store.models();
  if (!models.ok()) {
    return respond(to_response(refusal_of(models.error())));
  }
  ordered_json list = ordered_json::array();
  for (const ModelVersion& model : *models) {
    list.push_back(model_json(model));
  }
  respond({200, tools::json_text({{"models", std::move(list)}}) + "\n"});
}

void Service::get_model(const Request& request, const Respond& respond) {
  const auto version = request.query.find("version");
  const FoundModel found = find_model(request.arguments[0], version == request.query.end() ? "" : version->second);
  respond(found.refused ? to_response(*found.refused)
                        : Response{200, tools::json_text(model_json(found.model)) + "\n"});
}

void Service::get_verifying_key(const Request& request, const Respond& respond) {
  const auto version = request.query.find("version");
  const FoundModel found = find_model(request.arguments[0], version == request.query.end() ? "" : version->second);
  if (found.refused) {
    return respond(to_response(*found.refused));
  }
  const Result<Bytes> file = tools::read_file(parts_.folder.verifying_key(found.model.digest));
  respond(file.ok() ? Response{200, {file->begin(), file->end()}, "application/octet-stream"}
                    : to_response(refusal_of(file.error())));
}

std::optional<Refusal> Service::refuse_model(const Request& request) const {
  if (!is_model_name(request.arguments[0])) {
    return Refusal{400, "bad_input",
                   fmt::format("name: expected 1 to {} letters, digits, dots, dashes and underscores, "
                               "the first a letter or digit; found another text",
                               kMaxModelName)};
  }
  if (parts_.folder.free_bytes() < parts_.options.disk_reserve + request.body.size()) {
    return Refusal{507, "storage", "the disk is full: nothing was accepted", 30};
  }
  return std::nullopt;
}

void Service::put_model(const Request& request, const Respond& respond) {
  if (const auto refused = refuse_model(request)) {
    return respond(to_response(*refused));
  }
  with_worker(respond, [&] { return take_model(request); });
}

void Service::compile_model(const Request& request, const Respond& respond) {
  if (const auto refused = refuse_model(request)) {
    return respond(to_response(*refused));
  }
  with_worker(respond, [&] { return take_onnx(request); });
}

Response Service::take_model(const Request& request) {
  const ByteView upload{reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()};
  const Result<ReadKey> read = read_key(upload, worker_limits());
  return read.ok() ? add_model(request.arguments[0], *read, read->can_prove ? upload : ByteView(), "")
                   : to_response(refusal_of(read.error()));
}

Response Service::take_onnx(const Request& request) {
  const ByteView body{reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()};
  const Result<CompiledModel> made = compile_upload(body, request.arguments[0], worker_limits());
  return made.ok() ? add_model(request.arguments[0], made->read, made->prover_key, made->report)
                   : to_response(refusal_of(made.error()));
}

// Files first, by digest: a version that the store does not know yet is no harm, the other way round would be.
Response Service::add_model(const std::string& name, const ReadKey& key, ByteView prover_key,
                            const std::string& report) {
  Status written = StateFolder::write(parts_.folder.verifying_key(key.digest), key.verifying_key);
  // The prover key that is there proves for other names, too: it stays.
  if (written.ok() && key.can_prove && !std::filesystem::exists(parts_.folder.prover_key(key.digest))) {
    written = StateFolder::write(parts_.folder.prover_key(key.digest), prover_key);
  }
  if (!written.ok()) {
    return to_response(refusal_of(written.error()));
  }
  const Result<bool> is_new = parts_.store.add_model({name, key.digest, key.can_prove, key.description, now_ms()});
  if (!is_new.ok()) {
    return to_response(refusal_of(is_new.error()));
  }
  const FoundModel found = find_model(name, key.digest);
  if (found.refused) {
    return to_response(*found.refused);
  }
  ordered_json answer = model_json(found.model);
  if (!report.empty()) {
    answer["compiled"] = ordered_json::parse(report);
  }
  return {*is_new ? 201U : 200U, tools::json_text(answer) + "\n"};
}

}  // namespace proofcard::rest
