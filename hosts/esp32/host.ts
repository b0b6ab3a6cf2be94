/**
 * A board's `host`: brings the camera into the network, or offers set-up, and starts the server with the first address. The server
 * then stays, whatever becomes of the network: its sockets are bound to no address.
 *
 * It is not started before: multicast groups are joined by the interface's address, and a camera that runs without anybody who
 * could watch takes memory and disturbs the radio while it looks for its network. Wi-Fi or a cable: `device/link` knows.
 */

import { StatusLine } from "hosts/statusline";
import { Announcer } from "network/announcer";
import { statusOfFailure } from "network/light";
import { RestartLog } from "network/restartlog";
import type { Status } from "network/link";
import { checkNames, readDeviceSettings, type DeviceSettings } from "settings/device";
import { SettingsError } from "settings/settings";
import { Uptime } from "common/uptime";
import Timer from "timer";
import { flash } from "device/flash";
import { Lamp } from "device/lamp";
import { openLink, prepareConfig } from "device/link";
import { openResponder } from "device/responder";
import { restart } from "device/restart";
import { keepAbort, keepNotice, restartMemory } from "device/restartmemory";
import { WallClock } from "device/wallclock";
import type { Config, DeviceLink } from "./network/devicelink";
import type { Host, Running, RunningHost } from "../contract";

/** Until the answer to a form has left, milliseconds. */
const RESTART_PAUSE = 3000;
/** Where not even the link can be opened, seconds. */
const RESTART_WITHOUT_DEVICE = 60;
/** Seconds between lines of the status. */
const STATUS_INTERVAL = 10;

class Device implements RunningHost {
	readonly #config: Config;
	readonly #settings: DeviceSettings;
	readonly #start: (config: Config, host: RunningHost) => void;
	readonly #lamp: Lamp;
	readonly #restarts: RestartLog;
	readonly #link: DeviceLink;
	readonly #clock: WallClock;
	readonly #uptime = new Uptime();
	readonly #statusLine = new StatusLine();
	#announcer: Announcer | undefined;
	#running: Running | undefined;
	#address: string | undefined;
	#begun = false;
	/** The program does not begin: it has crashed again and again. */
	#held: boolean;
	#failure: Status | undefined;
	/** Whether somebody watched at the last tick; undefined before the first. */
	#watched: boolean | undefined;
	#seconds = 0;

	/** @param config from `prepareConfig`
	 *  @param pause until the program may begin, seconds
	 *  @throws Error the link cannot be opened */
	constructor(config: Config, lamp: Lamp, restarts: RestartLog, pause: number, start: (config: Config, host: RunningHost) => void) {
		this.#config = config;
		this.#settings = readDeviceSettings(config);
		this.#start = start;
		this.#lamp = lamp;
		this.#restarts = restarts;
		this.#held = pause > 0;
		this.#clock = new WallClock(this.#settings.sntp);
		this.#link = openLink({
			config,
			onChanged: () => this.#look(),
			onAddress: address => this.#arrive(address),
			onLost: () => this.#lose(),
			onStored: () => this.#restartForSettings(),
			onNotice: notice,
			onSecret: say,
		});
		if (this.#held) {
			this.#failure = "failed";
			Timer.set(() => this.#release(), pause * 1000);
		}
		Timer.repeat(() => this.#tick(), 1000);
		// not here: what follows from it wants a device that is made
		Timer.set(() => this.#look(), 0);
	}

	notice(message: string): void {
		notice(message);
	}

	started(running: Running): void {
		this.#running = running;
		this.#tellAddress();
	}

	/** What could not be started is tried again by a restart, which frees whatever was left half open. */
	failed(error: string | Error): void {
		this.#failure = tellFailure(error);
		this.#lamp.show(this.#failure);
		const { restartDelay } = this.#settings;
		if (this.#failure === "setting" || restartDelay === 0)
			return;
		restartAfter(this.#restarts.fail(restartDelay));
	}

	#tick(): void {
		this.#look();
		try {
			this.#watch();
			if (this.#address !== undefined)
				this.#clock.tick();
		}
		catch (error) {
			notice(`internal error: ${describe(error)}`);
		}
	}

	/** Whatever is thrown ends here: it runs in callbacks. */
	#look(): void {
		try {
			this.#link.tick(this.#uptime.now());
			this.#lamp.show(this.#failure ?? this.#link.status ?? (this.#watched ? "streaming" : this.#running ? "ready" : "joining"));
		}
		catch (error) {
			notice(`internal error: ${describe(error)}`);
		}
	}

	#watch(): void {
		const statistics = this.#running?.statistics();
		const watched = (statistics?.playing ?? 0) > 0;
		if (this.#address !== undefined && watched !== this.#watched) {
			this.#watched = watched;
			this.#link.rest(!watched);
		}
		this.#seconds += 1;
		if (statistics && this.#seconds % STATUS_INTERVAL === 0 && !this.#statusLine.isQuiet(statistics))
			say(this.#statusLine.format(statistics, STATUS_INTERVAL));
	}

	#arrive(address: string): void {
		this.#address = address;
		if (this.#begun)
			this.#tellAddress();
		this.#proceed();
	}

	/** The pause is over. Whatever is thrown ends here: it runs in a callback. */
	#release(): void {
		this.#held = false;
		this.#failure = undefined;
		try {
			this.#proceed();
		}
		catch (error) {
			notice(`internal error: ${describe(error)}`);
		}
	}

	#proceed(): void {
		if (this.#held || this.#address === undefined)
			return;
		if (!this.#begun) {
			this.#begun = true;
			this.#restarts.begin();
			this.#start(this.#config, this);
		}
		if (this.#running && this.#settings.discovery)
			this.#announce(this.#running);
	}

	#lose(): void {
		this.#address = undefined;
		this.#announcer?.close();
	}

	#announce({ port, path }: Running): void {
		this.#announcer ??= new Announcer({
			name: this.#link.name,
			open: () => openResponder(port, path),
			later: callback => Timer.set(callback, 0),
			onReady: name => notice(`rtsp://${name}.local:${port}/${path}`),
			onNotice: notice,
		});
		this.#announcer.open();
	}

	#tellAddress(): void {
		if (this.#running)
			notice(`rtsp://${this.#address ?? "?"}:${this.#running.port}/${this.#running.path}`);
	}

	#restartForSettings(): void {
		this.#restarts.ask();
		restartIn(RESTART_PAUSE);
	}
}

/** For the log alone. */
function say(message: string): void {
	trace(`${message}\n`);
}

/** For the log, and kept for the next start. */
function notice(message: string): void {
	say(message);
	keepNotice(message);
}

function describe(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** @param error text is about a setting */
function tellFailure(error: string | Error): Status {
	notice(typeof error === "string" ? error : `${error.message}\n${error.stack}`);
	return statusOfFailure(error);
}

/** The function is native: the SDK's timer, itself native, takes it for none.
 *  @param pause milliseconds */
function restartIn(pause: number): void {
	Timer.set(() => restart(), pause);
}

/** @param pause seconds */
function restartAfter(pause: number): void {
	say(`restart in ${pause} s`);
	restartIn(pause * 1000);
}

/** The light, however wrong the other settings are. */
function openLamp({ led_pin, led_on }: Config): Lamp {
	const pin = Number(led_pin ?? -1);
	return new Lamp(pin >= 0 && pin <= 48 ? pin : -1, Number(led_on ?? 1) === 0 ? 0 : 1, notice);
}

/** Before there is a device. A wrong setting stays wrong; what else fails may be gone after a restart. */
function giveUp(error: string | Error, lamp?: Lamp, restarts?: RestartLog): void {
	const status = tellFailure(error);
	lamp?.show(status);
	if (status !== "setting")
		restartAfter(restarts?.fail(RESTART_WITHOUT_DEVICE) ?? RESTART_WITHOUT_DEVICE);
}

/** Begins to keep what the next start tells, and tells what the one before has kept: before the first notice. */
function openRestartLog(): RestartLog {
	(globalThis as { abort?: typeof keepAbort }).abort = keepAbort;
	const restarts = new RestartLog({ memory: restartMemory, store: flash, onNotice: say });
	Timer.repeat(() => restarts.tick(), 1000);
	return restarts;
}

const host: Host = Object.freeze({
	notice,

	ready(config: Config, start: (config: Config, host: RunningHost) => void) {
		const restarts = openRestartLog(), lamp = openLamp(config);
		const attempt = (action: () => void): void => {
			try {
				action();
			}
			catch (error) {
				giveUp(error instanceof SettingsError ? error.message : error as Error, lamp, restarts);
			}
		};
		attempt(() => {
			checkNames(config);
			const values = prepareConfig(config, notice);
			const pause = restarts.pauseAtStart(readDeviceSettings(values).restartDelay);
			if (pause === 0 || !restarts.isEarly)
				new Device(values, lamp, restarts, pause, start);
			else {
				lamp.show("failed");
				Timer.set(() => attempt(() => new Device(values, lamp, restarts, 0, start)), pause * 1000);
			}
		});
	},

	// the device is told instead, once there is one
	started: () => undefined,
	failed: (error: string | Error) => giveUp(error),
} satisfies Host);

export default host;
