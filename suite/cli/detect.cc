#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "conduct/detector.h"
#include "report/files.h"
#include "report/results.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct DetectOptions {
  std::string target;
  std::string output;
  bool json = false;
  double timeout_scale = 1;
};

// Before anything is probed: whether the profile can be written at all.
void check_output(const std::string& path) {
  if (path.empty()) return;
  const std::string extension = fs::path(path).extension().string();
  if (extension != ".yaml" && extension != ".yml")
    throw UsageError(
        fmt::format("-o {}: a profile's file ends in .yaml or .yml", displayable(path)));
  check_folder("-o", path);
}

int status_of(const Detection& detection) {
  switch (detection.outcome) {
    case Detection::Outcome::kFound:
      return kExitGood;
    case Detection::Outcome::kUnrecognised:
      return kExitFailed;
    case Detection::Outcome::kSilent:
    case Detection::Outcome::kUnreachable:
      return kExitInconclusive;
  }
  return kExitSuiteFault;
}

std::string_view name_of(Detection::Outcome outcome) {
  switch (outcome) {
    case Detection::Outcome::kFound:
      return "found";
    case Detection::Outcome::kUnrecognised:
      return "unrecognised";
    case Detection::Outcome::kSilent:
      return "silent";
    case Detection::Outcome::kUnreachable:
      return "unreachable";
  }
  return "unreachable";
}

std::string_view name_of(Observation::End end) {
  switch (end) {
    case Observation::End::kOpen:
      return "left open";
    case Observation::End::kOrderly:
      return "closed by the server";
    case Observation::End::kReset:
      return "reset by the server";
    case Observation::End::kFlood:
      return "flooded";
  }
  return "left open";
}

// The profile's file: its keys, and beside each how sure it is.
std::string profile_file(const Detection& detection) {
  const Profile& profile = detection.conclusion.profile;
  std::string text =
      "# Written by md5spec detect. Read it before you rely on it: what is likely or assumed may "
      "be wrong.\n";
  for (const std::string& doubt : detection.conclusion.doubts)
    text += fmt::format("# {}\n", displayable(doubt));
  const std::string yaml = to_yaml(profile);
  // The first two lines are name and title, the others the keys in their order.
  const std::size_t keys = yaml.find('\n', yaml.find('\n') + 1) + 1;
  text += yaml.substr(0, keys);
  for (const KeyFinding& key : detection.conclusion.keys)
    text += fmt::format("{}: {}  # {}: {}\n", key.key, key.value, name_of(key.certainty),
                        displayable(key.because));
  return text;
}

std::string in_words(const Probe::Step& step) {
  std::string words = step.bytes.empty() ? "" : in_quotes(step.bytes, 48);
  if (step.half_close) words += words.empty() ? "end of stream" : " and end of stream";
  return words;
}

std::string in_words(const Observation& seen) {
  if (!seen.connected) return "no connection";
  std::string words;
  if (!seen.banner.empty()) words += fmt::format("banner {}; ", in_quotes(seen.banner, 48));
  for (std::size_t i = 0; i < seen.came.size(); ++i) {
    words += fmt::format("{} -> {}; ", in_words(seen.probe.steps[i]),
                         seen.came[i].empty() ? "nothing" : in_quotes(seen.came[i], 72));
  }
  return words + std::string(name_of(seen.end));
}

std::string summary(const Detection& detection) {
  return fmt::format("{} connection{}, {:.1f} s{}", detection.connections,
                     detection.connections == 1 ? "" : "s",
                     static_cast<double>(detection.duration.count()) / 1e6,
                     detection.out_of_time ? ", out of time" : "");
}

std::string to_text(const Detection& detection, const DetectOptions& options) {
  std::string text;
  for (const Observation& seen : detection.seen)
    text += fmt::format("  tried  {}\n", in_words(seen));
  if (detection.outcome != Detection::Outcome::kFound) return text;
  for (const KeyFinding& key : detection.conclusion.keys)
    text += fmt::format("  {:<8}{:<14}{:<24}  {}\n", name_of(key.certainty), key.key,
                        displayable(key.value), displayable(key.because));
  for (const std::string& doubt : detection.conclusion.doubts)
    text += fmt::format("  note: {}\n", displayable(doubt));
  if (options.output.empty()) {
    text += fmt::format("\n{}", profile_file(detection));
  } else {
    text += fmt::format(
        "Wrote {}. Test the server against it:\n  md5spec run --target {} --profile {}\n",
        displayable(options.output), shell_word(options.target), shell_word(options.output));
  }
  return text;
}

std::string headline(const Detection& detection, const DetectOptions& options) {
  std::string who = displayable(options.target);
  switch (detection.outcome) {
    case Detection::Outcome::kFound:
      return fmt::format("{} answers with MD5 digests, {}{} ({})", who,
                         md5spec::name_of(detection.conclusion.profile.framing),
                         detection.conclusion.profile.tls ? ", over TLS" : "", summary(detection));
    case Detection::Outcome::kUnrecognised:
      return fmt::format("{}: no format recognised: {} ({})", who, displayable(detection.why),
                         summary(detection));
    case Detection::Outcome::kSilent:
      return fmt::format("{}: never answers: {} ({}; --timeout-scale 3 waits longer)", who,
                         displayable(detection.why), summary(detection));
    case Detection::Outcome::kUnreachable:
      return fmt::format("{}: unreachable: {}", who, displayable(detection.why));
  }
  return who;
}

Json to_json(const Observation& seen) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < seen.came.size(); ++i) {
    const Probe::Step& step = seen.probe.steps[i];
    steps.push_back({{"sent", hex(step.bytes)},
                     {"half_close", step.half_close},
                     {"received", hex(std::string_view(seen.came[i]).substr(0, 1024))},
                     {"received_bytes", seen.came[i].size()}});
  }
  return {{"connected", seen.connected},
          {"banner", hex(std::string_view(seen.banner).substr(0, 1024))},
          {"steps", std::move(steps)},
          {"end", name_of(seen.end)}};
}

std::string to_json(const Detection& detection, const DetectOptions& options) {
  Json json = {
      {"format", "md5spec-detection/1"},      {"target", displayable(options.target)},
      {"server", detection.server},           {"outcome", name_of(detection.outcome)},
      {"connections", detection.connections}, {"duration_ms", detection.duration.count() / 1000},
      {"out_of_time", detection.out_of_time}};
  if (detection.outcome == Detection::Outcome::kFound) {
    json["profile_text"] = profile_file(detection);
    Json keys = Json::array();
    for (const KeyFinding& key : detection.conclusion.keys)
      keys.push_back({{"key", key.key},
                      {"value", displayable(key.value)},
                      {"certainty", name_of(key.certainty)},
                      {"because", displayable(key.because)}});
    json["keys"] = std::move(keys);
    Json doubts = Json::array();
    for (const std::string& doubt : detection.conclusion.doubts)
      doubts.push_back(displayable(doubt));
    json["doubts"] = std::move(doubts);
  } else {
    json["reason"] = displayable(detection.why);
  }
  Json tried = Json::array();
  for (const Observation& seen : detection.seen) tried.push_back(to_json(seen));
  json["tried"] = std::move(tried);
  constexpr bool kAscii = true;
  return json.dump(1, ' ', kAscii) + "\n";
}

int detect_format(const DetectOptions& options) {
  const HostPort target = parse_host_port(options.target);
  check_output(options.output);
  DetectionPace pace;
  pace.scale(options.timeout_scale);
  const Detection detection = detect(target, pace);
  const bool found = detection.outcome == Detection::Outcome::kFound;
  if (found && !options.output.empty()) write_file(options.output, profile_file(detection));
  if (options.json) {
    fmt::print("{}", to_json(detection, options));
  } else if (found) {
    fmt::print("{}\n{}", headline(detection, options), to_text(detection, options));
  } else {
    fmt::print("{}", to_text(detection, options));
    std::fflush(stdout);
    fmt::print(stderr, "md5spec: {}\n", headline(detection, options));
  }
  return status_of(detection);
}

}  // namespace

void add_detect(CLI::App& app, Command* chosen) {
  auto options = std::make_shared<DetectOptions>();
  CLI::App* command = app.add_subcommand(
      "detect", "Finds out by probing what wire format a server speaks, and writes a profile.");
  command
      ->add_option("--target", options->target,
                   "HOST:PORT of the server; HOST may be a name, IPv4 or [IPv6]")
      ->required()
      ->envname("MD5SPEC_TARGET");
  command->add_option("-o,--output", options->output,
                      "Write the profile there (.yaml); without it, it is printed");
  command->add_flag("--json", options->json, "Print all that was found as JSON");
  command
      ->add_option("--timeout-scale", options->timeout_scale,
                   "Multiplies all waiting, for slow servers and networks")
      ->check(CLI::Range(0.1, 100.0));
  command->footer(
      "Exit status: 0 found, 1 it answers but no format was recognised, 2 bad usage, 3 it can't be "
      "reached\nor never answers.");
  command->callback([options, chosen] { *chosen = [options] { return detect_format(*options); }; });
}

}  // namespace md5spec
