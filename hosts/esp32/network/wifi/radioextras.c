/* SPDX-License-Identifier: MIT */
/*
 * Functions that the SDK's Wi-Fi module lacks:
 * the disconnect reason, power save, and an access point beside the station.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "esp_event.h"
#include "esp_netif.h"
#include "esp_wifi.h"

#define STATIONS 4
#define BEACON_INTERVAL 100
#define CHANNEL 1

/* written by the event task, read by the machine's task: a single aligned word */
static volatile int gReason;
static int gWatching;
/* exists as long as the program runs */
static esp_netif_t *gAccessPoint;

static void wifiEvent(void *context, esp_event_base_t base, int32_t id, void *data)
{
	(void)context;
	(void)base;
	if (WIFI_EVENT_STA_DISCONNECTED == id)
		gReason = ((wifi_event_sta_disconnected_t *)data)->reason;
}

/*
 * Watches for disconnections. To be called before the SDK's WiFi is constructed. IDF calls the handlers of an event
 * base in the order of registration, those for any event first. So the reason is set before the SDK's handler notifies
 * the machine, which runs on the other core.
 */
void xs_radio_watch(xsMachine *the)
{
	esp_err_t error;

	if (gWatching)
		return;
	error = esp_event_loop_create_default();
	if ((ESP_OK != error) && (ESP_ERR_INVALID_STATE != error))
		xsUnknownError("there is no memory for Wi-Fi's events");
	if (ESP_OK != esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, wifiEvent, NULL))
		xsUnknownError("Wi-Fi's events cannot be watched");
	gWatching = 1;
}

/* -> reason of the last disconnection; 0 if there was none since it was cleared */
void xs_radio_reason(xsMachine *the)
{
	xsmcSetInteger(xsResult, gReason);
}

void xs_radio_clear_reason(xsMachine *the)
{
	(void)the;
	gReason = 0;
}

/* (boolean) */
void xs_radio_power_save(xsMachine *the)
{
	if (ESP_OK != esp_wifi_set_ps(xsmcTest(xsArg(0)) ? WIFI_PS_MIN_MODEM : WIFI_PS_NONE))
		xsUnknownError("power save cannot be set");
}

/*
 * (name of 1 to 32 bytes, password of 8 to 63 bytes or empty): opens the access point. The station is not affected. For
 * a few milliseconds, between setting mode and configuration, IDF offers an open network with a default name,
 * on which nothing listens yet.
 */
void xs_radio_open_access_point(xsMachine *the)
{
	wifi_config_t config = { 0 };
	char name[sizeof(config.ap.ssid) + 1], password[sizeof(config.ap.password)];

	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	xsmcToStringBuffer(xsArg(1), password, sizeof(password));
	config.ap.ssid_len = c_strlen(name);
	c_memcpy(config.ap.ssid, name, config.ap.ssid_len);
	c_memcpy(config.ap.password, password, c_strlen(password));
	config.ap.authmode = password[0] ? WIFI_AUTH_WPA2_PSK : WIFI_AUTH_OPEN;
	config.ap.channel = CHANNEL;
	config.ap.max_connection = STATIONS;
	config.ap.beacon_interval = BEACON_INTERVAL;

	if (!gAccessPoint)
		gAccessPoint = esp_netif_create_default_wifi_ap();
	if (!gAccessPoint || (ESP_OK != esp_wifi_set_mode(WIFI_MODE_APSTA)))
		xsUnknownError("the access point cannot be opened");
	if (ESP_OK != esp_wifi_set_config(WIFI_IF_AP, &config)) {
		esp_wifi_set_mode(WIFI_MODE_STA);
		xsUnknownError("the access point cannot be set up");
	}
}

void xs_radio_close_access_point(xsMachine *the)
{
	if (ESP_OK != esp_wifi_set_mode(WIFI_MODE_STA))
		xsUnknownError("the access point cannot be closed");
}
