// SPDX-License-Identifier: MIT
/** What this project uses of @moddable/typings 5.6.0. The rest of it is not compiled. */
/// <reference path="../node_modules/@moddable/typings/xs.d.ts" />
/// <reference path="../node_modules/@moddable/typings/timer.d.ts" />
/// <reference path="../node_modules/@moddable/typings/time.d.ts" />
/// <reference path="../node_modules/@moddable/typings/mc/config.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/_common.d.ts" />
/// <reference path="../node_modules/@moddable/typings/preference.d.ts" />
/// <reference path="../node_modules/@moddable/typings/sntp.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/digital.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/socket/tcp.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/socket/udp.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/socket/listener.d.ts" />

/** Values of the manifests' `config`. The desktop host's build generates this module; no SDK has it. */
declare module "manifest/config" {
	const config: Record<string, unknown>;
	export default config;
}
