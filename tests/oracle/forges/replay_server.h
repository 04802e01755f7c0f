#pragma once

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "reconciler/forge/client.h"

namespace slipway::forge::testing {

/// Answers every request on a loopback port with a recorded reply, and keeps what was asked.
class ReplayServer {
 public:
  ReplayServer() {
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      asked_ = request;
      response.status = reply_["status"];
      for (const auto& field : reply_["head"])
        response.set_header(field[0].get<std::string>(), field[1].get<std::string>());
      response.body = reply_["text"];
      return httplib::Server::HandlerResponse::Handled;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~ReplayServer() {
    server_.stop();
    thread_.join();
  }
  ReplayServer(const ReplayServer&) = delete;
  ReplayServer& operator=(const ReplayServer&) = delete;

  /// Our client asks; the recorded exchange answers.
  ApiResponse Meet(const Client& client, const ApiRequest& request, const nlohmann::json& exchange) {
    reply_ = exchange;
    return client.Do(request);
  }

  std::string root() const { return "http://127.0.0.1:" + std::to_string(port_); }
  const httplib::Request& asked() const { return asked_; }

 private:
  httplib::Server server_;
  nlohmann::json reply_;
  httplib::Request asked_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace slipway::forge::testing
