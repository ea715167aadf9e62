#include <libtensor/bench/rows.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include <libtensor/tensor/file.h>

namespace lt::bench {
namespace {

using nlohmann::json;

// The member `key` of an object; throws if it is absent or of another type.
template <typename T>
T member(const json& object, const char* key, bool (json::*is_type)() const noexcept, const char* type) {
  const auto found = object.find(key);
  if (found == object.end() || !((*found).*is_type)()) {
    throw std::runtime_error(fmt::format("\"{}\" should be {}", key, type));
  }
  return found->get<T>();
}

double microseconds(const json& object, const char* key) {
  return member<double>(object, key, &json::is_number, "a number");
}

Row from_json(const json& object) {
  if (!object.is_object()) throw std::runtime_error("should be an object");
  Row row;
  row.bench = member<std::string>(object, "bench", &json::is_string, "a text");
  row.work = member<std::string>(object, "work", &json::is_string, "a text");
  row.threads = member<int>(object, "threads", &json::is_number_integer, "an integer");
  row.ours_us = microseconds(object, "ours_us");
  if (!(row.ours_us > 0)) throw std::runtime_error("\"ours_us\" should be above 0");
  const auto peers = member<json>(object, "peers", &json::is_object, "an object");
  for (const auto& [name, us] : peers.items())
    row.peers.emplace_back(name, microseconds(peers, name.c_str()));
  row.limit_us = microseconds(object, "limit_us");
  if (!object.contains("machine")) return row;  // made elsewhere: the table says less
  row.machine = member<std::string>(object, "machine", &json::is_string, "a text");
  const auto versions = member<json>(object, "versions", &json::is_object, "an object");
  for (const auto& [name, version] : versions.items()) {
    row.versions[name] = member<std::string>(versions, name.c_str(), &json::is_string, "a text");
  }
  return row;
}

json to_json(const Row& row) {
  json peers = json::object();
  for (const auto& [name, us] : row.peers) peers[name] = us;
  return {{"bench", row.bench},     {"work", row.work},        {"threads", row.threads},
          {"ours_us", row.ours_us}, {"peers", peers},          {"limit_us", row.limit_us},
          {"machine", row.machine}, {"versions", row.versions}};
}

}  // namespace

double best_peer_us(const Row& row) {
  double best = 0;
  for (const auto& [name, us] : row.peers) best = best > 0 ? std::min(best, us) : us;
  return best;
}

std::vector<Row> read_rows(const std::string& path) {
  const std::string text = read_file(path);
  json all;
  try {
    all = json::parse(text);
  } catch (const json::parse_error& error) {
    throw std::runtime_error(
        fmt::format("{}: not JSON at byte {}: torn, or of another kind", path, error.byte));
  }
  if (!all.is_array()) throw std::runtime_error(fmt::format("{}: should be an array of rows", path));
  std::vector<Row> rows;
  for (const json& object : all) {
    try {
      rows.push_back(from_json(object));
    } catch (const std::exception& error) {
      throw std::runtime_error(fmt::format("{}: row {}: {}", path, rows.size() + 1, error.what()));
    }
  }
  return rows;
}

void write_rows(const std::string& path, const std::vector<Row>& rows) {
  json all = json::array();
  for (const Row& row : rows) all.push_back(to_json(row));
  write_file_atomically(path, all.dump(1) + '\n');
}

void require_writable(const std::string& path) {
  if (!std::ofstream(path, std::ios::app)) throw std::runtime_error(fmt::format("{}: cannot write", path));
}

}  // namespace lt::bench
