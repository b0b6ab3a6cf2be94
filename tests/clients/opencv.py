# SPDX-License-Identifier: MIT
"""opencv.py URL COUNT: plays COUNT frames with OpenCV and writes them to standard output in greyscale. Plays until the
stream ends if COUNT is 0."""
import sys
import cv2

url, count = sys.argv[1], int(sys.argv[2])
capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
if not capture.isOpened():
    sys.exit("VideoCapture cannot open the stream")
frames = 0
while count == 0 or frames < count:
    good, frame = capture.read()
    if not good:
        if count == 0:
            break
        sys.exit(f"read failed at frame {frames}")
    sys.stdout.buffer.write(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).tobytes())
    frames += 1
capture.release()
