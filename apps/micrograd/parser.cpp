#include <libtensor/apps/micrograd/parser.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include <libtensor/apps/common/flag_value.h>

// A parser by recursive descent: one function for each level of the grammar.
//
//   sum:     product { (+|-) product }
//   product: signed { (*|/) signed }
//   signed:  - signed | power
//   power:   atom [ ** signed ]
//   atom:    number | name | function ( sum ) | ( sum )

namespace lt::apps::micrograd {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(const std::string& word) {
  return !word.empty() && is_letter(word[0]) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_letter(c) || is_digit(c); });
}
bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }  // of UTF-8

const std::map<std::string, Value (*)(Value)> kFunctions = {
    {"exp", exp}, {"log", log}, {"relu", relu}, {"tanh", tanh}};

std::string as_factor(const std::string& label) {
  return label.find_first_of("+-*/ ") == std::string::npos ? label : fmt::format("({})", label);
}
// What a difference and a quotient are made of, with labels.
Value negated(Value v) { return (v * Value(-1, "-1")).label(fmt::format("-{}", as_factor(v.label()))); }
Value inverse(Value v) { return pow(v, -1).label(as_factor(v.label()) + "**-1"); }

class Parser {
 public:
  Parser(const std::string& text, const std::map<std::string, Value>& names) : text_(text), names_(names) {}

  Value whole() {
    const Value value = sum();
    if (peek() == ')') fail(at_, "no ( before this )");
    if (at_ < text_.size()) fail(at_, "an operator should stand here");
    return value;
  }
  bool has_seen(Value name) const {
    return std::find(seen_.begin(), seen_.end(), name.label()) != seen_.end();
  }

 private:
  Value sum() {
    const size_t start = skip_space();
    Value value = product();
    while (peek() == '+' || peek() == '-') {
      const size_t place = at_++;
      const Value right = product();
      value = made(value + (text_[place] == '+' ? right : negated(right)), start, place);
    }
    return value;
  }

  Value product() {
    const size_t start = skip_space();
    Value value = signed_power();
    while ((peek() == '*' && !is_power()) || peek() == '/') {
      const size_t place = at_++;
      const Value right = signed_power();
      if (text_[place] == '/' && right.data() == 0) fail(place, "division by zero");
      value = made(value * (text_[place] == '*' ? right : inverse(right)), start, place);
    }
    return value;
  }

  Value signed_power() {
    const Deeper deeper(*this);
    const size_t start = skip_space();
    if (peek() != '-') return power();
    ++at_;
    return made(negated(signed_power()), start, start);
  }

  Value power() {
    const size_t start = skip_space();
    const Value base = atom();
    if (!is_power()) return base;
    const size_t place = at_;
    at_ += 2;
    const size_t names_before = seen_.size();
    const size_t exponent_place = skip_space();
    const Value exponent = signed_power();
    if (seen_.size() > names_before) fail(exponent_place, "a power must be a constant");
    if (base.data() == 0 && exponent.data() < 0) fail(place, "division by zero");
    return made(pow(base, exponent.data()), start, place);
  }

  Value atom() {
    const size_t start = skip_space();
    const char c = peek();
    if (c == '(') return in_parentheses();
    if (is_letter(c)) return name(start);
    if (is_digit(c) || c == '.') return number(start);
    fail(start,
         start == text_.size() ? "something is missing here" : "a number, a name or a ( should stand here");
  }

  Value in_parentheses() {
    ++at_;
    const Value value = sum();
    if (peek() != ')')
      fail(at_, at_ == text_.size() ? "a ) is missing here" : "an operator or a ) should stand here");
    ++at_;
    return value;
  }

  Value name(size_t start) {
    while (is_letter(here()) || is_digit(here())) ++at_;
    const std::string word = text_.substr(start, at_ - start);
    const auto function = kFunctions.find(word);
    if (peek() == '(') {
      if (function == kFunctions.end())
        fail(start, fmt::format("no function '{}': exp, log, relu, tanh", word));
      const Value x = in_parentheses();
      if (word == "log" && x.data() <= 0)
        fail(start, fmt::format("the logarithm of {} is no number", x.data()));
      return made(function->second(x), start, start);
    }
    if (function != kFunctions.end()) fail(at_, fmt::format("{} needs a (", word));
    const auto found = names_.find(word);
    if (found == names_.end()) fail(start, fmt::format("{0} has no value: add {0}=1", word));
    seen_.push_back(word);
    return found->second;
  }

  Value number(size_t start) {
    double value = 0;
    const auto [stop, error] = std::from_chars(text_.data() + start, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail(start, "this number is too large or too small");
    if (error != std::errc()) fail(start, "this is no number");
    at_ = static_cast<size_t>(stop - text_.data());
    return labelled(value, start);
  }

  // What an operation made, if it is a number; it is called what it was made from.
  Value made(Value value, size_t start, size_t place) {
    if (std::isnan(value.data())) fail(place, "this is not a real number");
    if (std::isinf(value.data())) fail(place, "this is more than a double holds");
    return labelled(value, start);
  }

  Value labelled(Value value, size_t start) {
    size_t end = at_;
    while (end > start && text_[end - 1] == ' ') --end;
    constexpr size_t kLongest = 24;
    const std::string label = text_.substr(start, std::min(end - start, kLongest));
    return value.label(end - start > kLongest ? label + "..." : label);
  }

  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  size_t skip_space() {
    while (here() == ' ') ++at_;
    return at_;
  }
  char peek() {
    skip_space();
    return here();
  }
  bool is_power() { return peek() == '*' && text_.compare(at_, 2, "**") == 0; }

  // What stands around the place, and a mark under it.
  [[noreturn]] void fail(size_t place, const std::string& what) const {
    constexpr size_t kAround = 30;
    size_t first = place > kAround ? place - kAround : 0;
    while (first > 0 && is_inside_character(text_[first])) --first;
    std::string shown, mark;
    for (size_t i = first; i < std::min(text_.size(), place + kAround); ++i) {
      const bool is_control = static_cast<unsigned char>(text_[i]) < ' ' || text_[i] == 127;
      shown += is_control ? '?' : text_[i];
      if (i < place && !is_inside_character(text_[i])) mark += ' ';
    }
    throw UsageError(fmt::format("--expr: {}\n  {}\n  {}^", what, shown, mark));
  }

  struct Deeper {
    explicit Deeper(Parser& parser) : depth(parser.depth_) {
      if (++depth > kDeepest) parser.fail(parser.at_, fmt::format("nested more than {} deep", kDeepest));
    }
    ~Deeper() { --depth; }
    int& depth;
  };
  static constexpr int kDeepest = 200;

  const std::string& text_;
  const std::map<std::string, Value>& names_;
  size_t at_ = 0;
  std::vector<std::string> seen_;  // names, each time
  int depth_ = 0;
};

}  // namespace

Expression parse(const std::string& text, const std::vector<std::string>& values) {
  std::vector<Value> names;
  std::map<std::string, Value> by_name;
  for (const std::string& given : values) {
    const size_t equals = std::min(given.find('='), given.size());
    const std::string name = given.substr(0, equals);
    if (!is_name(name) || equals == given.size())
      throw UsageError(fmt::format("'{}' is not NAME=VALUE, as a=2", given));
    if (kFunctions.contains(name)) throw UsageError(fmt::format("'{}': {} is a function", given, name));
    double number = 0;
    try {
      FlagValue(number).set(given.substr(equals + 1), {});
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", name, error.what()));
    }
    names.emplace_back(number, name);
    if (!by_name.emplace(name, names.back()).second) throw UsageError(fmt::format("{} has two values", name));
  }
  Parser parser(text, by_name);
  const Value value = parser.whole();
  for (const Value name : names) {
    if (!parser.has_seen(name))
      throw UsageError(fmt::format("{0}={1}: the expression has no {0}", name.label(), name.data()));
  }
  return {value, names};
}

}  // namespace lt::apps::micrograd
