/* SPDX-License-Identifier: MIT */
#ifndef DEVICE_ETHERNET_H
#define DEVICE_ETHERNET_H

/** Adds the interface 10.0.2.15/24 with the router 10.0.2.2. Called in lwIP's thread. */
void ethernet_open(int descriptor);

#endif
