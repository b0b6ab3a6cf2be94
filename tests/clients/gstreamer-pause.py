# SPDX-License-Identifier: MIT
"""gstreamer-pause.py URL TRANSPORT COUNT: plays COUNT frames with GStreamer's rtspsrc, pauses, resumes, and plays COUNT
more frames. Prints the stream time and the arrival time of each frame, in milliseconds."""
import sys
import time
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst, GLib

PAUSE = 1000

url, transport, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
Gst.init(None)
# async=false: a sink that waits for its first frame while paused would keep rtspsrc from resuming
pipeline = Gst.parse_launch(f'rtspsrc location="{url}" protocols={transport} latency=100 ! rtpjpegdepay ! fakesink name=sink async=false sync=false signal-handoffs=true')
loop = GLib.MainLoop()
frames = 0


def resume():
    pipeline.set_state(Gst.State.PLAYING)
    return False


def pause():
    pipeline.set_state(Gst.State.PAUSED)
    GLib.timeout_add(PAUSE, resume)
    return False


def on_frame(_sink, buffer, _pad):
    global frames
    frames += 1
    print(buffer.pts // 1000000, int(time.monotonic() * 1000), flush=True)
    if frames == count:
        GLib.idle_add(pause)
    elif frames == 2 * count:
        loop.quit()


def on_error(_bus, message):
    sys.exit(message.parse_error().err.message)


pipeline.get_by_name("sink").connect("handoff", on_frame)
bus = pipeline.get_bus()
bus.add_signal_watch()
bus.connect("message::error", on_error)
pipeline.set_state(Gst.State.PLAYING)
loop.run()
pipeline.set_state(Gst.State.NULL)
