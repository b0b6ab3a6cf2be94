/**
 * The camera server: joins the listener's sockets to rtsp/, and rtsp/ to the frame hub.
 */

import random32 from "random";
import Timer from "timer";
import { Server, type Authentication, type ServerLimits } from "../rtsp/server";
import type { MulticastGroup, StreamControl, StreamDescription, SubscribeOptions, Subscription } from "../rtsp/types";
import type { Settings } from "../settings/settings";
import { Connection, type ConnectionOwner } from "./connection";
import { FrameHub } from "./hub";
import { Multicast } from "./multicast";
import { Parameters, type ParameterLimits } from "./parameters";
import { openListener, type ListenerStream } from "./sockets";
import { RTP_HEADER, Subscriber } from "./subscriber";
import { Turns, type Reader } from "./turns";
import type { FrameSource, Sink, SinkOwner } from "./types";
import { UDPPorts } from "./udp";
import { Uptime } from "./uptime";

/** Settings that the server obeys; what the camera alone has to know is between `openSource` and it. */
export interface CameraServerOptions extends Omit<Settings, "fps" | "camera" | "size" | "frames" | "sampling" | "restartInterval" | "buffers"> {
	/** Frames a second sent at most, and told in SDP. */
	readonly frameRate: number;
	/** Opens the camera. */
	readonly openSource: (onReadable: () => void) => FrameSource;
	/** Something that the user should know. */
	readonly onNotice: (message: string) => void;
}

/** Counts since the start, for a status line. */
export interface ServerStatistics {
	readonly connections: number;
	/** Sessions that play; those of a multicast group share one stream. */
	readonly playing: number;
	/** Frames read from the camera. */
	readonly captured: number;
	/** Frames sent whole, for each subscriber. */
	readonly sent: number;
	/** Frames that a subscriber did not get whole. */
	readonly dropped: number;
	/** RTP payload octets sent. */
	readonly octets: number;
	/** Times that the last frame was sent again because the camera had none. */
	readonly repeated: number;
	/** Times that the camera was opened again. */
	readonly reopened: number;
	/** JPEG quality number chosen for the links; undefined when it is not adapted. */
	readonly quality: number | undefined;
	/** Receiver reports from members of the multicast group. */
	readonly multicastReports: number;
}

const SERVER_NAME = "rtsp-camera";
/** RTP packets that a client may ask for by `Blocksize`, bytes: of UDP none larger than the setting. */
const SMALLEST_PACKET = 256, LARGEST_PACKET = 64_000;
/** Replies that may wait for all clients together, bytes: tunnels, whose requests come on connections that are read on, could fill a
 *  device's memory with those that each of them may leave unread. */
const QUEUED_LIMIT = 8192;
/** Connections beyond the limit that may linger over their last reply. */
const LINGERING = 4;

export class CameraServer implements StreamControl {
	readonly #options: CameraServerOptions;
	readonly #hub: FrameHub;
	readonly #server: Server;
	readonly #listener: ListenerStream;
	readonly #ports: UDPPorts | undefined;
	readonly #multicast: Multicast | undefined;
	readonly #connections: Connection[] = [];
	readonly #connectionOwner: ConnectionOwner;
	readonly #timer: Timer;
	readonly #cname: string;
	readonly #uptime = new Uptime();
	readonly #turns: Turns;
	/** Connections that wait to be accepted. */
	#arrivals = 0;
	readonly #acceptor: Reader = {
		granted: true,
		readNext: () => this.#accept(),
	};

	/** @throws Error when the port is taken, or the camera cannot be opened: the message says what to do */
	constructor(options: CameraServerOptions) {
		this.#options = options;
		const { onNotice, path, sessionTimeout } = options;
		this.#cname = `${SERVER_NAME}-${random32().toString(16)}`;
		this.#listener = this.#listen(options.port);
		this.#ports = this.#openPorts();
		this.#multicast = this.#openMulticast();
		try {
			this.#hub = this.#openHub();
		}
		catch (error) {
			// whoever tries again finds the ports free
			this.#multicast?.close();
			this.#ports?.close();
			this.#listener.close();
			throw error;
		}
		this.#turns = new Turns(() => this.#uptime.now());
		this.#connectionOwner = {
			stallTimeout: options.stallTimeout || Infinity,
			turns: this.#turns,
			onStalled: connection => this.#drop(connection),
			onQueued: () => this.#limitQueued(),
			onEnd: connection => this.#forget(connection),
		};
		this.#server = new Server({
			path: `/${path}`,
			control: this,
			parameters: new Parameters({ hub: this.#hub, limits: parameterLimitsOf(options), statistics: () => this.statistics }),
			now: () => this.#uptime.now(),
			random32,
			sessionTimeout,
			serverName: SERVER_NAME,
			limits: limitsOf(options),
			authentication: authenticationOf(options),
			onError: error => onNotice(`internal error: ${describe(error)}`),
		});
		this.#timer = Timer.repeat(() => this.#tick(), 1000);
	}

	/** The RTSP port. */
	get port(): number {
		return this.#listener.port;
	}

	get statistics(): ServerStatistics {
		const { captured, sent, skipped, abandoned, failed } = this.#hub.statistics;
		return {
			connections: this.#server.connectionCount,
			playing: this.#server.playingCount,
			captured,
			sent,
			dropped: skipped + abandoned + failed,
			octets: this.#hub.octetCount,
			repeated: this.#hub.statistics.repeated,
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
		let openSink: (owner: SinkOwner) => Sink, packetSize: number, onStalled: (() => void) | undefined;
		if (delivery.kind === "udp") {
			const ports = this.#ports;
			// to its own ports, on this machine, it would send to itself
			if (!ports || ports.isOwn(delivery.rtpPort) || ports.isOwn(delivery.rtcpPort))
				return "unsupported";
			openSink = owner => ports.openSink(delivery, owner);
			packetSize = udpPacketSize;
		}
		else {
			const connection = delivery.peer;
			if (!(connection instanceof Connection))
				return "unsupported";
			openSink = owner => connection.openSink(delivery.rtpChannel, delivery.rtcpChannel, owner);
			packetSize = tcpPacketSize;
			onStalled = () => this.#drop(connection);
		}
		if (blocksize !== undefined) {
			// over TCP a client can ask for larger packets: TCP splits and joins them again
			const largest = delivery.kind === "udp" ? packetSize : LARGEST_PACKET;
			packetSize = Math.max(SMALLEST_PACKET, Math.min(largest, blocksize + RTP_HEADER));
		}
		return this.#openSubscriber(openSink, packetSize, onAlive, onStalled);
	}

	/** Says BYE to everybody, closes every socket and the camera. */
	close(): void {
		Timer.clear(this.#timer);
		this.#turns.close();
		this.#listener.close();
		this.#server.close();
		// those that linger over their last reply linger no more
		for (let i = this.#connections.length - 1; i >= 0; i--)
			this.#connections[i]!.end();
		this.#hub.close();
		this.#multicast?.close();
		this.#ports?.close();
	}

	#openSubscriber(openSink: (owner: SinkOwner) => Sink, packetSize: number, onAlive: () => void, onStalled?: () => void): Subscriber {
		const subscriber = new Subscriber({
			hub: this.#hub, openSink, packetSize, random32, cname: this.#cname, unixTime: Date.now, onAlive, onStalled,
			stallTimeout: this.#options.stallTimeout || Infinity,
		});
		this.#hub.add(subscriber);
		return subscriber;
	}

	#listen(port: number): ListenerStream {
		try {
			return openListener(port, count => this.#arrive(count), this.#options.address);
		}
		catch (error) {
			throw new Error(`RTSP port ${port} cannot be opened (${describe(error)}): choose another with --port`);
		}
	}

	#openHub(): FrameHub {
		const { openSource, frameRate, onNotice, leaseDeadline, cameraTimeout, controls, bitrate, quality, worstQuality, minFps } = this.#options;
		return new FrameHub({
			openSource, leaseDeadline, cameraTimeout, controls, onNotice,
			maxFrameRate: frameRate,
			uptime: () => this.#uptime.now(),
			adaptation: bitrate === 0 ? undefined : { bitrate, quality, worstQuality, frameRate, minFrameRate: Math.min(minFps, frameRate) },
		});
	}

	#openPorts(): UDPPorts | undefined {
		const { address, udpPort, burst, spacing, onNotice } = this.#options;
		try {
			return new UDPPorts({ address, port: udpPort, burst, spacing });
		}
		catch (error) {
			onNotice(`${describe(error)}: clients are served over TCP only`);
			return undefined;
		}
	}

	#openMulticast(): Multicast | undefined {
		const { address, multicast, multicastPort, multicastTtl, multicastInterface, udpPacketSize, onNotice } = this.#options;
		const ports = this.#ports;
		if (multicast === "" || !ports)
			return undefined;
		try {
			return new Multicast({
				group: { address: multicast, rtpPort: multicastPort, rtcpPort: multicastPort + 1, timeToLive: multicastTtl },
				interfaceAddress: multicastInterface || address,
				ownAddress: address,
				ports,
				openSubscriber: openSink => this.#openSubscriber(openSink, udpPacketSize, () => undefined),
			});
		}
		catch (error) {
			onNotice(`${describe(error)}: there is no multicast`);
			return undefined;
		}
	}

	/** Connections take turns with messages.
	 *  @param count all that wait */
	#arrive(count: number): void {
		if (this.#arrivals === 0)
			this.#turns.add(this.#acceptor);
		this.#arrivals = count;
	}

	/** @returns whether more connections wait */
	#accept(): boolean {
		this.#arrivals -= 1;
		try {
			const from = this.#listener.read();
			if (from === undefined)
				this.#arrivals = 0;
			else
				this.#connect(from);
		}
		catch (error) {
			this.#options.onNotice(`a connection was lost as it came: ${describe(error)}`);
		}
		return this.#arrivals > 0;
	}

	#connect(from: unknown): void {
		const connection = new Connection(this.#connectionOwner, from);
		this.#connections.push(connection);
		connection.partner = this.#server.connect(connection);
		// last replies wait for their readers: not more of them than there is memory for, oldest first
		if (this.#connections.length > this.#options.connectionLimit + LINGERING)
			this.#connections.find(({ closing }) => closing)?.end();
	}

	/** Whoever leaves most unread is cut off. */
	#limitQueued(): void {
		let total = 0, largest: Connection | undefined;
		for (let i = 0; i < this.#connections.length; i++) {
			const connection = this.#connections[i]!;
			total += connection.queued;
			if (!largest || connection.queued > largest.queued)
				largest = connection;
		}
		if (total > QUEUED_LIMIT)
			largest!.overflow();
	}

	#forget(connection: Connection): void {
		const index = this.#connections.indexOf(connection);
		if (index >= 0)
			this.#connections.splice(index, 1);
	}

	#drop(connection: Connection): void {
		const { onNotice, stallTimeout } = this.#options;
		onNotice(`${connection.remoteAddress} has taken nothing for ${stallTimeout} s: dropped`);
		connection.drop();
	}

	#tick(): void {
		try {
			this.#hub.tick();
			this.#server.tick();
		}
		catch (error) {
			// thrown on, it would end the program
			this.#options.onNotice(`internal error: ${describe(error)}`);
		}
	}
}

function limitsOf({ connectionLimit, sessionLimit, connectionSessions, addressSessions, headLimit, headerLimit, bodyLimit, requestTimeout }: CameraServerOptions): ServerLimits {
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

/** What the camera begins with is within them. */
function parameterLimitsOf({ control, user, frameRate, quality, minFps, maxFps, bestQuality, worstQuality, maxSize }: CameraServerOptions): ParameterLimits {
	return {
		writable: control === "anybody" || (control === "user" && user !== ""),
		minFps: Math.min(minFps, frameRate),
		maxFps, bestQuality, maxSize,
		worstQuality: Math.max(worstQuality, quality),
	};
}

/** @returns undefined when everybody may */
function authenticationOf({ user, password, auth, nonceTimeout, failureLimit, lockTime, onNotice }: CameraServerOptions): Authentication | undefined {
	if (user === "" || auth === "none")
		return undefined;
	return {
		user, password, nonceTimeout, failureLimit, lockTime,
		scheme: auth,
		onLock: address => onNotice(`${address} is locked out for ${lockTime} s: too many wrong passwords`),
	};
}

function describe(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
