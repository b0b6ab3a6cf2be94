// SPDX-License-Identifier: MIT
import { findBottleneck, type CameraFigures, type ClientFigures, type Place } from "stream/bottleneck";
import { assert, equal, type Suite } from "../harness";

const CAMERA: CameraFigures = { open: true, silence: 0, requested: 25, captured: 25, late: 0, unbuffered: 0,
	unusable: 0, lateness: 0 };

let ids = 0;

function client(figures: Partial<ClientFigures> = {}): ClientFigures {
	ids += 1;
	return { id: ids, address: `192.0.2.${ids}`, sent: 25, skipped: 0, waits: 0, lost: undefined, roundTrip: undefined,
		...figures };
}

const fine = (): ClientFigures => client();
const slow = (): ClientFigures => client({ sent: 10, skipped: 15, waits: 12 });

export default function (suite: Suite): void {
	const cases: [string, Place, Partial<CameraFigures>, ClientFigures[], string[]][] = [
		["nobody-watches", "none", {}, [], ["Nobody watches"]],
		["everything-is-fine", "none", {}, [fine(), fine()], ["Nothing holds"]],
		["fine-in-spite-of-a-few-losses", "none", { captured: 23, late: 1, unusable: 0.5, lateness: 100 }, [client({
			sent: 24,
			skipped: 1,
			lost: 0.01,
			roundTrip: 12,
		})], []],
		["camera-is-not-open", "sensor", { open: false, captured: 0 }, [fine()], ["cannot be opened"]],
		["camera-is-silent", "sensor", { silence: 3400, captured: 0 }, [fine()], ["no frame for 3 s"]],
		["slow-camera-is-not-silent", "none", { silence: 3400, requested: 0.5, captured: 0.5 }, [client({
			sent: 0.5,
		})], []],
		["images-are-too-large", "sensor", { unusable: 12, captured: 13 }, [fine()], ["12.0 images/s",
			"higher quality number"]],
		["sensor-is-slower-than-asked", "sensor", { captured: 14 }, [client({ sent: 14 })], ["14.0 of 25.0"]],
		["program-misses-captures", "processor", { captured: 20, late: 5 }, [fine()], ["5.0 of 25.0 frames/s"]],
		["program-misses-captures-without-a-limit", "processor", { requested: Infinity, captured: 100, late: 30 }, [
			fine(),
		], ["30.0 of 130.0"]],
		["timers-are-late", "processor", { lateness: 400 }, [fine()], ["400 ms late"]],
		["no-limit-is-no-request", "none", { requested: Infinity, captured: 3000, late: 0 }, [fine()], []],
		["one-of-three-skips", "client", {}, [fine(), slow(), fine()], ["10.0 of 25.0 frames/s", "full 12.0 times/s",
			"others are not disturbed"]],
		["the-only-client-skips", "client", {}, [slow()], ["10.0 of 25.0"]],
		["the-only-client-loses", "network", {}, [client({ lost: 0.08, roundTrip: 31 })], ["8 % of its packets",
			"takes 31 ms"]],
		["one-of-three-loses", "client", {}, [fine(), client({ lost: 0.2 }), fine()], ["20 %"]],
		["most-skip-or-lose", "network", {}, [slow(), client({ lost: 0.1 }), fine()], ["2 of 3 clients"]],
		["buffers-are-held", "network", { captured: 18, unbuffered: 7 }, [fine()], ["7.0 frames/s", "every buffer"]],
		["slow-client-explains-held-buffers", "client", { captured: 18, unbuffered: 7 }, [fine(), fine(), slow()], []],
		["processor-comes-before-clients", "processor", { late: 10, captured: 15 }, [slow(), slow()], []],
	];
	for (const [name, where, camera, clients, parts] of cases) {
		suite.test(`bottleneck-${name}`, () => {
			const found = findBottleneck({ ...CAMERA, ...camera }, clients);
			equal(found.where, where, found.text);
			for (const part of parts)
				assert(found.text.includes(part), `"${part}" is not in "${found.text}"`);
			assert(/^[A-Z0-9].*\.$/.test(found.text), `no sentence: "${found.text}"`);
			if (where !== "client")
				equal(found.client, undefined);
		});
	}

	suite.test("bottleneck-names-the-client-that-is-worst", () => {
		const worst = client({ sent: 2, skipped: 23 });
		const found = findBottleneck(CAMERA, [fine(), fine(), client({ sent: 20, skipped: 5 }), worst, fine()]);
		equal([found.where, found.client], ["client", worst.id]);
		assert(found.text.includes(worst.address));
	});
}
