/*
 * A UDP port over lwIP's raw API. Datagrams that come are copied out of lwIP's buffers and wait here, a bounded number of them and none
 * larger than a network's packet: this program is sent RTCP, DNS and the like.
 */
#ifndef ESP32_UDPPORT_H
#define ESP32_UDPPORT_H

#include <stddef.h>

#include "burst.h"
#include "iothread.h"

/** Bytes of the largest datagram that is accepted: Ethernet's MTU less the headers of IPv4 and UDP. Larger ones are dropped. */
#define UDP_PORT_LARGEST 1472

typedef struct udp_port udp_port_t;

typedef struct udp_datagram {
	struct udp_datagram *next;
	ip_addr_t address;
	uint16_t port;
	uint16_t length;
	uint8_t bytes[];
} udp_datagram_t;

typedef struct {
	/** The interface's, or any. */
	ip_addr_t address;
	/** 0: any free one. */
	uint16_t port;
	/** Other sockets may use the port, if they say so too. */
	bool shared;
	/** IP time to live, 1 to 255; 0: lwIP's default, and 1 for multicast. */
	uint8_t time_to_live;
	/** Address of the interface that multicast leaves by and groups are joined on. Any: the default interface sends, and groups are
	 *  joined on every interface. */
	ip_addr_t multicast_interface;
} udp_options_t;

/** @param deliver called with IO_READABLE; `io_state` tells how many datagrams wait
 *  @returns NULL when it cannot, and in `error` why: ERR_USE, ERR_MEM, ERR_VAL for an address that is no interface's */
udp_port_t *udp_port_open(const udp_options_t *options, void *owner, io_deliver_t deliver, err_t *error);
void *udp_port_owner(const io_node_t *node);
uint16_t udp_port_number(const udp_port_t *port);

/** @returns the oldest datagram, to be freed by the caller; NULL when none waits */
udp_datagram_t *udp_port_read(udp_port_t *port);
/** More may be read: they are told of again. */
void udp_port_remind(udp_port_t *port);

/** @param bytes copied once, into the packet
 *  @returns ERR_MEM when lwIP or the interface has no buffer now; nothing is sent then */
err_t udp_port_write(udp_port_t *port, const void *bytes, uint16_t length, const ip_addr_t *address, uint16_t number);

/** Sends a frame's packets until it is finished or `limit` of them have left (0: all): one hop for all of them.
 *  @param count gets the packets sent
 *  @returns as `udp_port_write`, of the packet that was refused: it will be made again; ERR_ARG when the packets do not fit the frame */
err_t udp_port_send(udp_port_t *port, burst_t *burst, const ip_addr_t *address, uint16_t number, uint32_t limit, uint32_t *count);

/** @returns ERR_USE for a group that is joined already, ERR_VAL for one that is not, ERR_MEM, ERR_IF without an interface */
err_t udp_port_join(udp_port_t *port, const ip_addr_t *group);
err_t udp_port_leave(udp_port_t *port, const ip_addr_t *group);

uint8_t udp_port_time_to_live(udp_port_t *port);
/** @param value 1 to 255, of all that is sent */
void udp_port_set_time_to_live(udp_port_t *port, uint8_t value);

/** Leaves its groups, and frees the port and the record. */
void udp_port_close(udp_port_t *port);

#endif
