"""opencv.py URL COUNT: plays COUNT frames as an OpenCV program does, and writes them, grey, to standard output."""
import sys
import cv2

url, count = sys.argv[1], int(sys.argv[2])
capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
if not capture.isOpened():
    sys.exit("VideoCapture cannot open the stream")
for i in range(count):
    good, frame = capture.read()
    if not good:
        sys.exit(f"read failed at frame {i}")
    sys.stdout.buffer.write(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).tobytes())
capture.release()
