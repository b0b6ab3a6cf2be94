// SPDX-License-Identifier: MIT
/** Look-ups of names: one callback each, none after `close`. */

import Lookup from "lookup";
import { equal, throws } from "../../unit/harness";
import { delay, until, type AsyncSuite, type Test } from "../harness";

export interface Names {
	/** Names that have an address, with it. */
	readonly known: readonly (readonly [string, string])[];
	/** A name that has none. */
	readonly unknown: string;
	/** A name whose look-up takes a while, if there is one. */
	readonly slow?: string;
	/** Look-ups at a time that all succeed. */
	readonly atOnce: number;
	/** Called at the begin of each test. */
	readonly prepare?: (test: Test) => void;
}

/** A look-up with the number of its callbacks. */
class Search {
	readonly lookup: Lookup;
	calls = 0;
	onDone: (() => void) | undefined;

	constructor(test: Test, host: string) {
		this.lookup = test.close(
			new Lookup({ host, onDone: () => {
				this.calls += 1;
				this.onDone?.();
			} }),
		);
	}
}

export default function (suite: AsyncSuite, { known, unknown, slow, atOnce, prepare }: Names): void {
	suite.test("lookup-finds-the-address-of-a-name", async test => {
		prepare?.(test);
		for (const [host, address] of known) {
			const search = new Search(test, host);
			equal([search.calls, search.lookup.address], [0, undefined], "before");
			await until(() => search.calls > 0);
			equal(search.lookup.address, address, host);
			search.lookup.close();
			equal(search.lookup.address, address, "after close");
		}
	});

	suite.test("lookup-of-an-unknown-name-ends-without-an-address", async test => {
		prepare?.(test);
		const search = new Search(test, unknown);
		await until(() => search.calls > 0);
		equal(search.lookup.address, undefined);
		await delay(20);
		equal(search.calls, 1, "callbacks");
	});

	suite.test("lookups-run-side-by-side", async test => {
		prepare?.(test);
		const [[host, address]] = known as [readonly [string, string]];
		const searches = Array.from({ length: atOnce }, () => new Search(test, host));
		await until(() => searches.every(({ calls }) => calls === 1));
		equal(searches.map(({ lookup }) => lookup.address), searches.map(() => address));
	});

	suite.test("lookup-that-is-closed-calls-nothing", async test => {
		prepare?.(test);
		const searches = [slow ?? known[0]![0], known[0]![0], unknown].map(host => new Search(test, host));
		for (const { lookup } of searches) {
			lookup.close();
			lookup.close();
		}
		await delay(100);
		equal(searches.map(({ calls }) => calls), [0, 0, 0]);
	});

	suite.test("lookup-can-be-closed-in-its-callback-and-another-begun", async test => {
		prepare?.(test);
		const search = new Search(test, known[0]![0]);
		let other: Search | undefined;
		search.onDone = () => {
			search.lookup.close();
			other = new Search(test, known[0]![0]);
		};
		await until(() => other !== undefined && other.calls === 1);
		equal([search.calls, other!.lookup.address], [1, known[0]![1]]);
	});

	suite.test("lookup-needs-a-host-and-a-callback", () => {
		const onDone = (): void => undefined, Any = Lookup as new (options: object) => Lookup;
		for (const options of [{ host: "", onDone }, { host: "x".repeat(254), onDone }, { host: "x" }])
			throws(() => new Any(options), RangeError);
		throws(() => new Any({ host: "x", onDone: 1 }), TypeError);
	});
}
