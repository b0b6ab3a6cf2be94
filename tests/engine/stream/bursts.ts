// SPDX-License-Identifier: MIT
/** UDP packets leave in bursts, for all subscribers together. */

import { DIRECT, FREED, Fanout, IDLE, KEEP, Route } from "fanout";
import Fragmenter from "jpeg/fragmenter";
import { Control } from "stream/control";
import { Subscriber } from "stream/subscriber";
import { UDPPorts } from "stream/udp";
import { openUDP, type UDPStream } from "sockets/sockets";
import Time from "time";
import Timer from "timer";
import { equal, type Suite } from "../../unit/harness";
import { PACKET_SIZE, PacketFrame } from "./packetframe";
import { rig } from "./rig";

const PORT = 31_390;

class Bursts {
	readonly fanout: Fanout;
	readonly fragmenters: Fragmenter[] = [];
	readonly routes: Route[] = [];
	readonly #socket: UDPStream = openUDP({ port: 0, onReadable: () => undefined });

	constructor(burst: number, addresses: readonly string[]) {
		this.fanout = new Fanout(burst);
		addresses.forEach((address, i) => {
			const fragmenter = new Fragmenter({ ssrc: i, sequenceNumber: 0 });
			const route = new Route(fragmenter, PACKET_SIZE, this.#socket, { address, port: PORT + i });
			route.mode = DIRECT;
			this.fanout.add(route);
			this.fragmenters.push(fragmenter);
			this.routes.push(route);
		});
	}

	send({ frame, scan }: PacketFrame, index = 0): number {
		return this.fanout.send(frame, scan, 1000, true, index);
	}

	/** Packets sent by each route. */
	get packets(): string {
		return this.fragmenters.map(({ packetCount }) => packetCount).join();
	}

	/** Frames that each route missed. */
	get missed(): string {
		return this.routes.map(({ missedCount }) => missedCount).join();
	}

	closeSocket(): void {
		this.#socket.close();
	}
}

const HERE = "127.0.0.1", THERE = "127.0.0.2";

export default function (suite: Suite): void {
	suite.test("udp-packets-leave-in-bursts-shared-by-all", () => {
		const bursts = new Bursts(3, [HERE, HERE]), picture = new PacketFrame(7), { fanout } = bursts;
		equal(bursts.send(picture, 5), KEEP);
		const seen = [bursts.packets];
		while (fanout.takeFreed() === 0) {
			equal([fanout.refill(), picture.isWhole], [true, true]);
			seen.push(bursts.packets);
		}
		equal(seen, ["3,0", "6,0", "7,2", "7,5", "7,7"]);
		equal([fanout.takeFreed(), fanout.sentCount, bursts.routes.map(({ frameCount }) => frameCount).join()], [0, 2,
			"1,1"]);
		// packets have left since the last refill; then nothing is left to do
		equal([fanout.refill(), fanout.refill()], [true, false]);
		bursts.closeSocket();
	});

	suite.test("udp-frame-that-fits-a-burst-is-not-kept", () => {
		const bursts = new Bursts(8, [HERE]), picture = new PacketFrame(7), { fanout } = bursts;
		equal([bursts.send(picture), fanout.takeFreed(), fanout.sentCount, bursts.packets], [0, 0, 1, "7"]);
		// one packet is left of this burst
		equal([bursts.send(picture), bursts.packets], [KEEP, "8"]);
		equal([fanout.refill(), fanout.takeFreed(), bursts.packets], [true, 1, "14"]);
		bursts.closeSocket();
	});

	suite.test("udp-bursts-are-shared-by-address-then-by-session", () => {
		const bursts = new Bursts(2, [HERE, HERE, HERE, THERE]), picture = new PacketFrame(6);
		// a burst for each frame, of 12 that four routes would need
		for (let i = 0; i < 60; i++) {
			bursts.send(picture);
			bursts.fanout.refill();
		}
		const counts = bursts.routes.map(({ frameCount }) => frameCount);
		equal([counts, bursts.fanout.abandonedCount], [[4, 3, 3, 10], 0]);
		bursts.closeSocket();
	});

	suite.test("udp-frames-are-sent-whole-where-bursts-cannot-carry-them-all", () => {
		const bursts = new Bursts(3, [HERE, HERE, THERE]), { fanout, routes } = bursts;
		// the hub takes each frame back when the fourth one after it comes
		for (let i = 0; i < 40; i++) {
			fanout.revoke(i & 3);
			bursts.send(new PacketFrame(7), i & 3);
			fanout.takeFreed();
			fanout.refill();
		}
		equal([fanout.abandonedCount, fanout.sentCount, routes.every(({ frameCount }) => frameCount > 3)], [0, 17,
			true]);
		bursts.closeSocket();
	});

	suite.test("udp-frame-that-was-begun-is-finished-and-one-that-waits-gives-way", () => {
		const bursts = new Bursts(3, [HERE, HERE]), { fanout } = bursts;
		equal([bursts.send(new PacketFrame(7), 0), bursts.packets], [KEEP, "3,0"]);
		equal([bursts.send(new PacketFrame(9), 1), fanout.skippedCount, bursts.missed], [KEEP, 2, "1,1"]);
		fanout.refill();
		equal([bursts.packets, fanout.takeFreed()], ["6,0", 0]);
		// the rest of the first frame, and then the second
		fanout.refill();
		equal([bursts.packets, fanout.takeFreed()], ["7,2", 1]);
		fanout.refill();
		fanout.refill();
		equal([bursts.packets, fanout.takeFreed()], ["7,8", 0]);
		fanout.refill();
		equal([bursts.packets, fanout.takeFreed(), fanout.sentCount], ["7,9", 2, 2]);
		bursts.closeSocket();
	});

	suite.test("udp-frame-that-all-routes-replace-is-freed", () => {
		const bursts = new Bursts(3, [HERE, THERE]), { fanout } = bursts;
		equal(bursts.send(new PacketFrame(3), 0), KEEP);
		equal(bursts.packets, "3,0");
		equal(bursts.send(new PacketFrame(3), 1), KEEP | FREED);
		equal([fanout.takeFreed(), fanout.skippedCount, bursts.missed], [1, 1, "0,1"]);
		bursts.closeSocket();
	});

	suite.test("udp-frame-is-given-up-when-its-route-stops-or-leaves-or-its-lease-ends", () => {
		const ends: ((bursts: Bursts, picture: PacketFrame) => void)[] = [
			({ routes }) => routes[0]!.mode = IDLE,
			({ fanout }) => fanout.remove(0),
			({ fanout }) => fanout.revoke(3),
			({ fanout }, picture) => {
				picture.close();
				fanout.refill();
			},
		];
		for (const end of ends) {
			const bursts = new Bursts(3, [HERE]), picture = new PacketFrame(7), { fanout } = bursts;
			equal(bursts.send(picture, 3), KEEP);
			end(bursts, picture);
			equal([fanout.abandonedCount, fanout.takeFreed(), bursts.missed, bursts.packets], [1, 8, "1", "3"]);
			fanout.refill();
			equal([bursts.packets, fanout.sentCount], ["3", 0]);
			bursts.closeSocket();
		}
	});

	suite.test("udp-route-whose-socket-refuses-is-reported-once-with-the-next-frame", () => {
		const bursts = new Bursts(3, [HERE, HERE]), { fanout, routes } = bursts, picture = new PacketFrame(7);
		bursts.send(picture);
		bursts.closeSocket();
		fanout.refill();
		fanout.refill();
		equal([fanout.takeFreed(), bursts.packets], [1, "3,0"]);
		// both are left for their subscribers
		equal([bursts.send(picture), fanout.next(), fanout.next(), fanout.next()], [2, 0, 1, -1]);
		equal([routes[0]!.takeFailure(), routes[0]!.takeFailure()], [true, false]);
		// the first tries again
		equal([bursts.send(picture) & 0xffff, fanout.next()], [1, 1]);
	});

	suite.test("udp-frame-that-its-subscriber-began-is-taken", () => {
		const bursts = new Bursts(3, [HERE, HERE]), { fanout, fragmenters, routes } = bursts;
		const { frame, scan } = new PacketFrame(4);
		scan.parse(frame);
		fragmenters[1]!.begin(77);
		equal([fanout.take(routes[1]!, frame, scan, 2), bursts.packets], [KEEP, "0,3"]);
		fanout.refill();
		equal([bursts.packets, fanout.takeFreed()], ["0,4", 4]);
		bursts.closeSocket();
	});
}

/** Frames of a camera to two subscribers, in bursts of 3 packets.
 *  @param done receives the problem, or undefined */
export function paced(done: (problem: string | undefined) => void): void {
	const spacing = 40, { hub, camera } = rig({ burst: 3, spacing });
	const ports = new UDPPorts({ port: 31_300 }), subscribers: Subscriber[] = [];
	for (let i = 0; i < 2; i++) {
		const target = { address: HERE, rtpPort: PORT + 2 * i, rtcpPort: PORT + 2 * i + 1 };
		const subscriber = new Subscriber({ hub, client: { kind: "rtsp-udp", address: HERE }, openSink: owner =>
			ports.openSink(target, owner), packetSize: 500, random32: () => i, control: new Control("test", () =>
				0), onAlive: () => undefined });
		hub.add(subscriber);
		subscriber.play();
		subscribers.push(subscriber);
	}
	const begin = Time.ticks, sent = () => subscribers.map(({ packetCount }) => packetCount).join();
	camera.capture();
	const first = sent(), leases = camera.leases;
	const timer = Timer.repeat(() => {
		const { statistics } = hub, elapsed = Time.delta(begin);
		if (statistics.sent < 2 && elapsed < 5000)
			return;
		Timer.clear(timer);
		// a frame of 2,000 bytes is 5 packets: bursts of 3, 3, 3 and 1
		const problem = first !== "3,0" || leases !== 1
			? `${first} packets with the first burst, ${leases} leases`
			: sent() !== "5,5" || camera.leases !== 0
			? `${sent()} packets, ${camera.leases} leases`
			: elapsed < 3 * spacing - 5
			? `all packets left within ${elapsed} ms`
			: undefined;
		hub.close();
		ports.close();
		done(problem);
	}, 5);
}
