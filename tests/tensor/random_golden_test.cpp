// Every recorded PyTorch draw of tests/golden/random.json. A table maps the recorded call, as text, to the
// same call here; a call that no row matches fails.

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <regex>
#include <variant>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>
#include <libtensor/tests/random_golden.h>

namespace lt {
namespace {

using test::Json;
using Match = std::smatch;
using Draws = std::variant<std::vector<float>, std::vector<double>, std::vector<int64_t>>;
using Draw = std::function<Draws(const Match&, Generator&)>;

int64_t integer(const Match& match, size_t group) { return std::stoll(match[group].str()); }
double real(const Match& match, size_t group) { return std::stod(match[group].str()); }

template <typename T>
void append(std::vector<T>& all, const BasicTensor<T>& part) {
  const std::vector<T> values = part.to_vector();
  all.insert(all.end(), values.begin(), values.end());
}

// The probability tables that the recorded calls name.
Tensor table(const std::string& name) {
  if (name == "w3") return tensor({0.6064F, 0.3033F, 0.0903F});
  std::vector<float> w27(27);
  for (size_t i = 0; i < w27.size(); ++i) w27[i] = static_cast<float>((7919 * i + 13) % 101 + 1);
  if (name == "w27") return from_vector(w27, 27);
  const float sum = std::accumulate(w27.begin(), w27.end(), 0.0F);
  std::vector<float> p27 = w27;
  for (float& p : p27) p /= sum;
  if (name == "p27") return from_vector(p27, 27);
  EXPECT_EQ(name, "m4x27");
  std::vector<float> rows(4 * 27);
  for (size_t r = 0; r < 4; ++r) {
    for (size_t j = 0; j < 27; ++j) rows[r * 27 + (j + 5 * r) % 27] = p27[j];
  }
  return from_vector(rows, {4, 27});
}

template <typename T>
Draws uniform_or_normal(const Match& match, Generator& generator) {  // 1 count, 3 op, 4 and 5 its arguments
  const BasicTensor<T> x = empty<T>(integer(match, 1));
  const auto fill = match[3] == "uniform_" ? uniform_<T> : normal_<T>;
  return fill(x, real(match, 4), real(match, 5), generator).to_vector();
}

template <typename T>
Draws bernoulli_of_fiftieths(Generator& generator) {
  std::vector<T> p(50);
  for (size_t i = 0; i < p.size(); ++i) p[i] = static_cast<T>(static_cast<double>(i) / 50);
  return bernoulli(from_vector<T>(p, 50), generator).template cast<int64_t>().to_vector();
}

// nn.Linear's default initialiser.
Draws linear(const Match& match, Generator& generator) {
  const double in = real(match, 1);
  const double bound = std::sqrt(3.0) * (std::sqrt(2.0 / (1.0 + 5.0)) / std::sqrt(in));
  std::vector<float> all;
  append(all, uniform_(empty({integer(match, 2), integer(match, 1)}), -bound, bound, generator));
  if (match[3] == "True") {
    const double bias = 1 / std::sqrt(in);
    append(all, uniform_(empty(integer(match, 2)), -bias, bias, generator));
  }
  return all;
}

Draws embedding(const Match& match, Generator& generator) {
  return normal_(empty({integer(match, 1), integer(match, 2)}), 0, 1, generator).to_vector();
}

// 1 repetitions, 2 table, 3 its first row alone, 4 samples, 5 replacement
Draws multinomials(const Match& match, Generator& generator) {
  Tensor p = table(match[2]);
  if (match[3].matched) p = p.narrow(0, 0, 1);
  std::vector<int64_t> all;
  for (int64_t i = 0; i < (match[1].matched ? integer(match, 1) : 1); ++i) {
    append(all, multinomial(p, integer(match, 4), match[5].matched, generator));
  }
  return all;
}

Draws mixed_normals(const Match&, Generator& generator) {
  std::vector<double> all;
  append(all, randn({3}, generator).cast<double>());
  append(all, randn({20}, generator).cast<double>());
  append(all, randn<double>({1}, generator));
  append(all, randn({4}, generator).cast<double>());
  return all;
}

Draws dropout(const Match&, Generator& generator) {
  const Tensor x = arange(-10, 30) / 8.0F;
  return (x * dropout_mask(x.shape(), 0.2, generator)).to_vector();
}

// What PyTorch's DataLoader draws with a replacing RandomSampler: a base seed, a sampler's seed, its batches.
Draws data_loader(const Match&, Generator& generator) {
  random_(empty<int64_t>(1), generator);
  Generator sampler(static_cast<uint64_t>(random_(empty<int64_t>(1), generator).item()));
  std::vector<int64_t> all;
  for (int batch = 0; batch < 3; ++batch) append(all, randint(0, 32032, {32}, sampler));
  return all;
}

std::vector<int64_t> words(int64_t count, uint32_t mask, Generator& generator) {
  std::vector<int64_t> all(static_cast<size_t>(count));
  for (int64_t& word : all) word = generator.random() & mask;
  return all;
}

const std::vector<std::pair<const char*, Draw>>& table_of_calls() {
  static const std::vector<std::pair<const char*, Draw>> kTable = {
      {R"(\[random\(\) & 0x7fffffff\] x (\d+))",
       [](const Match& m, Generator& g) { return words(integer(m, 1), 0x7fffffff, g); }},
      {R"(random\(\) x (\d+))",
       [](const Match& m, Generator& g) { return words(integer(m, 1), UINT32_MAX, g); }},
      {R"(torch\.empty\((\d+), dtype=int64\)\.random_\(\))",
       [](const Match& m, Generator& g) { return random_(empty<int64_t>(integer(m, 1)), g).to_vector(); }},
      {R"(torch\.rand\((\d+), dtype=torch\.float32\))",
       [](const Match& m, Generator& g) { return rand(integer(m, 1), g).to_vector(); }},
      {R"(torch\.rand\((\d+), dtype=torch\.float64\))",
       [](const Match& m, Generator& g) { return rand<double>(integer(m, 1), g).to_vector(); }},
      {R"(torch\.randn\((\d+), dtype=torch\.float64\))",
       [](const Match& m, Generator& g) { return randn<double>(integer(m, 1), g).to_vector(); }},
      {R"(torch\.randn\((\d+)(, dtype=torch\.float32)?\)(, scalar profile)?)",
       [](const Match& m, Generator& g) { return randn(integer(m, 1), g).to_vector(); }},
      {R"(randn\((\d+),\))",
       [](const Match& m, Generator& g) { return randn(integer(m, 1), g).to_vector(); }},
      {R"(randn\((\d+), (\d+)\))",
       [](const Match& m, Generator& g) {
         return randn({integer(m, 1), integer(m, 2)}, g).to_vector();
       }},
      {R"(torch\.empty\((\d+), dtype=(torch\.float64)\)\.(uniform_|normal_)\((\S+), (\S+)\))",
       uniform_or_normal<double>},
      {R"(torch\.empty\((\d+)(, dtype=torch\.float32)?\)\.(uniform_|normal_)\((\S+), (\S+)\)(, scalar profile)?)",
       uniform_or_normal<float>},
      {R"(torch\.randn\(3, dtype=torch\.float32\); torch\.randn\(20, .*on one generator, all widened to float64)",
       mixed_normals},
      {R"(x = torch\.empty\(10, 3\)\.t\(\); x\.normal_\(\); listed in memory order.*)",
       [](const Match&, Generator& g) {
         return normal_(empty({10, 3}).t(), 0, 1, g).t().to_vector();
       }},
      {R"(torch\.randint\((\d+), (\d+), \((\d+),\)\))",
       [](const Match& m, Generator& g) {
         return randint(integer(m, 1), integer(m, 2), integer(m, 3), g).to_vector();
       }},
      {R"(randint\((\d+), (\d+)\))",
       [](const Match& m, Generator& g) { return randint(0, integer(m, 1), integer(m, 2), g).to_vector(); }},
      {R"(torch\.randperm\((\d+)\))",
       [](const Match& m, Generator& g) { return randperm(integer(m, 1), g).to_vector(); }},
      {R"(torch\.empty\((\d+), dtype=int64\)\.bernoulli_\((\S+)\))",
       [](const Match& m, Generator& g) {
         return bernoulli_(empty<int64_t>(integer(m, 1)), real(m, 2), g).to_vector();
       }},
      {R"(torch\.bernoulli\(p\), p\[i\] = i/50 rounded to torch\.float32)",
       [](const Match&, Generator& g) { return bernoulli_of_fiftieths<float>(g); }},
      {R"(torch\.bernoulli\(p\), p\[i\] = i/50 rounded to torch\.float64)",
       [](const Match&, Generator& g) { return bernoulli_of_fiftieths<double>(g); }},
      {R"(torch\.empty\((\d+), dtype=torch\.float32\)\.exponential_\((\S+)\))",
       [](const Match& m, Generator& g) {
         return exponential_(empty(integer(m, 1)), real(m, 2), g).to_vector();
       }},
      {R"(torch\.empty\((\d+), dtype=torch\.float64\)\.exponential_\((\S+)\))",
       [](const Match& m, Generator& g) {
         return exponential_(empty<double>(integer(m, 1)), real(m, 2), g).to_vector();
       }},
      {R"(F\.dropout\(\(arange\(-10, 30\)/8\), 0\.2, training=True\), default generator)", dropout},
      {R"((?:(\d+) x )?torch\.multinomial\((\w+)(\[0:1\])?, (\d+)(, replacement=True)?\).*)", multinomials},
      {R"((?:nn\.Linear|linear)\((\d+), (\d+), (?:bias=)?(True|False)\).*)", linear},
      {R"((?:nn\.Embedding|embedding)\((\d+), (\d+)\))", embedding},
      {R"(3 batches of 32 indices: DataLoader over 32032 items, RandomSampler\(replacement=True\).*)",
       data_loader},
  };
  return kTable;
}

// Draws what the text says, or fails where no row of the table matches all of it.
void expect_call(const Json& recorded, Generator& generator) {
  const std::string call = recorded.at("call");
  for (const auto& [pattern, draw] : table_of_calls()) {
    Match match;
    if (!std::regex_match(call, match, std::regex(pattern))) continue;
    std::visit([&](const auto& drawn) { test::expect_recorded(recorded, drawn); }, draw(match, generator));
    return;
  }
  ADD_FAILURE() << "no such call in the table: " << call;
}

Generator generator_of(const Json& recorded) {
  const std::string name = recorded.at("name");
  return Generator(static_cast<uint64_t>(recorded.at("seed").get<int64_t>()),
                   name.ends_with("_scalar") && name != "bernoulli_scalar" ? Profile::scalar : Profile::avx2,
                   name == "multinomial_mkl" ? Sampling::mkl : Sampling::classic);
}

TEST(RandomGolden, EveryRecordedCallGivesTheRecordedNumbersAndWords) {
  int torch_cases = 0;
  int app_cases = 0;
  for (const Json& recorded : test::golden_cases()) {
    if (test::is_of_apps(recorded)) {
      ++app_cases;
      continue;
    }
    ++torch_cases;
    SCOPED_TRACE(test::describe(recorded));
    Generator generator = generator_of(recorded);
    if (recorded.contains("steps")) {
      for (const Json& step : recorded.at("steps")) expect_call(step, generator);
    } else {
      expect_call(recorded, generator);
    }
    EXPECT_EQ(generator.random(), recorded.at("next_u32").get<uint32_t>());
  }
  EXPECT_EQ(torch_cases, 252);
  EXPECT_EQ(app_cases, 22);  // tests/apps: python_random_test 12, numpy_random_test 6, moons_test 4
}

}  // namespace
}  // namespace lt
