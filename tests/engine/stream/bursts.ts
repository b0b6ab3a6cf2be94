// SPDX-License-Identifier: MIT
/** UDP packets are sent in bursts, for all subscribers together. */

import { WAITING, type Sink } from "stream/sink";
import { UDPPorts } from "stream/udp";
import Time from "time";
import Timer from "timer";
import { PACKET_SIZE, PacketFrame } from "./packetframe";

const COUNTS = [7, 4];

/** Three sessions of one address and one of another, which gets half of the packets. May take long on a busy machine.
 *  @param done receives the problem, or undefined */
export function shares(done: (problem: string | undefined) => void): void {
	const ports = new UDPPorts({ port: 31_300, burst: 2, spacing: 5 });
	const crowd = [60, 60, 60].map(count => new PacketFrame(count)), single = new PacketFrame(20);
	const end = (problem: string | undefined): void => {
		Timer.clear(late);
		ports.close();
		done(problem);
	};
	const late = Timer.set(() => end(`only ${single.fragmenter.packetCount} of 20 packets left`), 20_000);
	[...crowd, single].forEach((source, i) => {
		const send = (): void => {
			const { fragmenter, frame, scan } = source;
			sink.send(fragmenter, frame, scan, PACKET_SIZE);
			if (source === single && !fragmenter.inProgress)
				Timer.set(() => end(judge(crowd.map(other => other.fragmenter.packetCount))), 0);
		};
		const sink: Sink = ports.openSink({ address: source === single ? "127.0.0.2" : "127.0.0.1",
			rtpPort: 31_390 + 2 * i, rtcpPort: 31_391 + 2 * i }, { resume: send, receiveControl: () => undefined });
		send();
	});
}

function judge(sent: number[]): string | undefined {
	const sum = sent.reduce((total, count) => total + count), spread = Math.max(...sent) - Math.min(...sent);
	return sum < 16 || sum > 26
		? `${sum} packets to three sessions of one address while 20 went to another's`
		: spread > 4
		? `sessions of one address were sent ${sent.join()} packets`
		: undefined;
}

/** @param done receives the problem, or undefined */
export default function (done: (problem: string | undefined) => void): void {
	const spacing = 40;
	const ports = new UDPPorts({ port: 31_300, burst: 3, spacing });
	const frames = COUNTS.map(count => new PacketFrame(count));
	const bursts: { readonly ticks: number; readonly count: number }[] = [];
	const left = () => frames.reduce((sum, { fragmenter }, i) => sum + COUNTS[i]! - fragmenter.packetCount, 0);
	const sinks: Sink[] = [];
	let before = left();
	const note = () => {
		const now = left(), last = bursts[bursts.length - 1], ticks = Time.ticks;
		if (now === before)
			return;
		// all packets sent in one turn are one burst
		if (last && Time.delta(last.ticks, ticks) < spacing / 4)
			bursts[bursts.length - 1] = { ticks: last.ticks, count: last.count + before - now };
		else
			bursts.push({ ticks, count: before - now });
		before = now;
	};
	const send = (i: number) => {
		const { fragmenter, frame, scan } = frames[i]!;
		const result = sinks[i]!.send(fragmenter, frame, scan, PACKET_SIZE);
		note();
		return result;
	};
	for (let i = 0; i < 2; i++)
		sinks.push(
			ports.openSink({ address: "127.0.0.1", rtpPort: 31_390, rtcpPort: 31_391 }, { resume: () => void send(i),
				receiveControl: () => undefined }),
		);
	const begun = Time.ticks;
	const first = send(0), second = send(1);
	Timer.set(() => {
		ports.close();
		const counts = bursts.map(burst => burst.count).join();
		const times = bursts.map(burst => Time.delta(begun, burst.ticks));
		done(first !== WAITING || second !== WAITING
			? `did not wait: ${first} ${second}`
			: left() !== 0
			? `${left()} packets never left`
			: !frames.every(frame => frame.isWhole)
			? "a frame was changed"
			: counts !== "3,3,3,2"
			? `bursts of ${counts}`
			// a late burst shortens the gap after it, so only check that none is early
			: times.some((time, i) => time < i * spacing - 5)
			? `bursts after ${times.join()} ms`
			: undefined);
	}, 600);
}
