/* SPDX-License-Identifier: MIT */
/*
 * Gives another process access to the numbers (numbers.h). Runs in its own thread, so that it does not disturb the
 * camera.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "numbers.h"

static void serve(FILE *in, FILE *out)
{
	char line[400], reply[2000];
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = 0;
		const char *bad = device_set_all(line);
		if (bad)
			fprintf(out, "{\"error\":\"%s\"}\n", bad);
		else {
			device_print(reply, sizeof(reply));
			fprintf(out, "%s\n", reply);
		}
		fflush(out);
	}
}

static void *listen_for_lines(void *data)
{
	int listener = (int)(long)data;
	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
		FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
		serve(in, out);
		fclose(in);
		fclose(out);
	}
	return NULL;
}

bool control_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	pthread_t thread;
	if (strlen(path) >= sizeof(address.sun_path))
		return false;
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 4) < 0
		|| pthread_create(&thread, NULL, listen_for_lines, (void *)(long)fd)) {
		close(fd);
		return false;
	}
	pthread_detach(thread);
	return true;
}
