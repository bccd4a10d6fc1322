#include "conduct/probe.h"

#include <algorithm>
#include <utility>

#include "target/framing.h"

namespace md5spec {
namespace {

MessageSource literal(std::string text) {
  MessageSource source;
  source.bytes = std::move(text);
  return source;
}

// A message that the server claims to take, as plain as can be had.
MessageSource plain_message(const Profile& profile) {
  for (const char* text : {"Hello, server!", "hello", "HELLO", "1234567890"}) {
    if (!why_unsendable(profile, text)) return literal(text);
  }
  return literal("Hello, server!");
}

}  // namespace

Case probe(const Profile& profile) {
  Case one;
  one.group = "preflight";
  one.name = "exchange";
  one.requirements = {"DIG-1"};
  one.script = exchange_script(plain_message(profile), std::nullopt, Location());
  return one;
}

Case silent_probe() {
  Case one;
  one.group = "preflight";
  one.name = "silence";
  one.requirements = {"CON-1"};
  SilenceStep silence;
  silence.on = "main";
  silence.time.kind = TimeExpression::Kind::kPause;  // over at once where the server hangs up
  one.script.push_back({Location(), ConnectStep{"main"}});
  one.script.push_back({Location(), silence});
  return one;
}

Case handshake_probe(const Profile& profile) {
  Case one = probe(profile);
  one.name = "handshake";
  one.requirements = {"SEC-1"};
  return one;
}

Judgement judgement_of_silence(const Case& one, const Judgement& on_probe) {
  const Finding& finding = on_probe.findings.front();
  const auto& judged = one.requirements;
  const bool own = std::find(judged.begin(), judged.end(), finding.requirement) != judged.end();
  Judgement judgement;
  judgement.observations = on_probe.observations;
  judgement.hindrance = on_probe.hindrance;
  (own ? judgement.findings : judgement.impediments).push_back(finding);
  judgement.notes.emplace_back("not carried out: the exchange before all cases went unanswered");
  return judgement;
}

}  // namespace md5spec
