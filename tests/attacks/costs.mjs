// SPDX-License-Identifier: MIT
/**
 * Processor time per byte: the costliest request in each field costs no more per byte at 4,000 bytes than at 500. Costs
 * are counted in instructions, which do not depend on other load. bench/requests.mjs prints the figures. And processor
 * time per session: a tick and a SETUP cost no more per session with 512 sessions than with 32.
 */
import { byField, measureInstructions } from "../../bench/requests.mjs";
import { available } from "../system.mjs";
import { Skip, check, equal } from "../interop/harness.mjs";

/** Limit of instructions per additional byte. The aim is 100; the maximum measured is 162 (a tunnel's body; 160 for a
 *  URL and for Digest's uri). The rest is a margin for other compiler versions. */
const PER_BYTE = 220;
/** Limit of instructions for any request of up to 4,000 bytes: twice the maximum measured. */
const PER_REQUEST = 4_000_000;
/** Limit of instructions for each further session: twice the maximum measured. */
const PER_SESSION = 20_000;
/** Formats a number with the name of the costliest request. */
const shown = (number, { name }) => `${Math.round(number).toLocaleString("en")} (${name})`;

export async function costs(tests) {
	await tests.test("tick-and-setup-cost-in-proportion-to-the-sessions", [], async () => {
		if (!available(["valgrind", "--version"]))
			throw new Skip("valgrind");
		const fields = byField(await measureInstructions("sessions"));
		equal(fields.length, 4, "measured cases");
		for (const { name, perByte } of fields) {
			const [few, many] = perByte,
				note = `${name}: ${perByte.map(Math.round).join(", then ")} instructions a session`;
			check(many > 0 && many <= few * 1.1 && many <= PER_SESSION, note);
		}
		return fields.map(({ name, perByte }) => `${name} ${Math.round(perByte[1])}`).join(", ");
	}, 300_000);

	await tests.test("no-byte-of-a-request-costs-more-the-longer-the-request", [], async () => {
		if (!available(["valgrind", "--version"]))
			throw new Skip("valgrind");
		const fields = byField(await measureInstructions());
		check(fields.length > 40, `only ${fields.length} fields were measured`);
		let dearest = 0, dearestByte = -Infinity, note = "", noteByte = "";
		for (const field of fields) {
			const { name, sizes, perByte } = field;
			const isMessages = /^interleaved|^tunnel, requests/.test(name);
			// frames and whole requests each have their own limit
			const most = Math.max(...sizes.map(({ instructions }) => instructions));
			if (!isMessages && most > dearest)
				[dearest, note] = [most, shown(most, field)];
			check(isMessages || most <= PER_REQUEST, `${name}: ${Math.round(most)} instructions`);
			if (sizes[0].byNumber) {
				check(!isMessages || perByte[1] <= perByte[0] * 1.1 + PER_BYTE,
					`${name}: ${perByte.map(Math.round).join(", then ")} instructions a byte`);
				continue;
			}
			const steepest = Math.max(...perByte);
			if (steepest > dearestByte)
				[dearestByte, noteByte] = [steepest, shown(steepest, field)];
			check(steepest <= PER_BYTE, `${name}: ${perByte.map(Math.round).join(", then ")} instructions a byte`);
		}
		return `at most ${note} instructions a request, ${noteByte} a byte`;
	}, 300_000);
}
