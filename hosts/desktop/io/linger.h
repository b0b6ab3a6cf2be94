/* SPDX-License-Identifier: MIT */
#ifndef DESKTOP_LINGER_H
#define DESKTOP_LINGER_H

#include <stdbool.h>
#include <stdint.h>

/** Sends a closed connection's last bytes in the background, for at most 5 seconds, then closes the descriptor.
 *  @param fd non-blocking, not watched by the loop
 *  @param bytes from malloc
 *  @returns true if it has taken over descriptor and memory;
 *    false if too many sockets are pending or memory is short */
bool linger(int fd, uint8_t *bytes, uint32_t offset, uint32_t length);

#endif
