// SPDX-License-Identifier: MIT
/** Frames to several sockets with one native call. */

import { ASIDE, DIRECT, Fanout, Route } from "fanout";
import Fragmenter from "jpeg/fragmenter";
import { rtpTimestamp } from "rtp/clock";
import { openUDP, type UDPStream } from "sockets/sockets";
import Timer from "timer";
import { PACKET_SIZE, PacketFrame } from "./packetframe";

const ADDRESS = "127.0.0.1", FIRST_PORT = 21_200;
/** Time limit for datagrams, milliseconds. */
const WAIT = 5000;
/** Microseconds: beyond 32 bits, and not a multiple of 100. */
const CAPTURE_TIME = 7_123_456_789, OFFSET = 0xffff_fff0;

type Done = (name: string, problem: string | undefined) => void;

/** Opens a socket that keeps what arrives. */
function receiver(packets: string[]): { socket: UDPStream; port: number } {
	for (let port = FIRST_PORT;; port++) {
		try {
			const socket: UDPStream = openUDP({
				port,
				onReadable: count => {
					while (count--) {
						const datagram = socket.read();
						if (datagram)
							packets.push(new Uint8Array(datagram).join());
					}
				},
			});
			return { socket, port };
		}
		catch (error) {
			if (port > FIRST_PORT + 100)
				throw error;
		}
	}
}

/** The packets that the frame's own fragmenter makes. */
function expected({ frame, scan }: PacketFrame, ssrc: number): string[] {
	const fragmenter = new Fragmenter({ ssrc, sequenceNumber: 7 }), packets = [];
	fragmenter.begin(rtpTimestamp(CAPTURE_TIME, OFFSET));
	while (fragmenter.next(frame, scan, PACKET_SIZE))
		packets.push(new Uint8Array(fragmenter.packet as unknown as ArrayBuffer).join());
	fragmenter.restore(frame);
	return packets;
}

function indices(fanout: Fanout): string {
	const list = [];
	for (let i = fanout.next(); i >= 0; i = fanout.next())
		list.push(i);
	return list.join();
}

export default function (done: Done, end: () => void): void {
	const packets: string[] = [], picture = new PacketFrame(7);
	const { socket, port } = receiver(packets), sender = openUDP({ port: 0, onReadable: () => undefined });
	const closed = openUDP({ port: 0, onReadable: () => undefined });
	const fanout = new Fanout(0), fragmenters: Fragmenter[] = [], routes: Route[] = [];
	const add = (mode: number | undefined, from = sender): Route => {
		const fragmenter = new Fragmenter({ ssrc: routes.length, sequenceNumber: 7 });
		const route = new Route(fragmenter, PACKET_SIZE, from, { address: ADDRESS, port });
		route.offset = OFFSET;
		if (mode !== undefined)
			route.mode = mode;
		fanout.add(route);
		fragmenters.push(fragmenter);
		routes.push(route);
		return route;
	};
	const check = (name: string, ...pairs: [unknown, unknown][]): void => {
		const wrong = pairs.find(([got, wanted]) => got !== wanted);
		done(name, wrong && `${wrong[0]}, not ${wrong[1]}`);
	};

	add(DIRECT);
	add(undefined);
	add(ASIDE);
	const held = add(DIRECT);
	held.held = true;
	const lost = add(DIRECT, closed);
	closed.close();
	const { frame, scan } = picture;
	check("frame-leaves-by-direct-routes-and-the-others-are-reported", [fanout.send(frame, scan, CAPTURE_TIME, true, 0),
		3], [fanout.sentCount, 1], [fanout.frameCount, 1], [
		indices(fanout),
		"2,3,4",
	], [indices(fanout), ""], [routes.map(route => route.frameCount).join(), "1,0,0,0,0"], [
		fragmenters.map(({ packetCount }) => packetCount).join(),
		"7,0,0,0,0",
	]);
	check("frame-that-a-socket-refuses-is-reported", [lost.takeFailure(), true], [lost.takeFailure(), false], [
		held.interrupted,
		false,
	], [picture.isWhole, true]);

	held.held = false;
	fanout.send(frame, scan, CAPTURE_TIME, true, 0);
	const first = fanout.next();
	fanout.remove(0);
	fanout.remove(1);
	check("route-that-is-removed-meanwhile-hides-no-other", [first, 2], [indices(fanout), "2"], [held.frameCount, 1]);
	// removed routes are garbage
	routes.length = fragmenters.length = 0;
	fanout.send(frame, scan, CAPTURE_TIME, true, 0);

	let waited = 0;
	Timer.repeat(timer => {
		waited += 20;
		if (packets.length < 28 && waited < WAIT)
			return;
		Timer.clear(timer);
		const count = (ssrc: number) => {
			const wanted = expected(picture, ssrc), from = packets.indexOf(wanted[0]!);
			return wanted.every((packet, i) => packet === packets[from + i]);
		};
		check("packets-are-those-of-the-fragmenter", [packets.length, 28], [count(0), true], [count(3), true], [
			picture.isWhole,
			true,
		]);
		sender.close();
		socket.close();
		end();
	}, 20);
}
