/* SPDX-License-Identifier: MIT */
/*
 * Connects the device to the system's own TCP: tap PROGRAM [ARGUMENT]...
 *
 * Run it as root in a separate network namespace. It creates a TAP interface with the address 10.0.2.2/24 and executes
 * the program with the other side of the interface as its link: descriptor 3, which DEVICE_LINK names. The device's
 * address is 10.0.2.15.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINK = 3 };

static void fail(const char *what)
{
	fprintf(stderr, "tap: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void set_address(int fd, unsigned long request, const char *name, const char *text)
{
	struct ifreq ask = { 0 };
	struct sockaddr_in *address = (struct sockaddr_in *)&ask.ifr_addr;
	strcpy(ask.ifr_name, name);
	address->sin_family = AF_INET;
	inet_aton(text, &address->sin_addr);
	if (ioctl(fd, request, &ask) < 0)
		fail(text);
}

int main(int argc, char **argv)
{
	struct ifreq ask = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	if (argc < 2) {
		fprintf(stderr, "usage: tap PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC), any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (tap < 0 || any < 0)
		fail("/dev/net/tun");
	strcpy(ask.ifr_name, "device%d");
	if (ioctl(tap, TUNSETIFF, &ask) < 0)
		fail("TUNSETIFF");
	set_address(any, SIOCSIFADDR, ask.ifr_name, "10.0.2.2");
	set_address(any, SIOCSIFNETMASK, ask.ifr_name, "255.255.255.0");
	ask.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(any, SIOCSIFFLAGS, &ask) < 0)
		fail("SIOCSIFFLAGS");
	if (dup2(tap, LINK) < 0 || fcntl(LINK, F_SETFD, 0) < 0)
		fail("link");
	setenv("DEVICE_LINK", "3", 1);
	execvp(argv[1], argv + 1);
	fail(argv[1]);
}
