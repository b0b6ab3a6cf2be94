# SPDX-License-Identifier: MIT
"""gstreamer-record.py PORT FOLDER: GStreamer's RTSP server. It takes a stream at /live/cam and writes its JPEG files to
the folder, as the depayloader rebuilds them."""
import sys
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer, GLib

port, folder = sys.argv[1], sys.argv[2]
Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service(port)
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
factory.set_latency(100)
factory.set_launch(f"( rtpjpegdepay name=depay0 ! multifilesink sync=false location={folder}/%05d.jpg )")
server.get_mount_points().add_factory("/live/cam", factory)
server.attach(None)
print("listening", flush=True)
GLib.MainLoop().run()
