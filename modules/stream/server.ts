// SPDX-License-Identifier: MIT
/**
 * The camera server: connects the listener's sockets to rtsp/, and rtsp/ to the frame hub.
 */

import random32 from "random";
import Timer from "timer";
import { errorText } from "../common/errortext";
import { WallClock } from "../rtp/wallclock";
import type { Places } from "../rtsp/places";
import { placesOf, Server, type Authentication, type ServerLimits } from "../rtsp/server";
import type { MulticastGroup, StreamControl, StreamDescription, SubscribeOptions, Subscription } from "../rtsp/types";
import type { CameraAccess } from "./access";
import { Control } from "./control";
import { FrameHub } from "./hub";
import { InterleavedConnection } from "./interleaved";
import { Multicast } from "./multicast";
import type { ConsumerClient } from "./consumer";
import { completeOptions, type CameraServerOptions, type CompleteOptions } from "./options";
import { Health } from "./health";
import { StreamParameters } from "./streamparameters";
import { Tuning, type ParameterLimits } from "./tuning";
import { Acceptor } from "../sockets/acceptor";
import type { ServerStatistics } from "./statistics";
import { RTP_HEADER, Subscriber } from "./subscriber";
import { TCPConnections } from "../sockets/connections";
import { Turns } from "../sockets/turns";
import type { Sink, SinkOwner } from "./sink";
import { UDPPorts } from "./udp";
import { Uptime } from "../common/uptime";

const INTERNAL_ERROR = "internal error";
const SERVER_NAME = "rtsp-camera";
/** Bounds of the RTP packet size that a client may request with `Blocksize`, bytes. Over UDP, the setting is the
 *  maximum. */
const SMALLEST_REQUESTED_PACKET = 256, LARGEST_REQUESTED_PACKET = 64_000;

export class CameraServer implements StreamControl {
	/** The settings that can change while the camera runs. */
	readonly tuning: Tuning;
	/** Rates of camera and stream. */
	readonly health: Health;
	readonly #options: CompleteOptions;
	readonly #hub: FrameHub;
	readonly #control: Control;
	readonly #server: Server;
	readonly #acceptor: Acceptor;
	readonly #ports: UDPPorts | undefined;
	readonly #multicast: Multicast | undefined;
	readonly #places: Places;
	readonly #connections: TCPConnections;
	readonly #access: CameraAccess;
	readonly #timer: Timer;
	readonly #uptime: Uptime;
	readonly #turns: Turns;

	/** @throws Error if the port is taken or the camera cannot be opened; the message says what to do */
	constructor(given: CameraServerOptions) {
		const options = this.#options = completeOptions(given);
		this.#uptime = given.uptime ?? new Uptime();
		const { path, sessionTimeout } = options;
		this.#turns = new Turns(() => this.#uptime.now());
		this.#acceptor = this.#listen(options.port);
		this.#ports = this.#openPorts();
		this.#multicast = this.#openMulticast();
		try {
			const hub = this.#hub = this.#openHub();
			const wallClock = new WallClock(Date.now, () => hub.now());
			this.#control = new Control(`${SERVER_NAME}-${random32().toString(16)}`, now => wallClock.at(now));
		}
		catch (error) {
			// leave the ports free for another attempt
			this.#multicast?.close();
			this.#ports?.close();
			this.#acceptor.close();
			this.#turns.close();
			throw error;
		}
		const limits = limitsOf(options);
		this.#places = placesOf(limits);
		this.#connections = new TCPConnections({ turns: this.#turns, stallTimeout: options.stallTimeout || Infinity,
			limit: options.connectionLimit, onNotice: options.onNotice });
		this.tuning = new Tuning(this.#hub, parameterLimitsOf(options));
		this.health = new Health(this.#hub, () => this.#uptime.now());
		this.#server = new Server({
			path: `/${path}`,
			control: this,
			parameters: new StreamParameters({ hub: this.#hub, tuning: this.tuning,
				statistics: () => this.statistics }),
			now: () => this.#uptime.now(),
			random32,
			sessionTimeout,
			serverName: SERVER_NAME,
			limits,
			places: this.#places,
			authentication: authenticationOf(options),
			onError: error => this.#tell(INTERNAL_ERROR, error),
		});
		this.#access = {
			hub: this.#hub,
			tuning: this.tuning,
			sessionsOf: address => this.#server.sessionsOf(address),
			places: this.#places,
			connections: this.#connections,
			authenticator: this.#server.authenticator,
			viewerCount: 0,
			now: () => this.#uptime.now(),
			unixTime: this.#control.unixTime,
		};
		this.#timer = Timer.repeat(() => this.#tick(), 1000);
	}

	get hub(): FrameHub {
		return this.#hub;
	}

	/** The RTSP port. */
	get port(): number {
		return this.#acceptor.port;
	}

	/** What another server of this camera shares with this one. */
	get access(): CameraAccess {
		return this.#access;
	}

	get statistics(): ServerStatistics {
		const { captured, sent, skipped, abandoned, failed, repeated } = this.#hub.statistics;
		return {
			connections: this.#places.count,
			playing: this.#server.playingCount + this.#access.viewerCount,
			captured,
			sent,
			dropped: skipped + abandoned + failed,
			octets: this.#hub.consumers.octetCount,
			repeated,
			reopened: this.#hub.reopenCount,
			quality: this.#hub.adaptedQuality,
			multicastReports: this.#multicast?.reportCount ?? 0,
		};
	}

	describe(): StreamDescription | undefined {
		const { width, height } = this.#hub;
		return { width, height, frameRate: this.#hub.maxFrameRate };
	}

	get multicast(): MulticastGroup | undefined {
		return this.#multicast?.group;
	}

	subscribe({ delivery, blocksize, onAlive }: SubscribeOptions): Subscription | "unsupported" | "busy" {
		if (delivery.kind === "multicast")
			return this.#multicast?.join() ?? "unsupported";
		const { tcpPacketSize, udpPacketSize } = this.#options;
		let openSink: (owner: SinkOwner) => Sink, packetSize: number, client: ConsumerClient;
		if (delivery.kind === "udp") {
			const ports = this.#ports;
			// refuse the server's own ports: from this machine, a client could make it send to itself
			if (!ports || ports.isOwn(delivery.rtpPort) || ports.isOwn(delivery.rtcpPort))
				return "unsupported";
			openSink = owner => ports.openSink(delivery, owner);
			packetSize = udpPacketSize;
			client = { kind: "rtsp-udp", address: delivery.address };
		}
		else {
			const connection = delivery.peer;
			if (!(connection instanceof InterleavedConnection))
				return "unsupported";
			openSink = owner => connection.openSink(delivery.rtpChannel, delivery.rtcpChannel, owner);
			packetSize = tcpPacketSize;
			client = { kind: connection.kind, address: connection.remoteAddress };
		}
		if (blocksize !== undefined) {
			// over TCP, a client can request larger packets: TCP splits and reassembles them
			const largest = delivery.kind === "udp" ? packetSize : LARGEST_REQUESTED_PACKET;
			packetSize = Math.max(SMALLEST_REQUESTED_PACKET, Math.min(largest, blocksize + RTP_HEADER));
		}
		return this.#openSubscriber(client, openSink, packetSize, onAlive);
	}

	/** Sends BYE to all clients, and closes all sockets and the camera. */
	close(): void {
		Timer.clear(this.#timer);
		this.#acceptor.close();
		this.#turns.close();
		this.#server.close();
		// close connections that still linger over their last reply
		this.#connections.close();
		this.#hub.close();
		this.#multicast?.close();
		this.#ports?.close();
	}

	#openSubscriber(
		client: ConsumerClient,
		openSink: (owner: SinkOwner) => Sink,
		packetSize: number,
		onAlive: () => void,
	): Subscriber {
		const subscriber = new Subscriber({
			hub: this.#hub,
			client,
			openSink,
			packetSize,
			random32,
			control: this.#control,
			onAlive,
			stallTimeout: this.#options.stallTimeout || Infinity,
		});
		try {
			this.#hub.add(subscriber);
		}
		catch (error) {
			subscriber.close();
			throw error;
		}
		return subscriber;
	}

	#listen(port: number): Acceptor {
		try {
			return new Acceptor({
				port,
				address: this.#options.address,
				turns: this.#turns,
				onConnection: from => this.#connect(from),
				onLost: error => this.#tell("a connection was lost before it was accepted", error),
			});
		}
		catch (error) {
			this.#turns.close();
			throw new Error(`RTSP port ${port} cannot be opened (${errorText(error)}): choose another with --port`);
		}
	}

	#openHub(): FrameHub {
		const { openSource, frameRate, burst, spacing, onNotice, leaseDeadline, cameraTimeout, controls, bitrate,
			quality, worstQuality, minFrameRate } = this.#options;
		return new FrameHub({
			openSource,
			leaseDeadline,
			cameraTimeout,
			controls,
			onNotice,
			maxFrameRate: frameRate,
			burst,
			spacing,
			uptime: () => this.#uptime.now(),
			adaptation: bitrate === 0
				? undefined
				: { bitrate, quality, worstQuality, frameRate, minFrameRate: Math.min(minFrameRate, frameRate) },
		});
	}

	#openPorts(): UDPPorts | undefined {
		const { address, udpPort, onNotice } = this.#options;
		try {
			return new UDPPorts({ address, port: udpPort });
		}
		catch (error) {
			onNotice(`${errorText(error)}: clients are served over TCP only`);
			return undefined;
		}
	}

	#openMulticast(): Multicast | undefined {
		const { address, multicast, multicastPort, multicastTtl, multicastInterface, udpPacketSize, onNotice } =
			this.#options;
		const ports = this.#ports;
		if (multicast === "" || !ports)
			return undefined;
		try {
			return new Multicast({
				group: { address: multicast, rtpPort: multicastPort, rtcpPort: multicastPort + 1,
					timeToLive: multicastTtl },
				interfaceAddress: multicastInterface || address,
				ownAddress: address,
				ports,
				openSubscriber: openSink =>
					this.#openSubscriber({ kind: "multicast", address: multicast }, openSink, udpPacketSize, () =>
						undefined),
			});
		}
		catch (error) {
			onNotice(`${errorText(error)}: multicast is off`);
			return undefined;
		}
	}

	#connect(from: unknown): void {
		const connection = new InterleavedConnection(this.#connections, from);
		try {
			this.#connections.add(connection);
			connection.partner = this.#server.connect(connection);
		}
		catch (error) {
			connection.end();
			throw error;
		}
		this.#connections.limitLingering();
	}

	#tick(): void {
		try {
			this.#hub.tick();
			this.health.tick();
		}
		catch (error) {
			// an uncaught exception would end the program
			this.#tell(INTERNAL_ERROR, error);
		}
		try {
			this.#server.tick();
		}
		catch (error) {
			this.#tell(INTERNAL_ERROR, error);
		}
	}

	/** Reports an exception, unless there is no memory for the notice. Never throws. */
	#tell(what: string, error: unknown): void {
		try {
			this.#options.onNotice(`${what}: ${errorText(error)}`);
		}
		catch {
			// the next notice may find memory
		}
	}
}

function limitsOf(
	{ connectionLimit, sessionLimit, connectionSessions, addressSessions, headLimit, headerLimit, bodyLimit,
		requestTimeout }: CompleteOptions,
): ServerLimits {
	return {
		connectionSessions,
		addressSessions,
		connections: connectionLimit,
		sessions: sessionLimit,
		headBytes: headLimit,
		headerCount: headerLimit,
		bodyBytes: bodyLimit,
		requestTimeout,
	};
}

/** Limits for parameters that clients set. They include the camera's initial settings. */
function parameterLimitsOf(
	{ control, user, frameRate, quality, minFrameRate, maxFrameRate, bestQuality, worstQuality, maxSize }:
		CompleteOptions,
): ParameterLimits {
	return {
		writable: control === "anybody" || (control === "user" && user !== ""),
		minFrameRate: Math.min(minFrameRate, frameRate),
		maxFrameRate,
		bestQuality,
		maxSize,
		worstQuality: Math.max(worstQuality, quality),
	};
}

/** @returns undefined if anyone may watch */
function authenticationOf(
	{ user, password, auth, nonceTimeout, failureLimit, lockTime, onNotice }: CompleteOptions,
): Authentication | undefined {
	if (user === "" || auth === "none")
		return undefined;
	return {
		user,
		password,
		nonceTimeout,
		failureLimit,
		lockTime,
		scheme: auth,
		onLock: address => onNotice(`${address} is locked out for ${lockTime} s: too many wrong passwords`),
	};
}
