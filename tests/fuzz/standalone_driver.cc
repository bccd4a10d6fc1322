// Runs a fuzz target without libFuzzer, so that every compiler and sanitizer can: all given inputs,
// then inputs made from them at random, the same ones for the same seed.
//
//   fuzz_NAME [--runs N] [--seed N] FILE_OR_FOLDER…
//
// Before each run the input is written to fuzz_NAME.input: after a crash it is what crashed.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/target.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongest = 16384;
constexpr int kMostChanges = 6;

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, std::uint64_t seed)
      : seeds_(seeds), random_(seed) {}

  std::string next() {
    std::string input = any(seeds_);
    for (std::size_t changes = 1 + below(kMostChanges); changes > 0; --changes) change(&input);
    input.resize(std::min(input.size(), kLongest));
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  template <typename List>
  std::string any(const List& list) {
    return std::string(list[below(std::size(list))]);
  }

  void change(std::string* input) {
    static constexpr std::string_view kTokens[] = {std::string_view("\0", 1),
                                                   "\n",
                                                   "\r\n",
                                                   "{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ": ",
                                                   "- ",
                                                   "'",
                                                   "\"",
                                                   "&a ",
                                                   "*a",
                                                   "!!",
                                                   "{hex}",
                                                   "{message}",
                                                   "hex: ff",
                                                   "-1",
                                                   "0",
                                                   "99999999999999999999",
                                                   "\xff",
                                                   "\xe2\x80\xae",
                                                   "1GiB",
                                                   "limit",
                                                   "d41d8cd98f00b204e9800998ecf8427e"};
    const std::size_t at = below(input->size() + 1);
    const std::size_t length = below(std::min<std::size_t>(64, input->size() - at + 1));
    switch (below(7)) {
      case 0:
        if (at < input->size()) (*input)[at] = static_cast<char>(random_());
        break;
      case 1:
        if (at < input->size()) (*input)[at] = static_cast<char>((*input)[at] ^ (1 << below(8)));
        break;
      case 2:
        input->erase(at, length);
        break;
      case 3:
        input->insert(at, any(kTokens));
        break;
      case 4:
        input->insert(below(input->size() + 1), input->substr(at, length));
        break;
      case 5: {  // another one's end behind this one's beginning
        const std::string other = any(seeds_);
        input->resize(at);
        input->append(other, below(other.size() + 1));
        break;
      }
      default: {
        const std::string token = any(kTokens);
        input->replace(at, std::min(token.size(), input->size() - at), token);
        break;
      }
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937_64 random_;
};

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void read_seeds(const fs::path& path, std::vector<std::string>* seeds) {
  if (!fs::is_directory(path)) {
    seeds->push_back(contents(path));
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) seeds->push_back(contents(file));
}

void run(const std::string& input, const std::string& kept) {
  std::ofstream(kept, std::ios::binary | std::ios::trunc) << input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 0;
  std::uint64_t seed = 1;
  std::vector<std::string> seeds;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--runs" && has_value) {
      runs = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--seed" && has_value) {
      seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      read_seeds(argv[i], &seeds);
    }
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "usage: %s [--runs N] [--seed N] FILE_OR_FOLDER...\n", argv[0]);
    return 2;
  }
  const std::string kept = fs::path(argv[0]).filename().string() + ".input";
  for (const std::string& input : seeds) run(input, kept);
  Mutator mutator(seeds, seed);
  for (std::uint64_t i = 0; i < runs; ++i) run(mutator.next(), kept);
  fs::remove(kept);
  std::printf("%zu given and %llu made inputs\n", seeds.size(),
              static_cast<unsigned long long>(runs));
  return 0;
}
