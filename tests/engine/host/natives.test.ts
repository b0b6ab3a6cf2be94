// SPDX-License-Identifier: MIT
/** Calls from TypeScript into C: both bindings, and the destructor. */

import Process from "process";
import { equal } from "../../unit/harness";
import { thrown, type AsyncSuite } from "../harness";
import { BoundBox, LooseBox, NamedBox, SecondBox } from "./box";

export default function (suite: AsyncSuite): void {
	for (const [name, Box] of [["bound", BoundBox], ["unbound", LooseBox]] as const) {
		suite.test(`native-methods-and-accessors-${name}`, () => {
			const box = new Box(5);
			equal(box.add(2, 3), 10);
			equal(box.value, 5);
			box.value = 9;
			equal([box.value, box.add(1, 1)], [9, 11]);
			equal(box instanceof Box, true);
			equal(box.constructor === Box, true);
		});

		suite.test(`native-error-reaches-javascript-${name}`, () => {
			equal(thrown(() => new Box(1).fail(), RangeError).message.includes("failed natively"), true);
			equal(thrown(() => new Box(-1), RangeError).message.includes("value is negative"), true);
		});

		suite.test(`native-method-refuses-another-object-${name}`, () => {
			const { add } = Box.prototype;
			for (const other of [{}, undefined, 5, new Map()])
				thrown(() => add.call(other as never, 1, 2), SyntaxError);
		});

		suite.test(`native-class-needs-new-${name}`, () => {
			thrown(() => (Box as unknown as () => void)(), TypeError);
		});

		suite.test(`native-destructor-runs-when-collected-${name}`, () => {
			Process.collect();
			const before = BoundBox.live();
			let kept: unknown;
			for (let i = 0; i < 100; i++)
				kept = new Box(i);
			Process.collect();
			// the stack may still refer to the last ones
			const left = BoundBox.live() - before;
			equal(left >= 1 && left <= 3, true, `${left} left`);
			equal((kept as BoundBox).value, 99);
		});

		suite.test(`native-destructor-runs-with-null-when-the-constructor-threw-${name}`, () => {
			Process.collect();
			const before = BoundBox.nulls();
			for (let i = 0; i < 10; i++)
				thrown(() => new Box(-1), RangeError);
			Process.collect();
			const count = BoundBox.nulls() - before;
			equal(count >= 9 && count <= 10, true, `${count} of 10`);
		});

		suite.test(`native-class-can-be-extended-${name}`, () => {
			class Sub extends (Box as typeof BoundBox) {
				#extra = 4;
				override add(a: number, b: number): number {
					return super.add(a, b) + this.#extra;
				}
			}
			const sub = new Sub(1);
			equal([sub.add(2, 3), sub.value, sub instanceof Box], [10, 1, true]);
		});
	}

	suite.test("native-wrapper-that-passes-other-arguments-passes-them", () => {
		const box = new BoundBox(0);
		equal([box.subtract(7, 2), box.subtractFrom(7, 2), box.negate(7)], [5, -5, -7]);
		const named = new NamedBox("name", 8);
		equal([named.name, named.value, new SecondBox("3", 4).value], ["name", 8, 4]);
	});

	suite.test("native-unknown-is-named-in-the-error", () => {
		const name = "xs_no_such_native";
		equal(thrown(() => native(name), ReferenceError).message.includes(name), true);
		equal(thrown(() => Native(name), ReferenceError).message.includes(name), true);
	});
}
