/**
 * Processor time by the byte: the costliest request in each field costs no more for each byte at 4,000 bytes than at 500. Counted in
 * instructions, not seconds: a busy machine changes nothing. bench/requests.mjs prints the figures.
 */
import { byField, measureInstructions } from "../../bench/requests.mjs";
import { available } from "../system.mjs";
import { Skip, check } from "../interop/harness.mjs";

/** Instructions that one more byte may cost. 100 is the aim; 162 is the most that was measured (a tunnel's body; 160 a URL and the same as
 *  Digest's uri). The rest is for compilers of other versions. */
const PER_BYTE = 220;
/** Instructions that any request up to 4,000 bytes may cost. Half of it is the most that was measured. */
const PER_REQUEST = 4_000_000;
/** Names what costs most. */
const shown = (number, { name }) => `${Math.round(number).toLocaleString("en")} (${name})`;

export async function costs(tests) {
	await tests.test("no-byte-of-a-request-costs-more-the-longer-the-request", [], async () => {
		if (!available(["valgrind", "--version"]))
			throw new Skip("valgrind");
		const fields = byField(await measureInstructions());
		check(fields.length > 40, `only ${fields.length} fields were measured`);
		let dearest = 0, dearestByte = -Infinity, note = "", noteByte = "";
		for (const field of fields) {
			const { name, sizes, perByte } = field;
			const isMessages = /^interleaved|^tunnel, requests/.test(name);
			// frames and whole requests: each has its own price
			const most = Math.max(...sizes.map(({ instructions }) => instructions));
			if (!isMessages && most > dearest)
				[dearest, note] = [most, shown(most, field)];
			check(isMessages || most <= PER_REQUEST, `${name}: ${Math.round(most)} instructions`);
			if (sizes[0].byNumber) {
				check(!isMessages || perByte[1] <= perByte[0] * 1.1 + PER_BYTE, `${name}: ${perByte.map(Math.round).join(", then ")} instructions a byte`);
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
