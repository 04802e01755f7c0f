#include "reconciler/status/journal_store.h"

#include <sqlite3.h>

#include <cstdio>

#include "reconciler/status/history_table.h"
#include "reconciler/status/sqlite_statement.h"

namespace slipway {
namespace {

constexpr const char* kSchema =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, time_ms INTEGER, door INTEGER, outcome "
    "INTEGER,"
    " reason TEXT, message TEXT, mac TEXT, address TEXT, node TEXT, request TEXT, answer TEXT, bytes INTEGER,"
    " arch TEXT, vendor_class TEXT, user_class TEXT, uuid TEXT, serial TEXT, product TEXT);"
    "CREATE TABLE IF NOT EXISTS machines(mac TEXT PRIMARY KEY, node TEXT, first_seen_ms INTEGER, "
    "last_seen_ms INTEGER,"
    " events INTEGER, last_request TEXT, last_answer TEXT, last_outcome TEXT, last_reason TEXT, last_message "
    "TEXT,"
    " script_fetched_ms INTEGER, config_fetched_ms INTEGER, address TEXT, arch TEXT, vendor_class TEXT, uuid "
    "TEXT,"
    " serial TEXT, product TEXT);";

constexpr const char* kInsertEvent = "INSERT INTO events VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr const char* kUpsertMachine =
    "INSERT OR REPLACE INTO machines VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

}  // namespace

struct JournalStore::Impl {
  sqlite3* db = nullptr;
  std::string path;
  uint64_t appended = 0;
  MachineTable machines{5'000};  ///< the table's rows, so that one event updates one row

  ~Impl() { sqlite3_close(db); }

  bool Exec(const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
  tl::unexpected<Error> Fail(const char* doing) {
    return Retry(std::string(doing) + " " + path + ": " +
                 (db == nullptr ? "out of memory" : sqlite3_errmsg(db)) +
                 "; boot events are kept in memory only until this is mended");
  }
  /// A journal of an earlier version lacks some.
  bool AddColumns() {
    const bool booted = Exec("SELECT booted_revision FROM machines LIMIT 1") ||
                        Exec(
                            "ALTER TABLE machines ADD COLUMN booted_revision TEXT; "
                            "ALTER TABLE machines ADD COLUMN booted_config TEXT");
    return booted &&
           (Exec("SELECT cause FROM history LIMIT 1") || Exec("ALTER TABLE history ADD COLUMN cause TEXT"));
  }
  bool OpenOnce() {
    // NOMUTEX: one thread at a time, its owner sees to that.
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    return sqlite3_open_v2(path.c_str(), &db, kFlags, nullptr) == SQLITE_OK &&
           sqlite3_busy_timeout(db, 2000) == SQLITE_OK && Exec(kSchema) && Exec(HistoryTable::Schema()) &&
           Exec("SELECT count(*) FROM events") && AddColumns();
  }
};

JournalStore::JournalStore() : impl_(std::make_unique<Impl>()) {}
JournalStore::~JournalStore() = default;

Result<void> JournalStore::Open(const std::string& path) {
  impl_->path = path;
  if (impl_->OpenOnce()) return {};
  const int code = impl_->db == nullptr ? SQLITE_NOMEM : sqlite3_errcode(impl_->db);
  if (code != SQLITE_NOTADB && code != SQLITE_CORRUPT) return impl_->Fail("opening the journal");
  sqlite3_close(impl_->db);
  impl_->db = nullptr;
  std::rename(path.c_str(), (path + ".damaged").c_str());
  if (impl_->OpenOnce()) return {};
  return impl_->Fail("opening the journal");
}

Result<void> JournalStore::Append(const std::vector<std::shared_ptr<const BootEvent>>& events) {
  if (!impl_->Exec("BEGIN")) return impl_->Fail("writing");
  Statement insert(impl_->db, kInsertEvent);
  Statement upsert(impl_->db, kUpsertMachine);
  bool good = true;
  for (const auto& event : events) {
    const BootEvent& e = *event;
    insert << e.time_ms << static_cast<int64_t>(e.door) << static_cast<int64_t>(e.outcome) << e.reason
           << e.message << (e.mac ? e.mac->ToColons() : "") << (e.address ? e.address->ToString() : "")
           << e.node << e.request << e.answer << static_cast<int64_t>(e.bytes) << e.arch << e.vendor_class
           << e.user_class << e.uuid << e.serial << e.product;
    good = insert.Run() && good;
    if (const auto record = HistoryOf(e)) good = HistoryTable(impl_->db).Add(*record) && good;
    const MachineRecord* m = impl_->machines.Note(e);
    if (m == nullptr) continue;
    upsert << m->mac.ToColons() << m->node << m->first_seen_ms << m->last_seen_ms
           << static_cast<int64_t>(m->events) << m->last_request << m->last_answer << m->last_outcome
           << m->last_reason << m->last_message << m->script_fetched_ms << m->config_fetched_ms << m->address
           << m->arch << m->vendor_class << m->uuid << m->serial << m->product << m->booted_revision
           << m->booted_config;
    good = upsert.Run() && good;
  }
  if (!good || !impl_->Exec("COMMIT")) {
    auto failed = impl_->Fail("writing");
    impl_->Exec("ROLLBACK");
    return failed;
  }
  impl_->appended += events.size();
  if (impl_->appended > 5'000) {
    impl_->appended = 0;
    Statement trim(impl_->db, "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?");
    (trim << kKeptEvents).Run();
    HistoryTable(impl_->db).Trim();
    impl_->Exec(
        "DELETE FROM machines WHERE mac NOT IN (SELECT mac FROM machines ORDER BY last_seen_ms DESC LIMIT "
        "5000)");
  }
  return {};
}

Result<void> JournalStore::Append(const std::vector<ServedRevision>& served) {
  if (!impl_->Exec("BEGIN")) return impl_->Fail("writing");
  HistoryTable table(impl_->db);
  bool good = true;
  for (const ServedRevision& each : served) {
    good = table.AddRevision(each.revision) && good;
    for (const HistoryRecord& record : each.changes) good = table.Add(record) && good;
  }
  if (good && impl_->Exec("COMMIT")) return {};
  auto failed = impl_->Fail("writing");
  impl_->Exec("ROLLBACK");
  return failed;
}

uint64_t JournalStore::NewestGeneration() const { return HistoryTable(impl_->db).NewestGeneration(); }

std::vector<HistoryLine> JournalStore::History(size_t most) const {
  return HistoryTable(impl_->db).Find("", most);
}

std::vector<BootEvent> JournalStore::Newest(size_t most) {
  std::vector<BootEvent> events;
  Statement select(impl_->db, "SELECT * FROM (SELECT * FROM events ORDER BY id DESC LIMIT ?) ORDER BY id");
  select << static_cast<int64_t>(most);
  while (select.Step()) {
    BootEvent e;
    int64_t id = 0;
    int64_t door = 0;
    int64_t outcome = 0;
    int64_t bytes = 0;
    std::string mac;
    std::string address;
    select >> id >> e.time_ms >> door >> outcome >> e.reason >> e.message >> mac >> address >> e.node >>
        e.request >> e.answer >> bytes >> e.arch >> e.vendor_class >> e.user_class >> e.uuid >> e.serial >>
        e.product;
    e.door = door >= 0 && door < int64_t{kDoors} ? static_cast<Door>(door) : Door::kHttp;
    e.outcome = static_cast<Outcome>(outcome & 3);
    e.bytes = static_cast<uint64_t>(bytes);
    e.mac = Mac::Parse(mac);
    e.address = Ipv4::Parse(address);
    events.push_back(std::move(e));
  }
  return events;
}

std::vector<MachineRecord> JournalStore::Machines() {
  Statement select(impl_->db, "SELECT * FROM machines ORDER BY last_seen_ms");
  while (select.Step()) {
    MachineRecord m;
    std::string mac;
    int64_t count = 0;
    select >> mac >> m.node >> m.first_seen_ms >> m.last_seen_ms >> count >> m.last_request >>
        m.last_answer >> m.last_outcome >> m.last_reason >> m.last_message >> m.script_fetched_ms >>
        m.config_fetched_ms >> m.address >> m.arch >> m.vendor_class >> m.uuid >> m.serial >> m.product >>
        m.booted_revision >> m.booted_config;
    m.events = static_cast<uint64_t>(count);
    const auto parsed = Mac::Parse(mac);
    if (!parsed) continue;
    m.mac = *parsed;
    impl_->machines.Restore(std::move(m));
  }
  auto newest_first = impl_->machines.All();
  return {newest_first.rbegin(), newest_first.rend()};
}

}  // namespace slipway
