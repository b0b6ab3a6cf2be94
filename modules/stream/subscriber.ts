// SPDX-License-Identifier: MIT
/**
 * One subscriber: its RTP stream (sequence numbers, timestamps, SSRC), its RTCP, and the frame being sent to it.
 */

import { ASIDE, DIRECT, IDLE, type Route } from "fanout";
import Fragmenter from "jpeg/fragmenter";
import { nextPause } from "../common/backoff";
import { ntpFraction, ntpMiddle, ntpSeconds, roundTripTime, rtpTimestamp } from "../rtp/clock";
import { LinkMeter } from "../rtp/linkmeter";
import type { ReportBlock, RTCPListener } from "../rtp/rtcpparser";
import type { PlayPoint, Subscription } from "../rtsp/types";
import { readFigure, type Reception } from "./figures";
import type { ConsumerClient, FrameConsumer, FrameProvider, Lease, Outcome } from "./consumer";
import { ConsumerMeter } from "./consumermeter";
import type { Control } from "./control";
import { SENT, WAITING, type Sink, type SinkOwner } from "./sink";

export interface SubscriberOptions {
	readonly hub: FrameProvider;
	readonly client: ConsumerClient;
	/** Opens the sink. Its events go to `owner`. */
	readonly openSink: (owner: SinkOwner) => Sink;
	/** Largest RTP packet, bytes. */
	readonly packetSize: number;
	/** Unsigned 32-bit random number. */
	readonly random32: () => number;
	/** Shared by all subscribers. */
	readonly control: Control;
	/** The client is alive: it has sent a report that names the stream's SSRC. */
	readonly onAlive: () => void;
	/** Seconds that the client may take no data while some is waiting; the sink is told then. Default: Infinity. */
	readonly stallTimeout?: number | undefined;
}

/** Bytes of the RTP header, which `Blocksize` does not include. */
export const RTP_HEADER = 12;
/** Seconds between sender reports, on average (RFC 3550 section 6.2). */
const REPORT_INTERVAL = 5;
/** Pauses after a frame that the socket refused, microseconds. The longest still allows a frame every 2 seconds. */
const FIRST_PAUSE = 20_000;
const LONGEST_PAUSE = 2_000_000;

export class Subscriber implements FrameConsumer, Subscription, SinkOwner, RTCPListener {
	readonly ssrc: number;
	/** Measures how well the link keeps up, if the hub adapts to the links. */
	readonly link: LinkMeter | undefined;
	readonly client: ConsumerClient;
	readonly meter = new ConsumerMeter();
	waitCount = 0;
	// the engine searches members in order: those that every frame needs come first
	/** The frame being sent. */
	#lease: Lease | undefined;
	readonly #hub: FrameProvider;
	readonly #fragmenter: Fragmenter;
	readonly #sink: Sink;
	/** The hub sends frames there while nothing else is to be done. */
	readonly route: Route | undefined;
	#mode = IDLE;
	/** Frames of the route that `link` has counted: sent and missed. */
	#counted = 0;
	#missed = 0;
	#playing = false;
	#starting = false;
	/** When the frame was taken, microseconds. */
	#leaseTime = 0;
	/** Offset of this stream's RTP timestamps (RFC 3550 section 5.1). */
	#offset = 0;
	/** The sink has no room. */
	#blocked = false;
	/** Pause after the last frame, which the socket refused; 0 if it did not. */
	#pause = 0;
	/** The frame being sent is the first after PLAY. */
	#opening = false;
	readonly #packetSize: number;
	readonly #control: Control;
	readonly #random32: () => number;
	readonly #onAlive: () => void;
	readonly #stallTimeout: number;
	/** End of `#pause`. */
	#pauseEnd = 0;
	/** Packet count and time (microseconds) of the last progress: the count changed, or no packet was waiting. */
	#progress = 0;
	#progressTime = 0;
	#failedCount = 0;
	/** Frames sent completely, and frames offered that were not, besides those that the route counts. */
	#sentCount = 0;
	#missedCount = 0;
	#played = false;
	#closed = false;
	/** RTP timestamp that PLAY announced for the next frame. */
	#announced: number;
	#secondsToReport = 0;
	/** LSR of the last sender report, and when it was sent, microseconds. */
	#reportName = 0;
	#reportTime = 0;
	/** From the receiver's RTCP: counts, and the values of its last report. */
	#reports = 0;
	#byes = 0;
	#roundTrip: number | undefined;
	#fractionLost = 0;
	#cumulativeLost = 0;
	#jitter = 0;

	/** @throws RangeError memory is short; the sink is closed then */
	constructor(
		{ hub, client, openSink, packetSize, random32, control, onAlive, stallTimeout = Infinity }: SubscriberOptions,
	) {
		this.#hub = hub;
		this.client = client;
		this.#stallTimeout = stallTimeout * 1_000_000;
		this.#packetSize = packetSize;
		this.#control = control;
		this.#random32 = random32;
		this.ssrc = random32();
		this.#announced = random32();
		this.#onAlive = onAlive;
		this.#sink = openSink(this);
		try {
			const { channel } = this.#sink, { ssrc } = this, sequenceNumber = random32() & 0xffff;
			this.link = hub.adapts ? new LinkMeter(channel === undefined) : undefined;
			this.#fragmenter = new Fragmenter(
				channel === undefined ? { ssrc, sequenceNumber } : { ssrc, sequenceNumber, channel },
			);
			this.route = this.#sink.openRoute?.(this.#fragmenter, packetSize);
		}
		catch (error) {
			this.#sink.close();
			throw error;
		}
	}

	// the engine searches members in order: those that every frame needs come first
	/** Offers a new frame. The subscriber skips it while it is sending an older frame, and while it pauses after a
	 *  refused one.
	 *  @returns false if it skips the frame */
	offer(lease: Lease): boolean {
		if (!this.#playing)
			return true;
		const { link, route } = this;
		if (link)
			link.offeredCount += 1;
		if (route?.takeFailure()) {
			this.#hub.failed();
			this.refuse(lease.captureTime);
			return true;
		}
		if (route?.interrupted) {
			this.takeOver(lease);
			return true;
		}
		if (this.#lease || (this.#pause !== 0 && lease.captureTime < this.#pauseEnd)) {
			this.miss();
			return false;
		}
		this.take(lease);
		return true;
	}

	skip(): void {
		if (this.link)
			this.link.offeredCount += 1;
		this.miss();
	}

	private take(lease: Lease): void {
		const { captureTime } = lease, { route } = this;
		this.#opening = this.#starting;
		if (this.#starting)
			this.begin(captureTime);
		this.#fragmenter.begin(rtpTimestamp(captureTime, this.#offset));
		if (route?.waits)
			this.sendByRoute(route, lease);
		else {
			this.hold(lease);
			this.send(lease);
		}
	}

	private sendByRoute(route: Route, lease: Lease): void {
		this.#hub.sendByRoute(route, lease);
		if (route.takeFailure()) {
			this.#hub.failed();
			this.refuse(lease.captureTime);
		}
		else
			this.#pause = 0;
		this.updateMode();
	}

	/** Counts an offered frame that was not sent completely. */
	private miss(): void {
		this.#missedCount += 1;
		this.link?.missed();
	}

	/** The socket has refused a frame: pauses. */
	private refuse(captureTime: number): void {
		this.#failedCount += 1;
		this.miss();
		this.#pause = nextPause(this.#pause, FIRST_PAUSE, LONGEST_PAUSE);
		this.#pauseEnd = captureTime + this.#pause;
		this.updateMode();
	}

	/** Continues a frame that the route has begun and could not finish. */
	private takeOver(lease: Lease): void {
		this.#opening = false;
		this.hold(lease);
		this.send(lease);
	}

	private hold(lease: Lease): void {
		this.#lease = lease;
		this.#leaseTime = lease.captureTime;
		this.#hub.retain(lease);
		this.updateMode();
	}

	private updateMode(): void {
		const { route } = this;
		if (!route)
			return;
		const mode = !this.#playing ? IDLE : this.#starting || this.#lease || this.#pause !== 0 ? ASIDE : DIRECT;
		if (mode !== this.#mode)
			route.mode = this.#mode = mode;
	}

	private send(lease: Lease): void {
		const result = this.#sink.send(this.#fragmenter, lease.frame!, lease.scan, this.#packetSize);
		this.#blocked = result === WAITING;
		if (result === WAITING) {
			this.waitCount += 1;
			return;
		}
		if (result === SENT) {
			this.#pause = 0;
			this.#sentCount += 1;
			this.release(lease, "sent");
		}
		else {
			this.refuse(this.#leaseTime);
			this.release(lease, "failed");
		}
	}

	private release(lease: Lease, outcome: Outcome): void {
		this.#lease = undefined;
		this.#hub.release(lease, outcome);
		this.updateMode();
	}

	get serverRTPPort(): number {
		return this.#sink.rtpPort;
	}

	get serverRTCPPort(): number {
		return this.#sink.rtcpPort;
	}

	get blocksize(): number {
		return this.#packetSize - RTP_HEADER;
	}

	get playing(): boolean {
		return this.#playing;
	}

	/** Frame being sent, for the hub. */
	get lease(): Lease | undefined {
		return this.#lease;
	}

	get busy(): boolean {
		return this.#lease !== undefined || (this.route?.waiting ?? false);
	}

	/** RTP payload octets sent, modulo 2^32. */
	get octetCount(): number {
		return this.#fragmenter.octetCount;
	}

	/** RTP packets sent, modulo 2^32. */
	get packetCount(): number {
		return this.#fragmenter.packetCount;
	}

	get sentCount(): number {
		return this.#sentCount + (this.route?.frameCount ?? 0);
	}

	get skippedCount(): number {
		return this.#missedCount + (this.route?.missedCount ?? 0);
	}

	/** Number of frames that the socket refused for lack of buffers or of a route. */
	get failedCount(): number {
		return this.#failedCount;
	}

	get reception(): Reception {
		return {
			reports: this.#reports,
			byes: this.#byes,
			fractionLost: this.#fractionLost,
			cumulativeLost: this.#cumulativeLost,
			jitter: this.#jitter,
			roundTrip: this.#roundTrip,
		};
	}

	readParameter(name: string): string | undefined {
		return readFigure(name, this);
	}

	/** Number of report blocks received about this stream. */
	get reportCount(): number {
		return this.#reports;
	}

	/** Starts or resumes the stream. PLAY announces the timestamp of the first frame before that frame is captured. The
	 *  stream's offset is chosen when the frame arrives, so that it has the announced timestamp. A resumed stream
	 *  announces the present instant of its own clock. If the stream already runs (for another session that shares it),
	 *  the next sequence number is known but the next capture time is not: the timestamp is then undefined. */
	play(): PlayPoint {
		if (!this.#playing && !this.#closed) {
			if (this.#played && !this.#starting)
				this.#announced = rtpTimestamp(this.#hub.now(), this.#offset);
			this.#starting = true;
			this.#playing = true;
			this.updateMode();
			this.#hub.startedPlaying();
		}
		return { sequenceNumber: this.#fragmenter.sequenceNumber,
			timestamp: this.#starting ? this.#announced : undefined };
	}

	pause(): void {
		if (!this.#playing)
			return;
		this.#playing = false;
		this.#blocked = false;
		this.abandon();
		this.updateMode();
		this.#hub.stoppedPlaying();
	}

	receiveRTCP(bytes: Uint8Array): void {
		this.receiveControl(bytes);
	}

	/** Parses RTCP that the sink received. Only a report about this stream shows that its client is alive: anyone at
	 *  the client's address can send other reports. */
	receiveControl(bytes: Uint8Array): void {
		const before = this.#reports;
		this.#control.parser.parse(bytes, this);
		if (this.#reports !== before)
			this.#onAlive();
	}

	close(quietly = false): void {
		if (this.#closed)
			return;
		this.#closed = true;
		this.pause();
		try {
			if (this.#played && !quietly)
				this.sendBye();
		}
		catch {
			// no memory: the receiver learns of the end from its silence
		}
		this.#sink.close();
		this.#hub.remove(this);
	}

	/** Continues after the sink had no room. A frame not yet begun is replaced by the newest one. The first frame after
	 *  PLAY is not, because its timestamp was announced. */
	resume(): void {
		const lease = this.#lease;
		if (!lease)
			return;
		const { newest } = this.#hub;
		if (newest && newest !== lease && !this.#fragmenter.begun && !this.#opening) {
			this.miss();
			this.release(lease, "skipped");
			this.take(newest);
		}
		else
			this.send(lease);
	}

	/** Gives the frame back if it was taken before `time` (microseconds). */
	expire(time: number): void {
		if (this.#leaseTime < time)
			this.abandon();
	}

	/** Gives the frame back unfinished. The packet that was begun has been completed, so the stream stays valid. */
	abandon(): void {
		if (this.#lease) {
			this.miss();
			this.release(this.#lease, "abandoned");
		}
	}

	/** To be called once a second. Sends a sender report when one is due, and detects a stalled client.
	 *  @param now microseconds on the camera's clock */
	tick(now: number): void {
		this.countFrames();
		if (!this.#playing || this.#starting)
			return;
		const { packetCount } = this.#fragmenter;
		if (!this.#blocked || packetCount !== this.#progress) {
			this.#progress = packetCount;
			this.#progressTime = now;
		}
		else if (now - this.#progressTime >= this.#stallTimeout) {
			this.#sink.stalled?.();
			return;
		}
		this.#secondsToReport -= 1;
		// ticks are a second apart: report at the one nearest to the due time
		if (this.#secondsToReport <= 0.5)
			this.sendReport();
	}

	/** Adds the frames that went by the route to those that were offered. */
	private countFrames(): void {
		const { link, route } = this;
		if (!route || !link)
			return;
		const { frameCount, missedCount } = route, missed = (missedCount - this.#missed) >>> 0;
		link.offeredCount += ((frameCount - this.#counted) >>> 0) + missed;
		link.missedCount += missed;
		this.#counted = frameCount;
		this.#missed = missedCount;
	}

	private begin(captureTime: number): void {
		this.#starting = false;
		this.#played = true;
		this.#progressTime = captureTime;
		this.#offset = (this.#announced - rtpTimestamp(captureTime, 0)) >>> 0;
		if (this.route)
			this.route.offset = this.#offset;
		this.sendReport();
	}

	private sendReport(): void {
		// 0.5 to 1.5 times the interval at random, so that streams that begin together do not report together (RFC 3550
		// section 6.3.1)
		this.#secondsToReport = REPORT_INTERVAL * (0.5 + this.#random32() / 0x100000000);
		const { framing } = this.#sink, control = this.#control, report = control.reportMemory(framing);
		const { packetCount, octetCount } = this.#fragmenter;
		const time = this.#hub.now(), unixTime = control.unixTime(time);
		this.#reportName = ntpMiddle(ntpSeconds(unixTime), ntpFraction(unixTime));
		this.#reportTime = time;
		control.writer.writeReport(report, framing, this.ssrc, unixTime, rtpTimestamp(time, this.#offset), packetCount,
			octetCount);
		this.#sink.sendControl(report);
	}

	private sendBye(): void {
		const { packetCount, octetCount } = this.#fragmenter;
		const { framing } = this.#sink, { writer, unixTime } = this.#control;
		const bye = new Uint8Array(framing + writer.byeLength);
		const now = this.#hub.now();
		const byteLength = writer.writeBye(bye, framing, this.ssrc, unixTime(now), rtpTimestamp(now, this.#offset),
			packetCount, octetCount);
		this.#sink.sendControl(bye.subarray(0, framing + byteLength), true);
	}

	onReport(block: ReportBlock): void {
		if (block.ssrc !== this.ssrc)
			return;
		this.#reports += 1;
		this.#fractionLost = block.fractionLost;
		this.#cumulativeLost = block.cumulativeLost;
		this.#jitter = block.jitter;
		this.link?.reported(block.fractionLost, block.jitter);
		if (block.lastSR !== 0 && block.lastSR === this.#reportName) {
			// measured on the camera's clock: the wall clock may have been set since
			const elapsed = Math.round(((this.#hub.now() - this.#reportTime) * 0x10000) / 1_000_000);
			this.#roundTrip = roundTripTime((block.lastSR + elapsed) >>> 0, block.lastSR, block.delaySinceLastSR);
		}
	}

	/** Counts a BYE, and ends nothing: a receiver that leaves also sends TEARDOWN, and a BYE over UDP is easy to
	 *  forge. */
	onBye(): void {
		this.#byes += 1;
	}
}
