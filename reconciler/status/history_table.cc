#include "reconciler/status/history_table.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>

#include "reconciler/status/sqlite_statement.h"

namespace slipway {
namespace {

/// A machine is what has that name or MAC now or had it once, with all MACs and names that go with it.
constexpr const char* kOfMachine =
    "SELECT h.time_ms, h.kind, h.mac, h.node, h.detail, h.revision, h.cause, s.number, s.served_at, "
    "s.author, s.subject, s.signer, s.pull_request, s.committed_at, "
    "m.author, m.subject, m.signer, m.pull_request, m.committed_at FROM history h LEFT JOIN served s ON "
    "s.number = (SELECT max(number) FROM served WHERE revision = h.revision) "
    "LEFT JOIN merged m ON m.hash = h.cause "
    "WHERE ?1 = '' OR h.node = ?1 OR h.mac = ?1 OR h.mac IN (SELECT mac FROM history WHERE node = ?1) "
    "OR h.node IN (SELECT node FROM history WHERE mac = ?1) ORDER BY h.id DESC LIMIT ?2";

struct CloseDb {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};

/// The commits of a revision's range, its own among them.
std::vector<MergedCommit> WithItself(const RevisionInfo& r, std::vector<MergedCommit> merged) {
  const bool there = std::any_of(merged.begin(), merged.end(),
                                 [&r](const MergedCommit& commit) { return commit.commit == r.commit; });
  if (!there && !r.commit.empty())
    merged.push_back({r.commit, r.author, r.subject, r.pull_request, r.signer, r.committed_at, {}});
  return merged;
}

}  // namespace

const char* HistoryTable::Schema() {
  return "CREATE TABLE IF NOT EXISTS served(number INTEGER PRIMARY KEY, revision TEXT, author TEXT, subject "
         "TEXT, signer TEXT, pull_request TEXT, committed_at INTEGER, served_at INTEGER);"
         "CREATE TABLE IF NOT EXISTS merged(hash TEXT PRIMARY KEY, author TEXT, subject TEXT, signer TEXT, "
         "pull_request TEXT, committed_at INTEGER);"
         "CREATE TABLE IF NOT EXISTS history(id INTEGER PRIMARY KEY, time_ms INTEGER, kind TEXT, mac TEXT, "
         "node TEXT, detail TEXT, revision TEXT, cause TEXT);"
         "CREATE INDEX IF NOT EXISTS history_by_mac ON history(mac);"
         "CREATE INDEX IF NOT EXISTS history_by_node ON history(node);"
         "CREATE INDEX IF NOT EXISTS served_by_revision ON served(revision);";
}

bool HistoryTable::AddRevision(const RevisionInfo& r) {
  Statement insert(db_, "INSERT OR REPLACE INTO served VALUES(?,?,?,?,?,?,?,?)");
  insert << static_cast<int64_t>(r.number) << r.revision << r.author << r.subject << r.signer
         << r.pull_request << r.committed_at << r.published_at;
  bool good = insert.Run();
  Statement merge(db_, "INSERT OR REPLACE INTO merged VALUES(?,?,?,?,?,?)");
  for (const MergedCommit& m : WithItself(r, DecodeMerged(r.commits))) {
    merge << m.commit << m.author << m.subject << m.signer << m.pull_request << m.committed_at;
    good = merge.Run() && good;
  }
  return good;
}

bool HistoryTable::Add(const HistoryRecord& record) {
  Statement insert(db_, "INSERT INTO history VALUES(NULL,?,?,?,?,?,?,?)");
  insert << record.time_ms << record.kind << record.mac << record.node << record.detail << record.revision
         << record.cause;
  return insert.Run();
}

void HistoryTable::Trim() {
  Statement trim(db_, "DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?");
  (trim << kKept).Run();
  Statement forget(db_, "DELETE FROM merged WHERE rowid <= (SELECT max(rowid) FROM merged) - ?");
  (forget << kKept).Run();
}

uint64_t HistoryTable::NewestGeneration() const {
  Statement select(db_, "SELECT ifnull(max(number), 0) FROM served");
  int64_t number = 0;
  if (select.Step()) select >> number;
  return static_cast<uint64_t>(number);
}

std::vector<HistoryLine> HistoryTable::Find(const std::string& machine, size_t most) const {
  std::vector<HistoryLine> lines;
  Statement select(db_, kOfMachine);
  select << machine << static_cast<int64_t>(most);
  while (select.Step()) {
    HistoryRecord h;
    RevisionInfo r;
    MergedCommit m;
    int64_t number = 0;
    select >> h.time_ms >> h.kind >> h.mac >> h.node >> h.detail >> h.revision >> h.cause >> number >>
        r.published_at >> r.author >> r.subject >> r.signer >> r.pull_request >> r.committed_at;
    select >> m.author >> m.subject >> m.signer >> m.pull_request >> m.committed_at;
    m.commit = h.cause;
    r.number = static_cast<uint64_t>(number);
    r.revision = h.revision;
    lines.push_back(LineOf(std::move(h), r, {m}));
  }
  return lines;
}

bool IsCommit(std::string_view cause) {
  return cause.size() == 40 && cause.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

HistoryLine LineOf(HistoryRecord record, const RevisionInfo& served,
                   const std::vector<MergedCommit>& merged) {
  HistoryLine line{std::move(record), served};
  RevisionInfo& r = line.revision;
  r.commits.clear();
  const std::string& cause = line.record.cause;
  if (cause.empty() || cause == served.commit) return line;
  r.author = r.subject = r.signer = r.pull_request = "";
  r.committed_at = 0;
  for (const MergedCommit& m : merged) {
    if (m.commit != cause || !IsCommit(cause)) continue;
    r.author = m.author;
    r.subject = m.subject;
    r.signer = m.signer;
    r.pull_request = m.pull_request;
    r.committed_at = m.committed_at;
  }
  return line;
}

std::string TitleOf(const RevisionInfo& revision) {
  const std::string& subject = revision.subject;
  const std::string& pull = revision.pull_request;
  if (pull.empty()) return subject;
  for (size_t at = subject.find(pull); at != std::string::npos; at = subject.find(pull, at + 1)) {
    const size_t end = at + pull.size();
    if (end == subject.size() || subject[end] < '0' || subject[end] > '9') return subject;
  }
  return subject.empty() ? pull : subject + " " + pull;
}

std::optional<HistoryRecord> HistoryOf(const BootEvent& event) {
  if (event.outcome != Outcome::kAnswered || !event.mac || event.node.empty()) return std::nullopt;
  HistoryRecord record{event.time_ms, "fetched", event.mac->ToColons(), event.node, "", event.revision, ""};
  switch (event.served) {
    case Served::kScript:
      record.detail = "script, which installs";
      return record;
    case Served::kWipeScript:
      record.detail = "script, which wipes and installs";
      return record;
    case Served::kLocalScript:
      record.detail = "script, which boots the disk";
      return record;
    case Served::kConfig:
      record.detail = "config";
      return record;
    default:
      break;
  }
  if (event.served != Served::kDone && event.door != Door::kInstall) return std::nullopt;
  record.kind = "installed";
  record.detail = event.message;
  return record;
}

Result<std::vector<HistoryLine>> ReadHistory(const std::string& state_dir, const std::string& machine,
                                             size_t most) {
  const std::string path = state_dir + "/journal.sqlite";
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, CloseDb> db(opened);
  if (code != SQLITE_OK ||
      sqlite3_exec(opened, "SELECT 1 FROM history LIMIT 1", nullptr, nullptr, nullptr) != SQLITE_OK)
    return FixInput("reading " + path + ": " + sqlite3_errmsg(opened) +
                    "; is that the daemon's state_dir, and may you read it?");
  return HistoryTable(opened).Find(machine, most);
}

}  // namespace slipway
