// `proofcard serve` as a process, with a folder, keys of a small model and an API key of each role.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>

#include <csignal>
#include <stdexcept>
#include <thread>

#include "tests/faces_rest/client.hpp"
#include "tests/tools/workspace.hpp"

namespace proofcard::testing {

class ServiceTest : public Workspace {
 protected:
  void SetUp() override {
    Workspace::SetUp();
    make_keys();
    input_ = read(example("diagnosis", "input.json"));
    for (auto& [role, key] : keys_) {
      key = ok("serve --state state --add-key " + role).out;
      key.pop_back();  // the line break
    }
  }
  void TearDown() override {
    end(SIGKILL);
    Workspace::TearDown();
  }

  // Starts it, and returns when it listens. prefix: shell commands before it, as "ulimit -f 100;".
  void start(const std::string& options = "", const std::string& prefix = "") {
    const std::string out = path("serve.out");
    std::filesystem::remove(out);
    const std::string command = prefix + "exec '" + PROOFCARD_PROGRAM + "' serve --state '" + path("state") +
                                "' --listen 127.0.0.1:0 " + options + " > '" + out + "' 2>> '" + path("serve.log") +
                                "'";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < until && ::waitpid(pid_, nullptr, WNOHANG) == 0) {
      const std::string said = read(out);
      if (const std::size_t end = said.find('\n'); end != std::string::npos) {
        port_ = std::stoi(said.substr(said.rfind(':', end) + 1));
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    pid_ = -1;
    throw std::runtime_error("it does not listen: " + content("serve.log"));
  }
  // Sends a signal and waits; the exit code, or 128 + the signal that ended it.
  int end(int signal) {
    if (pid_ <= 0) {
      return -1;
    }
    ::kill(pid_, signal);
    return wait_for_end();
  }
  int wait_for_end() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  Reply send(const std::string& method, const std::string& target, const std::string& key, const std::string& body = "",
             const Headers& headers = {}) const {
    Connection connection(port_);
    connection.send(request_text(method, target, key, body, headers));
    return connection.read_reply();
  }
  Reply send_raw(const std::string& text) const {
    Connection connection(port_);
    connection.send(text);
    return connection.read_reply();
  }
  Reply get(const std::string& target, const std::string& role = "prove") const {
    return send("GET", target, keys_.at(role));
  }
  Reply upload(const std::string& name = "m", const std::string& file = "model.pk") const {
    return send("PUT", "/v1/models/" + name, keys_.at("admin"), content(file));
  }
  Reply infer(const std::string& query = "", const Headers& headers = {}) const {
    return send("POST", "/v1/models/m/infer" + query, keys_.at("prove"), input_, headers);
  }
  // The input with another member.
  std::string input_with(const std::string& name, const nlohmann::json& value) const {
    nlohmann::json out = nlohmann::json::parse(input_);
    out[name] = value;
    return out.dump();
  }

  std::map<std::string, std::string> keys_{{"verify", ""}, {"prove", ""}, {"admin", ""}};
  std::string input_;
  pid_t pid_ = -1;
  int port_ = 0;
};

}  // namespace proofcard::testing
