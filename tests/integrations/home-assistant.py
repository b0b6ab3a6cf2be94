# SPDX-License-Identifier: MIT
"""
Asks a camera as Home Assistant's integration "MJPEG IP Camera" does, with the same libraries: requests to find the
password's scheme, aiohttp for Basic and no password, httpx for Digest.

home-assistant.py ORIGIN USER PASSWORD FOLDER

Writes to FOLDER: still.jpg from the address for still images, first.jpg from the stream as without that address, and
"stream", what passes through to a browser in two seconds. Prints the scheme and the stream's type.
"""
import asyncio
import json
import os
import sys
import time

import aiohttp
import httpx
import requests

TIMEOUT = 10
PIECE = 102400
SECONDS = 2

origin, user, password, folder = sys.argv[1:]
stream_url, still_url = origin + "/stream", origin + "/snapshot.jpg"


def scheme_of(url):
	"""Tries Basic first, then Digest. The stream's head has to come while its body is still open."""
	for scheme, kind in (("basic", requests.auth.HTTPBasicAuth), ("digest", requests.auth.HTTPDigestAuth)):
		auth = kind(user, password) if user else None
		with requests.get(url, auth=auth, stream=True, timeout=TIMEOUT) as response:
			if response.status_code != 401:
				response.raise_for_status()
				return scheme
	raise SystemExit("401 for both schemes")


def write(name, data):
	with open(os.path.join(folder, name), "wb") as file:
		file.write(data)


async def collect(pieces):
	"""The first picture by its SOI and EOI, and all that comes in SECONDS."""
	data, first, end = b"", None, time.monotonic() + SECONDS
	async for piece in pieces:
		data += piece
		eoi = data.find(b"\xff\xd9")
		if first is None and eoi >= 0:
			first = data[data.find(b"\xff\xd8"):eoi + 2]
		if time.monotonic() > end:
			break
	write("first.jpg", first or b"")
	write("stream", data)


async def by_digest():
	auth = httpx.DigestAuth(user, password)
	async with httpx.AsyncClient() as client:
		write("still.jpg", (await client.get(still_url, auth=auth, timeout=TIMEOUT)).content)
		async with client.stream("get", stream_url, auth=auth, timeout=TIMEOUT) as response:
			await collect(response.aiter_bytes(PIECE))
			return response.headers["content-type"]


async def by_basic():
	auth = aiohttp.BasicAuth(user, password=password) if user else None
	async with aiohttp.ClientSession() as session:
		async with session.get(still_url, auth=auth) as response:
			write("still.jpg", await response.read())
		async with session.get(stream_url, auth=auth) as response:
			async def pieces():
				while piece := await response.content.read(PIECE):
					yield piece

			await collect(pieces())
			return response.headers["Content-Type"]


schemes = {scheme_of(url) for url in (stream_url, still_url)}
content_type = asyncio.run(by_digest() if "digest" in schemes else by_basic())
print(json.dumps({"schemes": sorted(schemes), "type": content_type}))
