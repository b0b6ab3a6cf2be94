/* SPDX-License-Identifier: MIT */
/*
 * lwIP as configured for our boards: hosts/esp32/sdkconfig overrides the Moddable SDK's sdkconfig.defaults, which
 * overrides ESP-IDF 6.0's defaults. Values without a comment are ESP-IDF's defaults. IPv4 only.
 *
 * There are three configurations (tests/device/lwip.mjs). The build defines:
 * TCP_SND_BUF and TCP_WND  a connection's send buffer and receive window, bytes
 * DEVICE_TCP_PCBS          maximum number of connections, including those in TIME-WAIT
 * DEVICE_LOOPBACK_PBUFS    maximum number of packets queued in the loopback interface; 0: no limit
 * TCP_MSL                  milliseconds; a connection stays in TIME-WAIT for twice as long
 */
#ifndef DEVICE_LWIPOPTS_H
#define DEVICE_LWIPOPTS_H

/* ---- threads ---- */

#define NO_SYS 0
#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_TCPIP_CORE_LOCKING 0
#define LWIP_TCPIP_CORE_LOCKING_INPUT 0
#define LWIP_NETCONN_SEM_PER_THREAD 1
#define TCPIP_MBOX_SIZE 32
#define TCPIP_THREAD_NAME "tcpip"

/** Calling lwIP's core from any other thread than its own ends the program. */
#define LWIP_ASSERT_CORE_LOCKED() device_check_thread()
#define LWIP_MARK_TCPIP_THREAD() device_mark_thread()
void device_check_thread(void);
void device_mark_thread(void);

/* ---- memory (memory.c) ---- */

#define MEM_ALIGNMENT 4
#if UINTPTR_MAX > UINT32_MAX
	#undef MEM_ALIGNMENT
	#define MEM_ALIGNMENT 8
#endif
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define mem_clib_malloc device_malloc
#define mem_clib_calloc device_calloc
#define mem_clib_free device_free
void *device_malloc(unsigned long size);
void *device_calloc(unsigned long count, unsigned long size);
void device_free(void *memory);

#define MEMP_NUM_TCP_PCB DEVICE_TCP_PCBS /* CONFIG_LWIP_MAX_ACTIVE_TCP=16 */
#define MEMP_NUM_TCP_PCB_LISTEN 16
#define MEMP_NUM_UDP_PCB 16
#define MEMP_NUM_RAW_PCB 16

/* ---- link ---- */

#define LWIP_ARP 1
#define ARP_QUEUEING 1
#define LWIP_ETHERNET 1
#define ETH_PAD_SIZE 0
#define LWIP_NETIF_TX_SINGLE_PBUF 1
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_LOOPBACK_MAX_PBUFS DEVICE_LOOPBACK_PBUFS
#define LWIP_LOOPIF_MULTICAST 1 /* for the tests: on a board, multicast uses the link */

/* ---- IP ---- */

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define IP_FORWARD 0
#define IP_FRAG 1
#define IP_DEFAULT_TTL 64
#define IP_REASS_MAX_PBUFS 10
#define LWIP_ICMP 1
#define LWIP_RAW 1
#define LWIP_IGMP 1
#define LWIP_MULTICAST_TX_OPTIONS 1
#define LWIP_DHCP 0
#define LWIP_DNS 1
#define LWIP_RAND() ((u32_t)rand()) /* ESP-IDF: the random number generator */
/* ESP-IDF's defaults, which rely on the radio's checksum */
#define CHECKSUM_CHECK_IP 0
#define CHECKSUM_CHECK_UDP 0

/* ---- TCP ---- */

#define LWIP_TCP 1
#define TCP_MSS 1436 /* the SDK's */
#define TCP_MAXRTX 12
#define TCP_SYNMAXRTX 6
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_PBUFS 0 /* no limit, with PSRAM */
#define LWIP_TCP_SACK_OUT 0
#define TCP_LISTEN_BACKLOG 1
#define TCP_OVERSIZE TCP_MSS
#define TCP_TMR_INTERVAL 250
#define TCP_FIN_WAIT_TIMEOUT 20000
#define LWIP_TCP_KEEPALIVE 1
#define LWIP_WND_SCALE 0

/* ---- interfaces ---- */

#define LWIP_UDP 1
#define LWIP_CALLBACK_API 1
/* our code uses neither netconn nor lwIP's sockets */
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 1

#define LWIP_STATS 0

#endif
