/* Chain IDs (OCI image spec, config.md, "Layer ChainID"): one name for a stack of layers.
 *
 * ChainID(L0) = DiffID(L0); ChainID(L0..Ln) = sha256(ChainID(L0..Ln-1) + " " + DiffID(Ln)).
 */
#ifndef FOTHER_OCI_FORMAT_CHAIN_H
#define FOTHER_OCI_FORMAT_CHAIN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* ret_ids gets count texts, of each prefix of the diff IDs. An item that is not there or no digest ends it: those from
 * there on are not there. 0 or -1. */
int chain_ids(struct slice_list diff_ids, struct arena *arena, struct slice *ret_ids, struct error **err);

#endif
