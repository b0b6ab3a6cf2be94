/* Internal memory that only the camera's driver can take. */
#ifndef CAMERA_MEMORY_H
#define CAMERA_MEMORY_H

/* Sets it aside, for good; a second call has no effect. Before the driver is opened, and by one thread. */
void camera_memory_reserve(void);

#endif
