#pragma once

// What a bench measured, as rows, and their JSON: an array with an object for each row,
//   {"bench":"matmul","work":"64,64,64","threads":1,"ours_us":4.1,"peers":{"eigen":5.2},"limit_us":3.2,
//    "machine":"...","versions":{"eigen":"3.4.0"}}
// A row says where it was measured and which version each peer had, so files can be joined, and a table made
// from them later, elsewhere.

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lt::bench {

struct Row {
  std::string bench;
  std::string work;
  int threads = 1;
  double ours_us = 0;
  std::vector<std::pair<std::string, double>> peers = {};  // name, microseconds
  double limit_us = 0;  // what the limit measured in the same turns would take; 0: this work has none
  std::string machine = {};
  std::map<std::string, std::string> versions = {};  // of the peers
};

// The time of the fastest peer, or 0 where there is none.
double best_peer_us(const Row& row);

// A crash or a full disk leaves the old file whole.
//   throws: IoError for a file that cannot be read or written, std::runtime_error naming the file and what is
//   wrong in which of its rows
std::vector<Row> read_rows(const std::string& path);
void write_rows(const std::string& path, const std::vector<Row>& rows);

//   throws: std::runtime_error if the file cannot be written. Asked before minutes of measuring.
void require_writable(const std::string& path);

}  // namespace lt::bench
