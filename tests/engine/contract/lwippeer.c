/* SPDX-License-Identifier: MIT */
/*
 * Natives of tests/engine/host/descriptors.ts over lwIP. Control blocks take the place of descriptors, and the peer
 * uses lwIP's raw API instead of system calls.
 */
#include <string.h>

#include "xsmc.h"
#include "mc.xs.h"

#include "lwip/dns.h"
#include "lwip/priv/tcpip_priv.h"
#include "lwip/tcp.h"
#include "numbers.h"

/** Number of control blocks, without those in TIME-WAIT. */
void xs_descriptors_count(xsMachine *the)
{
	long time_wait = 0;
	device_get("timeWait", &time_wait);
	xsmcSetInteger(xsResult, (int32_t)(device_tcp_count - time_wait + device_listener_count + device_udp_count));
}

/** limit(more): limits the number of additional connections; negative: removes the limit. */
void xs_descriptors_limit(xsMachine *the)
{
	static long before;
	int32_t more = xsmcToInteger(xsArg(0));
	if (!before)
		before = device_tcp_limit;
	device_tcp_limit = more < 0 ? before : device_tcp_count + more;
}

/* ---- the peer ---- */

enum {
	PEERS = 64,
	/* timeout for a connection that is not accepted, milliseconds */
	PATIENCE = 2000,
};

typedef struct peer {
	struct tcp_pcb *pcb;
	/** Received bytes, in one chain. */
	struct pbuf *unread;
	bool ended;
	/** This end has sent its FIN. */
	bool finished;
	sys_sem_t decided;
} peer_t;

static peer_t peers[PEERS];

typedef struct peer_call {
	struct tcpip_api_call_data call;
	peer_t *peer;
	void *bytes;
	uint16_t length;
	int32_t result;
} peer_call_t;

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
	(void)pcb, (void)error;
	sys_sem_signal(&((peer_t *)arg)->decided);
	return ERR_OK;
}

/** Removes the callbacks and leaves the connection to lwIP. */
static void leave(peer_t *peer)
{
	tcp_arg(peer->pcb, NULL);
	tcp_recv(peer->pcb, NULL);
	tcp_err(peer->pcb, NULL);
	peer->pcb = NULL;
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *packet, err_t error)
{
	peer_t *peer = arg;
	(void)pcb, (void)error;
	if (!packet) {
		peer->ended = true;
		/* in TIME_WAIT from now on; lwIP does not report its end */
		if (peer->finished)
			leave(peer);
	}
	else if (peer->unread)
		pbuf_cat(peer->unread, packet);
	else
		peer->unread = packet;
	return ERR_OK;
}

static void on_lost(void *arg, err_t error)
{
	peer_t *peer = arg;
	(void)error;
	peer->pcb = NULL;
	peer->ended = true;
	sys_sem_signal(&peer->decided);
}

static err_t connect_in_lwip(struct tcpip_api_call_data *data)
{
	peer_call_t *call = (peer_call_t *)(void *)data;
	ip_addr_t address;
	struct tcp_pcb *pcb = tcp_new();
	IP_ADDR4(&address, 127, 0, 0, 1);
	call->peer->pcb = pcb;
	if (!pcb)
		return ERR_OK;
	tcp_arg(pcb, call->peer);
	tcp_recv(pcb, on_received);
	tcp_err(pcb, on_lost);
	tcp_connect(pcb, &address, call->length, on_connected);
	return ERR_OK;
}

static err_t close_in_lwip(struct tcpip_api_call_data *data)
{
	peer_t *peer = ((peer_call_t *)(void *)data)->peer;
	struct tcp_pcb *pcb = peer->pcb;
	if (pcb) {
		leave(peer);
		if (tcp_close(pcb) != ERR_OK)
			tcp_abort(pcb);
	}
	if (peer->unread)
		pbuf_free(peer->unread);
	return ERR_OK;
}

static void close_peer(peer_t *peer)
{
	peer_call_t call = { .peer = peer };
	tcpip_api_call(close_in_lwip, &call.call);
	sys_sem_free(&peer->decided);
	*peer = (peer_t){ 0 };
}

static err_t write_in_lwip(struct tcpip_api_call_data *data)
{
	peer_call_t *call = (peer_call_t *)(void *)data;
	call->result =
		call->peer->pcb ? tcp_write(call->peer->pcb, call->bytes, call->length, TCP_WRITE_FLAG_COPY) : ERR_CLSD;
	if (call->result == ERR_OK)
		tcp_output(call->peer->pcb);
	return ERR_OK;
}

static err_t finish_in_lwip(struct tcpip_api_call_data *data)
{
	peer_t *peer = ((peer_call_t *)(void *)data)->peer;
	if (peer->pcb && tcp_shutdown(peer->pcb, 0, 1) == ERR_OK)
		peer->finished = true;
	return ERR_OK;
}

static err_t receive_in_lwip(struct tcpip_api_call_data *data)
{
	peer_call_t *call = (peer_call_t *)(void *)data;
	peer_t *peer = call->peer;
	if (!peer->unread) {
		call->result = peer->ended ? 0 : -1;
		return ERR_OK;
	}
	uint16_t count = pbuf_copy_partial(peer->unread, call->bytes, call->length, 0);
	peer->unread = pbuf_free_header(peer->unread, count);
	if (peer->pcb)
		tcp_recved(peer->pcb, count);
	call->result = count;
	return ERR_OK;
}

/* ---- natives ---- */

static peer_t *peer_of(xsMachine *the, xsSlot *slot)
{
	return &peers[xsmcToInteger(*slot)];
}

/** connect(port): a connection to a listener of this program. @returns its number */
void xs_peer_connect(xsMachine *the)
{
	int32_t number = 0;
	while (number < PEERS && peers[number].decided)
		number += 1;
	if (number == PEERS || sys_sem_new(&peers[number].decided, 0) != ERR_OK)
		xsUnknownError("no peer left");
	peer_t *peer = &peers[number];
	peer_call_t call = { .peer = peer, .length = (uint16_t)xsmcToInteger(xsArg(0)) };
	tcpip_api_call(connect_in_lwip, &call.call);
	if (!peer->pcb || sys_arch_sem_wait(&peer->decided, PATIENCE) == SYS_ARCH_TIMEOUT || peer->ended) {
		close_peer(peer);
		xsUnknownError("no connection");
	}
	xsmcSetInteger(xsResult, number);
}

/** send(number, text, urgent): lwIP sends no urgent data. */
void xs_peer_send(xsMachine *the)
{
	char *text = xsmcToString(xsArg(1));
	if (xsmcTest(xsArg(2)))
		xsUnknownError("lwIP sends no urgent data");
	peer_call_t call = { .peer = peer_of(the, &xsArg(0)), .bytes = text, .length = (uint16_t)strlen(text) };
	tcpip_api_call(write_in_lwip, &call.call);
	if (call.result != ERR_OK)
		xsUnknownError("not sent");
}

/** finish(number): ends the sending direction; receiving continues. */
void xs_peer_finish(xsMachine *the)
{
	peer_call_t call = { .peer = peer_of(the, &xsArg(0)) };
	tcpip_api_call(finish_in_lwip, &call.call);
}

/** receive(number, buffer): reads available bytes. @returns their number; 0 at the end, -1 if none are available */
void xs_peer_receive(xsMachine *the)
{
	peer_call_t call = { .peer = peer_of(the, &xsArg(0)) };
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(1), &call.bytes, &length);
	call.length = (uint16_t)length;
	tcpip_api_call(receive_in_lwip, &call.call);
	xsmcSetInteger(xsResult, call.result);
}

void xs_peer_close(xsMachine *the)
{
	close_peer(peer_of(the, &xsArg(0)));
}

/* ---- the name server ---- */

static err_t use_server_in_lwip(struct tcpip_api_call_data *data)
{
	ip_addr_t address;
	(void)data;
	IP_ADDR4(&address, 127, 0, 0, 1);
	dns_setserver(0, &address);
	return ERR_OK;
}

void xs_names_useOwnServer(xsMachine *the)
{
	struct tcpip_api_call_data call;
	(void)the;
	tcpip_api_call(use_server_in_lwip, &call);
}

/* ---- lwIP's resources and their limits (tests/device/lwip/numbers.h) ---- */

void xs_numbers_get(xsMachine *the)
{
	long value;
	if (!device_get(xsmcToString(xsArg(0)), &value))
		xsRangeError("no number of this name");
	xsmcSetNumber(xsResult, (double)value);
}

void xs_numbers_set(xsMachine *the)
{
	long value = xsmcToInteger(xsArg(1));
	if (!device_set(xsmcToString(xsArg(0)), value))
		xsRangeError("no number of this name");
}
