#include <libtensor/apps/tokenizer/pattern.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>

// A match sees a window of the text, which grows only where the match comes to its end (PCRE2's partial
// matching says so). So the time is the text's length, however long a chunk is, and a text may come in
// pieces.

namespace lt::apps::tokenizer {

const char* const kGpt2Pattern = R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
const char* const kGpt4Pattern =
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)";

struct Pattern::Compiled {
  pcre2_code* code = nullptr;
  pcre2_match_data* match = nullptr;
};

namespace {

std::string message_of(int error) {
  PCRE2_UCHAR text[256] = {};
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

// PCRE2 has U+180E among its white space, which Unicode took away from it; others go by Unicode.
std::string with_unicode_spaces(const std::string& expression) {
  std::string out;
  for (size_t i = 0; i < expression.size(); ++i) {
    const std::string_view two = std::string_view(expression).substr(i, expression[i] == '\\' ? 2 : 1);
    out += two == "\\s" ? "\\p{White_Space}" : two == "\\S" ? "\\P{White_Space}" : two;
    i += two.size() - 1;
  }
  return out;
}

}  // namespace

Pattern::Pattern(const std::string& expression) : compiled_(std::make_unique<Compiled>()) {
  int error = 0;
  PCRE2_SIZE at = 0;
  const std::string own = with_unicode_spaces(expression);
  compiled_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(own.data()), own.size(),
                                  PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                                  &error, &at, nullptr);
  if (compiled_->code == nullptr)
    throw ValueError(fmt::format("pattern: byte {} of '{}': {}", at + 1, own, message_of(error)));
  pcre2_jit_compile(compiled_->code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD);  // without it, slower
  compiled_->match = pcre2_match_data_create(1, nullptr);  // groups are not asked for
  if (compiled_->match == nullptr) throw std::bad_alloc();
}

Pattern::~Pattern() {
  pcre2_match_data_free(compiled_->match);
  pcre2_code_free(compiled_->code);
}

size_t Pattern::chunk_at(std::string_view text, size_t from, bool is_last) const {
  for (size_t window = 256;; window *= 4) {
    const bool is_all = window >= text.size() - from;
    const bool may_go_on = !is_all || !is_last;
    const size_t end =
        may_go_on ? whole_characters(text.substr(0, is_all ? text.size() : from + window)) : text.size();
    if (end <= from) return 0;
    const int found =
        pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), end, from,
                    PCRE2_NOTEMPTY | (may_go_on ? PCRE2_PARTIAL_HARD : 0u), compiled_->match, nullptr);
    if (found < PCRE2_ERROR_PARTIAL) throw ValueError("pattern: " + message_of(found));
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(compiled_->match);
    if (found >= 0) return (bounds[0] > from ? bounds[0] : bounds[1]) - from;
    if (found == PCRE2_ERROR_NOMATCH && !may_go_on) return end - from;
    if (is_all) return 0;
  }
}

}  // namespace lt::apps::tokenizer
