/**
 * A board's `host`: brings the camera into the network, or offers set-up, and starts the server with the first address. The server
 * then stays, whatever becomes of the network: its sockets are bound to no address.
 *
 * It is not started before: multicast groups are joined by the interface's address, and a camera that runs without anybody who
 * could watch takes memory and disturbs the radio while it looks for its network.
 */

import { StatusLine } from "hosts/statusline";
import { Announcer } from "network/announcer";
import { statusOfFailure } from "network/light";
import { Link } from "network/link";
import { hostName, makePassword } from "network/names";
import { Site } from "network/site";
import { applyStored } from "network/stored";
import type { Status } from "network/types";
import random32 from "random";
import { checkNames, readDeviceSettings, type DeviceSettings } from "settings/device";
import { SettingsError } from "settings/settings";
import { Uptime } from "stream/uptime";
import Timer from "timer";
import { flash } from "device/flash";
import { Lamp } from "device/lamp";
import { openResponder } from "device/responder";
import { restart } from "device/restart";
import { SetupServer } from "device/setupserver";
import { WallClock } from "device/wallclock";
import { WiFiRadio } from "device/wifiradio";
import type { Host, Running, RunningHost } from "../types";

type Config = Record<string, unknown>;

/** IDF's address of an access point. */
const SETUP_ADDRESS = "192.168.4.1";
const SETUP_PORT = 80;
/** Until the answer to a form has left, milliseconds. */
const RESTART_PAUSE = 3000;
/** Where not even Wi-Fi can be opened, milliseconds. */
const RESTART_WITHOUT_DEVICE = 60_000;
/** Seconds between lines of the status. */
const STATUS_INTERVAL = 10;

class Device implements RunningHost {
	readonly #config: Config;
	readonly #settings: DeviceSettings;
	readonly #start: (config: Config, host: RunningHost) => void;
	readonly #lamp: Lamp;
	readonly #radio: WiFiRadio;
	readonly #link: Link;
	readonly #name: string;
	readonly #clock: WallClock;
	readonly #uptime = new Uptime();
	readonly #statusLine = new StatusLine();
	#announcer: Announcer | undefined;
	#setup: SetupServer | undefined;
	#running: Running | undefined;
	#address: string | undefined;
	#begun = false;
	#failure: Status | undefined;
	/** Whether somebody watched at the last tick; undefined before the first. */
	#watched: boolean | undefined;
	#seconds = 0;

	/** @param config with what is stored in it, and right
	 *  @throws Error when there is no Wi-Fi */
	constructor(config: Config, lamp: Lamp, start: (config: Config, host: RunningHost) => void) {
		this.#config = config;
		this.#settings = readDeviceSettings(config);
		this.#start = start;
		this.#lamp = lamp;
		this.#radio = new WiFiRadio(() => this.#look());
		const { ssid, password, name, wifiTimeout, sntp } = this.#settings;
		this.#name = hostName(this.#radio.mac, name);
		try {
			this.#radio.hostName = this.#name;
		}
		catch {
			notice("the name is not told to the router");
		}
		this.#clock = new WallClock(sntp);
		this.#link = new Link({
			radio: this.#radio, ssid, password,
			setupName: this.#name,
			setupPassword: this.#setupPassword(),
			timeout: wifiTimeout * 1000,
			onAddress: address => this.#arrive(address),
			onLost: () => this.#lose(),
			onSetup: open => this.#offerSetup(open),
			onNotice: notice,
		});
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
		notice(`restart in ${restartDelay} s`);
		Timer.set(restart, restartDelay * 1000);
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
			this.#savePower(!watched);
		}
		this.#seconds += 1;
		if (statistics && this.#seconds % STATUS_INTERVAL === 0 && !this.#statusLine.isQuiet(statistics))
			notice(this.#statusLine.format(statistics, STATUS_INTERVAL));
	}

	/** Sleep between beacons delays packets by up to 300 ms: nobody is to see that. */
	#savePower(mayRest: boolean): void {
		try {
			this.#radio.powerSave = mayRest && this.#settings.powerSave;
		}
		catch {
			notice("the radio's power save cannot be set");
		}
	}

	#arrive(address: string): void {
		this.#address = address;
		if (!this.#begun) {
			this.#begun = true;
			this.#start(this.#config, this);
		}
		else
			this.#tellAddress();
		if (this.#running && this.#settings.discovery)
			this.#announce(this.#running);
	}

	#lose(): void {
		this.#address = undefined;
		this.#announcer?.close();
	}

	#announce({ port, path }: Running): void {
		this.#announcer ??= new Announcer({
			name: this.#name,
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

	#offerSetup(open: boolean): void {
		this.#setup?.close();
		this.#setup = undefined;
		if (!open)
			return;
		this.#setup = new SetupServer({
			port: SETUP_PORT,
			onNotice: notice,
			site: new Site({
				config: this.#config,
				store: flash,
				hosts: [SETUP_ADDRESS, `${SETUP_ADDRESS}:${SETUP_PORT}`],
				token: `${random32().toString(16)}${random32().toString(16)}`,
				networks: () => this.#link.networks,
				onUse: () => this.#link.touch(this.#uptime.now()),
				onStored: () => void Timer.set(restart, RESTART_PAUSE),
				onNotice: notice,
			}),
		});
		notice(`set-up: join the Wi-Fi network "${this.#name}" and open http://${SETUP_ADDRESS}/`);
	}

	/** One that was made up is kept, and told to who reads the log: that takes a cable. */
	#setupPassword(): string {
		const { apPassword } = this.#settings;
		if (apPassword === "open")
			return "";
		if (apPassword !== "")
			return apPassword;
		let password: unknown;
		try {
			password = flash.get("apPassword");
			if (typeof password !== "string" || password.length < 8)
				flash.set("apPassword", password = makePassword(random32));
		}
		catch {
			notice("the set-up network's password cannot be kept: it is another after the next start");
		}
		const text = typeof password === "string" ? password : makePassword(random32);
		notice(`password of the set-up network "${this.#name}": ${text}`);
		return text;
	}
}

function notice(message: string): void {
	trace(`${message}\n`);
}

function describe(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** @param error text is about a setting */
function tellFailure(error: string | Error): Status {
	notice(typeof error === "string" ? error : `${error.message}\n${error.stack}`);
	return statusOfFailure(describe(error), typeof error === "string");
}

/** The light, however wrong the other settings are. */
function openLamp({ led_pin, led_on }: Config): Lamp {
	const pin = Number(led_pin ?? -1);
	return new Lamp(pin >= 0 && pin <= 48 ? pin : -1, Number(led_on ?? 1) === 0 ? 0 : 1, notice);
}

/** Before there is a device. A wrong setting stays wrong; what else fails may be gone after a restart. */
function giveUp(error: string | Error, lamp?: Lamp): void {
	const status = tellFailure(error);
	lamp?.show(status);
	if (status !== "setting")
		Timer.set(restart, RESTART_WITHOUT_DEVICE);
}

const host: Host = Object.freeze({
	notice,

	ready(config: Config, start: (config: Config, host: RunningHost) => void) {
		const lamp = openLamp(config);
		try {
			checkNames(config);
			new Device(applyStored(config, flash, notice), lamp, start);
		}
		catch (error) {
			giveUp(error instanceof SettingsError ? error.message : error as Error, lamp);
		}
	},

	// the device is told instead, once there is one
	started: () => undefined,
	failed: (error: string | Error) => giveUp(error),
} satisfies Host);

export default host;
