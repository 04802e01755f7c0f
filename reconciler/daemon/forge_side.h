#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "bootnet/catalog/catalog.h"
#include "reconciler/daemon/config.h"
#include "reconciler/daemon/supervisor.h"
#include "reconciler/status/view.h"
#include "schema/contract/boot_event.h"
#include "schema/contract/forge_status.h"

namespace slipway {

/// The daemon's side of `slipway forge`: keeps that process running where a forge is configured, and once it
/// asks for something the one that plans, hands their questions and answers on, keeps the unknown machines
/// that were seen on disk (with or without a forge), and reads what the process tells.
class ForgeSide {
 public:
  struct Callbacks {
    std::function<void(const Message&)> on_done;         ///< an answer to `propose`; the io_context's thread
    std::function<void(const std::string&)> on_trouble;  ///< likewise
    std::function<void()> on_changed;                    ///< forge.json is another; the loader's thread
  };

  /// The argv of both processes.
  struct Commands {
    std::vector<std::string> forge;
    std::vector<std::string> plans;
  };

  /// `loader` does what touches the disk.
  ForgeSide(boost::asio::io_context& io, boost::asio::thread_pool& loader, const DaemonConfig& config,
            Commands commands, Callbacks callbacks);
  ~ForgeSide();

  void Start();  ///< the io_context's thread
  void Stop();   ///< likewise

  /// Something is new. `by`: who asks for pull requests to be looked at now, "" for nobody. The io_context's
  /// thread.
  void Look(const std::string& by);

  /// A boot event; where an unknown machine told what it is, it is remembered. The io_context's thread.
  void Note(const BootEvent& event);

  /// Forgets machines that are approved now. The loader's thread.
  void OnCatalog(std::shared_ptr<const Catalog> catalog);

  /// Reads what the process and the worker wrote. The loader's thread.
  void Refresh();

  /// Asks the process to propose a machine; the answer comes through on_done. False where there is no forge.
  /// The io_context's thread.
  bool Propose(const std::string& token, const std::string& request);

  /// What was seen of a machine; nothing where it was never heard of. Any thread.
  std::optional<MachineFacts> FactsOf(const Mac& mac) const;

  /// By MAC, the line that its console shows while it waits. Any thread.
  std::unordered_map<Mac, std::string> ConsoleLines() const;

  void Fill(StatusView& view) const;  ///< any thread

 private:
  /// Also a card that no Node names, of a board that one does: that Node lacks a MAC. Under the lock.
  bool IsApproved(const MachineFacts& facts) const;
  void OnForge(const Message& message);
  void OnPlans(const Message& message);
  void OnPlansEnded(const std::string& trouble);
  void WriteSoon();
  void Write();

  boost::asio::io_context& io_;
  boost::asio::thread_pool& loader_;
  const DaemonConfig& config_;
  Callbacks callbacks_;
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<Supervisor> plans_;  ///< nullptr before anything was asked
  std::vector<std::string> plans_command_;
  std::string question_;       ///< token of what the process that plans works on, "" for nothing
  std::string write_problem_;  ///< the loader's thread

  mutable std::mutex mutex_;
  Sightings sightings_;
  std::shared_ptr<const Catalog> catalog_;
  std::unordered_set<std::string> uuids_;  ///< of approved machines, where their Nodes say them
  std::optional<ForgeStatus> status_;
  NodePattern pattern_;
  bool write_pending_ = false;
};

}  // namespace slipway
