/* SPDX-License-Identifier: MIT */
/*
 * gstreamer-server PORT FOLDER FPS: GStreamer's RTSP server, which replays the JPEG files frame-0.jpg, frame-1.jpg, …
 * of a folder to all clients from one pipeline. FPS 0: as fast as the pipeline sends.
 *
 * The files are read once, their buffers are shared, and there is no jpegparse, which would be a third of the cost:
 * so the comparison favours GStreamer.
 */
#include <stdio.h>
#include <stdlib.h>

#include <gst/rtsp-server/rtsp-server.h>

enum {
	MOST_FRAMES = 100,
	UNLIMITED = 1000000 /* frames/s: all times are past, and nothing waits for them */
};

static GstBuffer *frames[MOST_FRAMES];
static guint frame_count;
static guint width, height;
static double fps;

/* Reads the dimensions, which rtpjpegpay wants to know before the first frame: they follow the marker SOF0. */
static void read_dimensions(const guint8 *image, gsize length)
{
	for (gsize i = 2; i + 9 < length && !width; i++) {
		if (image[i] == 0xFF && image[i + 1] == 0xC0) {
			height = (guint)image[i + 5] << 8 | image[i + 6];
			width = (guint)image[i + 7] << 8 | image[i + 8];
		}
	}
}

static void read_folder(const char *folder)
{
	for (; frame_count < MOST_FRAMES; frame_count++) {
		char *name = g_strdup_printf("%s/frame-%u.jpg", folder, frame_count), *data;
		gsize length;
		if (!g_file_get_contents(name, &data, &length, NULL))
			break;
		read_dimensions((const guint8 *)data, length);
		frames[frame_count] = gst_buffer_new_wrapped(data, length);
		g_free(name);
	}
}

/* Gives the pipeline the next frame, at a time on the grid. */
static void push_frame(GstElement *source, guint length, gpointer data)
{
	guint64 *count = data;
	GstFlowReturn result;
	(void)length;
	GstBuffer *buffer = gst_buffer_copy(frames[*count % frame_count]);
	double rate = fps > 0 ? fps : UNLIMITED;
	GST_BUFFER_PTS(buffer) = (GstClockTime)((double)*count * 1e9 / rate);
	GST_BUFFER_DURATION(buffer) = (GstClockTime)(1e9 / rate);
	*count += 1;
	g_signal_emit_by_name(source, "push-buffer", buffer, &result);
	gst_buffer_unref(buffer);
}

static void configure(GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
	GstElement *pipeline = gst_rtsp_media_get_element(media);
	GstElement *source = gst_bin_get_by_name_recurse_up(GST_BIN(pipeline), "frames");
	(void)factory;
	(void)data;
	g_object_set(source, "format", GST_FORMAT_TIME, NULL);
	g_signal_connect_data(
		source, "need-data", G_CALLBACK(push_frame), g_new0(guint64, 1), (GClosureNotify)(void (*)(void))g_free, 0);
	gst_object_unref(source);
	gst_object_unref(pipeline);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: gstreamer-server PORT FOLDER FPS\n");
		return 2;
	}
	gst_init(NULL, NULL);
	fps = atof(argv[3]);
	read_folder(argv[2]);
	if (!frame_count) {
		fprintf(stderr, "%s has no frame-0.jpg\n", argv[2]);
		return 1;
	}
	GstRTSPServer *server = gst_rtsp_server_new();
	gst_rtsp_server_set_service(server, argv[1]);
	gst_rtsp_server_set_address(server, "127.0.0.1");
	GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new();
	gst_rtsp_media_factory_set_shared(factory, TRUE);
	char *launch = g_strdup_printf(
		"( appsrc name=frames caps=image/jpeg,width=%u,height=%u,framerate=0/1 ! rtpjpegpay name=pay0 mtu=1400 )",
		width, height);
	gst_rtsp_media_factory_set_launch(factory, launch);
	g_free(launch);
	g_signal_connect(factory, "media-configure", G_CALLBACK(configure), NULL);
	GstRTSPMountPoints *mounts = gst_rtsp_server_get_mount_points(server);
	gst_rtsp_mount_points_add_factory(mounts, "/stream", factory);
	if (!gst_rtsp_server_attach(server, NULL))
		return 1;
	printf("ready :%s/\n", argv[1]);
	fflush(stdout);
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
