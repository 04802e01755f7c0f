// Wraps cpp-httplib for speaking to forges.
#include "reconciler/forge/client.h"

#include <httplib.h>

#include <fstream>

namespace slipway::forge {
namespace {

constexpr size_t kLongestToken = 4096;
constexpr size_t kLongestField = 4096;

struct Root {
  std::string origin;  ///< scheme://host:port
  std::string path;    ///< "/api/v4"
};

Root Split(const std::string& root) {
  const size_t host = root.find("://") + 3;
  const size_t slash = root.find('/', host);
  if (slash == std::string::npos) return {root, ""};
  return {root.substr(0, slash), root.substr(slash)};
}

ApiResponse NoAnswer(std::string problem) {
  ApiResponse response;
  response.problem = std::move(problem);
  return response;
}

/// The token, or why there is none.
Result<std::string> ReadToken(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string token(kLongestToken, '\0');
  file.read(token.data(), static_cast<std::streamsize>(token.size()));
  token.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.pop_back();
  if (token.empty()) return FixInput("forge.token_file " + path + " cannot be read, or is empty");
  for (const char c : token) {
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) > '~')
      return FixInput("forge.token_file " + path + " holds more than a token on one line");
  }
  return token;
}

std::string Explain(httplib::Error error, const std::string& origin) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "no connection to " + origin + "; is the forge up, and reachable from here? It is tried again";
    case httplib::Error::SSLServerVerification:
      return "the certificate of " + origin + " is not trusted; set forge.ca_file, or correct the clock";
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
      return "no TLS connection to " + origin + "; does it speak HTTPS, and is forge.ca_file a PEM file?";
    case httplib::Error::Canceled:
      return origin + " sends more than an answer of the API can be; is forge.url right?";
    default:
      return origin + " does not answer as HTTP should (" + httplib::to_string(error) +
             "); it is tried again";
  }
}

std::string FirstOf(const httplib::Response& response, std::initializer_list<const char*> names,
                    size_t most = 64) {
  for (const char* name : names) {
    if (response.has_header(name)) return response.get_header_value(name).substr(0, most);
  }
  return {};
}

}  // namespace

ApiResponse Client::Do(const ApiRequest& request) const {
  const auto token = ReadToken(settings_.token_file);
  if (!token) return NoAnswer(token.error().message);
  const Root root = Split(settings_.root);
  httplib::Client client(root.origin);
  if (!client.is_valid()) return NoAnswer("forge.url is no address that can be spoken to");
  client.set_follow_location(false);
  client.set_url_encode(false);
  client.set_connection_timeout(settings_.timeout);
  client.set_read_timeout(settings_.timeout);
  client.set_write_timeout(settings_.timeout);
  if (!settings_.ca_file.empty()) client.set_ca_cert_path(settings_.ca_file.c_str());
  httplib::Request sent;
  sent.method = std::string(ToString(request.method));
  sent.path = root.path + request.path;
  sent.headers = {{"User-Agent", "slipway/" SLIPWAY_VERSION}};
  for (const Api::Field& field : api_.Dialect()) sent.headers.insert(field);
  sent.headers.insert(api_.Authorization(*token));
  if (request.method != Method::kGet) {
    sent.body = request.body;
    sent.headers.insert({"Content-Type", "application/json"});
  }
  std::string body;
  sent.content_receiver = [&body](const char* bytes, size_t size, uint64_t, uint64_t) {
    if (body.size() + size > kMaxAnswer) return false;
    body.append(bytes, size);
    return true;
  };
  const auto result = client.send(sent);
  if (!result) return NoAnswer(Explain(result.error(), root.origin));
  ApiResponse response;
  response.status = result->status;
  response.body = std::move(body);
  response.retry_after = FirstOf(*result, {"Retry-After"});
  response.remaining = FirstOf(*result, {"X-RateLimit-Remaining", "RateLimit-Remaining"});
  response.reset = FirstOf(*result, {"X-RateLimit-Reset", "RateLimit-Reset"});
  response.location = FirstOf(*result, {"Location"}, kLongestField);
  response.link = FirstOf(*result, {"Link"}, kLongestField);
  return response;
}

}  // namespace slipway::forge
