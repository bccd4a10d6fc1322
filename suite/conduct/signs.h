// What a case's judgement lets one suspect of the server as a whole, or of the case's company.
#pragma once

#include "judge/finding.h"

namespace md5spec {

// The server may be gone.
bool saw_no_service(const Judgement& judgement);

// The server may have gone in the middle of it.
bool was_cut_off(const Judgement& judgement);

// Nothing whatever was seen amiss.
bool is_flawless(const Judgement& judgement);

}  // namespace md5spec
