#include "host/faces/rest/state/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace proofcard::rest {
namespace {

Error failure(sqlite3* connection) { return make_error(ErrorKind::kIo, "state", "{}", sqlite3_errmsg(connection)); }

}  // namespace

void Query::Finalise::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }

Result<bool> Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    return failure(connection_);
  }
  return code == SQLITE_ROW;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Query::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
std::string Query::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}
void Query::bind(int parameter, std::int64_t value) { sqlite3_bind_int64(statement_.get(), parameter, value); }
void Query::bind(int parameter, double value) { sqlite3_bind_double(statement_.get(), parameter, value); }
void Query::bind(int parameter, std::string_view value) {
  sqlite3_bind_text(statement_.get(), parameter, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
}

Result<Database> Database::open(const std::string& path) {
  // SQLite gives the files beside this one the same mode. A file that is there is not opened: closing it would take the locks
  // away that another connection of this process has on it.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
  } else if (errno != EEXIST) {
    return make_error(ErrorKind::kIo, path, "cannot open: {}", std::strerror(errno));
  }
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  Database out(connection);
  if (code != SQLITE_OK) {
    return failure(connection);
  }
  constexpr int kWaitMs = 10000;  // for another process: proofcard serve --add-key
  sqlite3_busy_timeout(connection, kWaitMs);
  PROOFCARD_RETURN_IF_ERROR(out.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF"));
  return out;
}

Status Database::execute(const char* statements) {
  return sqlite3_exec(connection_.get(), statements, nullptr, nullptr, nullptr) == SQLITE_OK
             ? Status()
             : Status(failure(connection_.get()));
}

Result<Query> Database::prepare(std::string_view statement) {
  sqlite3_stmt* out = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), statement.data(), static_cast<int>(statement.size()), &out, nullptr) !=
      SQLITE_OK) {
    return failure(connection_.get());
  }
  return Query(connection_.get(), out);
}

int Database::num_changed() const { return sqlite3_changes(connection_.get()); }

Result<Transaction> Transaction::begin(Database& database) {
  PROOFCARD_RETURN_IF_ERROR(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) {
    const Status undone = database_->execute("ROLLBACK");  // one that failed has been undone by SQLite
    static_cast<void>(undone);
  }
}

Status Transaction::commit() {
  PROOFCARD_RETURN_IF_ERROR(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace proofcard::rest
