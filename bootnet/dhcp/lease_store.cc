#include "bootnet/dhcp/lease_store.h"

#include <sqlite3.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

namespace slipway::dhcp {
namespace {

/// FULL syncs the log at every commit: an acknowledged lease outlives a crash of the machine.
constexpr const char* kSchema =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "CREATE TABLE IF NOT EXISTS leases(address INTEGER PRIMARY KEY, mac INTEGER, state INTEGER, until "
    "INTEGER,"
    " client_id BLOB, hostname BLOB);"
    "CREATE TABLE IF NOT EXISTS numbers(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;";
constexpr const char* kPutLease = "INSERT OR REPLACE INTO leases VALUES(?,?,?,?,?,?)";
constexpr size_t kMostWaiting = 16'384;
constexpr const char* kPutNumber = "INSERT OR REPLACE INTO numbers VALUES(?,?)";

int64_t ToNumber(const Mac& mac) {
  int64_t value = 0;
  for (uint8_t byte : mac.bytes) value = value << 8U | byte;
  return value;
}

Mac ToMac(int64_t value) {
  Mac mac;
  for (size_t i = mac.bytes.size(); i-- > 0; value >>= 8U) mac.bytes[i] = static_cast<uint8_t>(value);
  return mac;
}

std::string BlobAt(sqlite3_stmt* row, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  return bytes == nullptr ? "" : std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(row, column)));
}

void BindBlob(sqlite3_stmt* row, int column, const std::string& bytes) {
  sqlite3_bind_blob(row, column, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
}

bool Run(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  return sqlite3_reset(statement) == SQLITE_OK && code == SQLITE_DONE;
}

}  // namespace

struct LeaseStore::Impl {
  sqlite3* db = nullptr;
  sqlite3_stmt* put_lease = nullptr;
  sqlite3_stmt* put_number = nullptr;
  std::string path;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::vector<Binding> records;
  std::vector<std::pair<std::string, int64_t>> numbers;
  std::vector<Done> waiting;
  std::function<void(std::vector<Done>, Kept)> deliver;
  std::string trouble;
  bool stopping = false;
  std::thread writer;

  ~Impl() { Close(); }

  void Close() {
    sqlite3_finalize(put_lease);
    sqlite3_finalize(put_number);
    sqlite3_close(db);
    put_lease = put_number = nullptr;
    db = nullptr;
  }
  bool Exec(const char* sql) { return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
  bool OpenOnce(Opened& opened) {
    return sqlite3_open(path.c_str(), &db) == SQLITE_OK && Exec(kSchema) && Read(opened) &&
           sqlite3_prepare_v2(db, kPutLease, -1, &put_lease, nullptr) == SQLITE_OK &&
           sqlite3_prepare_v2(db, kPutNumber, -1, &put_number, nullptr) == SQLITE_OK;
  }
  std::string Trouble() const {
    return "keeping leases in " + path + ": " + (db == nullptr ? "out of memory" : sqlite3_errmsg(db));
  }

  bool Read(Opened& opened) {
    opened.bindings.clear();
    sqlite3_stmt* row = nullptr;
    if (sqlite3_prepare_v2(db, "SELECT * FROM leases ORDER BY until", -1, &row, nullptr) != SQLITE_OK)
      return false;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
      Binding& binding = opened.bindings.emplace_back();
      binding.address = {static_cast<uint32_t>(sqlite3_column_int64(row, 0))};
      binding.mac = ToMac(sqlite3_column_int64(row, 1));
      binding.state = static_cast<BindingState>(sqlite3_column_int(row, 2) & 3);
      binding.until = sqlite3_column_int64(row, 3);
      binding.client_id = BlobAt(row, 4);
      binding.hostname = BlobAt(row, 5);
    }
    sqlite3_finalize(row);
    if (code != SQLITE_DONE) return false;
    if (sqlite3_prepare_v2(db, "SELECT * FROM numbers", -1, &row, nullptr) != SQLITE_OK) return false;
    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
      opened.numbers[BlobAt(row, 0)] = sqlite3_column_int64(row, 1);
    }
    sqlite3_finalize(row);
    return code == SQLITE_DONE;
  }

  bool Put(const Binding& binding) {
    sqlite3_bind_int64(put_lease, 1, binding.address.value);
    sqlite3_bind_int64(put_lease, 2, ToNumber(binding.mac));
    sqlite3_bind_int(put_lease, 3, static_cast<int>(binding.state));
    sqlite3_bind_int64(put_lease, 4, binding.until);
    BindBlob(put_lease, 5, binding.client_id);
    BindBlob(put_lease, 6, binding.hostname);
    return Run(put_lease);
  }

  bool Put(const std::pair<std::string, int64_t>& number) {
    sqlite3_bind_text(put_number, 1, number.first.data(), static_cast<int>(number.first.size()),
                      SQLITE_STATIC);
    sqlite3_bind_int64(put_number, 2, number.second);
    return Run(put_number);
  }

  void WriteLoop() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !records.empty() || !numbers.empty(); });
      if (records.empty() && numbers.empty()) return;
      const auto batch = std::exchange(records, {});
      const auto words = std::exchange(numbers, {});
      auto done = std::exchange(waiting, {});
      const auto hand_over = deliver;
      lock.unlock();
      bool good = Exec("BEGIN");
      for (const Binding& binding : batch) good = good && Put(binding);
      for (const auto& word : words) good = good && Put(word);
      good = good && Exec("COMMIT");
      std::string failed = good ? "" : Trouble();
      if (!good) Exec("ROLLBACK");
      if (hand_over && !done.empty()) hand_over(std::move(done), good ? Kept::kYes : Kept::kNo);
      lock.lock();
      trouble = std::move(failed);
    }
  }
};

LeaseStore::LeaseStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->writer = std::thread([raw = impl_.get()] { raw->WriteLoop(); });
}

LeaseStore::~LeaseStore() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->writer.join();
}

Result<LeaseStore::Opened> LeaseStore::Open(const std::string& path) {
  Opened opened;
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  bool good = impl->OpenOnce(opened);
  const int code = good || impl->db == nullptr ? SQLITE_OK : sqlite3_errcode(impl->db);
  if (!good && (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)) {
    opened.warning = impl->Trouble() + "; it was moved to " + path + ".damaged and begun anew";
    impl->Close();
    std::rename(path.c_str(), (path + ".damaged").c_str());
    std::remove((path + "-wal").c_str());
    good = impl->OpenOnce(opened);
  }
  if (!good) return Retry(impl->Trouble());
  opened.store.reset(new LeaseStore(std::move(impl)));
  return opened;
}

void LeaseStore::OnCommit(std::function<void(std::vector<Done>, Kept)> deliver) {
  const std::lock_guard lock(impl_->mutex);
  impl_->deliver = std::move(deliver);
}

void LeaseStore::Write(std::vector<Binding> records, Done done) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->waiting.size() < kMostWaiting) {
      for (Binding& binding : records) impl_->records.push_back(std::move(binding));
      impl_->waiting.push_back(std::move(done));
      if (impl_->waiting.size() > 1) return;  // the writer is about to look
      done = nullptr;
    }
  }
  if (done) return done(Kept::kNo);
  impl_->wake.notify_one();
}

void LeaseStore::WriteNumber(std::string name, int64_t value) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->numbers.emplace_back(std::move(name), value);
  }
  impl_->wake.notify_one();
}

std::string LeaseStore::trouble() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->trouble;
}

}  // namespace slipway::dhcp
