// SPDX-License-Identifier: MIT
/**
 * Facts about the Moddable SDK, read from its sources: contents of its manifests, imports of its modules, headers that
 * its C files need. They cover the parts that this program's manifests reach. `npm run check:sdk` compares them with an
 * installed SDK.
 */

/** Version of the Moddable SDK that the facts were read from. */
export const VERSION = "8.2.3";

/** Files, without extension. js: imports of the JavaScript file. c: known headers that the C file includes, its own
 *  among them. xs: prefixes of its functions for JavaScript, after xs_. h: a header exists, which C files find if a
 *  manifest includes the file. */
export const FILES = {
	"build/devices/esp32/setup/network": { js: ["mc/config", "time", "embedded:network/interface/wifi", "sntp"] },
	"build/simulators/modules/screen": { js: [], c: ["modInstrumentation.h", "screen.h"], h: true },
	"modules/base/instrumentation/modInstrumentation": { c: ["modInstrumentation.h"], xs: ["instrumentation"],
		h: true },
	"modules/base/time/esp/modTime": { c: [], xs: ["time"] },
	"modules/base/time/lin/modTime": { c: [], xs: ["time"] },
	"modules/base/time/mac/modTime": { c: [], xs: ["time"] },
	"modules/base/time/time": { js: [] },
	"modules/base/timer/lin/timer": { c: ["modTimer.h", "modInstrumentation.h"] },
	"modules/base/timer/mac/timer": { c: ["modTimer.h", "modInstrumentation.h"] },
	"modules/base/timer/mc/timer": { c: ["modTimer.h", "modInstrumentation.h"] },
	"modules/base/timer/modTimer": { c: ["modTimer.h"], xs: ["timer"], h: true },
	"modules/base/timer/timer": { js: [] },
	"modules/commodetto/commodettoBitmap": { js: [], c: ["commodettoBitmap.h"], xs: ["Bitmap", "bitmap"], h: true },
	"modules/drivers/button/button": { js: ["pins/digital", "pins/digital/monitor"] },
	"modules/drivers/ili9341/ili9341": { js: [] },
	"modules/drivers/ili9341/modIli9341": { c: ["commodettoBitmap.h", "modGPIO.h", "modSPI.h"], xs: ["ILI9341"] },
	"modules/drivers/sensors/cst816/cst816": { js: ["timer"] },
	"modules/drivers/st7789/st7789": { js: ["ili9341"] },
	"modules/files/preference/esp32/modPreference": { c: ["modPreference.h"], xs: ["preference"] },
	"modules/files/preference/modPreference": { h: true },
	"modules/files/preference/preference": { js: [] },
	"modules/files/resource/Resource": { js: [], c: [] },
	"modules/io/analog/esp32/_analog": { js: [], c: ["builtinCommon.h"], xs: ["analog"] },
	"modules/io/common/builtinCommon": { c: ["builtinCommon.h"], h: true },
	"modules/io/digital/digital": { js: ["embedded:io/digitalbank"] },
	"modules/io/digital/digitalbank": { js: [], h: true },
	"modules/io/digital/esp32/digitalbank": { c: ["digitalbank.h", "builtinCommon.h"], xs: ["digitalbank"] },
	"modules/io/i2c/_i2c": { js: [], h: true },
	"modules/io/i2c/esp32/_i2c": { c: ["_i2c.h", "builtinCommon.h"] },
	"modules/io/i2c/i2c_async": { js: ["embedded:implementation/i2csync"] },
	"modules/io/i2c/smbus": { js: ["embedded:io/i2c"] },
	"modules/io/i2c/smbus_async": { js: ["embedded:implementation/smbussync"] },
	"modules/io/pulsecount/esp32/_pulsecount": { js: [], c: ["builtinCommon.h"], xs: ["pulsecount"] },
	"modules/io/pulsewidth/esp32/_pulsewidth": { js: [], c: ["builtinCommon.h"], xs: ["pulsewidth"] },
	"modules/io/pwm/esp32/_pwm": { js: [], c: ["builtinCommon.h"], xs: ["pwm"] },
	"modules/io/serial/esp32/serial": { js: [], c: ["builtinCommon.h"], xs: ["serial"] },
	"modules/io/socket/lin/listener": { js: ["embedded:io/socket/tcp"] },
	"modules/io/socket/lin/tcp": { js: [], c: ["modInstrumentation.h", "modTimer.h", "builtinCommon.h"],
		xs: ["tcp", "listener"] },
	"modules/io/socket/lin/udp": { js: [], c: ["modTimer.h", "builtinCommon.h"], xs: ["udp"] },
	"modules/io/socket/lwip/listener": { js: ["embedded:io/socket/tcp"] },
	"modules/io/socket/lwip/tcp": { js: [], c: ["modInstrumentation.h", "builtinCommon.h", "modLwipSafe.h"],
		xs: ["tcp", "listener"] },
	"modules/io/socket/lwip/udp": { js: [], c: ["modInstrumentation.h", "builtinCommon.h", "modLwipSafe.h"],
		xs: ["udp"] },
	"modules/io/socket/mac/listener": { js: ["embedded:io/socket/tcp"] },
	"modules/io/socket/mac/tcp": { js: [], c: ["modInstrumentation.h", "builtinCommon.h"], xs: ["tcp", "listener"] },
	"modules/io/socket/mac/udp": { js: [], c: ["builtinCommon.h"], xs: ["udp"] },
	"modules/io/spi/esp32/spi": { c: ["modSPI.h", "modGPIO.h", "builtinCommon.h"] },
	"modules/io/spi/spi": { js: [] },
	"modules/io/system/system": { js: ["timer", "embedded:provider/builtin"], c: ["builtinCommon.h"], xs: ["system"] },
	"modules/io/wifi/esp32/wifi-esp32": { js: [], c: ["builtinCommon.h"], xs: ["wifi419"] },
	"modules/network/net/esp/modNet": { c: [], xs: ["net"] },
	"modules/network/net/esp/modResolve": { c: [], xs: ["net"] },
	"modules/network/net/net": { js: [] },
	"modules/network/sntp/modsntp": { c: [], xs: ["sntp"] },
	"modules/network/sntp/sntp": { js: ["socket", "net", "timer"] },
	"modules/network/socket/lwip/modLwipSafe": { c: ["modLwipSafe.h"], h: true },
	"modules/network/socket/lwip/modSocket": { c: ["modInstrumentation.h", "modSocket.h", "modLwipSafe.h"],
		xs: ["socket", "listener"] },
	"modules/network/socket/modSocket": { h: true },
	"modules/network/socket/socket": { js: [] },
	"modules/pins/digital/digital": { js: [], c: ["modGPIO.h"], xs: ["digital"] },
	"modules/pins/digital/esp32/modGPIO": { c: ["modGPIO.h"], h: true },
	"modules/pins/digital/monitor/esp32/modMonitor": { c: ["modGPIO.h"], xs: ["digital"] },
	"modules/pins/digital/monitor/monitor": { js: [] },
	"modules/pins/spi/esp32/modSPI": { c: ["modSPI.h"], h: true },
};

const TYPINGS = { package: undefined, "tsconfig.es2024": undefined, "tsconfig.es2025": undefined };
const INSTRUMENTATION = "modules/base/instrumentation/modInstrumentation";

/**
 * The SDK's manifests. why: this program's reason to include it; manifests without one are only for the SDK's boards.
 * For each platform: includes; modules (specifier -> file); natives, files that are C only; preloads, unless all
 * modules are preloaded.
 */
export const MANIFESTS = {
	"examples/manifest_base.json": {
		why: "timer, time, mc/config, instrumentation, typings; required for every build",
		esp32: {
			includes: ["modules/files/preference/manifest.json"],
			modules: { ...TYPINGS, Resource: "modules/files/resource/Resource", time: "modules/base/time/time",
				timer: "modules/base/timer/timer" },
			natives: [INSTRUMENTATION, "modules/base/time/esp/modTime", "modules/base/timer/mc/timer",
				"modules/base/timer/modTimer", "modules/network/socket/lwip/modLwipSafe"],
			preloads: ["Resource", "time", "timer"],
		},
		lin: {
			modules: { ...TYPINGS, Resource: "modules/files/resource/Resource",
				screen: "build/simulators/modules/screen", time: "modules/base/time/time",
				timer: "modules/base/timer/timer" },
			natives: [INSTRUMENTATION, "modules/base/time/lin/modTime", "modules/base/timer/lin/timer",
				"modules/base/timer/modTimer"],
		},
		mac: {
			modules: { ...TYPINGS, Resource: "modules/files/resource/Resource",
				screen: "build/simulators/modules/screen", time: "modules/base/time/time",
				timer: "modules/base/timer/timer" },
			natives: [INSTRUMENTATION, "modules/base/time/mac/modTime", "modules/base/timer/mac/timer",
				"modules/base/timer/modTimer"],
		},
	},
	"examples/manifest_net.json": {
		why: "Wi-Fi (device/wifiradio), SNTP (device/wallclock) and its dependencies: the older sockets, net",
		esp32: {
			modules: {
				net: "modules/network/net/net",
				socket: "modules/network/socket/socket",
				sntp: "modules/network/sntp/sntp",
				"embedded:network/interface/wifi": "modules/io/wifi/esp32/wifi-esp32",
				"setup/network": "build/devices/esp32/setup/network",
			},
			natives: [
				"modules/network/net/esp/modNet",
				"modules/network/net/esp/modResolve",
				"modules/network/sntp/modsntp",
				"modules/io/common/builtinCommon",
				"modules/network/socket/modSocket",
				"modules/network/socket/lwip/modLwipSafe",
				"modules/network/socket/lwip/modSocket",
			],
		},
	},
	"modules/files/preference/manifest.json": {
		why: "values stored by the set-up page (device/flash)",
		esp32: { modules: { preference: "modules/files/preference/preference" },
			natives: ["modules/files/preference/modPreference", "modules/files/preference/esp32/modPreference"] },
	},
	"modules/io/digital/manifest.json": {
		why: "the light (device/lamp)",
		esp32: {
			modules: { "embedded:io/digital": "modules/io/digital/digital",
				"embedded:io/digitalbank": "modules/io/digital/digitalbank" },
			natives: ["modules/io/common/builtinCommon", "modules/io/digital/esp32/digitalbank"],
		},
	},
	"modules/io/manifest.json": {
		esp32: {
			includes: ["examples/manifest_base.json", "examples/manifest_net.json", "modules/io/digital/manifest.json"],
			modules: {
				"commodetto/Bitmap": "modules/commodetto/commodettoBitmap",
				system: "modules/io/system/system",
				"embedded:implementation/i2csync": "modules/io/i2c/_i2c",
				"embedded:implementation/smbussync": "modules/io/i2c/smbus",
				"embedded:io/analog": "modules/io/analog/esp32/_analog",
				"embedded:io/i2c": "modules/io/i2c/i2c_async",
				"embedded:io/pulsecount": "modules/io/pulsecount/esp32/_pulsecount",
				"embedded:io/pulsewidth": "modules/io/pulsewidth/esp32/_pulsewidth",
				"embedded:io/pwm": "modules/io/pwm/esp32/_pwm",
				"embedded:io/serial": "modules/io/serial/esp32/serial",
				"embedded:io/smbus": "modules/io/i2c/smbus_async",
				"embedded:io/socket/listener": "modules/io/socket/lwip/listener",
				"embedded:io/socket/tcp": "modules/io/socket/lwip/tcp",
				"embedded:io/socket/udp": "modules/io/socket/lwip/udp",
				"embedded:io/spi": "modules/io/spi/spi",
				// the board's own module, for those of these that it has
				"embedded:provider/builtin": undefined,
			},
			natives: ["modules/io/i2c/esp32/_i2c", "modules/io/spi/esp32/spi", "modules/pins/spi/esp32/modSPI"],
		},
	},
	"modules/drivers/button/manifest.json": {
		esp32: {
			modules: {
				button: "modules/drivers/button/button",
				"pins/digital": "modules/pins/digital/digital",
				"pins/digital/monitor": "modules/pins/digital/monitor/monitor",
			},
			natives: ["modules/pins/digital/esp32/modGPIO", "modules/pins/digital/monitor/esp32/modMonitor"],
		},
	},
	"modules/drivers/ili9341/manifest.json": {
		esp32: {
			modules: {
				ili9341: "modules/drivers/ili9341/ili9341",
				"commodetto/Bitmap": "modules/commodetto/commodettoBitmap",
				"pins/digital": "modules/pins/digital/digital",
			},
			natives: ["modules/drivers/ili9341/modIli9341", "modules/pins/digital/esp32/modGPIO",
				"modules/pins/spi/esp32/modSPI"],
		},
	},
	"modules/drivers/sensors/cst816/manifest.json": {
		esp32: { modules: { "embedded:sensor/Touch/CST816": "modules/drivers/sensors/cst816/cst816" } },
	},
	"modules/drivers/st7789/manifest.json": {
		esp32: { includes: ["modules/drivers/ili9341/manifest.json"],
			modules: { st7789: "modules/drivers/st7789/st7789" } },
	},
};

/** Reasons for single files of the SDK. */
export const REASONS = {
	"modules/io/common/builtinCommon": "a dependency of the SDK's sockets",
	"modules/io/socket/lin/*": "the simulator's sockets",
	"modules/io/socket/lwip/*": "sockets",
	"modules/io/socket/mac/*": "the simulator's sockets",
};

/** Manifests that the SDK's own boards include. `examples/manifest_base.json` includes the board's manifest. Each board
 *  has its own `setup/target`. */
export const TARGETS = {
	m5atom_s3r_cam: ["modules/io/manifest.json", "modules/drivers/button/manifest.json"],
	m5atom_s3r_m12: ["modules/io/manifest.json", "modules/drivers/button/manifest.json"],
	lilygo_t_camera_plus_s3: ["modules/io/manifest.json", "modules/drivers/button/manifest.json",
		"modules/drivers/st7789/manifest.json", "modules/drivers/sensors/cst816/manifest.json"],
	xiao_esp32s3_sense: ["modules/drivers/button/manifest.json", "modules/drivers/ili9341/manifest.json"],
};

/** Names of xs.h that a C file cannot use after including xsmc.h. */
export const POISONED = [
	"xsArrayBuffer",
	"xsArrayBufferResizable",
	"xsDefine",
	"xsDelete",
	"xsDeleteAt",
	"xsGet",
	"xsGetArrayBufferData",
	"xsGetArrayBufferLength",
	"xsGetArrayBufferMaxLength",
	"xsGetAt",
	"xsGetHostBufferLength",
	"xsGetHostChunk",
	"xsGetHostChunkValidate",
	"xsGetHostData",
	"xsGetHostDataValidate",
	"xsGetIndex",
	"xsHas",
	"xsHasIndex",
	"xsIsCallable",
	"xsIsInstanceOf",
	"xsPetrifyHostBuffer",
	"xsSet",
	"xsSetArrayBufferData",
	"xsSetArrayBufferLength",
	"xsSetAt",
	"xsSetHostBuffer",
	"xsSetHostChunk",
	"xsSetHostData",
	"xsSetIndex",
	"xsTest",
	"xsToArrayBuffer",
	"xsToBoolean",
	"xsToInteger",
	"xsToNumber",
	"xsToReference",
	"xsToString",
	"xsToStringBuffer",
	"xsToUnsigned",
	"xsTypeOf",
	"xsVars",
];

/** ESP-IDF components, and their first version that builds with ESP-IDF 6.0. */
export const COMPONENTS = {
	// earlier versions do not find hal/clk_gate_ll.h on the S3
	"esp32-camera": "2.1.6",
	// img_converters.h includes jpeg_decoder.h, and esp32-camera 2.1.6 asks for this version
	esp_jpeg: "1.3.1",
	// earlier versions are for ESP-IDF 5, which contained the driver, or have another configuration
	w5500: "2.0.0",
	wiznet_common: "1.0.0",
};
