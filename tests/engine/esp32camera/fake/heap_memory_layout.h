/* SPDX-License-Identifier: MIT */
#ifndef FAKE_HEAP_MEMORY_LAYOUT_H
#define FAKE_HEAP_MEMORY_LAYOUT_H

#define SOC_MEMORY_TYPE_NO_PRIOS 3

#endif
