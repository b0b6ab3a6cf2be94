/* SPDX-License-Identifier: MIT */
/*
 * Generates traffic in lwIP's own thread, which does not wait for JavaScript's: datagrams to a port, and clients of a
 * listener that send something and then close, shut down their sending direction or abort.
 * This makes both threads access their shared data at the same time.
 */
#include "xsmc.h"
#include "mc.xs.h"

#include "lwip/priv/tcpip_priv.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"
#include "lwip/udp.h"

enum {
	/* concurrent clients */
	CLIENTS = 4,
	/* turns between two clients */
	PAUSE = 16,
};

static struct {
	struct udp_pcb *sender;
	uint16_t udp_port, tcp_port;
	int clients;
	uint32_t turns, connections;
	bool stopping;
} churn;

static void gone(void *arg, err_t error)
{
	(void)arg, (void)error;
	churn.clients -= 1;
}

static void leave(struct tcp_pcb *pcb)
{
	tcp_err(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	churn.clients -= 1;
}

static err_t sent(void *arg, struct tcp_pcb *pcb, u16_t length)
{
	(void)arg, (void)length;
	switch (churn.connections % 3) {
	case 0:
		leave(pcb);
		if (tcp_close(pcb) == ERR_OK)
			return ERR_OK;
		tcp_abort(pcb);
		return ERR_ABRT;
	case 1:
		/* the FIN first, then the reset */
		tcp_shutdown(pcb, 0, 1);
		tcp_output(pcb);
		leave(pcb);
		tcp_abort(pcb);
		return ERR_ABRT;
	default:
		leave(pcb);
		tcp_abort(pcb);
		return ERR_ABRT;
	}
}

static err_t connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
	(void)arg, (void)error;
	churn.connections += 1;
	tcp_sent(pcb, sent);
	return tcp_write(pcb, "churn", 5, 0);
}

static void connect(void)
{
	ip_addr_t address;
	struct tcp_pcb *pcb = tcp_new();
	IP_ADDR4(&address, 127, 0, 0, 1);
	if (!pcb)
		return;
	churn.clients += 1;
	tcp_err(pcb, gone);
	if (tcp_connect(pcb, &address, churn.tcp_port, connected) != ERR_OK)
		tcp_abort(pcb);
}

static void send_datagram(void)
{
	ip_addr_t address;
	struct pbuf *packet = pbuf_alloc(PBUF_TRANSPORT, 100, PBUF_RAM);
	IP_ADDR4(&address, 127, 0, 0, 1);
	if (!packet)
		return;
	udp_sendto(churn.sender, packet, &address, churn.udp_port);
	pbuf_free(packet);
}

/** Schedules the next turn after all messages pending for lwIP's thread. */
static void turn(void *data)
{
	(void)data;
	if (churn.stopping) {
		udp_remove(churn.sender);
		return;
	}
	send_datagram();
	if (++churn.turns % PAUSE == 0 && churn.clients < CLIENTS)
		connect();
	tcpip_callback(turn, NULL);
}

static void start(void *data)
{
	(void)data;
	churn.sender = udp_new();
	turn(NULL);
}

/** start(udpPort, tcpPort) */
void xs_churn_start(xsMachine *the)
{
	churn.udp_port = (uint16_t)xsmcToInteger(xsArg(0));
	churn.tcp_port = (uint16_t)xsmcToInteger(xsArg(1));
	if (tcpip_callback(start, NULL) != ERR_OK)
		xsUnknownError("no memory");
}

typedef struct counts {
	struct tcpip_api_call_data call;
	int32_t clients, connections;
} counts_t;

static err_t count(struct tcpip_api_call_data *call)
{
	counts_t *counts = (counts_t *)(void *)call;
	counts->clients = churn.clients;
	counts->connections = (int32_t)churn.connections;
	return ERR_OK;
}

static err_t stop(struct tcpip_api_call_data *call)
{
	(void)call;
	churn.stopping = true;
	return ERR_OK;
}

void xs_churn_stop(xsMachine *the)
{
	struct tcpip_api_call_data call;
	(void)the;
	tcpip_api_call(stop, &call);
}

void xs_churn_clients(xsMachine *the)
{
	counts_t counts;
	tcpip_api_call(count, &counts.call);
	xsmcSetInteger(xsResult, counts.clients);
}

void xs_churn_connections(xsMachine *the)
{
	counts_t counts;
	tcpip_api_call(count, &counts.call);
	xsmcSetInteger(xsResult, counts.connections);
}
