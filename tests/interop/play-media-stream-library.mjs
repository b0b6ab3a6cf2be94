/** play-media-stream-library.mjs URL COUNT: plays COUNT frames by Axis's library, and writes the JPEG files it makes to standard output.
 *  Without arguments: whether the library is there. */
import { createRequire } from "node:module";

// its ES module does not load in Node (version 13.1.1: "Dynamic require of "tty" is not supported")
const { components, pipelines } = createRequire(import.meta.url)("media-stream-library");
const [uri, count] = process.argv.slice(2);
if (!uri)
	process.exit(0);
const pipeline = new pipelines.RtspMjpegPipeline({ uri });
pipeline.prepend(new components.TcpSource());
let frames = 0;
pipeline.append(components.Sink.fromHandler(message => {
	if (message.type !== components.MessageType.JPEG || frames >= Number(count))
		return;
	frames++;
	process.stdout.write(message.data, () => {
		if (frames >= Number(count) && process.stdout.writableLength === 0)
			process.exit(0);
	});
	if (frames === Number(count))
		pipeline.rtsp.stop();
}));
pipeline.rtsp.onError = error => {
	console.error(error.message);
	process.exit(1);
};
pipeline.rtsp.play();
