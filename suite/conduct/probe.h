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

// Connects and, over TLS, completes the handshake.
Case handshake_probe();

// The server never answered `probe`: one exchange tells as much as all cases would. Returns what
// that says of a case, from the judgement on the probe, which has a finding.
Judgement judgement_of_silence(const Case& one, const Judgement& on_probe);

}  // namespace md5spec
