#include "reconciler/daemon/install_store.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "reconciler/status/sqlite_statement.h"

namespace slipway {
namespace {

/// FULL: an installation that was recorded outlives a crash of the machine. No WAL: what is in the file can
/// be read where nothing can be written.
constexpr const char* kSchema =
    "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"
    "CREATE TABLE IF NOT EXISTS installs(mac TEXT PRIMARY KEY, offered INTEGER, wiped INTEGER, configured "
    "INTEGER,"
    " completed INTEGER, offered_at INTEGER, completed_at INTEGER, address TEXT, evidence TEXT);";

uint32_t Number(int64_t value) { return static_cast<uint32_t>(value); }

}  // namespace

struct InstallStore::Impl {
  sqlite3* db = nullptr;
  std::string path;
  std::mutex mutex;
  std::vector<InstallChange> unwritten;

  bool writable = false;

  ~Impl() { sqlite3_close(db); }
  void Close() {
    sqlite3_close(db);
    db = nullptr;
  }
  bool OpenAs(int flags) {
    return sqlite3_open_v2(path.c_str(), &db, flags, nullptr) == SQLITE_OK &&
           sqlite3_busy_timeout(db, 2000) == SQLITE_OK;
  }
  bool OpenForWriting() {
    Close();
    writable = OpenAs(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) && Exec(kSchema);
    return writable;
  }
  bool Exec(const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
  std::string Trouble() const { return db == nullptr ? "out of memory" : sqlite3_errmsg(db); }

  /// A file without the table: it was made, and the disk took no more.
  bool IsEmpty() {
    Statement tables(db, "SELECT count(*) FROM sqlite_master");
    int64_t count = -1;
    if (tables.Step()) tables >> count;
    return count == 0;
  }

  bool Read(Installs& installs) {
    Statement select(db, "SELECT * FROM installs");
    while (select.Step()) {
      std::string mac;
      int64_t numbers[4] = {};
      InstallRecord record;
      select >> mac >> numbers[0] >> numbers[1] >> numbers[2] >> numbers[3] >> record.offered_at >>
          record.completed_at >> record.address >> record.evidence;
      record.offered = Number(numbers[0]);
      record.wiped = Number(numbers[1]);
      record.configured = Number(numbers[2]);
      record.completed = Number(numbers[3]);
      const auto parsed = Mac::Parse(mac);
      if (!parsed) return false;
      installs.Set(*parsed, std::move(record));
    }
    const int code = sqlite3_errcode(db);
    return code == SQLITE_OK || code == SQLITE_DONE;
  }

  bool WriteAll() {
    if (!Exec("BEGIN")) return false;
    bool good = true;
    {
      Statement put(db, "INSERT OR REPLACE INTO installs VALUES(?,?,?,?,?,?,?,?,?)");
      for (const auto& [mac, record] : unwritten) {
        put << mac.ToColons() << int64_t{record.offered} << int64_t{record.wiped}
            << int64_t{record.configured} << int64_t{record.completed} << record.offered_at
            << record.completed_at << record.address << record.evidence;
        good = good && put.Run();
      }
    }
    good = good && Exec("COMMIT");
    if (!good) Exec("ROLLBACK");
    return good;
  }
};

InstallStore::InstallStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
InstallStore::~InstallStore() = default;

Result<std::unique_ptr<InstallStore>> InstallStore::Open(const std::string& state_dir, Installs& installs) {
  auto impl = std::make_unique<Impl>();
  impl->path = state_dir + "/installs.sqlite";
  if (!impl->OpenForWriting() || !impl->Read(installs)) {
    // A disk that is full or read-only takes no new rows, and is tried again; what was known counts.
    if (const auto read = Read(state_dir, installs); !read) {
      return FixInput(
          read.error().message +
          "; it says which machines are installed. Bring back a copy, or move it away: then every "
          "machine whose Node has install.revision installs once more, and those with a wipe are wiped");
    }
    impl->writable = false;
  }
  return std::unique_ptr<InstallStore>(new InstallStore(std::move(impl)));
}

Result<void> InstallStore::Read(const std::string& state_dir, Installs& installs) {
  Impl impl;
  impl.path = state_dir + "/installs.sqlite";
  if (::access(impl.path.c_str(), F_OK) != 0 && errno == ENOENT) return {};
  if (impl.OpenAs(SQLITE_OPEN_READONLY) && (impl.IsEmpty() || impl.Read(installs))) return {};
  return Retry("reading the install ledger " + impl.path + ": " + impl.Trouble());
}

Result<void> InstallStore::Write(std::vector<InstallChange> changes) {
  const std::lock_guard lock(impl_->mutex);
  for (InstallChange& change : changes) impl_->unwritten.push_back(std::move(change));
  if (impl_->unwritten.empty()) return {};
  if (!impl_->writable) impl_->OpenForWriting();
  if (!impl_->writable || !impl_->WriteAll())
    return Retry("writing the install ledger " + impl_->path + ": " + impl_->Trouble());
  impl_->unwritten.clear();
  return {};
}

}  // namespace slipway
