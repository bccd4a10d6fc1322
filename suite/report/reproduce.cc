#include "report/reproduce.h"

#include <fmt/format.h>

#include "conduct/endpoint.h"
#include "text/bytes.h"

namespace md5spec {
namespace {

// Longer commands than this are no help to anybody.
constexpr std::uint64_t kLongestFrame = 2048;

}  // namespace

std::string reproduce_by(const PlannedCase& planned, const std::string& flags,
                         const GivenWords& given) {
  const std::string profile = given.profile.empty() ? planned.profile().name : given.profile;
  std::string command = fmt::format("md5spec run {}{}--profile {}", flags, flags.empty() ? "" : " ",
                                    shell_word(profile));
  for (const std::string& path : given.cases) command += " --cases " + shell_word(path);
  command += " --only " + planned.id();
  if (planned.run_seed() != 1) command += fmt::format(" --seed {}", planned.run_seed());
  if (planned.spec().tags.contains(std::string(kHugeTag)))
    command += fmt::format(" --tags {}", kHugeTag);
  if (!given.flags.empty()) command += " " + given.flags;
  return command;
}

std::string reproduce(const PlannedCase& planned, const std::string& target,
                      const GivenWords& given) {
  const Case& one = planned.spec();
  const Profile& profile = planned.profile();
  if (!one.short_form || profile.tls || one.message().size_for(profile) > kLongestFrame)
    return reproduce_by(planned, "--target " + target, given);
  ScriptMessage source;
  source.source = one.message();
  const auto message = planned.message(source, 0, 0);
  const HostPort server = parse_host_port(target);
  // -N ends the sending side when printf is done; otherwise a second is left for the reply.
  const char* const patience = profile.framing == Framing::kHalfClose ? "-N" : "-q1";
  const std::string show = profile.reply.encoding() == Encoding::kRaw ? " | od -An -tx1" : "";
  return fmt::format("printf {} | nc {} {} {}{}", printf_word(message->framed()), patience,
                     server.host, server.port, show);
}

}  // namespace md5spec
