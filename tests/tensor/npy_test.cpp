#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt {
namespace {

std::string recorded_npy(const std::string& name) { return LIBTENSOR_SOURCE_DIR "/tests/golden/npy/" + name; }

// An .npy file of version 1.0, made by hand.
std::string npy_bytes(const std::string& header, const std::string& numbers) {
  std::string bytes = "\x93NUMPY";
  bytes += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return bytes + header + numbers;
}

const char* const kPair = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

TEST(Npy, KeepsEveryBitOfEveryType) {
  const Scratch scratch;
  const std::string path = scratch.path("x.npy");
  const Tensor x = tensor({{1, -0.0F}, {std::numeric_limits<float>::denorm_min(), INFINITY}});
  save_npy(path, x);
  EXPECT_TRUE(equal(load_npy(path), x));
  EXPECT_TRUE(std::signbit(load_npy(path).at({0, 1})));
  save_npy(path, tensor<double>({0.1, -1e300}));
  EXPECT_TRUE(equal(load_npy<double>(path), tensor<double>({0.1, -1e300})));
  save_npy(path, tensor<int64_t>({INT64_MIN, 0, INT64_MAX}));
  EXPECT_TRUE(equal(load_npy<int64_t>(path), tensor<int64_t>({INT64_MIN, 0, INT64_MAX})));
  save_npy(path, tensor<bool>({true, false}));
  EXPECT_TRUE(equal(load_npy<bool>(path), tensor<bool>({true, false})));
}

TEST(Npy, KeepsScalarsAndEmptyShapes) {
  const Scratch scratch;
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3, 0, 2}, Shape{1, 1, 1, 1, 1, 1, 1, 2}}) {
    save_npy(scratch.path("x.npy"), full(shape, 2));
    EXPECT_EQ(load_npy(scratch.path("x.npy")).shape(), shape);
  }
}

TEST(Npy, WritesAViewInItsOwnOrder) {
  const Scratch scratch;
  const Tensor x = arange(24).view({2, 3, 4}).transpose(0, 2).slice(1, 0, 3, 2);
  save_npy(scratch.path("x.npy"), x);
  EXPECT_TRUE(equal(load_npy(scratch.path("x.npy")), x));
}

TEST(Npy, StartsItsNumbersAtAMultipleOf64) {
  const Scratch scratch;
  save_npy(scratch.path("x.npy"), arange(3));
  const std::string bytes = read_file(scratch.path("x.npy"));
  EXPECT_EQ(bytes.size() % 64, 12U);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\1\0", 8));
  EXPECT_EQ(bytes.substr(10, 57), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, ), ");
}

TEST(Npy, ReadsWhatNumPyWrote) {
  const Tensor x = arange(6).view({2, 3}) / 4;
  EXPECT_TRUE(equal(load_npy(recorded_npy("float32.npy")), x));
  EXPECT_TRUE(equal(load_npy(recorded_npy("fortran.npy")), x));
  EXPECT_TRUE(equal(load_npy(recorded_npy("version2.npy")), x));
  EXPECT_TRUE(equal(load_npy(recorded_npy("version3.npy")), x));
  EXPECT_TRUE(equal(load_npy<double>(recorded_npy("float64.npy")), x.cast<double>()));
  EXPECT_TRUE(equal(load_npy<int64_t>(recorded_npy("int64.npy")), tensor<int64_t>({-1, 0, INT64_MAX})));
  EXPECT_TRUE(equal(load_npy<bool>(recorded_npy("bool.npy")), from_vector<bool>({true, false}, {2, 1})));
  EXPECT_EQ(load_npy(recorded_npy("scalar.npy")).item(), 2.5F);
  EXPECT_EQ(load_npy(recorded_npy("empty.npy")).shape(), Shape({0, 3}));
}

TEST(Npy, IsReadByNumPy) {
  const Scratch scratch;
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0)
    GTEST_SKIP() << "NumPy is not installed";
  save_npy(scratch.path("float32.npy"), arange(6).view({2, 3}) / 4);
  save_npy(scratch.path("float64.npy"), (arange<double>(6).view({2, 3}) / 4).t());
  save_npy(scratch.path("int64.npy"), tensor<int64_t>({-1, 0, INT64_MAX}));
  save_npy(scratch.path("bool.npy"), from_vector<bool>({true, false}, {2, 1}));
  save_npy(scratch.path("scalar.npy"), scalar(2.5));
  save_npy(scratch.path("empty.npy"), zeros({0, 3}));
  EXPECT_EQ(
      std::system(("/usr/bin/python3 " LIBTENSOR_SOURCE_DIR "/tests/golden/npy.py check " + scratch.folder())
                      .c_str()),
      0);
}

TEST(Npy, NamesTheElementTypeItFoundAndTheOneItWants) {
  const Scratch scratch;
  const std::string path =
      scratch.put("x.npy", npy_bytes("{'descr': '>f4', 'fortran_order': False, 'shape': (), }", "1234"));
  EXPECT_EQ(error_text<IoError>([&] { load_npy(path); }),
            "load_npy: '" + path + "', byte 65: expected float32 numbers ('<f4'), found '>f4'");
  EXPECT_EQ(error_text<IoError>([&] { load_npy<int64_t>(recorded_npy("record.npy")); }),
            "load_npy: '" + recorded_npy("record.npy") +
                "', byte 128: expected int64 numbers ('<i8'), found '[('a', '<f4'), ('b', '<i8')]'");
}

TEST(Npy, CountsTheBytesOfItsNumbers) {
  const Scratch scratch;
  const std::string longer = scratch.put("long.npy", npy_bytes(kPair, "123456789"));
  EXPECT_EQ(error_text<IoError>([&] { load_npy(longer); }),
            "load_npy: '" + longer + "', byte 68: expected 8 bytes of numbers for shape (2), found 9");
  const std::string vast = scratch.put(
      "vast.npy",
      npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }", ""));
  EXPECT_NE(error_text<IoError>([&] { load_npy(vast); }).find("expected more than 2^63 bytes"),
            std::string::npos);
}

TEST(Npy, RefusesAHeaderLongerThanTheFileWithoutAllocatingIt) {
  const Scratch scratch;
  const std::string path = scratch.put("x.npy", std::string("\x93NUMPY\2\0\xff\xff\xff\xff{", 13));
  EXPECT_EQ(
      error_text<IoError>([&] { load_npy(path); }),
      "load_npy: '" + path + "', byte 12: expected a header of 4294967295 bytes, but the file ends after 1");
}

TEST(Npy, NamesTheByteWhereAHeaderGoesWrong) {
  const Scratch scratch;
  const auto text_for = [&](const std::string& header) {
    const std::string path = scratch.put("x.npy", npy_bytes(header, ""));
    const std::string text = error_text<IoError>([&] { load_npy(path); });
    return text.substr(std::min(text.size(), text.find("byte")));
  };
  EXPECT_EQ(text_for(""), "byte 10: expected '{'");
  EXPECT_EQ(text_for("{}"), "byte 12: expected the keys 'descr', 'fortran_order' and 'shape'");
  EXPECT_EQ(text_for("{'descr' '<f4'}"), "byte 19: expected ':'");
  EXPECT_EQ(text_for("{'descr': '<f4}"), "byte 21: expected a closing quote");
  EXPECT_EQ(text_for("{'fortran_order': 1}"), "byte 28: expected True or False");
  EXPECT_EQ(text_for("{'shape': (-1,)}"), "byte 21: expected a size");
  EXPECT_EQ(text_for("{'shape': (99999999999999999999,)}"), "byte 21: expected a size");
  EXPECT_EQ(text_for("{'shape': (1,1,1,1,1,1,1,1,1)}"), "byte 38: expected at most 8 axes");
  EXPECT_EQ(text_for("{'colour': 1}"), "byte 20: unknown key 'colour'");
}

TEST(Npy, RefusesAFileTornAtAnyByte) {
  const Scratch scratch;
  save_npy(scratch.path("whole.npy"), arange(6).view({2, 3}));
  const std::string whole = read_file(scratch.path("whole.npy"));
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string path = scratch.put("torn.npy", whole.substr(0, length));
    EXPECT_NE(error_text<IoError>([&] { load_npy(path); }).find(path), std::string::npos) << length;
  }
}

TEST(Npy, ReadsOrRefusesAFileWithAnyOneByteChanged) {
  const Scratch scratch;
  save_npy(scratch.path("whole.npy"), arange(6).view({2, 3}));
  const std::string whole = read_file(scratch.path("whole.npy"));
  int refused = 0;
  for (size_t at = 0; at < 128; ++at) {
    for (const char byte : {'\0', '\xff', '9', ' ', '(', '\''}) {
      std::string changed = whole;
      changed[at] = byte;
      const std::string path = scratch.put("changed.npy", changed);
      refused += error_text<IoError>([&] { load_npy(path); }) != "no error";
    }
  }
  EXPECT_GT(refused, 300);  // all but the changes that leave the header's meaning alone
}

}  // namespace
}  // namespace lt
