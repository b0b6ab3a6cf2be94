// SPDX-License-Identifier: MIT
/** Programs that fail. run.mjs starts one at a time and checks the output and the exit status. */

import Process from "process";
import Timer from "timer";
import { unusedPort, Listener, TCP, UDP } from "./sockets";

const address = "127.0.0.1";

/** run.mjs uses the error's text to find the line that the stack must contain. */
export const scenarios: Record<string, () => void> = {
	"uncaught-in-main": () => {
		throw new Error("from main");
	},

	"uncaught-in-timer": () => {
		Timer.set(() => {
			deep(3);
		}, 1);
	},

	"uncaught-in-readable": () => {
		const listener = new Listener({
			port: 0,
			onReadable() {
				new TCP({
					from: this.read(),
					onReadable() {
						throw new RangeError("from readable");
					},
				});
			},
		});
		new TCP({
			address,
			port: listener.port,
			onWritable() {
				this.write(new Uint8Array(1));
			},
		});
	},

	"uncaught-in-writable": () => {
		const listener = new Listener({ port: 0 });
		new TCP({
			address,
			port: listener.port,
			onWritable() {
				throw new TypeError("from writable");
			},
		});
	},

	"uncaught-in-error": () => {
		new TCP({
			address,
			port: unusedPort(),
			onError() {
				throw new Error("from error");
			},
		});
	},

	"uncaught-in-listener": () => {
		const listener = new Listener({
			port: 0,
			onReadable() {
				throw new Error("from listener");
			},
		});
		new TCP({ address, port: listener.port });
	},

	"uncaught-in-udp": () => {
		const port = 20_000 + Math.floor(Math.random() * 10_000);
		const socket = new UDP({
			port,
			onReadable() {
				throw new Error("from udp");
			},
		});
		socket.write(new Uint8Array(1), address, port);
	},

	"uncaught-in-promise-job": () => {
		Promise.resolve().then(() => {
			throw new Error("from a promise job");
		});
	},

	"uncaught-in-async-function": () => {
		Timer.set(async () => {
			await undefined;
			throw new Error("from an async function");
		}, 1);
	},

	"rejection-in-a-program-that-goes-on": () => {
		Promise.reject(new Error("from a promise that was collected"));
		Timer.repeat(() => Process.collect(), 1);
	},

	"uncaught-value": () => {
		Timer.set(() => {
			throw "no error but text";
		}, 1);
	},

	"unknown-module": () => {
		const specifier = "./no/such/module";
		import(specifier);
	},

	"chunks-full": () => {
		const kept: ArrayBuffer[] = [];
		Timer.repeat(() => kept.push(new ArrayBuffer(10_000)), 1);
	},

	"slots-full": () => {
		const kept: object[] = [];
		Timer.repeat(() => {
			for (let i = 0; i < 1000; i++)
				kept.push({ i });
		}, 1);
	},

	"stop-while-output-waits": () => {
		Process.onStop(() => Process.exit(0));
		// more than a pipe holds: the reader reads it after the signal
		const rest = ".".repeat(500);
		for (let i = 0; i < 2000; i++)
			trace(`line ${i} ${rest}\n`);
	},

	"stack-full": () => {
		Timer.set(() => {
			endless(1);
		}, 1);
	},
};

function deep(levels: number): void {
	if (levels)
		deep(levels - 1);
	else
		throw new Error("from timer");
}

function endless(value: number): number {
	return endless(value + 1) + 1;
}
