// SPDX-License-Identifier: MIT
/**
 * One subscriber: its RTP stream (sequence numbers, timestamps, SSRC), its RTCP, and the frame it is being sent.
 */

import Fragmenter from "jpeg/fragmenter";
import { Backoff } from "../common/backoff";
import { ntpFraction, ntpMiddle, ntpSeconds, roundTripTime, rtpTimestamp } from "../rtp/clock";
import { LinkMeter } from "../rtp/linkmeter";
import { RTCPParser, type ReportBlock, type RTCPParserOwner } from "../rtp/rtcpparser";
import { RTCPWriter } from "../rtp/rtcpwriter";
import type { PlayPoint, Subscription } from "../rtsp/types";
import { readFigure, type Reception } from "./figures";
import type { FrameConsumer, FrameProvider, Lease, Outcome } from "./consumer";
import { SENT, WAITING, type Sink, type SinkOwner } from "./sink";

export interface SubscriberOptions {
	readonly hub: FrameProvider;
	/** Opens the sink, whose events come to `owner`. */
	readonly openSink: (owner: SinkOwner) => Sink;
	/** Largest RTP packet, bytes. */
	readonly packetSize: number;
	/** Unsigned 32-bit random number. */
	readonly random32: () => number;
	/** RTCP canonical name. */
	readonly cname: string;
	/** Wall-clock time, milliseconds since 1970. */
	readonly unixTime: () => number;
	/** The client has shown itself alive by a report that names the stream's SSRC. */
	readonly onAlive: () => void;
	/** How long the client may take nothing of what waits for it, seconds; without it, for ever. */
	readonly stallTimeout?: number | undefined;
	/** It has taken nothing for that long. */
	readonly onStalled?: (() => void) | undefined;
}

/** Bytes of the RTP header, which `Blocksize` does not count. */
export const RTP_HEADER = 12;
/** Seconds between sender reports, on average (RFC 3550 section 6.2). */
const REPORT_INTERVAL = 5;
/** Pauses after a frame that the socket refused, microseconds. The longest leaves a frame every two seconds. */
const FIRST_PAUSE = 20_000;
const LONGEST_PAUSE = 2_000_000;

export class Subscriber implements FrameConsumer, Subscription, SinkOwner, RTCPParserOwner {
	readonly ssrc: number;
	/** How the link takes what is sent. */
	readonly link: LinkMeter;
	// what every frame needs is found first: the engine searches members in their order
	/** The frame that is being sent. */
	#lease: Lease | undefined;
	readonly #hub: FrameProvider;
	readonly #fragmenter: Fragmenter;
	readonly #sink: Sink;
	#playing = false;
	#starting = false;
	/** When the frame was taken, microseconds. */
	#leaseTime = 0;
	/** What turns a capture time into this stream's RTP timestamp. */
	#offset = 0;
	/** The sink has room for nothing. */
	#blocked = false;
	/** The socket has refused the last frame. */
	#refused = false;
	/** The frame that is being sent is the first after PLAY. */
	#opening = false;
	readonly #packetSize: number;
	readonly #writer: RTCPWriter;
	readonly #parser: RTCPParser;
	readonly #report: Uint8Array;
	readonly #unixTime: () => number;
	readonly #random32: () => number;
	readonly #onAlive: () => void;
	readonly #stallTimeout: number;
	readonly #onStalled: (() => void) | undefined;
	readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
	/** Packets sent, and when that number last changed or nothing waited: microseconds. */
	#progress = 0;
	#progressTime = 0;
	#failedCount = 0;
	#played = false;
	#closed = false;
	/** The timestamp that PLAY announced and the next frame will have. */
	#announced: number;
	#secondsToReport = 0;
	/** The last sender report as receivers name it (LSR), and when it left, microseconds. */
	#reportName = 0;
	#reportTime = 0;
	/** What the receiver reported last. */
	#reports = 0;
	#byes = 0;
	#roundTrip: number | undefined;
	#fractionLost = 0;
	#cumulativeLost = 0;
	#jitter = 0;

	constructor(
		{ hub, openSink, packetSize, random32, cname, unixTime, onAlive, stallTimeout = Infinity, onStalled }:
			SubscriberOptions,
	) {
		this.#hub = hub;
		this.#stallTimeout = stallTimeout * 1_000_000;
		this.#onStalled = onStalled;
		this.#packetSize = packetSize;
		this.#unixTime = unixTime;
		this.#random32 = random32;
		this.ssrc = random32();
		this.#announced = random32();
		this.#sink = openSink(this);
		const { channel, controlPrefix } = this.#sink;
		this.link = new LinkMeter(channel === undefined);
		const sequenceNumber = random32() & 0xffff;
		this.#fragmenter = new Fragmenter(
			channel === undefined ? { ssrc: this.ssrc, sequenceNumber } : { ssrc: this.ssrc, sequenceNumber, channel },
		);
		this.#writer = new RTCPWriter({ ssrc: this.ssrc, cname });
		this.#report = this.controlBuffer(controlPrefix, this.#writer.reportLength);
		this.#parser = new RTCPParser(this);
		this.#onAlive = onAlive;
	}

	// the engine searches members in their order: those that every frame needs come first
	/** A new frame. One that is still busy with an older frame, or whose socket refused the last ones, skips this one.
	 *  @returns false when it is skipped */
	offer(lease: Lease): boolean {
		if (!this.#playing)
			return true;
		const { link } = this;
		link.offeredCount += 1;
		if (this.#lease || (this.#refused && !this.#backoff.isReady(lease.captureTime))) {
			link.missed();
			return false;
		}
		this.take(lease);
		return true;
	}

	private take(lease: Lease): void {
		const { captureTime } = lease;
		this.#opening = this.#starting;
		if (this.#starting)
			this.begin(captureTime);
		this.#lease = lease;
		this.#leaseTime = captureTime;
		this.#hub.retain(lease);
		this.#fragmenter.begin(rtpTimestamp(captureTime, this.#offset));
		this.send(lease);
	}

	private send(lease: Lease): void {
		const result = this.#sink.send(this.#fragmenter, lease.frame!, lease.scan, this.#packetSize);
		this.#blocked = result === WAITING;
		if (result === WAITING)
			return;
		if (result === SENT) {
			if (this.#refused) {
				this.#refused = false;
				this.#backoff.succeeded();
			}
			this.release(lease, "sent");
		}
		else {
			this.#failedCount += 1;
			this.link.missed();
			this.#refused = true;
			this.#backoff.failed(this.#leaseTime);
			this.release(lease, "failed");
		}
	}

	private release(lease: Lease, outcome: Outcome): void {
		this.#lease = undefined;
		this.#hub.release(lease, outcome);
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

	/** RTP payload octets sent, modulo 2^32. */
	get octetCount(): number {
		return this.#fragmenter.octetCount;
	}

	/** RTP packets sent, modulo 2^32. */
	get packetCount(): number {
		return this.#fragmenter.packetCount;
	}

	/** Frames that the socket refused: no buffers, no route. */
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

	/** Report blocks about this stream that have arrived. */
	get reportCount(): number {
		return this.#reports;
	}

	/** The first frame after PLAY is not captured yet, but its timestamp is announced now: the stream's offset is
	 *  chosen so that it fits when the frame comes. A resumed stream goes on at the present instant of its own clock.
	 *  Of a stream that runs already (another session's, when it is shared) the next packet's number is known, and the
	 *  instant of the next capture is not: there is no timestamp then. */
	play(): PlayPoint {
		if (!this.#playing && !this.#closed) {
			if (this.#played && !this.#starting)
				this.#announced = rtpTimestamp(this.#hub.now(), this.#offset);
			this.#starting = true;
			this.#playing = true;
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
		this.#hub.stoppedPlaying();
	}

	receiveRTCP(bytes: Uint8Array): void {
		this.#parser.parse(bytes);
	}

	/** Only a report about this very stream shows that its client is alive: anybody at the client's address can send
	 *  others. */
	receiveControl(bytes: Uint8Array): void {
		const before = this.#reports;
		this.#parser.parse(bytes);
		if (this.#reports !== before)
			this.#onAlive();
	}

	close(quietly = false): void {
		if (this.#closed)
			return;
		this.#closed = true;
		this.pause();
		if (this.#played && !quietly)
			this.sendBye();
		this.#sink.close();
		this.#hub.remove(this);
	}

	/** There is room again. A frame of which nothing has left yet gives way to a newer one; the first after PLAY does
	 *  not: its timestamp was announced. */
	resume(): void {
		const lease = this.#lease;
		if (!lease)
			return;
		const { newest } = this.#hub;
		if (newest && newest !== lease && !this.#fragmenter.begun && !this.#opening) {
			this.link.missed();
			this.release(lease, "skipped");
			this.take(newest);
		}
		else
			this.send(lease);
	}

	/** Gives the frame back when it was taken before `time` (microseconds). */
	expire(time: number): void {
		if (this.#leaseTime < time)
			this.abandon();
	}

	/** Gives the frame back unfinished. The packet that was begun has been completed, so the stream stays sound. */
	abandon(): void {
		if (this.#lease) {
			this.link.missed();
			this.release(this.#lease, "abandoned");
		}
	}

	/** Once a second: the sender report is due every few, and who takes nothing for too long is told of.
	 *  @param now microseconds, on the camera's clock */
	tick(now: number): void {
		if (!this.#playing || this.#starting)
			return;
		const { packetCount } = this.#fragmenter;
		if (!this.#blocked || packetCount !== this.#progress) {
			this.#progress = packetCount;
			this.#progressTime = now;
		}
		else if (now - this.#progressTime >= this.#stallTimeout) {
			this.#onStalled?.();
			return;
		}
		this.#secondsToReport -= 1;
		// the nearest second to when it is due
		if (this.#secondsToReport <= 0.5)
			this.sendReport();
	}

	private begin(captureTime: number): void {
		this.#starting = false;
		this.#played = true;
		this.#progressTime = captureTime;
		this.#offset = (this.#announced - rtpTimestamp(captureTime, 0)) >>> 0;
		this.sendReport();
	}

	private sendReport(): void {
		// 0.5 to 1.5 of the interval, so that streams that begin together do not report together (RFC 3550 section
		// 6.3.1)
		this.#secondsToReport = REPORT_INTERVAL * (0.5 + this.#random32() / 0x100000000);
		const prefix = this.#sink.controlPrefix.byteLength;
		const { packetCount, octetCount } = this.#fragmenter;
		const unixTime = this.#unixTime(), time = this.#hub.now();
		this.#reportName = ntpMiddle(ntpSeconds(unixTime), ntpFraction(unixTime));
		this.#reportTime = time;
		this.#writer.writeReport(this.#report, prefix, unixTime, rtpTimestamp(time, this.#offset), packetCount,
			octetCount);
		this.#sink.sendControl(this.#report);
	}

	private sendBye(): void {
		const { packetCount, octetCount } = this.#fragmenter;
		const { controlPrefix } = this.#sink;
		const scratch = new Uint8Array(this.#writer.byeLength);
		const byteLength = this.#writer.writeBye(scratch, 0, this.#unixTime(),
			rtpTimestamp(this.#hub.now(), this.#offset), packetCount, octetCount);
		const bye = this.controlBuffer(controlPrefix, byteLength);
		bye.set(scratch.subarray(0, byteLength), controlPrefix.byteLength);
		this.#sink.sendControl(bye, true);
	}

	private controlBuffer(prefix: Uint8Array, byteLength: number): Uint8Array {
		const buffer = new Uint8Array(prefix.byteLength + byteLength);
		buffer.set(prefix);
		return buffer;
	}

	onReport(block: ReportBlock): void {
		if (block.ssrc !== this.ssrc)
			return;
		this.#reports += 1;
		this.#fractionLost = block.fractionLost;
		this.#cumulativeLost = block.cumulativeLost;
		this.#jitter = block.jitter;
		this.link.reported(block.fractionLost, block.jitter);
		if (block.lastSR !== 0 && block.lastSR === this.#reportName) {
			// by the camera's clock: the wall clock may have been set since
			const elapsed = Math.round(((this.#hub.now() - this.#reportTime) * 0x10000) / 1_000_000);
			this.#roundTrip = roundTripTime((block.lastSR + elapsed) >>> 0, block.lastSR, block.delaySinceLastSR);
		}
	}

	/** A receiver that leaves says TEARDOWN, too; its BYE, over UDP easy to forge, ends nothing. */
	onBye(): void {
		this.#byes += 1;
	}
}
