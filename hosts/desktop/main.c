/* SPDX-License-Identifier: MIT */
/*
 * The desktop host's command line: rtsp-camera APPLICATION [--heap[=SLOTS:BYTES]] [--send-buffer N] [--no-gso]
 * [program's options]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "machine.h"

host_options_t host_options;

__attribute__((weak)) void host_network_open(xsMachine *the)
{
	/* the system's network needs no start */
	(void)the;
}

static int usage(const char *message)
{
	fprintf(stderr, "%s\n", message);
	return 2;
}

/** Raises the soft limit of file descriptors to the hard one. Many systems set it to 1024, for programs that use
 *  select(2); a client takes one descriptor. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	/* if it fails, the listener tells the user when it matters */
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(
			"usage: rtsp-camera APPLICATION [--heap[=SLOTS:BYTES]] [--send-buffer BYTES] [--no-gso] [options]");
	host_options.application = argv[1];
	host_options.argv = calloc((size_t)argc + 1, sizeof(char *));
	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--heap"))
			host_options.fixed_heap = true;
		else if (!strncmp(argv[i], "--heap=", 7)) {
			/* overrides the manifest's sizes, to find out how much memory the program needs */
			int slots, bytes, length = 0;
			if (sscanf(argv[i] + 7, "%d:%d%n", &slots, &bytes, &length) != 2 || argv[i][7 + length] || slots < 256
				|| bytes < 1024)
				return usage(
					"--heap takes the number of slots and the bytes for chunks, for example --heap=4096:65536");
			host_options.fixed_heap = true;
			host_options.heap_slots = slots;
			host_options.chunk_bytes = bytes;
		}
		else if (!strcmp(argv[i], "--send-buffer")) {
			char *end = "";
			long value = i + 1 < argc ? strtol(argv[++i], &end, 10) : 0;
			if (*end || value < 4096 || value > 16 * 1024 * 1024)
				return usage("--send-buffer takes the size of a TCP socket's send buffer in bytes, 4096 to 16777216 "
							 "(28720 on a board)");
			host_options.send_buffer = (int32_t)value;
		}
		else if (!strcmp(argv[i], "--no-gso"))
			host_options.no_gso = true;
		else
			host_options.argv[host_options.argc++] = argv[i];
	}
	/* a write to a closed connection fails with EPIPE instead of ending the program */
	signal(SIGPIPE, SIG_IGN);
	raise_descriptor_limit();
	setvbuf(stdout, NULL, _IOLBF, 0);
	xsMachine *the = host_machine_create();
	if (!the)
		return usage("not enough memory for the XS machine");
	host_network_open(the);
	host_import(the, "main");
	int status = loop_run(the);
	host_machine_delete(the);
	free(host_options.argv);
	return status;
}
