// SPDX-License-Identifier: MIT
/**
 * A board's `host`: connects the camera to its network, or offers set-up, and starts the server once it has an address.
 * After that the server keeps running even if the network fails: its sockets are not bound to an address.
 *
 * The server does not start earlier because multicast groups are joined by the interface's address, and because a
 * running camera takes memory and disturbs the radio while it searches for its network.
 * `device/link` is the link by Wi-Fi or cable.
 */

import { StatusLine } from "hosts/statusline";
import { readInterfaces } from "interfaces";
import { statusOfFailure } from "network/light";
import { TuningStore } from "network/tuningstore";
import { RestartLog } from "network/restartlog";
import type { Status } from "network/link";
import { checkNames, readDeviceSettings, type DeviceSettings } from "settings/device";
import { applySaved, type SettingsStore } from "settings/saved";
import { SettingsError, withConfigNames } from "settings/settings";
import type { Setup } from "settings/setup";
import type { HeapFigures } from "http/api/context";
import { errorText, toError } from "common/errortext";
import { NoticeLog } from "common/noticelog";
import { Uptime } from "common/uptime";
import { hardwareAddressOf, parseInterfaces } from "sockets/networkinterface";
import Timer from "timer";
import { flash } from "device/flash";
import { Heap } from "device/heap";
import { Lamp } from "device/lamp";
import { openLink, prepareConfig } from "device/link";
import { restart } from "device/restart";
import { keepAbort, keepNotice, restartMemory } from "device/restartmemory";
import { WallClock } from "device/wallclock";
import type { Config, DeviceLink } from "./network/devicelink";
import type { Host, Running, RunningHost } from "../contract";

/** Delay of a restart, so that the response to a form is sent, milliseconds. */
const RESTART_PAUSE = 3000;
/** Delay of a restart if the link cannot be opened, seconds. */
const RESTART_WITHOUT_DEVICE = 60;
/** Seconds between status lines. */
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
	readonly notices = new NoticeLog({ clock: this.#uptime });
	readonly #statusLine = new StatusLine();
	readonly #heap = new Heap(this.#uptime);
	#running: Running | undefined;
	#address: string | undefined;
	#begun = false;
	/** The server is held back because the program has crashed repeatedly. */
	#held: boolean;
	#failure: Status | undefined;
	/** Whether there were viewers at the last tick; undefined before the first. */
	#watched: boolean | undefined;
	#seconds = 0;

	/** @param config from `prepareConfig`
	 *  @param pause seconds until the server may start
	 *  @throws Error the link cannot be opened */
	constructor(
		config: Config,
		lamp: Lamp,
		restarts: RestartLog,
		pause: number,
		start: (config: Config, host: RunningHost) => void,
	) {
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
			onNotice: message => this.notice(message),
			onSecret: say,
		});
		if (this.#held) {
			this.#failure = "failed";
			Timer.set(() => this.#release(), pause * 1000);
		}
		Timer.repeat(() => this.#tick(), 1000);
		// deferred, since it needs the finished device
		Timer.set(() => this.#look(), 0);
	}

	notice(message: string): void {
		this.notices.add(message);
		notice(message);
	}

	get name(): string {
		return this.#link.name;
	}

	get hardwareAddress(): string | undefined {
		return hardwareAddressOf(parseInterfaces(readInterfaces()));
	}

	get setup(): Setup | undefined {
		return this.#link.setup;
	}

	heap(): HeapFigures {
		return this.#heap.figures;
	}

	openStore(): SettingsStore {
		return new TuningStore(flash);
	}

	restart(): void {
		this.#restartForSettings();
	}

	started(running: Running): void {
		this.#running = running;
		this.#tellAddress();
	}

	/** Restarts to try again, which also frees everything that was left half open. */
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
			this.notice(`internal error: ${errorText(error)}`);
		}
	}

	/** Catches all errors, since it runs in callbacks. */
	#look(): void {
		try {
			this.#link.tick(this.#uptime.now());
			this.#lamp.show(
				this.#failure ?? this.#link.status
					?? (this.#watched ? "streaming" : this.#running ? "ready" : "joining"),
			);
		}
		catch (error) {
			this.notice(`internal error: ${errorText(error)}`);
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

	/** Called after the pause. Catches all errors, since it runs in a callback. */
	#release(): void {
		this.#held = false;
		this.#failure = undefined;
		try {
			this.#proceed();
		}
		catch (error) {
			this.notice(`internal error: ${errorText(error)}`);
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
	}

	#lose(): void {
		this.#address = undefined;
	}

	#tellAddress(): void {
		if (!this.#running)
			return;
		const { port, path, httpPort } = this.#running, address = this.#address ?? "?";
		if (httpPort !== undefined)
			this.notice(`http://${address}:${httpPort}/`);
		this.notice(`rtsp://${address}:${port}/${path}`);
	}

	#restartForSettings(): void {
		this.#restarts.ask();
		restartIn(RESTART_PAUSE);
	}
}

/** Writes to the log only. */
function say(message: string): void {
	trace(`${message}\n`);
}

/** Writes to the log and keeps the message for the next start. */
function notice(message: string): void {
	say(message);
	keepNotice(message);
}

/** Reports a failure.
 *  @param error a text is about a setting */
function tellFailure(error: string | Error): Status {
	notice(typeof error === "string" ? error : `${error.message}\n${error.stack}`);
	return statusOfFailure(error);
}

/** Restarts the chip. `restart` is wrapped because the SDK's timer does not accept a native function.
 *  @param pause milliseconds */
function restartIn(pause: number): void {
	Timer.set(() => restart(), pause);
}

/** @param pause seconds */
function restartAfter(pause: number): void {
	say(`restart in ${pause} s`);
	restartIn(pause * 1000);
}

/** Opens the light, even if other settings are invalid. */
function openLamp({ led_pin, led_on }: Config): Lamp {
	const pin = Number(led_pin);
	return new Lamp(pin >= 0 && pin <= 48 ? pin : -1, Number(led_on) === 0 ? 0 : 1, notice);
}

/** Handles a failure before there is a device.
 *  Restarts, except for an invalid setting, which a restart would not fix. */
function giveUp(error: string | Error, lamp?: Lamp, restarts?: RestartLog): void {
	const status = tellFailure(error);
	lamp?.show(status);
	if (status !== "setting")
		restartAfter(restarts?.fail(RESTART_WITHOUT_DEVICE) ?? RESTART_WITHOUT_DEVICE);
}

/** Applies settings that were saved over HTTP, unless the build ignores all that is stored. */
function withSaved(config: Config): Config {
	return String(config["stored"] ?? "").toLowerCase() === "ignore"
		? config
		: applySaved(config, {}, new TuningStore(flash), notice);
}

/** Opens the log for the next start and reports what the previous run left in it.
 *  To be called before the first notice. */
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
				giveUp(error instanceof SettingsError ? withConfigNames(error.message) : toError(error), lamp,
					restarts);
			}
		};
		attempt(() => {
			checkNames(config);
			const values = withSaved(prepareConfig(config, notice));
			const pause = restarts.pauseAtStart(readDeviceSettings(values).restartDelay);
			if (pause === 0 || !restarts.isEarly)
				new Device(values, lamp, restarts, pause, start);
			else {
				lamp.show("failed");
				Timer.set(() => attempt(() => new Device(values, lamp, restarts, 0, start)), pause * 1000);
			}
		});
	},

	// the device is notified instead
	started: () => undefined,
	failed: (error: string | Error) => giveUp(error),
} satisfies Host);

export default host;
