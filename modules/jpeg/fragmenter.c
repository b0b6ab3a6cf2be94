/* SPDX-License-Identifier: MIT */
/*
 * Native half of fragmenter.ts.
 */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include "core/rtp_jpeg.h"
#include "xs_fragmenter.h"
#include "xs_scan.h"

#include <stdlib.h>

typedef struct {
	rtp_jpeg_stream_t stream;
	xsSlot *packet; // the host buffer `packet`, kept alive by xs_fragmenter_mark
} FragmenterRecord, *Fragmenter;

void xs_fragmenter_destructor(void *data);
static void xs_fragmenter_mark(xsMachine *the, void *it, xsMarkRoot markRoot);

static const xsHostHooks xsFragmenterHooks = {
	.destructor = xs_fragmenter_destructor,
	.marker = xs_fragmenter_mark,
};

static Fragmenter getFragmenter(xsMachine *the)
{
	Fragmenter fragmenter = xsmcGetHostDataValidate(xsThis, (void *)&xsFragmenterHooks);
	if (!fragmenter)
		xsTypeError("not a Fragmenter");
	return fragmenter;
}

rtp_jpeg_stream_t *xs_fragmenter_stream(xsMachine *the, xsSlot *slot)
{
	Fragmenter fragmenter = xsmcGetHostDataValidate(*slot, (void *)&xsFragmenterHooks);
	if (!fragmenter)
		xsTypeError("not a Fragmenter");
	return &fragmenter->stream;
}

static void setPacket(xsMachine *the, Fragmenter fragmenter, uint8_t *data, uint32_t length)
{
	xsSlot packet = xsReference(fragmenter->packet);
	xsmcSetHostBuffer(packet, data, (xsIntegerValue)length);
}

uint8_t *xs_fragmenter_frame(xsMachine *the, xsSlot *slot, size_t *length)
{
	void *data;
	xsUnsignedValue count;

	// With in-place headers the packet is a view of the frame, whose memory must therefore not move.
	if (xsmcGetBufferWritable(*slot, &data, &count) != xsBufferNonrelocatable)
		xsTypeError("frame: host buffer expected");
	*length = data ? count : 0;
	return data;
}

static double getUnsigned(xsMachine *the, xsSlot *slot, const char *name, double maximum)
{
	xsType type = xsmcTypeOf(*slot);
	if ((type != xsIntegerType) && (type != xsNumberType))
		xsTypeError("%s: number expected", (char *)name);
	double value = xsmcToNumber(*slot);
	if (!((value >= 0) && (value <= maximum) && (value == (double)(uint32_t)value)))
		xsRangeError("%s: out of range", (char *)name);
	return value;
}

void xs_fragmenter_constructor(xsMachine *the)
{
	int16_t channel = RTP_JPEG_NO_CHANNEL;
	uint8_t payloadType = RTP_JPEG_PAYLOAD_TYPE;

	if ((xsmcArgc < 1) || (xsmcTypeOf(xsArg(0)) != xsReferenceType))
		xsTypeError("options: object expected");

	xsmcVars(1);

	xsmcGet(xsVar(0), xsArg(0), xsID_ssrc);
	uint32_t ssrc = (uint32_t)getUnsigned(the, &xsVar(0), "ssrc", 4294967295.0);

	xsmcGet(xsVar(0), xsArg(0), xsID_sequenceNumber);
	uint16_t sequenceNumber = (uint16_t)getUnsigned(the, &xsVar(0), "sequenceNumber", 65535);

	xsmcGet(xsVar(0), xsArg(0), xsID_channel);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
		channel = (int16_t)getUnsigned(the, &xsVar(0), "channel", 255);

	xsmcGet(xsVar(0), xsArg(0), xsID_payloadType);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
		payloadType = (uint8_t)getUnsigned(the, &xsVar(0), "payloadType", 127);

	Fragmenter fragmenter = calloc(1, sizeof(FragmenterRecord));
	if (!fragmenter)
		xsRangeError("out of memory");
	rtp_jpeg_init(&fragmenter->stream, ssrc, sequenceNumber, channel, payloadType);
	xsmcSetHostData(xsThis, fragmenter);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsFragmenterHooks);

	// From here on the object owns the record: if one of these calls runs out of slots, the destructor frees it.
	xsVar(0) = xsNewHostObject(NULL);
	xsmcSetHostBuffer(xsVar(0), NULL, 0);
	fragmenter->packet = fxToReference(the, &xsVar(0));
	// A packet can be in the record's own buffer, so the view keeps the record alive.
	xsmcDefine(xsVar(0), xsID_fragmenter, xsThis, xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID_packet, xsVar(0), xsDontDelete | xsDontSet);
}

void xs_fragmenter_destructor(void *data)
{
	free(data); // NULL if the constructor threw. The collector frees the packet
}

void xs_fragmenter_mark(xsMachine *the, void *it, xsMarkRoot markRoot)
{
	Fragmenter fragmenter = it;

	if (fragmenter->packet)
		(*markRoot)(the, fragmenter->packet);
}

void xs_fragmenter_begin(xsMachine *the)
{
	Fragmenter fragmenter = getFragmenter(the);
	if (xsmcArgc < 1)
		xsTypeError("timestamp: number expected");
	uint32_t timestamp = (uint32_t)getUnsigned(the, &xsArg(0), "timestamp", 4294967295.0);
	int result = rtp_jpeg_begin(&fragmenter->stream, timestamp);
	if (result)
		xsRangeError("%s", (char *)rtp_jpeg_error_name(result));
}

void xs_fragmenter_next(xsMachine *the)
{
	Fragmenter fragmenter = getFragmenter(the);
	rtp_jpeg_packet_t packet;
	size_t length;

	// Invalidates the previous packet even if an error follows.
	setPacket(the, fragmenter, NULL, 0);
	if (xsmcArgc < 3)
		xsTypeError("frame, scan and limit expected");
	uint32_t limit = (uint32_t)getUnsigned(the, &xsArg(2), "limit", RTP_JPEG_LIMIT_MAX);
	const jpeg_scan_t *scan = xs_scan_get(the, &xsArg(1));
	uint8_t *frame = xs_fragmenter_frame(the, &xsArg(0), &length);

	int32_t result = rtp_jpeg_next(&fragmenter->stream, scan, frame, length, limit, &packet);
	if (result < 0)
		xsRangeError("%s", (char *)rtp_jpeg_error_name(result));
	if (result)
		setPacket(the, fragmenter, packet.data, packet.length);
	xsmcSetInteger(xsResult, result);
}

void xs_fragmenter_restore(xsMachine *the)
{
	Fragmenter fragmenter = getFragmenter(the);
	size_t length;

	setPacket(the, fragmenter, NULL, 0);
	if (xsmcArgc < 1)
		xsTypeError("frame: host buffer expected");
	uint8_t *frame = xs_fragmenter_frame(the, &xsArg(0), &length);
	int result = rtp_jpeg_restore(&fragmenter->stream, frame, length);
	if (result)
		xsRangeError("%s", (char *)rtp_jpeg_error_name(result));
}

void xs_fragmenter_get_sequenceNumber(xsMachine *the)
{
	xsmcSetInteger(xsResult, getFragmenter(the)->stream.sequence);
}

void xs_fragmenter_get_ssrc(xsMachine *the)
{
	xsmcSetNumber(xsResult, getFragmenter(the)->stream.ssrc);
}

void xs_fragmenter_get_packetCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, getFragmenter(the)->stream.packet_count);
}

void xs_fragmenter_get_octetCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, getFragmenter(the)->stream.octet_count);
}

void xs_fragmenter_get_copiedOctets(xsMachine *the)
{
	xsmcSetNumber(xsResult, getFragmenter(the)->stream.copied_octets);
}

void xs_fragmenter_get_begun(xsMachine *the)
{
	xsmcSetBoolean(xsResult, getFragmenter(the)->stream.frame_scan_length != 0);
}

void xs_fragmenter_get_inProgress(xsMachine *the)
{
	xsmcSetBoolean(xsResult, getFragmenter(the)->stream.in_progress);
}
