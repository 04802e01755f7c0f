#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bootnet/catalog/unique_fd.h"
#include "bootnet/http/plan.h"
#include "bootnet/http/request_head.h"
#include "bootnet/http/small_files.h"
#include "bootnet/net/services.h"

namespace slipway::http {

/// One request, its response, and what is said of it. A connection has one, for one request after the other:
/// their texts are of a length, so that only the first of them needs memory.
struct Exchange {
  RequestHead head;
  ResponsePlan plan;
  UniqueFd file;                             ///< a body that leaves by sendfile
  std::shared_ptr<const std::string> small;  ///< or one that is in memory
  BootEvent event;
  int64_t give_up_ms = 0;  ///< when the whole response must be out
};

/// Answers the requests of one connection: asks the gate, opens what may leave. One thread.
class Answerer {
 public:
  Answerer(std::shared_ptr<Services> services, std::shared_ptr<SmallFiles> small, Ipv4 peer);

  /// Answers `exchange.head`. What else was in the exchange is gone.
  void Answer(HeadStatus status, Exchange& exchange);

 private:
  void AnswerPath(const RequestHead& head, Exchange& exchange);
  void AnswerFile(const RequestHead& head, const Decision& decision, const Client& client,
                  const Snapshot& snapshot, Exchange& exchange);
  void AnswerUnknown(const RequestHead& head, const Decision& decision, const Snapshot& snapshot,
                     Exchange& exchange);
  Result<void> OpenItem(const Snapshot& snapshot, const Catalog::Item& item, Exchange& exchange);
  Client Who();

  std::shared_ptr<Services> services_;
  std::shared_ptr<SmallFiles> small_;
  Ipv4 peer_;
  std::optional<PeerIdentity> identity_;  ///< as the neighbour table had it a moment ago
  int64_t identity_ms_ = 0;
};

/// What a client over the limits gets before it is let go: 503 with Retry-After.
std::string BusyResponse();

}  // namespace slipway::http
