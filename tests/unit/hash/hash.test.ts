// SPDX-License-Identifier: MIT
import { assert, equal, hex, type Suite } from "../harness";
import { base64FromBytes } from "hash/encoding";
import { equalInConstantTime, hmac, md5, sha1, sha256 } from "hash/hash";
import { uuidOf } from "hash/uuid";

/** RFC 1321 appendix A.5. */
const MD5: readonly (readonly [message: string, digest: string])[] = [
	["", "d41d8cd98f00b204e9800998ecf8427e"],
	["a", "0cc175b9c0f1b6a831c399e269772661"],
	["abc", "900150983cd24fb0d6963f7d28e17f72"],
	["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
	["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
	["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
	["12345678901234567890123456789012345678901234567890123456789012345678901234567890",
		"57edf4a22be3c955ac49da2e2107b67a"],
];

/** Examples of FIPS 180-4, and the empty message. */
const SHA256: readonly (readonly [message: string, digest: string])[] = [
	["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
	["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
	["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
];

/** Runs of `a` with lengths around block ends, and a text of two-octet characters. Digests computed with Python's
 *  hashlib. */
const LENGTHS: readonly (readonly [text: string, md5: string, sha256: string])[] = [
	["a".repeat(55), "ef1772b6dff9a122358552954ad0df65",
		"9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"],
	["a".repeat(56), "3b0c8ac703f828b04c6c197006d17218",
		"b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"],
	["a".repeat(63), "b06521f39153d618550606be297466d5",
		"7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"],
	["a".repeat(64), "014842d480b571495a4a0363793f7367",
		"ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"],
	["a".repeat(65), "c743a45e0d2e6a95cb859adae0248435",
		"635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"],
	["a".repeat(119), "8a7bd0732ed6a28ce75f6dabc90e1613",
		"31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"],
	["a".repeat(120), "5f61c0ccad4cac44c75ff505e1f1e537",
		"2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"],
	["a".repeat(127), "020406e1d05cdc2aa287641f7ae2cc39",
		"c57e9278af78fa3cab38667bef4ce29d783787a2f731d4e12200270f0c32320a"],
	["a".repeat(128), "e510683b3f5ffe4093d021808bc6ff70",
		"6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"],
	["\xe9".repeat(32), "4f9422a963487c03fd6bedc66273647e",
		"2e5152e606afb24d5817608407516dfec44866c8ed63edbb537953895bd07aa9"],
];

export default function (suite: Suite): void {
	suite.test("md5-vectors-of-rfc-1321", () => {
		for (const [message, digest] of MD5)
			equal(md5(message), digest, message);
	});

	suite.test("sha256-vectors-of-fips-180", () => {
		for (const [message, digest] of SHA256)
			equal(sha256(message), digest, message);
	});

	suite.test("sha1-vectors-of-rfc-3174", () => {
		equal(sha1(hex("61 62 63")), "a9993e364706816aba3e25717850c26c9cd0d89d");
		equal(sha1(hex("61 62 63").buffer), "a9993e364706816aba3e25717850c26c9cd0d89d");
		equal(sha1(new Uint8Array(0)), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	});

	suite.test("uuid-of-a-text-is-of-version-8-and-stable", () => {
		// the digits are those of the hash (Python's hashlib), except for version and variant
		equal(uuidOf("0011223344558554"), "983b213b-77f6-88e7-9d97-b5e76d9a28f8");
		for (let i = 0; i < 50; i++) {
			const uuid = uuidOf(`${i}`);
			assert(uuid.length === 36 && uuid[14] === "8" && "89ab".includes(uuid[19]!), uuid);
		}
	});

	suite.test("hashes-at-the-ends-of-blocks", () => {
		for (const [text, md5Digest, sha256Digest] of LENGTHS)
			equal([md5(text), sha256(text)], [md5Digest, sha256Digest], `${text.length} characters`);
	});

	suite.test("hmac-vectors-of-rfc-4231", () => {
		equal(hmac("\x0b".repeat(20), "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
		equal(hmac("Jefe", "what do ya want for nothing?"),
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
		// a key longer than a block; digest computed with Python's hmac
		equal(hmac("k".repeat(131), "Test Using Larger Than Block-Size Key - Hash Key First"),
			"70e4b005732fa7ff79392aa24fb240159b925dbc9f1398420c0f45e6763dcf14");
	});

	suite.test("base64-vectors-of-rfc-4648", () => {
		const words = ["", "66", "66 6f", "66 6f 6f", "66 6f 6f 62", "66 6f 6f 62 61", "66 6f 6f 62 61 72"];
		equal(words.map(word => base64FromBytes(hex(word))), ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=",
			"Zm9vYmFy"]);
		equal(base64FromBytes(hex("fb ff fe")), "+//+");
	});

	suite.test("constant-time-comparison-compares", () => {
		for (const [given, same] of [["secret", true], ["secre", false], ["secrets", false], ["secretsecret", false], [
			"Secret",
			false,
		], ["secreT", false], ["", false]] as const)
			equal(equalInConstantTime(given, "secret"), same, given);
		assert(
			equalInConstantTime("x", "x") && equalInConstantTime("j\xfcrgen", "j\xfcrgen")
				&& !equalInConstantTime("x", ""),
		);
	});
}
