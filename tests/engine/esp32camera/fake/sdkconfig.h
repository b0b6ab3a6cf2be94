/* The chip whose memory the fake heap has. */
#define CONFIG_IDF_TARGET_ESP32 1
