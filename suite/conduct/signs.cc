#include "conduct/signs.h"

#include <algorithm>
#include <initializer_list>

namespace md5spec {
namespace {

bool found_any(const Judgement& judgement, std::initializer_list<Anomaly> such) {
  const auto is_such = [&](const Finding& f) {
    return std::find(such.begin(), such.end(), f.anomaly) != such.end();
  };
  return std::any_of(judgement.findings.begin(), judgement.findings.end(), is_such) ||
         std::any_of(judgement.impediments.begin(), judgement.impediments.end(), is_such);
}

}  // namespace

bool saw_no_service(const Judgement& judgement) {
  return found_any(judgement, {Anomaly::kRefused, Anomaly::kNoReply, Anomaly::kClosedInstead,
                               Anomaly::kNoHandshake});
}

bool was_cut_off(const Judgement& judgement) {
  return found_any(judgement, {Anomaly::kEarlyClose, Anomaly::kTruncated});
}

bool is_flawless(const Judgement& judgement) {
  return judgement.findings.empty() && judgement.impediments.empty() && judgement.oddities.empty();
}

}  // namespace md5spec
