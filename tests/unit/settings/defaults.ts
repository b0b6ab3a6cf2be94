/** What a manifest says: every setting, and right. */
export const DEFAULTS = {
	port: 8554, address: "", path: "", fps: 25, size: "VGA", quality: 12, frames: "", sampling: "4:2:2", restartInterval: 0, buffers: 3,
	tcpPacketSize: 1400, udpPacketSize: 1400, udpPort: 6970, burst: 8, spacing: 5, sessionTimeout: 60,
	leaseDeadline: 1000, stallTimeout: 10, cameraTimeout: 10, bitrate: "off", worstQuality: 40, minFps: 5, control: "user", maxFps: "", bestQuality: "", maxSize: "",
	multicast: "", multicastPort: 5004, multicastTtl: 1, multicastInterface: "",
	user: "", auth: "digest", nonceTimeout: 300, failureLimit: 10, lockTime: 60,
	connectionLimit: 32, sessionLimit: 32, connectionSessions: 4, addressSessions: 8, headLimit: 4096, headerLimit: 64, bodyLimit: 2048, requestTimeout: 10,
};
