// C++ in colours.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include <libtensor/apps/common/report.h>
#include <libtensor/apps/plot/svg.h>

// Not a parser: words, numbers, quoted texts and comments are told apart by how they begin. A word is a type
// where it is one of the language's, or begins with a capital that is no lecture's X or Y.

namespace lt::apps {
namespace {

constexpr std::string_view kKeywords =
    " auto break case catch class concept const const_cast constexpr continue decltype default delete do "
    "else "
    "enum explicit false for if inline mutable namespace new noexcept nullptr operator private public return "
    "requires sizeof static static_cast struct switch template this throw true try typename using while ";
constexpr std::string_view kTypes =
    " bool char double float int int64_t long short size_t string uint64_t uint8_t vector void ";

bool is_in(std::string_view words, std::string_view word) {
  return words.find(fmt::format(" {} ", word)) != std::string_view::npos;
}
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

size_t end_of_quoted(std::string_view code) {
  size_t end = 1;
  while (end < code.size() && code[end] != code[0]) end += code[end] == '\\' ? 2 : 1;
  return std::min(end + 1, code.size());
}

// The first token's length and its class; 0 for what has no colour.
std::pair<size_t, char> token(std::string_view code) {
  const auto until = [&](std::string_view mark, size_t from, size_t more) {
    const size_t at = code.find(mark, from);
    return at == std::string::npos ? code.size() : at + more;
  };
  if (code.starts_with("//")) return {until("\n", 0, 0), 'c'};
  if (code.starts_with("/*")) return {until("*/", 2, 2), 'c'};
  if (code.starts_with("R\"(")) return {until(")\"", 3, 2), 's'};
  if (code[0] == '"' || code[0] == '\'') return {end_of_quoted(code), 's'};
  if (code[0] == '#') return {until("\n", 0, 0), 'k'};
  size_t end = 0;
  if (is_digit(code[0]) || (code[0] == '.' && code.size() > 1 && is_digit(code[1]))) {
    while (end < code.size() &&
           (is_word(code[end]) || code[end] == '.' || code[end] == '\'' ||
            ((code[end] == '-' || code[end] == '+') && std::tolower(code[end - 1]) == 'e')))
      ++end;
    return {end, 'n'};
  }
  while (end < code.size() && is_word(code[end])) ++end;
  const std::string_view word = code.substr(0, end);
  if (end == 0) return {1, 0};
  if (is_in(kKeywords, word)) return {end, 'k'};
  const bool is_class = std::isupper(static_cast<unsigned char>(word[0])) && word[0] < 'X' &&
                        std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (is_class || is_in(kTypes, word)) return {end, 't'};
  return {end, 0};
}

}  // namespace

std::string coloured_cpp(std::string_view code) {
  std::string html;
  while (!code.empty()) {
    const auto [length, kind] = token(code);
    const std::string text = plot::escape_xml(code.substr(0, length));
    html += kind ? fmt::format("<span class=\"{}\">{}</span>", kind, text) : text;
    code.remove_prefix(length);
  }
  return html;
}

}  // namespace lt::apps
