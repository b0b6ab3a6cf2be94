/* SPDX-License-Identifier: MIT */
/*
 * Tests of jpeg_scan: results for valid images and refusals. Usage: test_jpeg_scan <folder of the vectors>
 */

#include "check.h"
#include "images.h"
#include "jpeg_scan.h"

static const char *vectors;
static bytes_t ov2640, odd;
static bool provoked[1 - JPEG_ERROR_LAST];

/* Offsets of the DHT segments in ov2640-svga.jpg, including the marker.
 * They serve as the test's own copy of Annex K. */
enum {
	DHT_LUMA_DC = 0x9e,
	DHT_LUMA_AC = 0xbf,
	DHT_CHROMA_DC = 0x176,
	DHT_CHROMA_AC = 0x197,
	DHT_END = 0x24e,
};

static int parse(const bytes_t *image, jpeg_scan_t *scan)
{
	int result = jpeg_scan_parse(image->data, image->length, scan);
	if ((result <= 0) && (result >= JPEG_ERROR_LAST))
		provoked[-result] = true;
	return result;
}

/** Appends the Huffman table of a DHT segment of ov2640-svga.jpg, with the class and id byte replaced. */
static void add_huffman(bytes_t *image, size_t from, size_t to, uint8_t class_id)
{
	bytes_append(image, &class_id, 1);
	bytes_append(image, ov2640.data + from + 5, to - from - 5);
}

static void add_dht(bytes_t *image, size_t from, size_t to, uint8_t class_id)
{
	bytes_append(image, ov2640.data + from, 4);
	add_huffman(image, from, to, class_id);
}

/** An image with all four DHT under the ids given, and with `sos`. */
static bytes_t image_with_dht(uint8_t luma_id, uint8_t chroma_id, const char *sos)
{
	bytes_t image = image_of(SOF);
	add_dht(&image, DHT_LUMA_DC, DHT_LUMA_AC, luma_id);
	add_dht(&image, DHT_LUMA_AC, DHT_CHROMA_DC, 0x10 | luma_id);
	add_dht(&image, DHT_CHROMA_DC, DHT_CHROMA_AC, chroma_id);
	add_dht(&image, DHT_CHROMA_AC, DHT_END, 0x10 | chroma_id);
	bytes_hex(&image, sos);
	bytes_hex(&image, SCAN EOI);
	return image;
}

static void finds_the_scan_of_an_ov2640_frame(void)
{
	jpeg_scan_t scan;
	CHECK(parse(&ov2640, &scan) == 0);
	CHECK((scan.width == 800) && (scan.height == 600));
	CHECK((scan.sampling == 0x21) && (scan.type == 0) && (scan.restart_interval == 0));
	CHECK((scan.table_offset[0] == 0x14 + 5) && (scan.table_offset[1] == 0x59 + 5));
	CHECK(scan.scan_offset == 623);
	CHECK(scan.scan_length == 24800 - 908 - 623);
	CHECK((ov2640.data[623 + scan.scan_length - 2] == 0xff) && (ov2640.data[623 + scan.scan_length - 1] == 0xd9));
}

static void finds_the_scan_of_a_420_frame_of_odd_size(void)
{
	jpeg_scan_t scan;
	CHECK(parse(&odd, &scan) == 0);
	CHECK((scan.width == 227) && (scan.height == 149));
	CHECK((scan.sampling == 0x22) && (scan.type == 1));
	CHECK((scan.scan_offset == 623) && (scan.scan_length == 5764 - 623));
}

static void takes_a_minimal_image_without_dht(void)
{
	bytes_t image = image_of(SOF SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	size_t length = image.length;
	bytes_free(&image);
	CHECK(result == 0);
	CHECK((scan.width == 16) && (scan.height == 8));
	CHECK((scan.table_offset[0] == 7) && (scan.table_offset[1] == 76));
	CHECK((scan.scan_length == 9) && (scan.scan_offset == length - 9));
}

static void leaves_out_padding_that_holds_another_eoi(void)
{
	bytes_t image = image_of(SOF SOS SCAN EOI "00 00 ffd9 ff ff d9 00");
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK(scan.scan_length == 9);
}

static void takes_both_tables_in_one_dqt_in_any_order(void)
{
	bytes_t image = bare_image_of("ffdb 0084 01"); // 2 + 2 * 65; chroma first
	for (uint8_t i = 0; i < 64; i++)
		bytes_append(&image, &(uint8_t){ (uint8_t)(101 + i) }, 1);
	bytes_hex(&image, "00");
	for (uint8_t i = 0; i < 64; i++)
		bytes_append(&image, &(uint8_t){ (uint8_t)(1 + i) }, 1);
	bytes_hex(&image, SOF SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bool right = is_table(&image, scan.table_offset[0], 1) && is_table(&image, scan.table_offset[1], 101);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK(right);
}

static void takes_table_ids_from_sof(void)
{
	bytes_t image = bare_image_of("");
	add_dqt(&image, 2, 101);
	add_dqt(&image, 3, 1);
	add_dqt(&image, 0, 55);
	bytes_hex(&image, "ffc0 0011 08 0008 0010 03  01 21 03  02 11 02  03 11 02" SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bool right = is_table(&image, scan.table_offset[0], 1) && is_table(&image, scan.table_offset[1], 101);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK(right);
}

static void takes_the_last_definition_of_a_table(void)
{
	bytes_t image = image_of(SOF);
	add_dqt(&image, 1, 33);
	bytes_hex(&image, SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bool right = is_table(&image, scan.table_offset[0], 1) && is_table(&image, scan.table_offset[1], 33);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK(right);
}

static void takes_one_table_for_all_components(void)
{
	bytes_t image = bare_image_of("");
	add_dqt(&image, 0, 1);
	bytes_hex(&image, "ffc0 0011 08 0008 0010 03  01 21 00  02 11 00  03 11 00" SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK((scan.table_offset[0] == 7) && (scan.table_offset[1] == 7));
}

static void takes_standard_huffman_tables_in_one_dht(void)
{
	bytes_t image = image_of(SOF "ffc4 01a2"); // 2 + 2 * (1 + 28) + 2 * (1 + 178)
	add_huffman(&image, DHT_CHROMA_AC, DHT_END, 0x11);
	add_huffman(&image, DHT_LUMA_DC, DHT_LUMA_AC, 0x00);
	add_huffman(&image, DHT_LUMA_AC, DHT_CHROMA_DC, 0x10);
	add_huffman(&image, DHT_CHROMA_DC, DHT_CHROMA_AC, 0x01);
	bytes_hex(&image, SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
}

static void takes_standard_huffman_tables_under_other_ids(void)
{
	jpeg_scan_t scan;
	bytes_t swapped = image_with_dht(1, 0, "ffda 000c 03  01 11  02 00  03 00  00 3f 00");
	bytes_t high = image_with_dht(2, 3, "ffda 000c 03  01 22  02 33  03 33  00 3f 00");
	int first = parse(&swapped, &scan), second = parse(&high, &scan);
	bytes_free(&swapped);
	bytes_free(&high);
	CHECK(first == 0);
	CHECK(second == 0);
}

static void ignores_a_huffman_table_that_is_not_selected(void)
{
	bytes_t image = image_of(SOF "ffc4 0014 02  00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00  07" // DC 2: one code
		SOS SCAN EOI);
	jpeg_scan_t scan;
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
}

static void refuses_each_byte_of_a_huffman_table_changed(void)
{
	jpeg_scan_t scan;
	for (size_t i = DHT_LUMA_DC; i < DHT_END; i++) {
		bool header = (i < DHT_LUMA_DC + 5) || ((i >= DHT_LUMA_AC) && (i < DHT_LUMA_AC + 5))
			|| ((i >= DHT_CHROMA_DC) && (i < DHT_CHROMA_DC + 5)) || ((i >= DHT_CHROMA_AC) && (i < DHT_CHROMA_AC + 5));
		if (header)
			continue;
		ov2640.data[i] ^= 1;
		int result = parse(&ov2640, &scan);
		ov2640.data[i] ^= 1;
		// A changed count moves the end of the table, so that the segment length no longer matches.
		CHECK(
			(result == JPEG_ERROR_HUFFMAN) || (result == JPEG_ERROR_SEGMENT_LENGTH) || (result == JPEG_ERROR_TABLE_ID));
	}
}

static void takes_any_component_ids(void)
{
	jpeg_scan_t scan;
	bytes_t image = image_of("ffc0 0011 08 0008 0010 03  00 22 00  ff 11 01  07 11 01"
							 "ffda 000c 03  00 00  ff 11  07 11  00 3f 00" SCAN EOI);
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK(scan.type == 1);
}

static void skips_app_com_and_fill_bytes(void)
{
	jpeg_scan_t scan;
	bytes_t image = image_of("ffe0 0004 ffda" // markers within a segment are data
							 "ffef 0002"
							 "ff ff ff fe 0005 ff c0 00" // fill bytes before COM
		SOF "ff" SOS SCAN EOI);
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
}

static void tells_restart_intervals(void)
{
	jpeg_scan_t scan;
	bytes_t image = image_of(SOF "ffdd 0004 0102" SOS "11 ff d0 22 ff d7 33" EOI);
	bytes_t zero = image_of(SOF "ffdd 0004 0102"
								"ffdd 0004 0000" SOS SCAN EOI);
	bytes_t type65 = image_of("ffc0 0011 08 0008 0010 03  01 22 00  02 11 01  03 11 01"
							  "ffdd 0004 0001" SOS SCAN EOI);
	int first = parse(&image, &scan);
	uint16_t interval = scan.restart_interval;
	uint8_t type = scan.type;
	uint32_t length = scan.scan_length;
	int second = parse(&zero, &scan);
	bool without = (scan.type == 0) && (scan.restart_interval == 0);
	int third = parse(&type65, &scan);
	bytes_free(&image);
	bytes_free(&zero);
	bytes_free(&type65);
	CHECK((first == 0) && (interval == 0x102) && (type == 64) && (length == 9));
	CHECK((second == 0) && without);
	CHECK((third == 0) && (scan.type == 65));
}

static void finds_eoi_behind_stuffed_and_fill_bytes(void)
{
	jpeg_scan_t scan;
	bytes_t image = image_of(SOF SOS "ff 00 d9 ff 00 ff 00 11 ff ff ff d9"
									 "00 00");
	int result = parse(&image, &scan);
	bytes_free(&image);
	CHECK(result == 0);
	CHECK(scan.scan_length == 12);
}

static void tells_sizes_that_rtp_has_no_room_for(void)
{
	static const struct {
		const char *size;
		uint16_t height, width;
	} sizes[] = {
		{ "07f8 07f8", 2040, 2040 },
		{ "07f9 0010", 2041, 16 },
		{ "0010 07f9", 16, 2041 },
		{ "ffff ffff", 65535, 65535 },
	};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char text[256];
		jpeg_scan_t scan;
		snprintf(text, sizeof(text), "ffc0 0011 08 %s 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, sizes[i].size);
		bytes_t image = image_of(text);
		int result = parse(&image, &scan);
		bytes_free(&image);
		CHECK(result == 0);
		CHECK((scan.width == sizes[i].width) && (scan.height == sizes[i].height));
	}
}

/* Refused images and the errors. `bare`: without the two leading DQT. */
static const struct {
	const char *name;
	int error;
	const char *text;
	bool bare;
} refusals[] = {
	{ "refuses-an-image-without-a-scan", JPEG_ERROR_NO_SCAN, SOF EOI, false },
	{ "refuses-a-scan-before-the-frame-header", JPEG_ERROR_NO_FRAME_HEADER, SOS SCAN EOI, false },
	{ "refuses-a-second-frame-header", JPEG_ERROR_TWO_FRAME_HEADERS, SOF SOF SOS SCAN EOI, false },
	{ "refuses-bytes-between-segments", JPEG_ERROR_MARKER, "00" SOF SOS SCAN EOI, false },
	{ "refuses-a-restart-marker-in-the-headers", JPEG_ERROR_MARKER, "ffd0" SOF SOS SCAN EOI, false },
	{ "refuses-a-second-soi-in-the-headers", JPEG_ERROR_MARKER, "ffd8" SOF SOS SCAN EOI, false },
	{ "refuses-a-reserved-marker", JPEG_ERROR_MARKER, "ffc8 0002" SOF SOS SCAN EOI, false },
	{ "refuses-a-zero-marker", JPEG_ERROR_MARKER, "ff00" SOF SOS SCAN EOI, false },
	{ "refuses-dnl-in-the-headers", JPEG_ERROR_DNL, SOF "ffdc 0004 0008" SOS SCAN EOI, false },
	{ "refuses-app-of-length-1", JPEG_ERROR_SEGMENT_LENGTH, "ffe0 0001" SOF SOS SCAN EOI, false },
	{ "refuses-com-of-length-0", JPEG_ERROR_SEGMENT_LENGTH, "fffe 0000" SOF SOS SCAN EOI, false },
	{ "refuses-app-beyond-the-end", JPEG_ERROR_TRUNCATED, "ffe0 ffff" SOF SOS SCAN EOI, false },
	{ "refuses-dqt-of-63-values", JPEG_ERROR_SEGMENT_LENGTH,
		"ffdb 0042 00"
		"00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
		"00000000 00000000 00000000 00000000 00000000 00000000 00000000 000000" SOF SOS SCAN EOI,
		false },
	{ "refuses-dqt-id-4", JPEG_ERROR_TABLE_ID, "ffdb 0003 04" SOF SOS SCAN EOI, false },
	{ "refuses-16-bit-dqt", JPEG_ERROR_TABLE_16_BIT, "ffdb 0003 10" SOF SOS SCAN EOI, false },
	{ "refuses-dht-without-counts", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffc4 0003 00" SOS SCAN EOI, false },
	{ "refuses-dht-with-counts-beyond-its-end", JPEG_ERROR_SEGMENT_LENGTH,
		SOF "ffc4 0014 00  00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00  07" SOS SCAN EOI, false },
	{ "refuses-dht-class-2", JPEG_ERROR_TABLE_ID, SOF "ffc4 0003 20" SOS SCAN EOI, false },
	{ "refuses-dht-id-4", JPEG_ERROR_TABLE_ID, SOF "ffc4 0003 14" SOS SCAN EOI, false },
	{ "refuses-huffman-tables-of-another-length", JPEG_ERROR_HUFFMAN,
		SOF "ffc4 0014 00  00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00  07" SOS SCAN EOI, false },
	{ "refuses-a-selected-huffman-table-that-is-missing", JPEG_ERROR_HUFFMAN,
		SOF "ffda 000c 03  01 00  02 12  03 11  00 3f 00" SCAN EOI, false },
	{ "refuses-luma-with-chroma-tables", JPEG_ERROR_HUFFMAN_SELECTION,
		SOF "ffda 000c 03  01 11  02 11  03 11  00 3f 00" SCAN EOI, false },
	{ "refuses-luma-with-the-chroma-ac-table-alone", JPEG_ERROR_HUFFMAN_SELECTION,
		SOF "ffda 000c 03  01 01  02 11  03 11  00 3f 00" SCAN EOI, false },
	{ "refuses-cb-with-luma-tables", JPEG_ERROR_HUFFMAN_SELECTION,
		SOF "ffda 000c 03  01 00  02 00  03 11  00 3f 00" SCAN EOI, false },
	{ "refuses-cr-with-the-luma-dc-table", JPEG_ERROR_HUFFMAN_SELECTION,
		SOF "ffda 000c 03  01 00  02 11  03 01  00 3f 00" SCAN EOI, false },
	{ "refuses-huffman-selector-4", JPEG_ERROR_TABLE_ID, SOF "ffda 000c 03  01 40  02 11  03 11  00 3f 00" SCAN EOI,
		false },
	{ "refuses-dri-of-another-length", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffdd 0005 000000" SOS SCAN EOI, false },
	{ "refuses-empty-dri", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffdd 0002" SOS SCAN EOI, false },
	{ "refuses-sof-of-another-length", JPEG_ERROR_SEGMENT_LENGTH,
		"ffc0 0012 08 0008 0010 03  01 21 00  02 11 01  03 11 01  00" SOS SCAN EOI, false },
	{ "refuses-sof-too-short-for-its-count", JPEG_ERROR_SEGMENT_LENGTH, "ffc0 0006 08 0008 00" SOS SCAN EOI, false },
	{ "refuses-extended-sequential", JPEG_ERROR_EXTENDED,
		"ffc1 0011 08 0008 0010 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-empty-sof1", JPEG_ERROR_EXTENDED, "ffc1 0002" SOS SCAN EOI, false },
	{ "refuses-12-bit-samples-in-sof1", JPEG_ERROR_PRECISION,
		"ffc1 0011 0c 0008 0010 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-12-bit-samples-in-sof0", JPEG_ERROR_PRECISION,
		"ffc0 0011 0c 0008 0010 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-progressive", JPEG_ERROR_PROGRESSIVE,
		"ffc2 0011 08 0008 0010 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-lossless", JPEG_ERROR_LOSSLESS, "ffc3 0002" SOS SCAN EOI, false },
	{ "refuses-differential-sequential", JPEG_ERROR_HIERARCHICAL, "ffc5 0002" SOS SCAN EOI, false },
	{ "refuses-differential-lossless", JPEG_ERROR_HIERARCHICAL, "ffc7 0002" SOS SCAN EOI, false },
	{ "refuses-hierarchical", JPEG_ERROR_HIERARCHICAL, "ffde 0002" SOS SCAN EOI, false },
	{ "refuses-expand", JPEG_ERROR_HIERARCHICAL, "ffdf 0003 11" SOS SCAN EOI, false },
	{ "refuses-arithmetic-sequential", JPEG_ERROR_ARITHMETIC, "ffc9 0002" SOS SCAN EOI, false },
	{ "refuses-arithmetic-progressive", JPEG_ERROR_ARITHMETIC, "ffca 0002" SOS SCAN EOI, false },
	{ "refuses-arithmetic-conditioning", JPEG_ERROR_ARITHMETIC, "ffcc 0002" SOF SOS SCAN EOI, false },
	{ "refuses-arithmetic-differential", JPEG_ERROR_ARITHMETIC, "ffcf 0002" SOS SCAN EOI, false },
	{ "refuses-zero-width", JPEG_ERROR_ZERO_DIMENSIONS,
		"ffc0 0011 08 0008 0000 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-zero-height", JPEG_ERROR_ZERO_DIMENSIONS,
		"ffc0 0011 08 0000 0010 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-greyscale", JPEG_ERROR_GREYSCALE,
		"ffc0 000b 08 0008 0010 01  01 11 00"
		"ffda 0008 01  01 00  00 3f 00" SCAN EOI,
		false },
	{ "refuses-four-components", JPEG_ERROR_FOUR_COMPONENTS,
		"ffc0 0014 08 0008 0010 04  01 21 00  02 11 01  03 11 01  04 21 00" SOS SCAN EOI, false },
	{ "refuses-two-components", JPEG_ERROR_COMPONENT_COUNT,
		"ffc0 000e 08 0008 0010 02  01 21 00  02 11 01" SOS SCAN EOI, false },
	{ "refuses-no-components", JPEG_ERROR_COMPONENT_COUNT, "ffc0 0008 08 0008 0010 00" SOS SCAN EOI, false },
	{ "refuses-444", JPEG_ERROR_SAMPLING_444, "ffc0 0011 08 0008 0010 03  01 11 00  02 11 01  03 11 01" SOS SCAN EOI,
		false },
	{ "refuses-444-written-as-22", JPEG_ERROR_SAMPLING_444,
		"ffc0 0011 08 0008 0010 03  01 22 00  02 22 01  03 22 01" SOS SCAN EOI, false },
	{ "refuses-440", JPEG_ERROR_SAMPLING_440, "ffc0 0011 08 0008 0010 03  01 12 00  02 11 01  03 11 01" SOS SCAN EOI,
		false },
	{ "refuses-411", JPEG_ERROR_SAMPLING_411, "ffc0 0011 08 0008 0010 03  01 41 00  02 11 01  03 11 01" SOS SCAN EOI,
		false },
	{ "refuses-another-luma-sampling", JPEG_ERROR_SAMPLING,
		"ffc0 0011 08 0008 0010 03  01 42 00  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-chroma-sampling-of-cb", JPEG_ERROR_SAMPLING,
		"ffc0 0011 08 0008 0010 03  01 22 00  02 12 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-chroma-sampling-of-cr", JPEG_ERROR_SAMPLING,
		"ffc0 0011 08 0008 0010 03  01 22 00  02 11 01  03 21 01" SOS SCAN EOI, false },
	{ "refuses-sof-table-id-4", JPEG_ERROR_TABLE_ID,
		"ffc0 0011 08 0008 0010 03  01 21 04  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-cb-and-cr-of-different-tables", JPEG_ERROR_CHROMA_TABLES,
		"ffc0 0011 08 0008 0010 03  01 21 00  02 11 00  03 11 01" SOS SCAN EOI, false },
	{ "refuses-missing-tables", JPEG_ERROR_TABLE_MISSING, SOF SOS SCAN EOI, true },
	{ "refuses-a-missing-luma-table", JPEG_ERROR_TABLE_MISSING,
		"ffc0 0011 08 0008 0010 03  01 21 02  02 11 01  03 11 01" SOS SCAN EOI, false },
	{ "refuses-a-missing-chroma-table", JPEG_ERROR_TABLE_MISSING,
		"ffc0 0011 08 0008 0010 03  01 21 00  02 11 03  03 11 03" SOS SCAN EOI, false },
	{ "refuses-a-scan-of-one-component", JPEG_ERROR_SCAN_COMPONENTS, SOF "ffda 0008 01  01 00  00 3f 00" SCAN EOI,
		false },
	{ "refuses-a-scan-of-components-out-of-order", JPEG_ERROR_SCAN_COMPONENTS,
		SOF "ffda 000c 03  02 11  01 00  03 11  00 3f 00" SCAN EOI, false },
	{ "refuses-a-scan-of-an-unknown-component", JPEG_ERROR_SCAN_COMPONENTS,
		SOF "ffda 000c 03  01 00  02 11  04 11  00 3f 00" SCAN EOI, false },
	{ "refuses-sos-of-another-length", JPEG_ERROR_SEGMENT_LENGTH,
		SOF "ffda 000d 03  01 00  02 11  03 11  00 3f 00 00" SCAN EOI, false },
	{ "refuses-empty-sos", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffda 0002" SCAN EOI, false },
	{ "refuses-spectral-selection-from-1", JPEG_ERROR_SCAN_PARAMETERS,
		SOF "ffda 000c 03  01 00  02 11  03 11  01 3f 00" SCAN EOI, false },
	{ "refuses-spectral-selection-to-62", JPEG_ERROR_SCAN_PARAMETERS,
		SOF "ffda 000c 03  01 00  02 11  03 11  00 3e 00" SCAN EOI, false },
	{ "refuses-successive-approximation", JPEG_ERROR_SCAN_PARAMETERS,
		SOF "ffda 000c 03  01 00  02 11  03 11  00 3f 01" SCAN EOI, false },
	{ "refuses-an-empty-scan", JPEG_ERROR_EMPTY_SCAN, SOF SOS EOI, false },
	{ "refuses-rst-without-dri", JPEG_ERROR_RESTART_MARKER, SOF SOS "11 ff d0 22" EOI, false },
	{ "refuses-rst-without-dri-behind-fill-bytes", JPEG_ERROR_RESTART_MARKER, SOF SOS "11 ff ff ff d7 22" EOI, false },
	{ "refuses-dnl-behind-the-scan", JPEG_ERROR_DNL, SOF SOS SCAN "ffdc 0004 0008" EOI, false },
	{ "refuses-a-second-scan", JPEG_ERROR_SECOND_SCAN, SOF SOS SCAN SOS SCAN EOI, false },
	{ "refuses-an-image-in-the-scan", JPEG_ERROR_SECOND_IMAGE, SOF SOS SCAN "ffd8" EOI, false },
	{ "refuses-tables-in-the-scan", JPEG_ERROR_SCAN_MARKER, SOF SOS SCAN "ffc4 0002" EOI, false },
	{ "refuses-com-in-the-scan", JPEG_ERROR_SCAN_MARKER, SOF SOS SCAN "fffe 0002" EOI, false },
	{ "refuses-an-image-without-eoi", JPEG_ERROR_TRUNCATED, SOF SOS SCAN, false },
	{ "refuses-an-image-that-ends-in-ff", JPEG_ERROR_TRUNCATED, SOF SOS SCAN "ff", false },
	{ "refuses-an-image-that-ends-in-fill-bytes", JPEG_ERROR_TRUNCATED, SOF SOS SCAN "ff ff ff", false },
	{ "refuses-an-image-that-ends-in-fill-bytes-of-the-headers", JPEG_ERROR_TRUNCATED, SOF "ff ff", false },
	{ "refuses-an-image-of-soi-alone", JPEG_ERROR_TRUNCATED, "", true },
	// segments at the very end of the image, where reading on would read beyond it
	{ "refuses-dqt-without-values-at-the-end", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffdb 0003 00", false },
	{ "refuses-dht-without-counts-at-the-end", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffc4 0003 00", false },
	{ "refuses-dht-without-symbols-at-the-end", JPEG_ERROR_SEGMENT_LENGTH,
		SOF "ffc4 0013 00  00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00", false },
	{ "refuses-empty-dri-at-the-end", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffdd 0002", false },
	{ "refuses-empty-sof-at-the-end", JPEG_ERROR_SEGMENT_LENGTH, "ffc0 0002", false },
	{ "refuses-sof-without-a-count-at-the-end", JPEG_ERROR_SEGMENT_LENGTH, "ffc0 0007 08 0008 0010", false },
	{ "refuses-empty-sos-at-the-end", JPEG_ERROR_SEGMENT_LENGTH, SOF "ffda 0002", false },
	{ "refuses-an-image-that-ends-behind-sos", JPEG_ERROR_TRUNCATED, SOF SOS, false },
	{ "refuses-a-segment-cut-in-its-length", JPEG_ERROR_TRUNCATED, SOF "ffda 00", false },
};

static size_t refusal;

static void refuses(void)
{
	static const jpeg_scan_t none;
	bytes_t image = refusals[refusal].bare ? bare_image_of(refusals[refusal].text) : image_of(refusals[refusal].text);
	jpeg_scan_t scan;
	memset(&scan, 0xaa, sizeof(scan));
	int result = parse(&image, &scan);
	bytes_free(&image);
	if (result != refusals[refusal].error)
		printf("# %s: got \"%s\"\n", refusals[refusal].name, jpeg_error_name(result));
	CHECK(result == refusals[refusal].error);
	CHECK((scan.scan_length == none.scan_length) && (scan.scan_offset == 0) && (scan.width == 0)
		&& (scan.table_offset[0] == 0));
}

static void refuses_what_is_no_jpeg(void)
{
	jpeg_scan_t scan;
	bytes_t png = { NULL, 0 }, one = { NULL, 0 };
	bytes_hex(&png, "89 50 4e 47 0d 0a");
	bytes_hex(&one, "ff");
	int first = parse(&png, &scan), second = jpeg_scan_parse(one.data, 1, &scan),
		third = jpeg_scan_parse(NULL, 0, &scan);
	bytes_free(&png);
	bytes_free(&one);
	CHECK(first == JPEG_ERROR_NOT_JPEG);
	CHECK(second == JPEG_ERROR_NOT_JPEG);
	CHECK(third == JPEG_ERROR_NOT_JPEG);
}

static void refuses_every_truncation_of_a_frame(void)
{
	for (size_t length = 0; length < odd.length; length++) {
		jpeg_scan_t scan;
		bytes_t cut = bytes_copy(odd.data, length);
		int result = parse(&cut, &scan);
		bytes_free(&cut);
		CHECK(result == ((length < 2) ? JPEG_ERROR_NOT_JPEG : JPEG_ERROR_TRUNCATED));
	}
}

static void survives_every_header_byte_changed(void)
{
	for (size_t i = 0; i < 623; i++) {
		for (int value = 0; value < 256; value += (value == 0) ? 1 : 15) {
			jpeg_scan_t scan;
			uint8_t byte = odd.data[i];
			odd.data[i] = (uint8_t)value;
			int result = parse(&odd, &scan);
			odd.data[i] = byte;
			CHECK((result <= 0) && (result >= JPEG_ERROR_LAST));
			if (!result)
				CHECK((scan.scan_length > 2) && (scan.scan_offset + scan.scan_length <= odd.length)
					&& (scan.table_offset[0] + 64 <= scan.scan_offset)
					&& (scan.table_offset[1] + 64 <= scan.scan_offset));
		}
	}
}

static void refuses_a_scan_beyond_24_bits(void)
{
	bytes_t image = image_of(SOF SOS);
	size_t headers = image.length;
	bytes_t large = { malloc(headers + 0x1000001u), headers + 0x1000001u };
	CHECK(large.data);
	memset(large.data, 0, large.length);
	memcpy(large.data, image.data, headers);
	jpeg_scan_t scan;

	memcpy(large.data + large.length - 2, "\xff\xd9", 2);
	int over = parse(&large, &scan);
	large.length -= 1;
	memcpy(large.data + large.length - 2, "\xff\xd9", 2);
	int largest = parse(&large, &scan);
	bytes_free(&large);
	bytes_free(&image);
	CHECK(over == JPEG_ERROR_TOO_LONG);
	CHECK(largest == 0);
	CHECK(scan.scan_length == 0x1000000u);
}

static void parses_whole_images_alike(void)
{
	const bytes_t *images[] = { &ov2640, &odd };
	for (int i = 0; i < 2; i++) {
		jpeg_scan_t searched, whole;
		CHECK(parse(images[i], &searched) == 0);
		CHECK(jpeg_scan_parse_whole(images[i]->data, images[i]->length, &whole) == 0);
		CHECK(!memcmp(&searched, &whole, sizeof(whole)));
		bytes_t padded = bytes_copy(images[i]->data, images[i]->length);
		bytes_hex(&padded, "00 00 00 ff");
		int result = jpeg_scan_parse_whole(padded.data, padded.length, &whole);
		bytes_free(&padded);
		CHECK(result == 0);
		CHECK(!memcmp(&searched, &whole, sizeof(whole)));
	}
}

/** Everything but the scan is checked. */
static void parses_the_headers_of_whole_images(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		bytes_t image = refusals[i].bare ? bare_image_of(refusals[i].text) : image_of(refusals[i].text);
		jpeg_scan_t scan;
		int result = jpeg_scan_parse_whole(image.data, image.length, &scan);
		bytes_free(&image);
		switch (refusals[i].error) {
		case JPEG_ERROR_RESTART_MARKER:
		case JPEG_ERROR_SECOND_SCAN:
		case JPEG_ERROR_SECOND_IMAGE:
		case JPEG_ERROR_SCAN_MARKER: CHECK(result == 0); break;
		case JPEG_ERROR_DNL: CHECK(result == 0 || result == JPEG_ERROR_DNL); break;
		default: CHECK(result == refusals[i].error); break;
		}
	}
}

static void refuses_whole_images_without_eoi(void)
{
	for (size_t length = 0; length < odd.length; length++) {
		jpeg_scan_t scan;
		bytes_t cut = bytes_copy(odd.data, length);
		int result = jpeg_scan_parse_whole(cut.data, cut.length, &scan);
		bytes_free(&cut);
		CHECK(result == ((length < 2) ? JPEG_ERROR_NOT_JPEG : JPEG_ERROR_TRUNCATED));
	}
}

static void names_every_error(void)
{
	for (int error = 0; error >= JPEG_ERROR_LAST; error--) {
		const char *name = jpeg_error_name(error);
		CHECK(name && *name && strcmp(name, "unknown error"));
		for (int other = 0; other > error; other--)
			CHECK(strcmp(name, jpeg_error_name(other)));
	}
	CHECK(!strcmp(jpeg_error_name(JPEG_ERROR_SAMPLING_444), "unsupported sampling (4:4:4)"));
	CHECK(!strcmp(jpeg_error_name(1), "unknown error"));
	CHECK(!strcmp(jpeg_error_name(JPEG_ERROR_LAST - 1), "unknown error"));
	CHECK(!strcmp(jpeg_error_name(INT32_MIN), "unknown error"));
}

static void every_error_was_provoked(void)
{
	for (int error = 0; error >= JPEG_ERROR_LAST; error--) {
		if (!provoked[-error])
			printf("# never provoked: %s\n", jpeg_error_name(error));
		CHECK(provoked[-error]);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	vectors = argv[1];
	ov2640 = bytes_file(vectors, "ov2640-svga.jpg");
	odd = bytes_file(vectors, "odd-227x149.jpg");

	test("finds-the-scan-of-an-ov2640-frame", finds_the_scan_of_an_ov2640_frame);
	test("finds-the-scan-of-a-420-frame-of-odd-size", finds_the_scan_of_a_420_frame_of_odd_size);
	test("takes-a-minimal-image-without-dht", takes_a_minimal_image_without_dht);
	test("leaves-out-padding-that-holds-another-eoi", leaves_out_padding_that_holds_another_eoi);
	test("takes-both-tables-in-one-dqt-in-any-order", takes_both_tables_in_one_dqt_in_any_order);
	test("takes-table-ids-from-sof", takes_table_ids_from_sof);
	test("takes-the-last-definition-of-a-table", takes_the_last_definition_of_a_table);
	test("takes-one-table-for-all-components", takes_one_table_for_all_components);
	test("takes-standard-huffman-tables-in-one-dht", takes_standard_huffman_tables_in_one_dht);
	test("takes-standard-huffman-tables-under-other-ids", takes_standard_huffman_tables_under_other_ids);
	test("ignores-a-huffman-table-that-is-not-selected", ignores_a_huffman_table_that_is_not_selected);
	test("refuses-each-byte-of-a-huffman-table-changed", refuses_each_byte_of_a_huffman_table_changed);
	test("takes-any-component-ids", takes_any_component_ids);
	test("skips-app-com-and-fill-bytes", skips_app_com_and_fill_bytes);
	test("tells-restart-intervals", tells_restart_intervals);
	test("finds-eoi-behind-stuffed-and-fill-bytes", finds_eoi_behind_stuffed_and_fill_bytes);
	test("tells-sizes-that-rtp-has-no-room-for", tells_sizes_that_rtp_has_no_room_for);
	test("refuses-what-is-no-jpeg", refuses_what_is_no_jpeg);
	for (refusal = 0; refusal < sizeof(refusals) / sizeof(refusals[0]); refusal++)
		test(refusals[refusal].name, refuses);
	test("refuses-every-truncation-of-a-frame", refuses_every_truncation_of_a_frame);
	test("survives-every-header-byte-changed", survives_every_header_byte_changed);
	test("refuses-a-scan-beyond-24-bits", refuses_a_scan_beyond_24_bits);
	test("parses-whole-images-alike", parses_whole_images_alike);
	test("parses-the-headers-of-whole-images", parses_the_headers_of_whole_images);
	test("refuses-whole-images-without-eoi", refuses_whole_images_without_eoi);
	test("names-every-error", names_every_error);
	test("every-error-was-provoked", every_error_was_provoked);

	bytes_free(&ov2640);
	bytes_free(&odd);
	return check_failures ? 1 : 0;
}
