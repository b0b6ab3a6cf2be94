import { assert, equal, hex, type Suite } from "../harness";
import { base64FromBytes, bytesFromText, equalInConstantTime, hexFromBytes, utf8 } from "hash/encoding";
import { hmac } from "hash/hmac";
import { md5 } from "hash/md5";
import { sha256 } from "hash/sha256";

/** RFC 1321 appendix A.5. */
const MD5: readonly (readonly [message: string, digest: string])[] = [
	["", "d41d8cd98f00b204e9800998ecf8427e"],
	["a", "0cc175b9c0f1b6a831c399e269772661"],
	["abc", "900150983cd24fb0d6963f7d28e17f72"],
	["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
	["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
	["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
	["12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"],
];

/** FIPS 180-4's examples, and the empty message. */
const SHA256: readonly (readonly [message: string, digest: string])[] = [
	["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
	["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
	["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
];

/** Lengths around the ends of blocks; byte i of n is (7 i + n) & 255; by Python's hashlib. */
const LENGTHS: readonly (readonly [byteLength: number, md5: string, sha256: string])[] = [
	[55, "f1289732253518750e22b62a571a1748", "81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72"],
	[56, "179e3b9fa272a23e2a8b32bde1015414", "2aba54f0ac632420a2b502431408866e40e1d5e430df4cd822642c78ab2eb9c1"],
	[63, "dd785945d1d6b87eca0d276dbb8756fd", "733d3d4ee79ee67145bf73da13588f6f235d37414fc64b14a2f00f1762792f5e"],
	[64, "e3ab394ce4eb7da020a27d2e2443143c", "79322907b3e9d013d7dc2c2f256674dbf733045cde01df3539271c6f5605feb8"],
	[65, "28a6b0f918d9aea03e979a1657d8d0f6", "d85c007c6eb440f085afa2b84f6f2bce4658b240e9f62cb1364bf0485a57e720"],
	[119, "d49720530a386a3191eac0dc840dd1bd", "6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e"],
	[120, "8a440004b569286a42c722295ce1c5a6", "42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d"],
];

export default function (suite: Suite): void {
	suite.test("md5-vectors-of-rfc-1321", () => {
		for (const [message, digest] of MD5)
			equal(hexFromBytes(md5(bytesFromText(message))), digest, message);
	});

	suite.test("sha256-vectors-of-fips-180", () => {
		for (const [message, digest] of SHA256)
			equal(hexFromBytes(sha256(bytesFromText(message))), digest, message);
	});

	suite.test("hashes-at-the-ends-of-blocks", () => {
		for (const [byteLength, md5Digest, sha256Digest] of LENGTHS) {
			const message = new Uint8Array(byteLength);
			for (let i = 0; i < byteLength; i++)
				message[i] = 7 * i + byteLength;
			equal([hexFromBytes(md5(message)), hexFromBytes(sha256(message))], [md5Digest, sha256Digest], `${byteLength} bytes`);
		}
	});

	suite.test("hmac-vectors-of-rfc-4231-and-2202", () => {
		const text = bytesFromText;
		equal(hexFromBytes(hmac(sha256, new Uint8Array(20).fill(0x0b), text("Hi There"))), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
		equal(hexFromBytes(hmac(sha256, text("Jefe"), text("what do ya want for nothing?"))), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
		// a key longer than a block
		equal(hexFromBytes(hmac(sha256, new Uint8Array(131).fill(0xaa), text("Test Using Larger Than Block-Size Key - Hash Key First"))),
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
		equal(hexFromBytes(hmac(md5, text("Jefe"), text("what do ya want for nothing?"))), "750c783e6ab0b503eaa86e310a5db738");
	});

	suite.test("base64-vectors-of-rfc-4648", () => {
		const words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
		equal(words.map(word => base64FromBytes(bytesFromText(word))), ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
		equal(base64FromBytes(hex("fb ff fe")), "+//+");
	});

	suite.test("utf-8-of-one-to-four-bytes", () => {
		equal(bytesFromText(utf8("aé€😀b")), hex("61  c3 a9  e2 82 ac  f0 9f 98 80  62"));
	});

	suite.test("constant-time-comparison-compares", () => {
		for (const [given, same] of [["secret", true], ["secre", false], ["secrets", false], ["secretsecret", false], ["Secret", false], ["secreT", false], ["", false]] as const)
			equal(equalInConstantTime(given, "secret"), same, given);
		assert(equalInConstantTime("x", "x"));
	});
}
