// Byte-pair encoding beside the lecture's way in plain Python, Hugging Face's `tokenizers` and tiktoken,
// where python3 has them, in turns: training, and encoding with the same merges. The ids of all are compared
// first.
//
// The text is the lecture's Shakespeare where ./run data has fetched it, else the embedded play, nine times
// over: a megabyte. Plain Python has a hundredth of it, and its time is taken a hundredfold, for it goes by
// the length. Times are processor time: nobody has a second thread.

#include <fmt/core.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include <libtensor/apps/common/text_data.h>
#include <libtensor/apps/tokenizer/model.h>
#include <libtensor/bench/common.h>
#include <libtensor/bench/python_peer.h>
#include <libtensor/tensor/file.h>

using namespace lt;
using namespace lt::apps::tokenizer;
using bench::Row;
using nlohmann::json;

namespace {

double now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e6 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + std::ssize(v) / 2, v.end());
  return v[v.size() / 2];
}

// The text as a file, which Python reads too, and a hundredth of it.
struct Texts {
  std::string text, file, part_file;
};

Texts make_texts() {
  Texts texts;
  const std::string one = apps::load_text("").text;
  while (texts.text.size() < 1'000'000) texts.text += one;
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  texts.file = (folder / fmt::format("tokenizer_bench_{}", ::getpid())).string();
  texts.part_file = texts.file + "_part";
  write_file_atomically(texts.file, texts.text);
  write_file_atomically(texts.part_file, texts.text.substr(0, texts.text.size() / 100));
  return texts;
}

uint64_t checksum(const Ids& ids) {
  std::string text;
  for (const Id id : ids) {
    if (!text.empty()) text += ' ';
    text += std::to_string(id);
  }
  return crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
}

struct Work {
  std::string name;
  bool trains;
  const char* pattern;
  int64_t size;
  std::vector<const char*> peers;
};

json ask(bench::PythonPeer& python, const Work& work, const char* peer, const Texts& texts,
         const Tokenizer& ours) {
  json merges = json::array();
  for (const auto& [left, right] : ours.parts().merges) merges.push_back({left, right});
  const bool is_plain = peer == std::string_view("python");
  const auto answer = python.ask(json{{"peer", peer},
                                      {"do", work.trains ? "train" : "encode"},
                                      {"file", is_plain ? texts.part_file : texts.file},
                                      {"pattern", work.pattern},
                                      {"size", work.size},
                                      {"merges", work.trains ? json::array() : merges}}
                                     .dump());
  json made = answer ? json::parse(*answer) : json::object();
  if (is_plain && made.contains("us")) made["us"] = 100 * made["us"].get<double>();
  return made;
}

// Ends the program where a peer's ids are others.
void check(const Work& work, const char* peer, const json& theirs, const Ids& ids) {
  if (work.trains || theirs["ids"].get<uint64_t>() == checksum(ids)) return;
  fmt::print(stderr, "{}: the ids of {} differ: {} of them, and {} of ours\n", work.name, peer,
             theirs["tokens"].get<int64_t>(), ids.size());
  std::exit(1);
}

Row measure(const Work& work, const Texts& texts, bench::PythonPeer& python, int turns) {
  Row row{.bench = "tokenizer", .work = work.name};
  const Plan plan{.pattern = work.pattern, .size = work.size};
  const Tokenizer tokenizer = train(texts.text, plan).tokenizer;
  const Ids ids = tokenizer.encode(texts.text);
  std::vector<double> ours;
  std::map<std::string, std::vector<double>> theirs;
  for (int turn = 0; turn < turns; ++turn) {
    const double start = now();
    work.trains ? static_cast<void>(train(texts.text, plan))
                : static_cast<void>(tokenizer.encode(texts.text));
    ours.push_back(now() - start);
    for (const char* peer : work.peers) {
      const json made = ask(python, work, peer, texts, tokenizer);
      if (!made.contains("us")) continue;
      check(work, peer, made, ids);
      theirs[peer].push_back(made["us"]);
    }
  }
  row.ours_us = median(ours);
  const json versions = json::parse(python.greeting().value_or("{}"));
  for (const char* peer : work.peers) {
    if (!theirs.contains(peer)) continue;
    row.peers.emplace_back(peer, median(theirs[peer]));
    row.versions[peer] = versions.value(peer, "");
  }
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options = bench::parse(argc, argv);
  const std::vector<Work> works = {
      {"train basic 512", true, "", 512, {"python"}},
      {"train gpt4 512", true, kGpt4Pattern, 512, {"python", "tokenizers"}},
      {"train gpt4 8192", true, kGpt4Pattern, 8192, {"tokenizers"}},
      {"encode gpt4 512", false, kGpt4Pattern, 512, {"tokenizers", "tiktoken"}},
      {"encode gpt4 8192", false, kGpt4Pattern, 8192, {"tokenizers", "tiktoken"}},
      {"encode basic 512", false, "", 512, {"tokenizers"}},
  };
  bench::PythonPeer python(LIBTENSOR_SOURCE_DIR "/bench/tokenizer_bench.py");
  if (!python.greeting()) fmt::print(stderr, "no python3 to run beside: only ours is timed\n");
  const Texts texts = make_texts();
  std::vector<Row> rows;
  for (const Work& work : works) {
    if (options.wants(work.name) && options.wants_threads(1))
      rows.push_back(measure(work, texts, python, options.quick ? 1 : 5));
  }
  std::filesystem::remove(texts.file);
  std::filesystem::remove(texts.part_file);
  bench::report(std::move(rows), options);
}
