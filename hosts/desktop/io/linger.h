#ifndef DESKTOP_LINGER_H
#define DESKTOP_LINGER_H

#include <stdbool.h>
#include <stdint.h>

/** Goes on sending a closed connection's last bytes, for some seconds at most.
 *  @param fd non-blocking, in no watch of the loop
 *  @param bytes from malloc
 *  @returns true: descriptor and memory are its own from now on; false: nothing was taken, for too many wait already */
bool linger(int fd, uint8_t *bytes, uint32_t offset, uint32_t length);

#endif
