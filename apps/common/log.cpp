#include <libtensor/apps/common/log.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>

// Values become text as they are made, so that a line is a join. nlohmann-json does the part with rules:
// escaping; printable() does it for what would steer a terminal that shows the log.
//
// A line is one write to a file opened for appending, so that neither a kill nor a second run cuts it.

namespace lt::apps {
namespace {

std::string json_text(std::string_view text) {
  using nlohmann::json;
  return printable(json(text).dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string number(double value, const std::string& digits) {
  if (std::isnan(value)) return "\"nan\"";
  if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
  return digits;
}

}  // namespace

Json::Json(float value) : text_(number(static_cast<double>(value), fmt::format("{:.9g}", value))) {}
Json::Json(double value) : text_(number(value, fmt::format("{}", value))) {}
Json::Json(std::string_view value) : text_(json_text(value)) {}

Json Json::list(const std::vector<Json>& values) {
  Json out(false);
  out.text_ = "[";
  for (const Json& value : values) out.text_ += (out.text_.size() > 1 ? "," : "") + value.text_;
  out.text_ += "]";
  return out;
}

std::string to_json_line(std::string_view event, const std::vector<Field>& fields) {
  std::string line = "{\"event\":" + json_text(event);
  for (const Field& field : fields) line += fmt::format(",{}:{}", json_text(field.name), field.value.text());
  return line + "}";
}

Log::Log(const std::string& path) : file_(std::fopen(path.c_str(), "a+")), path_(path) {
  if (!file_) throw IoError(fmt::format("{}: cannot write: {}", path, std::strerror(errno)));
  const int file = fileno(file_.get());
  char last = '\n';
  const off_t end = ::lseek(file, 0, SEEK_END);
  if (end > 0 && ::pread(file, &last, 1, end - 1) == 1 && last != '\n') put("\n");
}

void Log::write(std::string_view event, const std::vector<Field>& fields) {
  if (file_) put(to_json_line(event, fields) + "\n");
}

void Log::put(const std::string& line) {
  const int file = fileno(file_.get());
  size_t written = 0;
  while (written < line.size()) {
    const ssize_t more = ::write(file, line.data() + written, line.size() - written);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) break;
    written += static_cast<size_t>(more);
  }
  if (written == line.size()) return;
  const int error = errno;
  struct stat status {};
  if (written > 0 && ::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    (void)!::ftruncate(file, status.st_size - static_cast<off_t>(written));  // no half lines
  }
  if (std::exchange(failed_, true)) return;
  std::cerr << fmt::format("{}: cannot write: {}; the run goes on, its log lacks lines\n", path_,
                           std::strerror(error));
}

bool is_logged_step(int64_t step, int64_t steps, int64_t log_every) {
  if (steps <= 20 || step == steps - 1 || (log_every > 0 && step % log_every == 0)) return true;
  if (step >= 10000) return step % 10000 == 0;
  int64_t lead = step;
  while (lead >= 10 && lead % 10 == 0) lead /= 10;
  return lead == 0 || lead == 1 || lead == 2 || lead == 5;
}

}  // namespace lt::apps
