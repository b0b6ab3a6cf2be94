# SPDX-License-Identifier: MIT
"""Reads answers slowly: python3 trickle.py PORT SECONDS TARGET...

Each target is asked for on a connection of its own with a small receive buffer, and read with 500 bytes/s. Prints
"ready" once all have been asked for."""
import socket
import sys
import time

INTERVAL, PIECE = 0.1, 50
port, limit, targets = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
readers = []
for target in targets:
    reader = socket.socket()
    # the window: the rest of the answer waits in the camera and in its system's send buffer
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET {target} HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    reader.setblocking(False)
    readers.append(reader)
print("ready", flush=True)
begin = time.monotonic()
while time.monotonic() - begin < limit:
    time.sleep(INTERVAL)
    for reader in readers:
        try:
            reader.recv(PIECE)
        except OSError:
            # nothing has come, or the camera has ended it
            pass
