// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { normalizePath, parseURL } from "rtsp/url";

/** URL, then the expected aggregate, path and track. The expected text is the URL itself unless given. */
const GOOD:
	readonly (readonly [url: string, aggregate: string, path: string, track?: number | undefined, text?: string])[] = [
		["rtsp://host", "rtsp://host/", ""],
		["rtsp://host/", "rtsp://host/", ""],
		["rtsp://host//", "rtsp://host/", ""],
		["rtsp://host:8554", "rtsp://host:8554/", ""],
		["rtsp://host:/", "rtsp://host:/", ""],
		["RTSP://Host/Cam", "RTSP://Host/Cam/", "Cam"],
		["rtsps://host/cam", "rtsps://host/cam/", "cam"],
		["rtspu://host/cam/", "rtspu://host/cam/", "cam"],
		["rtsp://host/cam/1/", "rtsp://host/cam/1/", "cam/1"],
		["rtsp://host/trackID=0", "rtsp://host/", "", 0],
		["rtsp://host/cam/trackID=1/", "rtsp://host/cam/", "cam", 1],
		["rtsp://host/cam/trackid=12", "rtsp://host/cam/", "cam", 12],
		["rtsp://host/cam/trackID=", "rtsp://host/cam/trackID=/", "cam/trackID="],
		["rtsp://host/cam/trackID=x", "rtsp://host/cam/trackID=x/", "cam/trackID=x"],
		["rtsp://host/cam/xtrackID=0", "rtsp://host/cam/xtrackID=0/", "cam/xtrackID=0"],
		["rtsp://host/?src=1&freq=10", "rtsp://host/", ""],
		["rtsp://host?a=b", "rtsp://host/", ""],
		["rtsp://host/cam?a=b/c", "rtsp://host/cam/", "cam"],
		["rtsp://host/cam/trackID=0?a=b", "rtsp://host/cam/", "cam", 0],
		["rtsp://host/cam?a=b/trackID=0", "rtsp://host/cam/", "cam", 0],
		["rtsp://host/cam#part", "rtsp://host/cam/", "cam"],
		["rtsp://user:pass@host/cam", "rtsp://host/cam/", "cam", undefined, "rtsp://host/cam"],
		["rtsp://user:p@ss@host:554/trackID=0", "rtsp://host:554/", "", 0, "rtsp://host:554/trackID=0"],
		["rtsp://[2001:db8::1]/cam", "rtsp://[2001:db8::1]/cam/", "cam"],
		["rtsp://[fe80::1%25wlan0]:8554/trackID=0", "rtsp://[fe80::1%25wlan0]:8554/", "", 0],
		["rtsp://[2001:db8::]:554/", "rtsp://[2001:db8::]:554/", ""],
		["rtsp://az.AZ-09/~cam", "rtsp://az.AZ-09/~cam/", "~cam"],
		["rtsp://192.0.2.1:65535/", "rtsp://192.0.2.1:65535/", ""],
		["/", "/", ""],
		["/cam", "/cam/", "cam"],
		["/cam/trackID=0", "/cam/", "cam", 0],
		["/cam?u=http://x/", "/cam/", "cam"],
		["cam", "cam/", "cam"],
		["trackID=0", "/", "", 0],
		["rtsp://host/c%61m", "rtsp://host/c%61m/", "cam"],
		["rtsp://host/a%2Fb%00", "rtsp://host/a%2Fb%00/", "a/b\0"],
		["rtsp://host/../etc", "rtsp://host/../etc/", "../etc"],
		["rtsp://host/cam%C3%A9ra", "rtsp://host/cam%C3%A9ra/", "cam\xe9ra"],
		["rtsp://host//cam", "rtsp://host//cam/", "cam"],
		["rtsp://host///cam//trackID=0//", "rtsp://host///cam/", "cam", 0],
		["rtsp://host/cam/trackID%3D0", "rtsp://host/cam/", "cam", 0],
		["rtsp://host/cam/%74%72%61%63%6b%49%44%3D1", "rtsp://host/cam/", "cam", 1],
		["rtsp://host/cam?a=b/trackID%3d0", "rtsp://host/cam/", "cam", 0],
		["*x", "*x/", "*x"],
	];

const BAD: readonly string[] = [
	"",
	"http://host/",
	"rtsp:///cam",
	"://host",
	"rtsp://",
	"rtsp://@/",
	"rtsp://:554/",
	"rtsp://host:65536/",
	"rtsp://host:x/",
	"rtsp://host:1:2/",
	"rtsp://ho\"st/",
	"rtsp://ho<st/",
	"rtsp://[::1/",
	"rtsp://[]/",
	"rtsp://[::1]x/",
	"rtsp://[::1]x:554/",
	"rtsp://[g;]/",
	"rtsp://[;::1]/",
	"rtsp://;h/",
	"rtsp://host/%",
	"rtsp://host/%4",
	"rtsp://host/%zz",
	"rtsp://host/%ff",
	`rtsp://${"h".repeat(281)}/`,
];

export default function (suite: Suite): void {
	for (const [url, aggregate, path, track, text] of GOOD) {
		suite.test(`url-reads-${JSON.stringify(url)}`, () => {
			equal(parseURL(url), { text: text ?? url, aggregate, path, track });
		});
	}

	for (const url of BAD)
		suite.test(`url-refuses-${JSON.stringify(url)}`, () => equal(parseURL(url), undefined));

	suite.test("url-of-many-slashes-is-parsed", () => {
		equal(parseURL(`rtsp://h${"/".repeat(1000)}`)?.path, "");
		equal(parseURL(`rtsp://h/${"%".repeat(1000)}`), undefined);
		equal(parseURL(`rtsp://${"@".repeat(1000)}h/`)?.aggregate, "rtsp://h/");
	});

	suite.test("stream-name-loses-its-slashes", () => {
		equal(["/", "", "cam", "/cam/", "//a/b//"].map(normalizePath), ["", "", "cam", "cam", "a/b"]);
	});
}
