#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <variant>

#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/zip.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt {
namespace {

std::string recorded_npz(const std::string& name) { return LIBTENSOR_SOURCE_DIR "/tests/golden/npz/" + name; }

// What tests/golden/npz.py expects and records.
NamedTensors npz_tensors() {
  const Tensor x = arange(6).view({2, 3}) / 4;
  return {{"float32", x},
          {"float64", x.cast<double>().t()},
          {"int64", tensor<int64_t>({-1, 0, INT64_MAX})},
          {"layer/0.bool", from_vector<bool>({true, false}, {2, 1})},
          {"scalar", scalar(2.5)},
          {"empty", zeros({0, 3})},
          {"large", remainder(arange<int64_t>(100'000), scalar<int64_t>(7))}};
}

void expect_same(const NamedTensors& found, const NamedTensors& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& each : expected) {
    const auto place = found.find(each.first);
    ASSERT_NE(place, found.end()) << each.first;
    ASSERT_EQ(place->second.index(), each.second.index()) << each.first;
    const auto same = [&]<typename T>(const BasicTensor<T>& x) {
      return equal(x, std::get<BasicTensor<T>>(place->second));
    };
    EXPECT_TRUE(std::visit(same, each.second)) << each.first;
  }
}

// An archive of files that need not be tensors.
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files, bool compress = false) {
  detail::ZipWriter writer(compress);
  for (const auto& [name, content] : files) writer.add(name, content, "");
  std::string out;
  for (const std::string_view part : writer.finish()) out += part;
  return out;
}

std::string npz_refusal(const Scratch& scratch, const std::string& bytes) {
  const std::string path = scratch.put("x.npz", bytes);
  const std::string text = error_text<IoError>([&] { load_npz(path); });
  const std::string start = "load_npz: '" + path + "'";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

TEST(Npz, KeepsEveryTensorStoredAndCompressed) {
  const Scratch scratch;
  for (const bool compress : {false, true}) {
    save_npz(scratch.path("x.npz"), npz_tensors(), {.compress = compress});
    expect_same(load_npz(scratch.path("x.npz")).tensors, npz_tensors());
  }
  save_npz(scratch.path("none.npz"), {});
  EXPECT_TRUE(load_npz(scratch.path("none.npz")).tensors.empty());
}

TEST(Npz, CompressesWhereAsked) {
  const Scratch scratch;
  save_npz(scratch.path("stored.npz"), {{"x", zeros(10'000)}});
  save_npz(scratch.path("deflated.npz"), {{"x", zeros(10'000)}}, {.compress = true});
  EXPECT_GT(read_file(scratch.path("stored.npz")).size(), 40'000U);
  EXPECT_LT(read_file(scratch.path("deflated.npz")).size(), 1'000U);
}

TEST(Npz, MakesEqualFilesOfEqualTensors) {
  const Scratch scratch;
  save_npz(scratch.path("a.npz"), npz_tensors());
  save_npz(scratch.path("b.npz"), npz_tensors());
  EXPECT_EQ(read_file(scratch.path("a.npz")), read_file(scratch.path("b.npz")));
}

TEST(Npz, WritesAViewInItsOwnOrder) {
  const Scratch scratch;
  const Tensor x = arange(24).view({2, 3, 4}).transpose(0, 2).slice(1, 0, 3, 2);
  save_npz(scratch.path("x.npz"), {{"x", x}});
  EXPECT_TRUE(equal(load_npz(scratch.path("x.npz")).get("x"), x));
}

TEST(Npz, ReadsWhatNumPyWrote) {
  NamedTensors expected = npz_tensors();
  expect_same(load_npz(recorded_npz("deflated.npz")).tensors, expected);
  expected.erase("large");
  expect_same(load_npz(recorded_npz("stored.npz")).tensors, expected);
  expect_same(load_npz(recorded_npz("zip64.npz")).tensors, expected);
}

TEST(Npz, IsReadByNumPy) {
  const Scratch scratch;
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0)
    GTEST_SKIP() << "NumPy is not installed";
  save_npz(scratch.path("stored.npz"), npz_tensors());
  save_npz(scratch.path("deflated.npz"), npz_tensors(), {.compress = true});
  EXPECT_EQ(std::system(("/usr/bin/python3 " LIBTENSOR_SOURCE_DIR "/tests/golden/npz.py check " +
                         scratch.path("stored.npz") + " " + scratch.path("deflated.npz"))
                            .c_str()),
            0);
}

TEST(Npz, ConvertsEveryTypeOfNumPyWhereAsked) {
  const TensorFile file = load_npz(recorded_npz("types.npz"), {.convert = true});
  ASSERT_EQ(file.tensors.size(), 24U);
  const IntTensor expected = tensor<int64_t>({{0, 1}, {1, 1}});
  for (const std::string order : {"<", ">"}) {
    EXPECT_TRUE(equal(file.get<bool>(order + "?"), expected.cast<bool>()));
    for (const char* type : {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"}) {
      EXPECT_TRUE(equal(file.get<int64_t>(order + type), expected)) << order << type;
    }
    for (const char* type : {"f2", "f4"}) {
      EXPECT_TRUE(equal(file.get<float>(order + type), expected.cast<float>())) << order << type;
    }
    EXPECT_TRUE(equal(file.get<double>(order + "f8"), expected.cast<double>()));
  }
}

TEST(Npz, NamesTheEntryThatItDoesNotTake) {
  const Scratch scratch;
  const std::string path = recorded_npz("types.npz");
  EXPECT_EQ(error_text<IoError>([&] { load_npz(path); }),
            "load_npz: '" + path +
                "', '<i1.npy', byte 128: expected int64 numbers, found int8 ('|i1'), which "
                "{.convert = true} converts");
  EXPECT_EQ(npz_refusal(scratch, zip_of({{"a.txt", "text"}})), ": the entry 'a.txt' is no .npy file");
  EXPECT_EQ(npz_refusal(scratch, zip_of({{"a.npy", "text"}}, true)),
            ", 'a.npy', byte 0: expected \"\\x93NUMPY\", the start of an .npy file");
  EXPECT_EQ(npz_refusal(scratch, zip_of({{"a.npy", ""}, {"a.npy", ""}})), ": the entry 'a.npy' occurs twice");
}

TEST(Npz, NamesTheTensorThatItHasNot) {
  const std::string path = recorded_npz("stored.npz");
  const TensorFile file = load_npz(path);
  EXPECT_EQ(error_text<IoError>([&] { file.get("w"); }), "'" + path + "': there is no tensor 'w'");
  EXPECT_EQ(
      error_text<IoError>([&] { file.get("int64"); }),
      "'" + path + "': the tensor 'int64' is int64, expected float32 (read <int64_t>, then cast<float>())");
}

TEST(Npz, RefusesWhatIsNoArchive) {
  const Scratch scratch;
  const std::string text = ": expected a zip archive, but it has no end record: it is another file, or torn";
  EXPECT_EQ(npz_refusal(scratch, ""), text);
  EXPECT_EQ(npz_refusal(scratch, "PK"), text);
  EXPECT_EQ(npz_refusal(scratch, std::string(100'000, 'P')), text);
  EXPECT_EQ(npz_refusal(scratch, read_file(LIBTENSOR_SOURCE_DIR "/tests/golden/npy/float32.npy")), text);
}

TEST(Npz, RefusesAChangedNumberByItsChecksum) {
  const Scratch scratch;
  save_npz(scratch.path("whole.npz"), {{"w", arange(4)}});
  std::string bytes = read_file(scratch.path("whole.npz"));
  const size_t numbers = bytes.find('\n') + 1;
  bytes[numbers] = '\1';
  EXPECT_EQ(npz_refusal(scratch, bytes),
            ", 'w.npy': its bytes have the checksum df802324, expected 71e8b2b5");
}

TEST(Npz, RefusesWhatItCannotUnpack) {
  const Scratch scratch;
  const std::string zip = zip_of({{"w.npy", "0123"}});
  const size_t entry = zip.find("PK\1\2");
  const auto changed = [&](size_t at, const std::string& bytes) {
    return std::string(zip).replace(entry + at, bytes.size(), bytes);
  };
  EXPECT_EQ(npz_refusal(scratch, changed(8, "\1")), ", 'w.npy': it is encrypted");
  EXPECT_EQ(npz_refusal(scratch, changed(10, "\14")),
            ", 'w.npy': expected it stored (0) or deflated (8), found method 12");
  EXPECT_EQ(npz_refusal(scratch, changed(10, "\10")),
            ", 'w.npy': its 4 deflated bytes do not give its 4 bytes");
  EXPECT_EQ(npz_refusal(scratch, changed(46 + 5, "\2")), ", 'w.npy': expected its sizes in 64 bits");
  EXPECT_EQ(npz_refusal(scratch, changed(46 + 5 + 4, "\1")), ", 'w.npy': its 1 bytes cannot come of 4");
}

TEST(Npz, TakesNoMemoryForASizeThatItsBytesCannotMake) {
  const Scratch scratch;
  std::string zip = zip_of({{"w.npy", "0123"}}, true);
  const size_t size = zip.find("PK\1\2") + 46 + 5 + 4;
  zip.replace(size, 8, std::string("\0\0\0\0\0\0\0\x7f", 8));
  EXPECT_EQ(npz_refusal(scratch, zip), ", 'w.npy': its 9151314442816847872 bytes cannot come of 6");
}

TEST(Npz, RefusesAFileTornAtAnyByte) {
  const Scratch scratch;
  for (const bool compress : {false, true}) {
    save_npz(scratch.path("whole.npz"), {{"a", arange(6)}, {"b", tensor<bool>({true})}},
             {.compress = compress});
    const std::string whole = read_file(scratch.path("whole.npz"));
    for (size_t length = 0; length < whole.size(); ++length) {
      EXPECT_NE(npz_refusal(scratch, whole.substr(0, length)), "no error") << length;
      EXPECT_NE(npz_refusal(scratch, whole.substr(length + 1)), "no error") << length;
    }
  }
}

TEST(Npz, ReadsTheSameOrRefusesAFileWithAnyOneByteChanged) {
  const Scratch scratch;
  const NamedTensors tensors = {{"a", arange(6)}, {"b", tensor<bool>({true})}};
  for (const bool compress : {false, true}) {
    save_npz(scratch.path("whole.npz"), tensors, {.compress = compress});
    const std::string whole = read_file(scratch.path("whole.npz"));
    for (size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x15);
      if (npz_refusal(scratch, changed) == "no error") {
        expect_same(load_npz(scratch.path("x.npz")).tensors, tensors);  // a date, a version
      }
    }
  }
}

TEST(Zip, FindsTheEndRecordBehindAComment) {
  std::string zip = zip_of({{"a", "text"}});
  zip[zip.size() - 2] = 5;
  zip += "hello";
  std::string buffer;
  const auto entries = detail::zip_entries(zip, "zip");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(detail::zip_content(zip, entries[0], "zip", buffer), "text");
}

TEST(Zip, RefusesANameLongerThanTheFormatAllows) {
  EXPECT_EQ(error_text<ValueError>([] {
              zip_of({{std::string(65536, 'x'), ""}});
            }),
            "zip: a name of 65536 bytes");
}

}  // namespace
}  // namespace lt
