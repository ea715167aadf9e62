#include <libtensor/apps/common/flag_value.h>

#include <fmt/format.h>

#include <charconv>
#include <cmath>

// For each type of variable one read() from text, and one text_of(). Every refusal reads the same: the
// text that was typed, and what would be taken.

namespace lt::apps {
namespace {

template <typename Number>
bool is_number(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

// "a whole number", "a number above 0", "a number from 0 to 1".
std::string describe(const std::string& kind, const Spec& spec) {
  std::string text = kind;
  if (std::isfinite(spec.min)) text += fmt::format(" {} {}", spec.above_min ? "above" : "from", spec.min);
  if (std::isfinite(spec.max))
    return text + fmt::format(" {} {}", std::isfinite(spec.min) ? "to" : "up to", spec.max);
  return text + (std::isfinite(spec.min) && !spec.above_min ? " up" : "");
}

template <typename Number>
void read_number(const std::string& text, const std::string& kind, const Spec& spec, Number& value) {
  Number number{};
  const bool is_one = is_number(text, number) && std::isfinite(static_cast<double>(number));
  const auto real = static_cast<double>(number);
  if (!is_one || real < spec.min || real > spec.max || (spec.above_min && real == spec.min)) {
    throw UsageError(fmt::format("'{}' is not {}", text, describe(kind, spec)));
  }
  value = number;
}

void read(const std::string&, const Spec&, bool& value) { value = true; }

void read(const std::string& text, const Spec& spec, int64_t& value) {
  read_number(text, "a whole number", spec, value);
}

void read(const std::string& text, const Spec& spec, double& value) {
  read_number(text, "a number", spec, value);
}

// A seed, as PyTorch takes them: 0 up to 2^64 - 1, or negative and counted from 2^64.
void read(const std::string& text, const Spec&, uint64_t& value) {
  int64_t negative = 0;
  if (is_number(text, value)) return;
  if (!is_number(text, negative))
    throw UsageError(fmt::format("'{}' is not a whole number of 64 bits", text));
  value = static_cast<uint64_t>(negative);
}

void read(const std::string& text, const Spec&, std::string& value) {
  if (text.empty()) throw UsageError("the value is empty");
  value = text;
}

void read(const std::string& text, const Spec&, WordRange& value) {
  const std::vector<std::string> ends = split(text, ':');
  WordRange range;
  const auto is_end = [](const std::string& part, int64_t& end) {
    return part.empty() || (is_number(part, end) && end >= 0);
  };
  const bool is_range = text.size() > 1 && ends.size() == 2 && is_end(ends[0], range.first) &&
                        is_end(ends[1], range.last) && range.first < range.last;
  if (!is_range) throw UsageError(fmt::format("'{}' is not a range of lines A:B with A below B", text));
  value = range;
}

void read(const std::string& text, const Spec& spec, std::vector<int64_t>& values) {
  std::vector<int64_t> numbers;
  for (const std::string& part : split(text, ',')) read(part, spec, numbers.emplace_back());
  values = numbers;
}

void read(const std::string& text, const Spec& spec, std::vector<std::string>& values) {
  std::string value;
  read(text, spec, value);
  values.push_back(value);
}

template <typename T>
std::string text_of(const T& value) {
  return fmt::format("{}", value);
}
std::string text_of(bool value) { return value ? "on" : "off"; }
std::string text_of(const std::vector<int64_t>& values) { return fmt::format("{}", fmt::join(values, ",")); }
std::string text_of(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, " "));
}
std::string text_of(const WordRange& range) {
  if (range.first == 0 && range.last == WordRange::kEnd) return "all";
  return fmt::format("{}:{}", range.first, range.last == WordRange::kEnd ? "" : std::to_string(range.last));
}

template <typename T>
Json as_json(const T& value) {
  return Json(value);
}
Json as_json(const WordRange& range) { return Json(text_of(range)); }

}  // namespace

void FlagValue::set(const std::string& text, const Spec& spec) const {
  std::visit([&](auto* variable) { read(text, spec, *variable); }, variable_);
}

std::string FlagValue::text() const {
  return std::visit([](const auto* variable) { return text_of(*variable); }, variable_);
}

Json FlagValue::json() const {
  return std::visit([](const auto* variable) { return as_json(*variable); }, variable_);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace lt::apps
