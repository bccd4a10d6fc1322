// The exchanges that come before all cases, and what cases have from them where the server never
// answered.
#pragma once

#include "catalogue/case.h"
#include "judge/finding.h"

namespace md5spec {

// A plain exchange.
Case probe(const Profile& profile);

// Connects, sends nothing and watches: does the connection stay open?
Case silent_probe();

// The exchange again, which judges TLS: a server may refuse a handshake that is complete for its
// client (RFC 8446, section 4.4.2.4).
Case handshake_probe(const Profile& profile);

// The server never answered `probe`: one exchange tells as much as all cases would. Returns what
// that says of a case, from the judgement on the probe, which has a finding.
Judgement judgement_of_silence(const Case& one, const Judgement& on_probe);

}  // namespace md5spec
