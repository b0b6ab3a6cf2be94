// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { SDPWriter } from "rtsp/sdp";

const VGA = { width: 640, height: 480, frameRate: 15 };

export default function (suite: Suite): void {
	suite.test("sdp-of-a-jpeg-track", () => {
		equal(
			new SDPWriter({ id: 4157063865, name: "camera" }).format(VGA, "192.0.2.1"),
			"v=0\r\n"
				+ "o=- 4157063865 1 IN IP4 192.0.2.1\r\n"
				+ "s=camera\r\n"
				+ "c=IN IP4 0.0.0.0\r\n"
				+ "t=0 0\r\n"
				+ "a=control:*\r\n"
				+ "a=range:npt=now-\r\n"
				+ "m=video 0 RTP/AVP 26\r\n"
				+ "a=rtpmap:26 JPEG/90000\r\n"
				+ "a=framerate:15\r\n"
				+ "a=control:trackID=0\r\n",
		);
	});

	suite.test("sdp-address-family-follows-the-connection", () => {
		const text = new SDPWriter({ id: 1, name: "x" }).format(VGA, "2001:db8::1");
		equal([text.includes("o=- 1 1 IN IP6 2001:db8::1\r\n"), text.includes("c=IN IP6 ::\r\n")], [true, true]);
		equal(new SDPWriter({ id: 1, name: "x" }).format(VGA, undefined).includes("o=- 1 1 IN IP4 0.0.0.0\r\n"), true);
	});

	suite.test("sdp-has-dimensions-if-the-rtp-header-cannot-carry-them", () => {
		const writer = new SDPWriter({ id: 1, name: "x" });
		const dimensions = (width: number, height: number): string | undefined =>
			writer.format({ width, height, frameRate: 0 }, undefined).split("\r\n").find(line =>
				line.startsWith("a=x-dimensions")
			);
		equal([dimensions(2040, 2040), dimensions(2048, 1536), dimensions(1600, 2041)], [undefined,
			"a=x-dimensions:2048,1536", "a=x-dimensions:1600,2041"]);
	});

	suite.test("sdp-frame-rate-has-at-most-two-decimals", () => {
		const writer = new SDPWriter({ id: 1, name: "x" });
		const rate = (frameRate: number): string | undefined =>
			writer.format({ width: 8, height: 8, frameRate }, undefined).split("\r\n").find(line =>
				line.startsWith("a=framerate")
			);
		equal([rate(0), rate(Infinity), rate(0.5), rate(7.5), rate(29.97002997)], [undefined, undefined,
			"a=framerate:0.5", "a=framerate:7.5", "a=framerate:29.97"]);
	});

	suite.test("sdp-version-counts-changes-only", () => {
		const writer = new SDPWriter({ id: 1, name: "x" });
		const version = (width: number): string =>
			writer.format({ ...VGA, width, height: 3000 }, undefined).split(" ")[2]!;
		equal([version(640), version(640), version(800), version(800), version(640)], ["1", "1", "2", "2", "3"]);
	});

	suite.test("sdp-name-cannot-add-a-line", () => {
		equal(new SDPWriter({ id: 1, name: "a\r\nb" }).format(VGA, undefined).split("\r\n")[2], "s=a??b");
		equal(new SDPWriter({ id: 1, name: "" }).format(VGA, undefined).split("\r\n")[2], "s=-");
	});
}
