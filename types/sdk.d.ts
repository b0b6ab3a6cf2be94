// SPDX-License-Identifier: MIT
/// <reference path="../node_modules/@moddable/typings/timer.d.ts" />
/// <reference path="../node_modules/@moddable/typings/time.d.ts" />
/// <reference path="../node_modules/@moddable/typings/mc/config.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/_common.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/socket/tcp.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/socket/udp.d.ts" />
/// <reference path="../node_modules/@moddable/typings/embedded_io/socket/listener.d.ts" />

/** Values of the manifests' `config`. The desktop host's build generates this module. */
declare module "manifest/config" {
	const config: Record<string, unknown>;
	export default config;
}

/** XS extension: returns the UTF-8 bytes of a text. */
interface ArrayBufferConstructor {
	fromString(text: string): ArrayBuffer;
}
