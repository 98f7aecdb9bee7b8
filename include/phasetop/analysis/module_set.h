/** Module sets: which modules of a run a setting selects. Changing the set reads no file: Grams are summed.
 */
#ifndef PHASETOP_ANALYSIS_MODULE_SET_H
#define PHASETOP_ANALYSIS_MODULE_SET_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Does `set` select the module?
 *
 *   ""            every module
 *   GLOB          the glob matches the module's name, whole (`*.q_proj`, `model.layers.2?.*`)
 *   ADAPTER:GLOB  the adapter's name too; `style:*` is all of adapter "style"
 *   layers=A-B    layer numbers A to B, both included; `layers=A` one layer
 *
 * @param adapter  "default" or the adapter's own name; "" for a plain network
 */
bool pt_module_set_selects(const char *set, const char *adapter, const char *module);

/** Layer number of a module's name: its first component made of digits alone; -1 when it has none. */
int64_t pt_module_layer(const char *module);

/** Is `set` of a form that pt_module_set_selects understands? (`layers=` wants numbers, A <= B.) */
bool pt_module_set_valid(const char *set);

#endif
