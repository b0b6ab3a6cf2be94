// SPDX-License-Identifier: MIT
/** What the costliest requests over HTTP cost: no byte more than over RTSP, and each path of the API within a bound, in
 *  instructions and in the device's memory. */
import { byField, measureInstructions, measureMemory } from "../../bench/requests.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { Skip, check } from "../interop/harness.mjs";
import { available } from "../system.mjs";
import { PER_BYTE, PER_REQUEST } from "./costs.mjs";
import { DEVICE } from "./rig.mjs";

/** Limits of one request: slots and bytes of chunks until the next collection, the response included. A quarter more
 *  than the maxima measured. */
const SLOTS = 1450, CHUNK_BYTES = 38_000;

/** Instructions of a request without a field that grows: a third more than the dearest, a change of the size. */
const PER_PATH = 1_500_000;

export async function httpCosts(tests) {
	await tests.test("no-byte-over-http-costs-more-than-over-rtsp-and-no-path-is-dear", [], async () => {
		if (!available(["valgrind", "--version"]))
			throw new Skip("valgrind");
		const fields = byField(await measureInstructions("instructions", "httprequests"));
		check(fields.length > 40, `only ${fields.length} cases were measured`);
		let dearest = 0, steepest = 0;
		for (const { name, sizes, perByte } of fields) {
			const most = Math.max(...sizes.map(({ instructions }) => instructions)), slope = Math.max(0, ...perByte);
			check(most > 0 && most <= (sizes.some(({ size }) => size > 0) ? PER_REQUEST : PER_PATH),
				`${name}: ${most} instructions`);
			check(sizes[0].byNumber || slope <= PER_BYTE,
				`${name}: ${perByte.map(Math.round).join(", then ")} instructions a byte`);
			dearest = Math.max(dearest, most);
			steepest = sizes[0].byNumber ? steepest : Math.max(steepest, slope);
		}
		return `at most ${dearest} instructions a request, ${Math.round(steepest)} a byte`;
	}, 300_000);

	await tests.test("memory-of-each-request-over-http-for-a-moment-is-bounded", [], async () => {
		if (!await canBuild(DEVICE.variant))
			throw new Skip(`no compiler for ${DEVICE.variant}`);
		const all = await measureMemory("memory", "httprequests");
		const [slots, chunkBytes] = ["slots", "chunkBytes"].map(what =>
			all.reduce((most, report) => (report[what] > most[what] ? report : most))
		);
		const note = `${slots.slots} slots (${slots.name}), ${chunkBytes.chunkBytes} chunk bytes (${chunkBytes.name})`;
		check(slots.slots <= SLOTS && chunkBytes.chunkBytes <= CHUNK_BYTES, note);
		return note;
	});
}
