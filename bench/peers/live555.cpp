/* SPDX-License-Identifier: MIT */
/*
 * live555-server PORT FOLDER FPS: an RTSP server over the live555 library that replays the JPEG files of a folder, in
 * the order of their names, to all clients from one source. FPS 0: as fast as the library sends.
 *
 * The files are parsed once, at the start, so that the comparison favours the library.
 */
#include <sys/time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <BasicUsageEnvironment.hh>
#include <liveMedia.hh>

namespace {

constexpr unsigned PACKET_SIZE = 1400;
constexpr unsigned LARGEST_FRAME = 1 << 20;
constexpr unsigned KBITS_PER_SECOND = 5000;

/* What RFC 2435 sends of a JPEG file. */
struct Image {
	std::vector<unsigned char> tables, scan;
	u_int8_t type = 0, width = 0, height = 0; /* in blocks of 8 pixels */
};

[[noreturn]] void give_up(char const *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Reads the tables, the dimensions and the scan: the segments up to SOS. */
Image parse(std::vector<unsigned char> const &file)
{
	Image image;
	size_t at = 2;
	while (at + 4 <= file.size()) {
		unsigned marker = file[at + 1], length = file[at + 2] << 8 | file[at + 3];
		unsigned char const *data = file.data() + at + 4;
		if (at + 2 + length > file.size())
			break;
		if (marker == 0xDB) { /* DQT: one or more tables of 64 bytes, each after its number */
			for (unsigned offset = 0; offset + 65 <= length - 2; offset += 65)
				image.tables.insert(image.tables.end(), data + offset + 1, data + offset + 65);
		}
		else if (marker == 0xC0) { /* SOF0: precision, height, width, components */
			image.height = (u_int8_t)((data[1] << 8 | data[2]) / 8);
			image.width = (u_int8_t)((data[3] << 8 | data[4]) / 8);
			image.type = data[7] == 0x21 ? 0 : 1;
		}
		else if (marker == 0xDA) {
			image.scan.assign(file.begin() + (long)(at + 2 + length), file.end());
			return image;
		}
		at += 2 + length;
	}
	give_up("not a JPEG file");
}

std::vector<Image> read_folder(char const *folder)
{
	std::vector<std::filesystem::path> names;
	for (auto const &entry : std::filesystem::directory_iterator(folder))
		names.push_back(entry.path());
	std::sort(names.begin(), names.end());
	std::vector<Image> images;
	for (auto const &name : names) {
		std::ifstream file(name, std::ios::binary);
		images.push_back(parse({ std::istreambuf_iterator<char>(file), {} }));
	}
	if (images.empty())
		give_up("no files");
	return images;
}

/* Delivers an image at each instant of a grid, so that delays do not add up. */
class FolderSource : public JPEGVideoSource {
  public:
	FolderSource(UsageEnvironment &env, std::vector<Image> const &images, int64_t interval)
		: JPEGVideoSource(env), images(images), interval(interval), due(now())
	{
	}

  private:
	static int64_t now()
	{
		struct timeval time;
		gettimeofday(&time, nullptr);
		return time.tv_sec * INT64_C(1000000) + time.tv_usec;
	}

	Image const &image() const
	{
		return images[index % images.size()];
	}

	void doGetNextFrame() override
	{
		due = std::max(due + interval, now() - interval);
		int64_t delay = interval ? std::max(due - now(), INT64_C(0)) : 0;
		nextTask() = envir().taskScheduler().scheduleDelayedTask(
			delay, [](void *self) { ((FolderSource *)self)->deliver(); }, this);
	}

	void deliver()
	{
		index += 1;
		gettimeofday(&fPresentationTime, nullptr);
		fFrameSize = (unsigned)image().scan.size();
		if (fFrameSize > fMaxSize)
			give_up("the frame is larger than the library's buffer");
		memcpy(fTo, image().scan.data(), fFrameSize);
		FramedSource::afterGetting(this);
	}

	u_int8_t type() override
	{
		return image().type;
	}
	u_int8_t qFactor() override
	{
		return 255;
	}
	u_int8_t width() override
	{
		return image().width;
	}
	u_int8_t height() override
	{
		return image().height;
	}
	u_int8_t const *quantizationTables(u_int8_t &precision, u_int16_t &length) override
	{
		precision = 0;
		length = (u_int16_t)image().tables.size();
		return image().tables.data();
	}

	std::vector<Image> const &images;
	int64_t const interval; /* microseconds */
	int64_t due;
	size_t index = 0;
};

class FolderSubsession : public OnDemandServerMediaSubsession {
  public:
	FolderSubsession(UsageEnvironment &env, std::vector<Image> const &images, int64_t interval)
		: OnDemandServerMediaSubsession(env, True), images(images), interval(interval)
	{
	}

  private:
	FramedSource *createNewStreamSource(unsigned, unsigned &estBitrate) override
	{
		estBitrate = KBITS_PER_SECOND;
		return new FolderSource(envir(), images, interval);
	}
	RTPSink *createNewRTPSink(Groupsock *groupsock, unsigned char, FramedSource *) override
	{
		auto *sink = JPEGVideoRTPSink::createNew(envir(), groupsock);
		sink->setPacketSizes(PACKET_SIZE, PACKET_SIZE);
		return sink;
	}

	std::vector<Image> const &images;
	int64_t const interval;
};

} // namespace

int main(int argc, char **argv)
{
	if (argc != 4)
		give_up("usage: live555-server PORT FOLDER FPS");
	double fps = atof(argv[3]);
	auto const images = read_folder(argv[2]);
	OutPacketBuffer::maxSize = LARGEST_FRAME;
	auto &env = *BasicUsageEnvironment::createNew(*BasicTaskScheduler::createNew());
	RTSPServer *server = RTSPServer::createNew(env, (u_int16_t)atoi(argv[1]));
	if (!server)
		give_up(env.getResultMsg());
	auto *session = ServerMediaSession::createNew(env, "stream", "frames", "frames");
	session->addSubsession(new FolderSubsession(env, images, fps > 0 ? (int64_t)(1e6 / fps) : 0));
	server->addServerMediaSession(session);
	printf("ready :%s/\n", argv[1]);
	fflush(stdout);
	env.taskScheduler().doEventLoop();
}
