#include <libtensor/tensor/random/generator.h>

// The state is PyTorch's legacy block, little endian, 5056 bytes:
//   0 seed u64 | 8 left i32 | 12 seeded i32 | 16 next u64 | 24 the 624 words, a u64 each
//   5016 unused f64 | 5024 kept normal f64 | 5032 unused f64 | 5040 is one kept i32 | 5044 unused to the end
// `left` counts the words up to the next twist, plus one: 625 - next, and 1 right after seeding.

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#include <libtensor/tensor/error.h>

namespace lt::inline v0 {

namespace {

static_assert(std::endian::native == std::endian::little, "the state is written in memory order");

constexpr size_t kStateBytes = 5056;
constexpr size_t kLeftAt = 8;
constexpr size_t kSeededAt = 12;
constexpr size_t kNextAt = 16;
constexpr size_t kWordsAt = 24;
constexpr size_t kNormalAt = 5024;
constexpr size_t kIsKeptAt = 5040;

template <typename T>
void put(std::string& bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <typename T>
T get(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

void require(bool holds, const char* what) {
  if (!holds) throw ValueError(fmt::format("set_state: not a generator's state: {}", what));
}

uint64_t left_of(uint64_t position) { return position == 0 ? 1 : Mt19937::kSize + 1 - position; }

}  // namespace

Generator::Generator(Seed seed, Profile profile, Sampling sampling)
    : engine_(static_cast<uint32_t>(uint64_t{seed})), seed_(seed), profile_(profile), sampling_(sampling) {}

void Generator::manual_seed(Seed seed) {
  engine_.seed(static_cast<uint32_t>(uint64_t{seed}));
  seed_ = seed;
  kept_normal_.reset();
}

double Generator::standard_normal() {
  if (kept_normal_) {
    const double kept = *kept_normal_;
    kept_normal_.reset();
    return kept;
  }
  const double theta = 2 * std::numbers::pi * unit_double();
  const double radius = std::sqrt(-2 * std::log(1 - unit_double()));
  kept_normal_ = radius * std::sin(theta);
  return radius * std::cos(theta);
}

std::string Generator::state() const {
  std::string bytes(kStateBytes, '\0');
  const auto position = static_cast<uint64_t>(engine_.position());
  put(bytes, 0, seed_);
  put(bytes, kLeftAt, static_cast<int32_t>(left_of(position)));
  put(bytes, kSeededAt, int32_t{1});
  put(bytes, kNextAt, position);
  for (size_t i = 0; i < Mt19937::kSize; ++i) put(bytes, kWordsAt + 8 * i, uint64_t{engine_.words()[i]});
  put(bytes, kNormalAt, kept_normal_.value_or(0.0));
  put(bytes, kIsKeptAt, int32_t{kept_normal_.has_value()});
  return bytes;
}

void Generator::set_state(std::string_view bytes) {
  if (bytes.size() != kStateBytes) {
    throw ValueError(fmt::format("set_state: {} bytes, expected {}", bytes.size(), kStateBytes));
  }
  require(get<int32_t>(bytes, kSeededAt) == 1, "it was never seeded");
  const auto position = get<uint64_t>(bytes, kNextAt);
  require(position <= Mt19937::kSize, "its position is past the last word");
  require(get<int32_t>(bytes, kLeftAt) == static_cast<int64_t>(left_of(position)),
          "its two positions disagree");
  Mt19937::Words words;
  for (size_t i = 0; i < words.size(); ++i) {
    const auto word = get<uint64_t>(bytes, kWordsAt + 8 * i);
    require(word <= UINT32_MAX, "a word has more than 32 bits");
    words[i] = static_cast<uint32_t>(word);
  }
  const bool is_kept = get<int32_t>(bytes, kIsKeptAt) != 0;
  const auto kept = get<double>(bytes, kNormalAt);
  require(!is_kept || std::isfinite(kept), "its kept normal is not finite");

  engine_.restore(words, static_cast<int>(position));
  seed_ = get<uint64_t>(bytes, 0);
  kept_normal_ = is_kept ? std::optional(kept) : std::nullopt;
}

Generator& default_generator() {
  static Generator generator;
  return generator;
}

Generator& manual_seed(Seed seed) {
  default_generator().manual_seed(seed);
  return default_generator();
}

}  // namespace lt::inline v0
