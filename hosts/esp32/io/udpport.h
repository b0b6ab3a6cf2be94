/* SPDX-License-Identifier: MIT */
/*
 * A UDP port over lwIP's raw API. Received datagrams are copied out of lwIP's buffers and wait here. Their number is
 * bounded, and none is larger than a network packet: this program receives only RTCP, DNS and the like.
 */
#ifndef ESP32_UDPPORT_H
#define ESP32_UDPPORT_H

#include <stddef.h>

#include "burst.h"
#include "iothread.h"

/** Bytes of the largest datagram that is accepted: Ethernet's MTU less the headers of IPv4 and UDP. Larger ones are
 *  dropped. */
#define UDP_PORT_LARGEST 1472

typedef struct udp_port udp_port_t;

typedef struct udp_datagram {
	struct udp_datagram *next;
	ip_addr_t address;
	ip_addr_t destination;
	uint16_t port;
	uint16_t length;
	/** Index of the interface on which it came. */
	uint8_t interface;
	uint8_t bytes[];
} udp_datagram_t;

typedef struct {
	/** An interface's, or any. */
	ip_addr_t address;
	/** 0: any free port. */
	uint16_t port;
	/** Other sockets may use the port if they set this as well. */
	bool shared;
	/** IP time to live, 1 to 255; 0: lwIP's default, and 1 for multicast. */
	uint8_t time_to_live;
	/** Address of the interface for sending multicast and joining groups. Any: the default interface sends, and groups
	 *  are joined on every interface. */
	ip_addr_t multicast_interface;
} udp_options_t;

/** @param deliver called with IO_READABLE
 *  @returns NULL on failure, with the reason in `error`: ERR_USE, ERR_MEM, ERR_VAL if no interface has the address */
udp_port_t *udp_port_open(const udp_options_t *options, void *owner, io_deliver_t deliver, err_t *error);
void *udp_port_owner(const io_node_t *node);
uint16_t udp_port_number(const udp_port_t *port);

/** @returns the number of pending datagrams */
uint32_t udp_port_waiting(const udp_port_t *port);
/** @returns the oldest datagram, to be freed by the caller, or NULL */
udp_datagram_t *udp_port_read(udp_port_t *port);
/** Raises IO_READABLE again for datagrams that are still pending. */
void udp_port_remind(udp_port_t *port);

/** @param interface index of the interface that sends; 0: chosen by the routes
 *  @param bytes copied once, into the packet
 *  @returns ERR_MEM if lwIP or the interface has no buffer at the moment; nothing is sent then */
err_t udp_port_write(
	udp_port_t *port, const void *bytes, uint16_t length, const ip_addr_t *address, uint16_t number, uint8_t interface);

/** Sends a frame's packets, in one call to lwIP's thread,
 *  until the frame is finished or `limit` packets are sent (0: all).
 *  @param count receives the number of packets sent
 *  @returns as `udp_port_write` for a refused packet, which the next call makes again;
 *    ERR_ARG if the packets do not fit the frame */
err_t udp_port_send(
	udp_port_t *port, burst_t *burst, const ip_addr_t *address, uint16_t number, uint32_t limit, uint32_t *count);

/** @param interface index of the interface; 0: the one that the options name
 *  @returns ERR_USE if the group is already joined, ERR_VAL if it is not joined, ERR_MEM,
 *  ERR_IF without an interface */
err_t udp_port_join(udp_port_t *port, const ip_addr_t *group, uint8_t interface);
err_t udp_port_leave(udp_port_t *port, const ip_addr_t *group, uint8_t interface);

uint8_t udp_port_time_to_live(udp_port_t *port);
/** Sets the time to live of everything that is sent. @param value 1 to 255 */
void udp_port_set_time_to_live(udp_port_t *port, uint8_t value);

/** Leaves the port's groups, and frees the port and the record. */
void udp_port_close(udp_port_t *port);

#endif
