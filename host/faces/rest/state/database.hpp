// SQLite with errors as results: one connection, and statements whose values are bound.
//
// Durability: WAL with synchronous=FULL, so what was committed stays after a power cut.
// Errors:     kIo, "state: ...", with SQLite's reason; a full disk is one of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace proofcard::rest {

// One statement: bound once, then stepped through. Columns and parameters as SQLite counts them: from 0 and from 1.
class Query {
 public:
  // Whether there is a (further) row.
  Result<bool> next();
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  friend class Database;
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  Query(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, int value) { bind(parameter, std::int64_t{value}); }
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view value);

  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
};

class Database {
 public:
  // Made when it does not exist; only the owner can read it.
  static Result<Database> open(const std::string& path);

  // Statements without rows and without values, several with ";" between them.
  Status execute(const char* statements);
  template <class... T>
  Result<Query> query(std::string_view statement, const T&... values) {
    PROOFCARD_TRY(Query out, prepare(statement));
    int parameter = 0;
    (out.bind(++parameter, values), ...);
    return out;
  }
  // The same of a statement without rows.
  template <class... T>
  Status run(std::string_view statement, const T&... values) {
    PROOFCARD_TRY(Query out, query(statement, values...));
    PROOFCARD_TRY([[maybe_unused]] const bool row, out.next());
    return {};
  }
  // Rows that the last statement changed.
  int num_changed() const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  explicit Database(sqlite3* connection) : connection_(connection) {}
  Result<Query> prepare(std::string_view statement);

  std::unique_ptr<sqlite3, Close> connection_;
};

// Everything until commit() happens at once or, without it, not at all.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace proofcard::rest
