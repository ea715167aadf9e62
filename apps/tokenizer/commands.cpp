#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/app.h>
#include <libtensor/apps/tokenizer/model_files.h>
#include <libtensor/tensor/error.h>

// Filters: what comes in is worked on as it comes, in blocks, and so is written.

namespace lt::apps::tokenizer {
namespace {

struct FilterFlags {
  std::string model;
  std::vector<std::string> files;
  std::string allowed = "none_raise";
};

Tokenizer load(const std::string& model) {
  if (model.empty()) throw UsageError("--model: which tokenizer? `tokenizer train --save MODEL` makes one");
  if (!model.ends_with(".json")) return load_model(model);
  const std::filesystem::path folder = std::filesystem::path(model).parent_path();
  const char* const merges =
      std::filesystem::path(model).filename() == "encoder.json" ? "vocab.bpe" : "merges.txt";
  return load_gpt2(model, (folder / merges).string());
}

// Each block of the file, or of standard input, as soon as there is one.
void read_blocks(const std::vector<std::string>& files, const std::function<void(std::string_view)>& take) {
  if (files.size() > 1)
    throw UsageError(fmt::format("one file at a time, not {} and {}", files[0], files[1]));
  const bool is_input = files.empty() || files[0] == "-";
  const std::string name = is_input ? "standard input" : files[0];
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      is_input ? nullptr : std::fopen(name.c_str(), "rb"),
      [](std::FILE* f) { return f ? std::fclose(f) : 0; });
  if (!is_input && !file) throw IoError(fmt::format("{}: cannot read: {}", name, std::strerror(errno)));
  const int descriptor = is_input ? STDIN_FILENO : fileno(file.get());
  std::array<char, 1 << 16> block{};
  for (;;) {
    const ssize_t count = read(descriptor, block.data(), block.size());
    if (count == 0) return;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(fmt::format("{}: cannot read: {}", name, std::strerror(errno)));
    take({block.data(), static_cast<size_t>(count)});
  }
}

// Flushed at each block: a pipe's reader waits for it.
void write_out(std::string_view text) {
  if (!std::cout.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    throw IoError("standard output: cannot write all of it");
}

AllowedSpecial allowed_of(const std::string& text) {
  using enum AllowedSpecial::Mode;
  if (text == "all") return {.mode = all};
  if (text == "none") return {.mode = none};
  if (text == "none_raise") return {.mode = none_raise};
  return {.mode = some, .names = split(text, ',')};
}

void encode(const FilterFlags& flags) {
  const Tokenizer tokenizer = load(flags.model);
  Encoder encoder(tokenizer, allowed_of(flags.allowed));
  bool is_first = true;
  const auto show = [&](const Ids& ids) {
    std::string text;
    for (const Id id : ids) {
      if (!is_first) text += ' ';
      text += fmt::format_int(id).c_str();
      is_first = false;
    }
    write_out(text);
  };
  read_blocks(flags.files, [&](std::string_view block) {
    Ids ids;
    encoder.push(block, ids);
    show(ids);
  });
  Ids rest;
  encoder.finish(rest);
  show(rest);
  write_out("\n");
}

// Ids from digits, which a block may end in the midst of.
class IdReader {
 public:
  void push(std::string_view block, Ids& ids) {
    for (const char c : block) {
      if (std::strchr(" \t\r\n", c) != nullptr && c != '\0') {
        end(ids);
      } else {
        word_ += c;
        if (word_.size() > 20) refuse();
      }
    }
  }
  void end(Ids& ids) {
    if (word_.empty()) return;
    Id id = 0;
    const auto [stop, error] = std::from_chars(word_.data(), word_.data() + word_.size(), id);
    if (error != std::errc() || stop != word_.data() + word_.size() || id < 0) refuse();
    ids.push_back(id);
    word_.clear();
    ++count_;
  }

 private:
  [[noreturn]] void refuse() const {
    throw ValueError(fmt::format("id {} of the stream: '{}' is no id", count_ + 1, printable(word_)));
  }
  std::string word_;
  int64_t count_ = 0;
};

void decode(const FilterFlags& flags) {
  const Tokenizer tokenizer = load(flags.model);
  const bool is_terminal = isatty(STDOUT_FILENO) != 0;
  IdReader reader;
  int64_t count = 0;
  const auto show = [&](const Ids& ids) {
    std::string bytes;
    for (const Id id : ids) {
      try {
        bytes += tokenizer.bytes(id);
      } catch (const IndexError& error) {
        write_out(bytes);
        throw IndexError(fmt::format("id {} of the stream: {}", count + 1, error.what()));
      }
      ++count;
    }
    write_out(is_terminal ? printable(repaired(bytes)) : bytes);
  };
  read_blocks(flags.files, [&](std::string_view block) {
    Ids ids;
    reader.push(block, ids);
    show(ids);
  });
  Ids rest;
  reader.end(rest);
  show(rest);
}

void declare_filter(Options& options, FilterFlags& flags) {
  options.flags.no_out = true;  // a filter leaves no report
  options.leave_out({"--data", "--words", "--seed", "--samples", "--sample-seed", "--sampling", "--profile",
                     "--threads", "--out", "--no-out", "--quiet", "--check"});
  options.add(
      "--model FILE", flags.model,
      "the tokenizer: what `train --save` wrote, a model of minbpe's, or GPT-2's vocab.json with merges.txt "
      "beside it");
  options.add("--file FILE", flags.files, "what to read, also without --file; -, or none: standard input",
              {.words = true});
}

}  // namespace

int encode_or_decode(int argc, char** argv, bool decodes) {
  std::string input = "--file=-";
  for (int i = 1; i < argc; ++i)
    if (argv[i] == std::string_view("-")) argv[i] = input.data();
  if (decodes) {
    return run_app<FilterFlags>(argc, argv,
                                {"tokenizer decode",
                                 "ids, by spaces or lines, to the bytes that they stand for",
                                 "tokenizer decode --model my.model ids.txt",
                                 {}},
                                declare_filter, [](Run&, const FilterFlags& flags) { decode(flags); });
  }
  return run_app<FilterFlags>(
      argc, argv,
      {"tokenizer encode", "text to ids, by spaces", "tokenizer encode --model my.model text.txt", {}},
      [](Options& options, FilterFlags& flags) {
        declare_filter(options, flags);
        options.add(
            "--allowed-special WHICH", flags.allowed,
            "whose names in the text become their ids: all, none, those of a list by commas; none_raise: a "
            "name is an error");
      },
      [](Run&, const FilterFlags& flags) { encode(flags); });
}

}  // namespace lt::apps::tokenizer
