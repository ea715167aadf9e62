#include <libtensor/apps/common/log.h>

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include <libtensor/tensor/error.h>

// Values become text as they are made, so that a line is a join. nlohmann-json does the part with rules:
// escaping.

namespace lt::apps {
namespace {

std::string json_text(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
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

Log::Log(const std::string& path) : file_(std::fopen(path.c_str(), "a")), path_(path) {
  if (!file_) throw IoError(fmt::format("{}: cannot write: {}", path, std::strerror(errno)));
}

void Log::write(std::string_view event, const std::vector<Field>& fields) {
  if (!file_) return;
  const std::string line = to_json_line(event, fields) + "\n";
  const bool written = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size();
  if (!written || std::fflush(file_.get()) != 0) {
    throw IoError(fmt::format("{}: cannot write: {}", path_, std::strerror(errno)));
  }
}

bool is_logged_step(int64_t step, int64_t steps, int64_t log_every) {
  if (steps <= 20 || step == steps - 1 || (log_every > 0 && step % log_every == 0)) return true;
  if (step >= 10000) return step % 10000 == 0;
  int64_t lead = step;
  while (lead >= 10 && lead % 10 == 0) lead /= 10;
  return lead == 0 || lead == 1 || lead == 2 || lead == 5;
}

}  // namespace lt::apps
