// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { bytesOf } from "octets/octets";
import { escapeXML, OTHER, TEXT_LIMIT, XMLReader } from "soap/xml";

const KNOWN: readonly string[] = ["urn:a", "urn:b"];

function readerOf(text: string): XMLReader {
	return new XMLReader(new Uint8Array(bytesOf(text)), KNOWN);
}

/** Reads a whole document: each element with its namespace and its text, children in parentheses; "malformed". */
function shape(text: string): string {
	const reader = readerOf(text);
	let result = "";
	while (reader.child(0))
		result += describe(reader);
	return reader.failed ? "malformed" : result;
}

function describe(reader: XMLReader): string {
	const { depth, name, namespace } = reader;
	let children = "";
	while (reader.child(depth))
		children += describe(reader);
	return `${namespace === OTHER ? "" : `${namespace}:`}${name}(${children})`;
}

/** Text of the root element. */
function textOf(text: string): string {
	const reader = readerOf(text);
	reader.child(0);
	const result = reader.text();
	return reader.child(0) || reader.failed ? "malformed" : result;
}

export default function (suite: Suite): void {
	suite.test("xml-elements-are-found-by-level-and-namespace", () => {
		equal(shape("<a><b/><c><d>x</d></c>text</a>"), "a(b()c(d()))");
		equal(shape("\uFEFF<?xml version='1.0'?>\r\n<!-- c -->\n<a\t>\n<b ></b\n></a >\n<!--x--><?p?>\n"), "a(b())");
		equal(shape("<p:a xmlns:p='urn:a'><p:b/><b xmlns=\"urn:b\"><c/><p:c/></b><b/></p:a>"),
			"0:a(0:b()1:b(1:c()0:c())b())");
		// a prefix that is declared anew is another one until its element ends
		equal(shape("<p:a xmlns:p='urn:a'><p:b xmlns:p='urn:b'/><p:b xmlns:p='urn:c'/><p:b/></p:a>"),
			"0:a(1:b()b()0:b())");
		equal(shape("<a xmlns='urn:a'><b xmlns=''/></a>"), "0:a(b())");
	});

	suite.test("xml-element-that-is-not-read-is-skipped", () => {
		const reader = readerOf("<a><b><c><c/></c></b><d>1</d><e/></a>");
		assert(reader.child(0) && reader.child(1));
		equal(reader.name, "b");
		assert(reader.child(1));
		equal([reader.name, reader.text()], ["d", "1"]);
		assert(reader.child(1));
		equal(reader.name, "e");
		assert(!reader.child(1) && !reader.child(0) && !reader.failed);
	});

	suite.test("xml-text-has-its-references-replaced", () => {
		for (const [text, expected] of [["<a>x</a>", "x"], ["<a/>", ""], ["<a> \n x y\t</a>", "x y"], ["<a>x\ny</a>",
			"x y"], ["<a>&lt;&gt;&amp;&apos;&quot;</a>", "<>&'\""], ["<a>a &amp; b</a>", "a & b"], [
			"<a>&#65;&#x42;&#x1F600;</a>",
			"AB\u{1F600}",
		], ["<a>&amp;lt;</a>", "&lt;"], ["<a><![CDATA[<&lt;]]>]]</a>", "<&lt;]]"], ["<a>1<!-- & < -->2<?p <?>3</a>",
			"123"], ["<a>1<b>2</b>3<c><d>4</d></c>5</a>", ""], ["<a>\xe9\u4e2d</a>", "\xe9\u4e2d"]] as const)
			equal(textOf(text), expected, text);
	});

	suite.test("xml-leaf-is-a-text-or-opens-the-first-child", () => {
		const reader = readerOf("<a> <b>1</b>2<c/></a>");
		assert(reader.child(0));
		equal([reader.leaf(), reader.name, reader.depth], [undefined, "b", 2]);
		equal([reader.leaf(), reader.depth], ["1", 1]);
		assert(reader.child(1));
		equal([reader.leaf(), reader.name], ["", "c"]);
		assert(!reader.child(1) && !reader.child(0) && !reader.failed);
	});

	suite.test("xml-attributes-are-read-by-name", () => {
		const reader = readerOf("<a b='1' xmlns:x='urn:x' x:c=\"2\" d = \"'&lt;>\" e=''><b/></a>");
		assert(reader.child(0));
		equal(["b", "c", "d", "e", "f", "xmlns"].map(name => reader.attribute(name)), ["1", undefined, "'<>", "",
			undefined, undefined]);
		assert(reader.child(1));
		equal(reader.attribute("b"), undefined);
	});

	suite.test("xml-that-is-malformed-is-refused", () => {
		for (const text of ["", " ", "x", "<", "<a", "<a>", "<a/", "<a></b>", "<a></a", "<a></a></a>", "<a/><b/>",
			"<a/>x", "x<a/>", "<a><b></a></b>", "</a>", "< a/>", "<a b/>", "<a b=c/>", "<a b='c/>", "<a b='<'/>",
			"<a b='1'c='2'/>", "<p:a/>", "<a><p:b/></a>", "<:a/>", "<a:/>", "<a:b:c xmlns:a='urn:a'/>", "<a b=", "<a b",
			"<a/b>", "<!-- <a/>", "<!-><a/>", "<?x", "<a><![CDATA[x</a>", "<![CDATA[x]]><a/>", "<a><![cdata[x]]></a>",
			"<a", "<a\x01/>", "<a>]]"])
			equal(shape(text), "malformed", text);
		for (const text of ["<a>&</a>", "<a>& </a>", "<a>&x;</a>", "<a>&lt</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
			"<a>&#x110000;</a>", "<a>&#1e1;</a>", "<a>&#X41;</a>", "<a>&#-1;</a>", "<a>&#;</a>", "<a>&#x;</a>",
			"<a>&#00000000065;</a>", "<a>&#8;</a>"])
			equal(textOf(text), "malformed", text);
	});

	suite.test("xml-declarations-of-types-and-entities-are-refused", () => {
		for (const text of ["<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b \"b\">]><a>&b;</a>",
			"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "<!doctype a><a/>", "<a><!ENTITY b \"b\"></a>"])
			equal(shape(text), "malformed", text);
	});

	suite.test("xml-beyond-a-limit-is-refused", () => {
		const nested = (count: number): string => "<a>".repeat(count) + "</a>".repeat(count);
		const many = (count: number): string => `<a>${"<b/>".repeat(count - 1)}</a>`;
		const attributes = (count: number): string => `<a${" b=''".repeat(count)}/>`;
		const prefixes = (count: number): string =>
			`<a${Array.from({ length: count }, (_item, i) => ` xmlns:p${i}='u'`).join("")}/>`;
		const name = (count: number): string => `<${"a".repeat(count)}/>`;
		const prefix = (count: number): string => `<${"a".repeat(count)}:b xmlns:${"a".repeat(count)}='u'/>`;
		const comments = (count: number): string => `<a>${"<!---->".repeat(count)}</a>`;
		const instructions = (count: number): string => `<a>${"<?a?>".repeat(count)}</a>`;
		for (const [make, limit] of [[comments, 48], [instructions, 48], [nested, 20], [many, 100], [attributes, 80], [
			prefixes,
			80,
		], [name, 64], [prefix, 64]] as const) {
			assert(shape(make(limit)) !== "malformed", `${make(limit).slice(0, 20)} at its limit`);
			equal(shape(make(limit + 1)), "malformed", make(limit + 1).slice(0, 20));
		}
		equal(textOf(`<a>${"x".repeat(TEXT_LIMIT)}</a>`).length, TEXT_LIMIT);
		equal(textOf(`<a>${"x".repeat(TEXT_LIMIT + 1)}</a>`), "malformed");
		equal(textOf(`<a>${"x".repeat(TEXT_LIMIT)}&amp;</a>`), "malformed");
		equal(textOf(`<a>${"&lt;".repeat(48)}</a>`).length, 48);
		equal(textOf(`<a>${"&lt;".repeat(49)}</a>`), "malformed");
		// what nobody reads has no limit
		equal(shape(`<a b='${"x".repeat(5000)}'>${"x".repeat(5000)}</a>`), "a()");
	});

	suite.test("xml-cut-anywhere-is-refused-and-reads-nothing-outside", () => {
		const text = "<?xml version='1.0'?><p:a xmlns:p='urn:a' b=\"&lt;\"><!-- c --><c>1&#x41;<![CDATA[ ]]></c></p:a>";
		for (let end = 0; end < text.length; end++)
			equal(shape(text.slice(0, end)), "malformed", text.slice(0, end));
		equal(shape(text), "0:a(c())");
	});

	suite.test("xml-text-is-escaped-for-elements-and-attributes", () => {
		equal(escapeXML("a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;'c");
		equal(textOf(`<a>${escapeXML("&lt;<>\"'")}</a>`), "&lt;<>\"'");
	});
}
