#include "reconciler/status/control_face.h"

#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace slipway {
namespace {

/// cpp-httplib's default pool is too small for pages that reload themselves in many browsers.
constexpr size_t kThreads = 16;
constexpr size_t kMaxBody = 1U << 20U;  ///< of a hook; larger ones get 413

void AddRoutes(httplib::Server& server, const std::function<StatusView()>& view) {
  server.Get("/", [&view](const httplib::Request&, httplib::Response& response) {
    response.set_content(StatusPage(view()), "text/html; charset=utf-8");
  });
  server.Get("/api/v1/status", [&view](const httplib::Request&, httplib::Response& response) {
    response.set_content(StatusJson(view()), "application/json");
  });
  server.Get("/metrics", [&view](const httplib::Request&, httplib::Response& response) {
    response.set_content(MetricsText(view()), "text/plain; version=0.0.4; charset=utf-8");
  });
  server.Get("/livez", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  server.Get("/readyz", [&view](const httplib::Request&, httplib::Response& response) {
    const StatusView now = view();
    response.status = now.manifest ? 200 : 503;
    response.set_content(now.manifest ? "ok: serving " + now.served.revision + "\n"
                                      : "no generation is served yet; the status page says why\n",
                         "text/plain");
  });
}

void AddHooks(httplib::Server& server, const HookHandler& hooks) {
  server.Post(R"(/hooks/([a-z]{1,16}))",
              [&hooks](const httplib::Request& request, httplib::Response& response) {
                const HookHeader header = [&request](std::string_view name) {
                  return request.get_header_value(std::string(name).c_str());
                };
                const HookReply reply = hooks ? hooks(request.matches[1], header, request.body)
                                              : HookReply{404, "there are no hooks here\n"};
                response.status = reply.status;
                response.set_content(reply.text, "text/plain; charset=utf-8");
              });
}

void Configure(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_payload_max_length(kMaxBody);
  server.set_keep_alive_max_count(100);
  server.set_read_timeout(10);
  server.set_write_timeout(10);
  // Without the default SO_REUSEPORT two daemons on one port would share its connections and neither would
  // notice.
  server.set_socket_options([](int fd) {
    const int yes = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_default_headers({{"Cache-Control", "no-store"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}});
  server.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    const bool hook = request.method == "POST" && request.path.starts_with("/hooks/");
    if (hook || request.method == "GET" || request.method == "HEAD")
      return httplib::Server::HandlerResponse::Unhandled;
    response.status = 405;
    response.set_header("Allow", "GET, HEAD");
    response.set_content("read-only: approve machines by merging\n", "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  });
  server.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
    response.status = 500;
    response.set_content("the status could not be gathered\n", "text/plain");
  });
}

}  // namespace

struct ControlFace::Impl {
  std::function<StatusView()> view;
  HookHandler hooks;
  httplib::Server server;
  std::thread thread;
  uint16_t port = 0;
};

ControlFace::ControlFace(std::function<StatusView()> view, HookHandler hooks)
    : impl_(std::make_unique<Impl>()) {
  impl_->view = std::move(view);
  impl_->hooks = std::move(hooks);
  Configure(impl_->server);
  AddRoutes(impl_->server, impl_->view);
  AddHooks(impl_->server, impl_->hooks);
}

ControlFace::~ControlFace() { Stop(); }

Result<void> ControlFace::Start(const std::string& host, uint16_t port) {
  httplib::Server& server = impl_->server;
  const int bound = port == 0 ? server.bind_to_any_port(host.c_str())
                              : (server.bind_to_port(host.c_str(), port) ? port : -1);
  if (bound <= 0) {
    return Retry("binding the control face to " + host + ':' + std::to_string(port) + ": " +
                 std::strerror(errno) + "; set control.listen (--control-listen) to a free address");
  }
  impl_->port = static_cast<uint16_t>(bound);
  impl_->thread = std::thread([&server] { server.listen_after_bind(); });
  return {};
}

uint16_t ControlFace::port() const { return impl_->port; }

void ControlFace::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->server.stop();
  impl_->thread.join();
}

}  // namespace slipway
