// SPDX-License-Identifier: MIT
/**
 * All unit tests of the pure modules. The same tests run in Node and in XS.
 */

import { Suite } from "./harness";
import networkInterfaces from "./discovery/networkinterface.test";
import dnsMessage from "./discovery/message.test";
import responder from "./discovery/responder.test";
import wsDiscovery from "./discovery/ws.test";
import onvifService from "./onvif/service.test";
import onvifSecurity from "./onvif/security.test";
import xml from "./soap/xml.test";
import noticelog from "./common/noticelog.test";
import hash from "./hash/hash.test";
import accepts from "./http/accepts.test";
import httpConnection from "./http/connection.test";
import httpDate from "./http/date.test";
import guard from "./http/guard.test";
import httpRequest from "./http/request.test";
import httpSettings from "./http/settings.test";
import httpSetup from "./http/setup.test";
import auth from "./rtsp/auth.test";
import clock from "./rtp/clock.test";
import wallclock from "./rtp/wallclock.test";
import linkmeter from "./rtp/linkmeter.test";
import ratecontrol from "./rtp/ratecontrol.test";
import rtcp from "./rtp/rtcp.test";
import base64 from "./rtsp/base64.test";
import connection from "./rtsp/connection.test";
import exchanges from "./rtsp/exchanges.test";
import fuzz from "./rtsp/fuzz.test";
import limits from "./rtsp/limits.test";
import lockout from "./rtsp/lockout.test";
import message from "./rtsp/message.test";
import multicast from "./rtsp/multicast.test";
import parameters from "./rtsp/parameters.test";
import places from "./rtsp/places.test";
import parser from "./rtsp/parser.test";
import octets from "./octets/octets.test";
import sdp from "./rtsp/sdp.test";
import server from "./rtsp/server.test";
import session from "./rtsp/session.test";
import transport from "./rtsp/transport.test";
import tunnel from "./rtsp/tunnel.test";
import url from "./rtsp/url.test";
import cablelink from "./network/cablelink.test";
import wifilink from "./network/wifilink.test";
import names from "./network/names.test";
import restartlog from "./network/restartlog.test";
import site from "./network/site.test";
import station from "./network/station.test";
import deviceSettings from "./settings/device.test";
import controls from "./settings/controls.test";
import multicastSettings from "./settings/multicast.test";
import pushURL from "./push/rtspurl.test";
import pushChallenge from "./push/challenge.test";
import pushClient from "./push/client.test";
import saved from "./settings/saved.test";
import settings from "./settings/settings.test";
import bottleneck from "./stream/bottleneck.test";

/** Runs all unit tests.
 *  @param log receives one line per test: `ok name` or `not ok name: reason` */
export function run(log: (line: string) => void): { passed: number; failed: number } {
	const suite = new Suite();
	for (const register of [octets, hash, clock, wallclock, rtcp, linkmeter, ratecontrol, message, parser, url,
		transport, sdp, auth, lockout, parameters, server, session, connection, limits, places, multicast, base64,
		tunnel, exchanges, fuzz, settings, multicastSettings, controls, deviceSettings, station, wifilink, cablelink,
		names, networkInterfaces, dnsMessage, responder, site, restartlog, httpRequest, httpSettings, httpSetup, guard,
		httpConnection, httpDate, bottleneck, noticelog, saved, accepts, pushURL, pushChallenge, pushClient, xml,
		wsDiscovery, onvifSecurity, onvifService])
		register(suite);
	return suite.run(log);
}
