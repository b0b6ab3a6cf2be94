// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { Announcer, type Names } from "network/announcer";

class Rig {
	readonly log: string[] = [];
	readonly pending: (() => void)[] = [];
	ready: () => void = () => undefined;
	error: () => void = () => undefined;
	throwing = "";
	readonly announcer = new Announcer({
		name: "porch",
		open: () => this.#open(),
		later: callback => this.pending.push(callback),
		onReady: name => this.log.push(`ready ${name}`),
		onNotice: message => this.log.push(`notice ${message}`),
	});

	/** Runs pending callbacks.
	 *  @returns the events since the last call */
	take(): string[] {
		while (this.pending.length)
			this.pending.shift()!();
		const taken = [...this.log];
		this.log.length = 0;
		return taken;
	}

	#open(): Names {
		this.#call("open");
		return {
			claim: (host, onReady, onError) => {
				this.#call(`claim ${host}`);
				this.ready = onReady;
				this.error = onError;
				return { close: () => this.#call(`unclaim ${host}`) };
			},
			advertise: host => {
				this.#call(`advertise ${host}`);
				return { close: () => this.#call(`goodbye ${host}`) };
			},
			close: () => this.#call("close"),
		};
	}

	#call(text: string): void {
		this.log.push(text);
		if (this.throwing !== "" && text.startsWith(this.throwing))
			throw new Error("no memory");
	}
}

export default function (suite: Suite): void {
	suite.test("stream-is-announced-under-the-claimed-name-and-taken-back-in-order", () => {
		const rig = new Rig();
		rig.announcer.open();
		equal(rig.take(), ["open", "claim porch"]);
		rig.ready();
		equal(rig.take(), ["advertise porch", "ready porch"]);
		rig.announcer.open();
		equal(rig.take(), ["goodbye porch", "unclaim porch", "close", "open", "claim porch"]);
		rig.announcer.close();
		rig.announcer.close();
		equal(rig.take(), ["unclaim porch", "close"]);
	});

	suite.test("name-in-use-gets-a-number", () => {
		const rig = new Rig();
		rig.announcer.open();
		rig.error();
		equal(rig.log, ["open", "claim porch"], "no claim within the callback");
		rig.log.length = 0;
		equal(rig.take(), ["unclaim porch", "claim porch-2"]);
		rig.error();
		equal(rig.take(), ["unclaim porch-2", "claim porch-3"]);
		rig.ready();
		equal(rig.take(), ["advertise porch-3", "ready porch-3"]);
	});

	suite.test("announcer-gives-up-when-all-names-are-taken", () => {
		const rig = new Rig();
		rig.announcer.open();
		for (let i = 0; i < 9; i++) {
			rig.error();
			rig.take();
		}
		rig.take();
		equal(rig.pending.length, 0);
		rig.announcer.open();
		equal(rig.take(), ["close", "open", "claim porch"]);
	});

	suite.test("late-callbacks-do-nothing", () => {
		const rig = new Rig();
		rig.announcer.open();
		const { ready, error } = rig;
		error();
		rig.announcer.open();
		rig.log.length = 0;
		ready();
		error();
		equal(rig.take(), []);
	});

	suite.test("responder-that-throws-is-closed-with-a-notice", () => {
		for (const [throwing, log] of [
			["open", ["open", "notice the camera's name is not announced: no memory"]],
			["claim", ["open", "claim porch", "close", "notice the camera's name is not announced: no memory"]],
			["close", ["open", "claim porch", "unclaim porch", "close"]],
			["unclaim", ["open", "claim porch", "unclaim porch", "close"]],
		] as const) {
			const rig = new Rig();
			rig.throwing = throwing;
			rig.announcer.open();
			rig.announcer.close();
			equal(rig.take(), log, throwing);
		}
		const rig = new Rig();
		rig.throwing = "advertise";
		rig.announcer.open();
		rig.ready();
		equal(rig.take(), ["open", "claim porch", "advertise porch", "unclaim porch", "close",
			"notice the camera's name is not announced: no memory"]);
	});
}
